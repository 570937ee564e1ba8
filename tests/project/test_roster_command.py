"""`jizuo roster`: exit codes and words of every outcome, in one process on a base of its own."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from typing import Any

import psycopg
import pytest

from jizuo.project.exits import Exit
from tests.hubs.organisation.importers.rosters import only, roster, zipped
from tests.live import django_on


@pytest.fixture(scope="module")
def place(base, make_database):
    """A base with a bureau and nothing else; Django stands on it for this module."""
    from jizuo.project import rooms

    rooms.plates()
    made = make_database()
    with psycopg.connect(made.owner, autocommit=True) as owner:
        owner.execute(
            "insert into unit (unit_no, kind, name, short_name, sort_key) values (1, 'bureau', '东江区教育局', '东江', '')"
        )
        owner.execute("update base_state set version = version + 1 where key = 'units'")
    import os

    kept = os.environ["JIZUO_DB_NAME"]
    os.environ["JIZUO_DB_NAME"] = made.database
    try:
        with django_on(made.app):
            yield made
    finally:
        os.environ["JIZUO_DB_NAME"] = kept


@pytest.fixture
def run(place, monkeypatch, tmp_path):
    """`run(*arguments)` -> (exit code, JSON or words, complaints); files by content."""
    from contextlib import nullcontext

    from jizuo.ground.process import Trouble
    from jizuo.project.commands import roster as command
    from jizuo.project.output import Output

    monkeypatch.setattr(command, "set_up", lambda _login: None)
    monkeypatch.setattr(command.bootstrap, "opened", lambda: nullcontext())

    def run(*arguments: Any, content: bytes | None = None) -> tuple[int, Any, str]:
        if content is not None:
            path = tmp_path / "名册.zip"
            path.write_bytes(content)
            arguments = (*arguments, path)
        parser = ArgumentParser()
        parser.add_argument("--json", action="store_true")
        command.add_arguments(parser)
        args = parser.parse_args([str(one) for one in arguments])
        words, complaints = io.StringIO(), io.StringIO()
        args.out = Output(args.json, words, complaints)
        try:
            code = command.run(args)
        except Trouble as trouble:
            return Exit.NOT_READY, "", f"{trouble.what} {trouble.fix}"
        return code, json.loads(words.getvalue()) if args.json else words.getvalue(), complaints.getvalue()

    return run


def test_in_again_held_undone_and_out(run, tmp_path):
    code, words, _complaints = run("import", content=zipped(roster()))
    assert code == Exit.DATA and "要改" in words and "名册.zip" in words
    code, told, _complaints = run("import", "--open-units", "--preview", "--json", content=zipped(roster()))
    assert code == Exit.OK and [batch["state"] for batch in told["batches"]] == ["ready"]
    code, told, _complaints = run("import", "--json", content=zipped(roster()))
    assert (code, told["ok"], told["batches"][0]["state"]) == (Exit.OK, True, "applied")
    assert told["batches"][0]["counts"]["person"]["new"] == 29
    first = told["batches"][0]["batch"]
    code, words, _complaints = run("import", content=zipped(roster()))
    assert code == Exit.OK and "新 0，变化 0，离开 0" in words
    deleted = only(roster(), users={f"p01{n}" for n in range(6)})
    for row in deleted["users"]:
        row["status"] = "tobedeleted"
    code, words, _complaints = run("import", content=zipped(deleted, "delta"))
    assert code == Exit.HELD and "等另一个人批准" in words and "东江第0小学" in words
    code, told, _complaints = run("export", "--json", tmp_path / "out.zip")
    assert code == Exit.OK and told["rows"]["users"] == 29 and (tmp_path / "out.zip").stat().st_size > 1000
    code, told, _complaints = run("units", "--json")
    assert [unit["name"] for unit in told["units"]] == ["东江区教育局", "东江第0小学", "东江第1小学"]
    code, words, _complaints = run("undo", first)
    assert code == Exit.OK and "已撤销" in words


def test_a_wrong_unit_is_named_with_the_way_out(run):
    code, _words, complaint = run("import", "--unit", "没有的学校", content=zipped(roster()))
    assert code == Exit.NOT_READY and "没有的学校" in complaint and "roster units" in complaint


def test_a_wrong_kind_is_a_mistake_in_the_command(run):
    code, _words, complaint = run("import", "--kind", "nothing", content=zipped(roster()))
    assert code == Exit.USAGE and "nothing" in complaint


def test_check_needs_no_base_and_names_every_fault(run):
    spoiled = roster()
    spoiled["enrollments"][0]["userSourcedId"] = "nobody"
    code, told, _complaints = run("check", "--json", content=zipped(spoiled))
    assert code == Exit.DATA and "nobody" in json.dumps(told)
    code, words, _complaints = run("check", content=zipped(roster()))
    assert code == Exit.OK and "0 处要改" in words


def test_a_job_that_ends_badly_ends_the_command(run, monkeypatch):
    """The command says so and does not wait for ever."""
    from jizuo.hubs.data.jobs import walk as jobs

    def breaks(**_given: Any) -> None:
        raise RuntimeError("no such luck")

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "apply_stage", breaks)
        rows = roster()
        rows["users"][0]["metadata.jizuo.name"] = "陈改名"
        code, words, _complaints = run("import", "--open-units", content=zipped(rows))
    assert code == Exit.DATA and "没有完成" in words and "RuntimeError" in words
