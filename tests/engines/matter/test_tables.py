"""Flaws of decision tables stand at their place in the pack."""

from __future__ import annotations

import pytest

from tests.scenes.given import files_of


@pytest.fixture(scope="module", autouse=True)
def plates(base):
    from jizuo.project import rooms

    return rooms.plates()


def _problems(**changed):
    from jizuo.engines.matter import tables
    from jizuo.ground.packs import reading

    told = reading.read(
        files_of("repair") | {path.replace("__", "/") + ".yaml": text for path, text in changed.items()}
    )
    assert told.pack is not None, told.problems
    return tables.check(told.pack)


TABLE = "title: 派\ninputs: [{key: kind, of: form.kind}]\noutputs: [team]\nrules: [{when: {kind: %s}, then: {team: it}}%s]\n"


def test_the_shipped_tables_have_none(base):
    assert _problems() == []


def test_a_flaw_says_where(base):
    (problem,) = _problems(decisions__team=TABLE % ("a", ""))
    assert problem.where == "decisions/team.yaml: rules"
    assert "没有一行回答" in problem.what
    (problem,) = _problems(decisions__team=TABLE % ('"=> 3"', ", {then: {team: x}}"))
    assert problem.where == "decisions/team.yaml: rules[0].when.kind"


def test_an_input_that_reads_what_is_not_there(base):
    table = TABLE.replace("form.kind", "forn.kind") % ("a", ", {then: {team: x}}")
    (problem,) = _problems(decisions__team=table)
    assert problem.where == "decisions/team.yaml: inputs[0].of"
    assert "form" in problem.fix


def test_a_step_that_names_no_table(base):
    flow = files_of("repair")["flows/repair.yaml"].replace("by: team", "by: teams")
    (problem,) = _problems(flows__repair=flow)
    assert problem.where.startswith("flows/repair.yaml: steps[")
    assert "teams" in problem.what
    assert "team" in problem.fix
