"""`jizuo quality`: check, report and rules by command."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

import pytest

from jizuo.project.exits import Exit
from tests.hubs.data.quality_given import build

RULE = """
code: {code}
kind: range
dataset: affiliation
field: seat_no
at_most: 3
when: [{{field: role, is: pupil}}]
title: 座号最大是三
fix: 改座号
"""


@pytest.fixture
def run(base: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`run(*arguments)` -> (exit code, JSON, words) in the running base."""
    from jizuo.ground.errors import DoorError
    from jizuo.project.commands import quality
    from jizuo.project.output import Output

    monkeypatch.setattr(quality, "set_up", lambda _login: None)
    monkeypatch.setattr(quality.bootstrap, "opened", lambda: nullcontext())

    def run(*arguments: Any) -> tuple[int, Any, str]:
        parser = ArgumentParser()
        quality.add_arguments(parser)
        args = parser.parse_args([str(one) for one in arguments])
        args.json = False
        words, complaints = io.StringIO(), io.StringIO()
        args.out = Output(True, words, complaints)
        try:
            code = quality.run(args)
        except DoorError as error:
            return int(Exit.DATA), None, str(error.detail)
        return int(code), json.loads(words.getvalue() or "null"), complaints.getvalue()

    return run


def test_the_walk_by_command(base: Any, run: Any, tmp_path: Any) -> None:
    from jizuo.ground import facts

    town = build(base)
    unit = ("--unit", town.bureau)
    code, told, _words = run("check", *unit)
    assert code == Exit.OK and told["state"] == "done" and told["score"] > 0
    assert {"school", "org", "pupil", "staff"} <= set(told["datasets"])
    kept = town.failures()
    assert kept
    assert run("check", "--full", *unit)[1]["state"] == "done" and town.failures() == kept

    file = tmp_path / "rule.yaml"
    file.write_text(RULE.format(code=f"command_{town.bureau}"), encoding="utf-8")
    code, told, _words = run("rules", "--try", file, *unit)
    assert (code, told["failing"], told["version"]) == (Exit.OK, 12, 0)
    assert run("rules", "--write", file, *unit)[1]["version"] == 1
    assert f"command_{town.bureau}" in {one["code"] for one in run("rules", *unit)[1]["rules"]}
    while facts.deliver_due():
        pass
    run("check", *unit)
    assert len([one for one in town.failures() if one[1] == f"command_{town.bureau}"]) == 12

    pdf = tmp_path / "report.pdf"
    code, told, _words = run("report", "--pdf", pdf, *unit)
    assert code == Exit.OK and told["score"] > 0 and pdf.read_bytes().startswith(b"%PDF")


def test_what_is_wrong_with_a_rule_is_said(base: Any, run: Any, tmp_path: Any) -> None:
    bureau = base.unit("区教育局", kind="bureau")
    file = tmp_path / "rule.yaml"
    file.write_text("code: [", encoding="utf-8")
    assert run("rules", "--try", file, "--unit", bureau)[0] == Exit.USAGE
    file.write_text("code: no_rule", encoding="utf-8")
    assert run("rules", "--write", file, "--unit", bureau)[0] == Exit.DATA
    assert run("rules", "--try", tmp_path / "nothing.yaml", "--unit", bureau)[0] == Exit.USAGE
