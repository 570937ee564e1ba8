"""`jizuo match`, `jizuo catalogue` and `jizuo lineage`: exit codes and words, in one process."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from contextlib import nullcontext
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from jizuo.project.exits import Exit
from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_merging import run as ask


@pytest.fixture(scope="module")
def place(base: Any) -> Any:
    from jizuo.project import rooms

    rooms.plates()
    return SimpleNamespace(base=base, district=given.district(base, schools=2, classes=1, pupils=3, staff=1))


@pytest.fixture
def jizuo(place, monkeypatch):
    """`jizuo("match", *arguments)` -> (exit code, JSON) at the district."""
    from jizuo.project.output import Output

    def run(name: str, act: str, *arguments: Any, unit: int | None = None) -> tuple[int, Any]:
        command = import_module(f"jizuo.project.commands.{name}")
        monkeypatch.setattr(command, "set_up", lambda _login: None)
        monkeypatch.setattr(command.bootstrap, "opened", lambda: nullcontext())
        parser = ArgumentParser()
        parser.add_argument("--json", action="store_true")
        command.add_arguments(parser)
        at = str(unit or place.district.unit_no)
        args = parser.parse_args([act, *map(str, arguments), "--json", "--unit", at])
        words = io.StringIO()
        args.out = Output(True, words, io.StringIO())
        code = command.run(args)
        return code, json.loads(words.getvalue())

    return run


def test_a_search_by_command_ends_in_the_queue(place, jizuo):
    code, told = jizuo("match", "run", "--kind", "pupil")
    assert code == Exit.OK and told["records"] == 6 and told["fresh"] >= 3
    assert ask(place.district.scope(), "select count(*) from same_person where reason = 'compared'")[0][0] >= 3
    code, told = jizuo("match", "list")
    assert code == Exit.OK and told["runs"][0]["kind"] == "pupil"


def test_the_catalogue_by_command(jizuo, tmp_path):
    code, told = jizuo("catalogue", "search", "xjzt")
    assert code == Exit.OK and "pupil.status" in [one["key"] for one in told["found"]]
    code, told = jizuo("catalogue", "search", "没有这种东西")
    assert code == Exit.DATA and told["found"] == []
    assert jizuo("catalogue", "count")[0] == Exit.OK
    code, told = jizuo("catalogue", "list")
    assert {one["name"]: one["rows"] for one in told["datasets"]}["pupil"] == 6
    file = tmp_path / "assets.xlsx"
    code, told = jizuo(
        "catalogue", "assets", "--register", "pupil", "--owner", "区教育局", "--steward", "信息科", "--source", "学籍",
        "--file", file,
    )  # fmt: skip
    assert code == Exit.OK and [one["dataset"] for one in told["assets"]] == ["pupil"]
    assert file.read_bytes()[:2] == b"PK"


def test_lineage_by_command(place, jizuo):
    code, told = jizuo("lineage", "field", "affiliation.is_registered")
    assert code == Exit.OK and "在籍学生数" in told["readers"]
    school = place.district.schools[0]
    code, told = jizuo("lineage", "value", "pupil", school.pupils[0][1], "entry_year", unit=school.unit_no)
    assert code == Exit.OK and told["value"] == "2026" and told["claims"] == ["school"] and told["origin"] is None
