"""`jizuo standard`: the walk from a file to a table, by command."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

import pytest

from jizuo.project.exits import Exit
from tests.ground.making import build_all
from tests.project.test_roster_command import place

__all__ = ["place"]

YAML = """
dataset: visit_record
title: 来访登记
english: Visits
version: "1.0"
key: [visitor, came_on]
fields:
  visitor: {title: 来访人, initials: LFR, type: text, length: 40, required: true, grade: 3}
  sex: {title: 性别, initials: XBM, type: code, code: sex}
  came_on: {title: 来访日期, type: date, required: true}
"""


@pytest.fixture
def run(place, monkeypatch, tmp_path):
    """`run(command, *arguments)` -> (exit code, JSON, words); a DoorError is told as the command line tells it."""
    from jizuo.project import cli
    from jizuo.project.commands import code, standard
    from jizuo.project.output import Output

    for command in (code, standard):
        monkeypatch.setattr(command, "set_up", lambda _login: None)
        monkeypatch.setattr(command.bootstrap, "opened", lambda: nullcontext())

    def run(name: str, *arguments: Any) -> tuple[int, Any, str]:
        command = {"standard": standard, "code": code}[name]
        parser = ArgumentParser()
        command.add_arguments(parser)
        args = parser.parse_args([str(one) for one in (*arguments, "--json")])
        words, complaints = io.StringIO(), io.StringIO()
        args.out = Output(True, words, complaints)
        try:
            ended = command.run(args)
        except Exception as error:
            told = cli._told_by_a_door(error)
            assert told is not None, error
            return int(told[0]), {}, told[1]
        return int(ended), json.loads(words.getvalue()), complaints.getvalue()

    return run


def test_a_file_becomes_a_table(run, place, tmp_path):
    path = tmp_path / "visit.yaml"
    path.write_text(YAML.replace("code: sex", "code: nothing"), encoding="utf-8")
    ended, told, _ = run("standard", "check", path)
    assert ended == Exit.DATA and "没有代码表" in told["problems"][0]["what"]
    path.write_text(YAML, encoding="utf-8")
    rows = tmp_path / "样例.csv"
    rows.write_text("来访人,性别,来访日期\n钱敏,女,2026-09-01\n,男,2026-09-02\n", encoding="utf-8")
    assert run("standard", "check", path)[0] == Exit.OK
    ended, told, _ = run("standard", "check", path, "--rows", rows)
    assert (ended, told["faults"]) == (Exit.DATA, 1)
    assert run("standard", "draft", path)[0] == Exit.OK
    assert run("standard", "check", "visit_record")[0] == Exit.OK
    ended, told, _ = run("standard", "publish", "visit_record", "--wait", "0")
    assert (ended, told["table_state"]) == (Exit.HELD, "waiting")
    assert build_all(place) == ["done"]
    ended, told, _ = run("standard", "show", "visit_record")
    assert told["standard"]["table"] == "made_visit_record_v1"
    assert told["standard"]["versions"][0]["table_state"] == "done"
    ended, told, _ = run("standard", "export", "visit_record")
    path.write_text(told["text"].replace("'1.0'", "'1.1'"), encoding="utf-8")
    assert run("standard", "draft", path)[0] == Exit.OK
    ended, told, _ = run("standard", "export", "visit_record", tmp_path / "out.yaml", "--draft")
    assert (tmp_path / "out.yaml").read_text(encoding="utf-8") == told["text"] and "version: '1.1'" in told[
        "text"
    ]
    assert run("standard", "discard", "visit_record")[0] == Exit.OK
    ended, _told, words = run("standard", "publish", "visit_record")
    assert ended == Exit.DATA and "没有草稿" in words
    assert [one["name"] for one in run("standard", "list", "lfdj")[1]["standards"]] == ["visit_record"]
    assert len(run("standard", "list")[1]["standards"]) > 15
