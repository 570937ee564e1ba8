"""`jizuo share`: from the request to the contract and its end, by command."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from contextlib import nullcontext

import pytest

from jizuo.project.exits import Exit
from tests.hubs.data.sharing_given import town


@pytest.fixture(scope="module")
def here(base):
    return town(base)


@pytest.fixture
def run(here, monkeypatch):
    """`run(unit, *arguments)` -> (exit code, JSON); a DoorError is told as the command line tells it."""
    from jizuo.project import cli
    from jizuo.project.commands import share
    from jizuo.project.output import Output

    monkeypatch.setattr(share, "set_up", lambda _login: None)
    monkeypatch.setattr(share.bootstrap, "opened", lambda: nullcontext())

    def run(unit_no, *arguments):
        parser = ArgumentParser()
        share.add_arguments(parser)
        args = parser.parse_args([*map(str, arguments), "--unit", str(unit_no), "--json"])
        words = io.StringIO()
        args.out = Output(True, words, io.StringIO())
        try:
            ended = share.run(args)
        except Exception as error:
            told = cli._told_by_a_door(error)
            assert told is not None, error
            return int(told[0]), told[1]
        return int(ended), json.loads(words.getvalue()) if words.getvalue() else {}

    return run


def asked(run, here, *more):
    return run(
        here.reader.unit_no, "request", "pupil_list", "--owner", here.owner.unit_no, "--fields", "name,address",
        "--purposes", "roster", "--purpose", "对口升学", "--basis", "招生办法", "--until", "2028-08-31", *more,
    )  # fmt: skip


def test_the_walk_from_request_to_end(run, here, tmp_path):
    code, told = asked(run, here)
    assert code == Exit.OK
    request_id = told["request_id"]
    code, told = run(here.owner.unit_no, "approve", request_id)
    assert (code, told["contract_id"]) == (Exit.OK, None)
    code, told = run(here.bureau, "approve", request_id, "--words", "复核")
    assert code == Exit.OK and told["number"].startswith("GX")
    number = told["number"]
    code, told = run(here.reader.unit_no, "list")
    assert [one["number"] for one in told["contracts"]] == [number]
    assert "pupil_list" in [one["name"] for one in told["datasets"]]
    code, told = run(here.owner.unit_no, "show", number, "--yaml", tmp_path / "c.yaml")
    assert told["contract"]["state"] == "live" and "DataContract" in (tmp_path / "c.yaml").read_text("utf-8")
    code, told = run(here.reader.unit_no, "show", request_id)
    assert [step["verb"] for step in told["request"]["steps"]] == ["ask", "approve", "approve"]
    code, told = run(here.bureau, "why", "pupil.address", "--contract", number)
    assert code == Exit.OK and told["answers"][0]["how"] == "stars"
    grant_no = here.base.grant(here.base.account(), here.owner.unit_no, "clerk")
    record = here.owner.pupils[0][1]
    code, told = run(here.bureau, "why", "pupil.address", "--grant", grant_no, "--record", record)
    assert "clear" in [one["how"] for one in told["answers"]]
    assert run(here.owner.unit_no, "end", number, "--reason", "用完了")[0] == Exit.OK
    assert run(here.owner.unit_no, "end", number, "--reason", "用完了")[0] == Exit.HELD
    assert run(here.owner.unit_no, "end", "GX0", "--reason", "没有")[0] == Exit.DATA


def test_a_refusal_and_what_is_not_there(run, here):
    request_id = asked(run, here)[1]["request_id"]
    assert run(here.owner.unit_no, "say", "refuse", request_id, "--words", "与用途无关")[0] == Exit.OK
    assert run(here.owner.unit_no, "approve", request_id)[0] == Exit.HELD
    assert run(here.other.unit_no, "show", request_id)[0] == Exit.DATA
    assert run(here.other.unit_no, "show", "x")[0] == Exit.DATA
    code, words = asked(run, here, "--floor", "300")
    assert code == Exit.DATA and "quality_floor" in words


def test_a_scan_by_command(run, here):
    code, told = run(here.bureau, "scan", "no_such_dataset")
    assert (code, told["proposals"]) == (Exit.OK, 0)
