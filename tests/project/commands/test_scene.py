"""`jizuo scene`: from an empty folder to a scene in use and out again, by command."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

import pytest

from jizuo.project.exits import Exit
from tests.scenes import given


@pytest.fixture(scope="module")
def place(base):
    from jizuo.project import rooms

    rooms.plates()
    bureau = base.unit("场景命令区教育局", kind="bureau")
    return base, bureau, base.unit(parent=bureau)


@pytest.fixture
def jizuo(place, monkeypatch, tmp_path):
    """`jizuo(act, *arguments)` -> (exit code, JSON, complaints); a DoorError is told as the command line tells it."""
    from jizuo.project import cli
    from jizuo.project import scenes as on_the_machine
    from jizuo.project.commands import scene
    from jizuo.project.output import Output

    base, bureau, _school = place

    @contextlib.contextmanager
    def building():
        given.build(base)
        yield

    monkeypatch.setattr(scene, "set_up", lambda _login: None)
    monkeypatch.setattr(scene.bootstrap, "opened", lambda **_told: nullcontext())
    monkeypatch.setattr(on_the_machine, "building", building)
    monkeypatch.chdir(tmp_path)

    def run(act: str, *arguments: Any, unit: int = bureau) -> tuple[int, Any, str]:
        parser = ArgumentParser()
        scene.add_arguments(parser)
        at = [] if act in scene.OFFLINE else ["--unit", str(unit)]
        args = parser.parse_args([act, *map(str, arguments), *at, "--json"])
        words, complaints = io.StringIO(), io.StringIO()
        args.out = Output(True, words, complaints)
        try:
            ended = scene.run(args)
        except Exception as error:
            told = cli._told_by_a_door(error)
            assert told is not None, error
            return int(told[0]), {}, told[1]
        return int(ended), json.loads(words.getvalue()), complaints.getvalue()

    return run


def bump(folder, number):
    head = folder / "scene.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace('"1.0"', f'"{number}"'), encoding="utf-8")


def test_a_new_scene_passes_its_own_check_and_runs(jizuo, tmp_path):
    assert jizuo("new", "sports_day", "--title", "运动会")[0] == Exit.OK
    assert jizuo("check", "sports_day")[:2] == (Exit.OK, {"ok": True, "problems": []})
    ended, told, _ = jizuo("try", "sports_day")
    assert ended == Exit.OK and any("教务员审批" in line for line in told["examples"][0]["lines"])
    assert jizuo("new", "sports_day")[0] == Exit.HELD
    assert jizuo("new", "Sports")[0] == Exit.DATA
    # A field that the standard does not have.
    form = tmp_path / "sports_day" / "forms" / "sports_day.yaml"
    form.write_text(form.read_text(encoding="utf-8").replace("{key: note,", "{key: nota,"), encoding="utf-8")
    ended, told, _ = jizuo("check", "sports_day")
    assert ended == Exit.DATA
    assert told["problems"][0]["where"].startswith("forms/sports_day.yaml") and told["problems"][0]["fix"]
    shutil.move(tmp_path / "sports_day", tmp_path / "sport")
    assert "folder" not in told and jizuo("check", "sport")[1]["problems"][0]["where"] == "scene.yaml: id"
    assert jizuo("check", "nothing_here")[0] == Exit.DATA


def test_an_example_that_comes_out_otherwise_is_told(jizuo, tmp_path):
    jizuo("new", "outing")
    path = tmp_path / "outing" / "examples" / "two_days.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("take: approve", "take: refuse"), encoding="utf-8"
    )
    ended, told, _ = jizuo("try", "outing")
    assert ended == Exit.DATA and told["examples"][0]["wrong"] == ["a: refused, done"]


def test_a_scene_is_installed_upgraded_and_removed_with_its_rows(jizuo, place, tmp_path):
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions import put_rows
    from jizuo.hubs.data.actions.put import put
    from jizuo.plain.workbook import read

    base, _bureau, school = place
    jizuo("new", "trips", "--title", "外出")
    ended, told, _ = jizuo("install", "trips", "--below", "--set", "most_days=3")
    assert ended == Exit.OK, told
    assert {one["state"] for one in told["tables"]} == {"done"}
    listed = {one["scene"]: one for one in jizuo("list", unit=school)[1]["scenes"]}
    assert listed["trips"]["used"] == "1.0" and listed["trips"]["above"] and "leave" in listed
    assert jizuo("install", "trips", "--set", "most_days=x")[0] == Exit.DATA

    asker = new_id()
    with scopes.use(base.scope(school, "clerk")), scopes.open_transaction("tests.person"):
        put(
            dataset="person",
            columns=("id", "base_no", "name"),
            rows=[(asker, "100000000001", "陆晓岚")],
            source="school",
            is_new=True,
        )
    with scopes.use(base.scope(school, "clerk")):
        row = {
            "asked_by": str(asker),
            "begin_on": "2026-09-17",
            "end_on": "2026-09-17",
            "note": "看展",
        }
        put_rows.put_scene_rows(scene="trips", dataset="trips", rows=[row])

    bump(tmp_path / "trips", "1.1")
    extra = (tmp_path / "trips" / "pages" / "all.yaml").read_text(encoding="utf-8")
    (tmp_path / "trips" / "pages" / "extra.yaml").write_text(extra, encoding="utf-8")
    roles = tmp_path / "trips" / "roles.yaml"
    roles.write_text(
        roles.read_text(encoding="utf-8").replace("pages: [all]", "pages: [all, extra]"), encoding="utf-8"
    )
    ended, told, said = jizuo("upgrade", "trips", "--below")
    assert ended == Exit.HELD, said
    changes = {(one["name"], one["what"]) for one in told["preview"]["changes"]}
    assert changes == {("scene.yaml", "changed"), ("roles.yaml", "changed"), ("extra", "new")}
    assert "1 行" in told["preview"]["held"][0]
    assert jizuo("upgrade", "trips", "--below", "--yes")[1]["number"] == "1.1"
    assert jizuo("upgrade", "trips", "--yes")[0] == Exit.OK

    ended, _told, _ = jizuo("remove", "trips", "--rows", tmp_path / "out.xlsx")
    assert ended == Exit.OK
    (sheet,) = read.read(tmp_path / "out.xlsx").visible
    assert any("看展" in cell.text for row in sheet.rows for cell in row)
    assert jizuo("remove", "trips")[0] == Exit.DATA
    assert {one["scene"]: one["used"] for one in jizuo("list")[1]["scenes"]}["trips"] == ""


def test_a_pack_is_signed_trusted_and_refused_when_changed(jizuo, place, tmp_path):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput
    from jizuo.ground.packs import actions
    from jizuo.project import scenes

    base, bureau, _school = place
    jizuo("new", "visits")
    ended, made, _ = jizuo("key", tmp_path / "key.pem")
    assert ended == Exit.OK and (tmp_path / "key.pem").stat().st_mode & 0o077 == 0
    assert jizuo("key", tmp_path / "key.pem")[0] == Exit.HELD
    assert jizuo("pack", "visits", tmp_path / "v.zip", "--key", tmp_path / "key.pem")[0] == Exit.DATA
    (tmp_path / "bad.pem").write_text("x", encoding="utf-8")
    assert (
        jizuo("pack", "visits", tmp_path / "v.zip", "--key", tmp_path / "bad.pem", "--signer", "东江区")[0]
        == Exit.DATA
    )
    ended, told, _ = jizuo(
        "pack", "visits", tmp_path / "v.zip", "--key", tmp_path / "key.pem", "--signer", "东江区"
    )
    assert ended == Exit.OK and told["is_signed"]
    assert jizuo("check", tmp_path / "v.zip")[0] == Exit.OK

    files, signature = scenes.files_of(tmp_path / "v.zip")
    person = base.scope(bureau, "district_admin", account_id=base.account().pk)
    with scopes.use(person), pytest.raises(BadInput):
        actions.bring_pack(files=files, signature=signature)
    assert jizuo("trust", "东江区", made["public_key"])[0] == Exit.OK
    with scopes.use(person):
        assert actions.bring_pack(files=files, signature=signature)
    assert jizuo("trust", "东江区", made["public_key"], "--not")[0] == Exit.OK
    assert jizuo("trust", "东江区", "00" * 32)[0] == Exit.HELD
    # What is told by the base's own command needs no signature.
    assert jizuo("install", tmp_path / "v.zip")[0] == Exit.OK


def test_other_content_under_a_number_that_is_taken_says_which_to_write(jizuo, tmp_path):
    jizuo("new", "tickets")
    assert jizuo("install", "tickets")[0] == Exit.OK
    assert jizuo("check", "tickets")[0] == Exit.OK
    readme = tmp_path / "tickets" / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8") + "\n改过一句。\n", encoding="utf-8")
    ended, told, _ = jizuo("check", "tickets")
    (problem,) = told["problems"]
    assert ended == Exit.DATA and problem["where"] == "scene.yaml: version"
    assert "1.0 改成 1.1" in problem["fix"]
    ended, _told, complaints = jizuo("install", "tickets")
    assert ended != Exit.OK and "1.0 改成 1.1" in complaints
    bump(tmp_path / "tickets", "1.1")
    assert jizuo("check", "tickets")[0] == Exit.OK


@pytest.mark.parametrize("scene", given.shipped())
def test_what_ships_is_fine(jizuo, scene):
    assert jizuo("check", scene)[0] == Exit.OK
    ended, told, _ = jizuo("try", scene)
    assert ended == Exit.OK, [one["wrong"] for one in told["examples"]]
