"""`jizuo owner`: from the differences to a remembered rule, and from one owner to another, by command."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from contextlib import nullcontext

import pytest

from jizuo.project.exits import Exit
from tests.hubs.data.actions.given import newcomer, person_of
from tests.hubs.data.typists import typist  # noqa: F401  a fixture


@pytest.fixture
def run(typist, monkeypatch):  # noqa: F811  the fixture above
    """`run(*arguments)` -> (exit code, JSON) at the typist's school, as the base."""
    from jizuo.project import cli
    from jizuo.project.commands import owner
    from jizuo.project.output import Output

    monkeypatch.setattr(owner, "set_up", lambda _login: None)
    monkeypatch.setattr(owner.bootstrap, "opened", lambda: nullcontext())

    def run(*arguments):
        parser = ArgumentParser()
        owner.add_arguments(parser)
        args = parser.parse_args([*map(str, arguments), "--unit", str(typist.unit_no), "--json"])
        words = io.StringIO()
        args.out = Output(True, words, io.StringIO())
        try:
            ended = owner.run(args)
        except Exception as error:
            told = cli._told_by_a_door(error)
            assert told is not None, error
            return int(told[0]), told[1]
        return int(ended), json.loads(words.getvalue())

    return run


def test_differences_are_settled_by_command(run, typist):  # noqa: F811
    person, _link = newcomer(typist, former_name="张三")
    typist.put("person", ("id", "former_name"), [(person, "张 三")], "register")
    code, told = run("conflicts", "person")
    (group,) = [one for one in told["groups"] if one["field"] == "former_name"]
    assert (code, group["cause"], group["owner"], group["source"]) == (
        Exit.OK,
        "writing",
        "register",
        "school",
    )
    code, told = run("show", "person.former_name")
    assert [(one["held"], one["claimed"]) for one in told["conflicts"]] == [("张＊", "张＊")], (
        "the machine's operator has no duty that opens names"
    )
    given = ("--owner", "register", "--source", "school", "--cause", "writing", "--verdict", "keep")
    assert run("settle", "person.former_name", *given, "--remember")[0] != Exit.OK
    code, told = run("settle", "person.former_name", *given, "--remember", "--reason", "空格不算")
    assert (code, told["settled"]) == (Exit.OK, 1)
    code, told = run("rules")
    (rule,) = told["rules"]
    assert run("forget", rule["rule_id"])[0] == Exit.OK and run("rules")[1]["rules"] == []


def test_an_owner_of_one_school_is_named_and_replayed_by_command(run, typist):  # noqa: F811
    person, link = newcomer(typist)
    columns = ("id", "unit_no", "person_id", "entry_way")
    for source, value in (("register", "1"), ("school", "2")):
        typist.put("pupil", columns, [(link, typist.unit_no, person, value)], source)
    code, told = run("effect", "pupil.entry_way", "school", "--of-unit", typist.unit_no)
    assert (code, told["changed"]) == (Exit.OK, 1)
    code, told = run("set", "pupil.entry_way", "school", "--of-unit", typist.unit_no, "--reason", "试点")
    assert (code, told["changed"]) == (Exit.OK, 1)
    assert typist.rows("select entry_way from pupil where id = %s", link) == [("2",)]
    code, told = run("list", "pupil")
    (field,) = [one for one in told["fields"] if one["field"] == "entry_way"]
    assert [line["source"] for line in field["lines"]] == ["school"]
    assert person_of(typist, person, "name") == ("陈以宁",)


def test_a_source_is_added_by_command(run):
    code, _told = run("add", "library", "--title", "图书馆系统", "--rank", "60")
    assert code == Exit.OK
    assert "library" in [one["name"] for one in run("sources")[1]["sources"]]
