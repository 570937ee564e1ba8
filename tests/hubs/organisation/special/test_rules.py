"""Kinds, lists and numbers of special identities."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jizuo.ground.errors import Problem
from jizuo.hubs.organisation.definitions import SMALLEST_GROUP
from jizuo.hubs.organisation.special import rules

pytestmark = pytest.mark.usefixtures("base")
TODAY, UNTIL = date(2026, 9, 16), date(2027, 8, 31)


def line(**said):
    return rules.Line(1, {"kind": "低保", "expires_on": "2027-06-30", **said})


def test_every_kind_has_a_source_that_may_speak_of_it():
    for kind in rules.KINDS.values():
        assert kind.sources and set(kind.sources) <= set(rules.SOURCES)
        assert rules.kind_of(str(kind.title)) == kind.key
    assert rules.kind_of("优秀学生") == ""


def test_a_line_is_read_with_its_expiry_held_to_the_duty():
    told = rules.read(line(certificate="31-0001"), ["minimum"], rules.CIVIL, TODAY, UNTIL)
    assert told == rules.Told("minimum", "31-0001", "", "", "", date(2027, 6, 30))
    late = rules.read(line(expires_on="2030-01-01"), ["minimum"], rules.CIVIL, TODAY, UNTIL)
    assert late.expires_on == UNTIL


def test_a_disability_carries_its_kind_level_and_inclusion():
    said = line(
        kind="残疾", disability="听力", level="二级", inclusion="听力残疾学生", certificate="3101052017"
    )
    told = rules.read(said, ["disabled"], rules.DISABLED, TODAY, UNTIL)
    assert (told.disability, told.level, told.inclusion) == ("2", "2", "12")


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ({"kind": "富裕"}, rules.CIVIL), ({"kind": "孤儿"}, rules.CIVIL), ({}, rules.DISABLED),
        ({"certificate": "3.10E+17"}, rules.CIVIL), ({"expires_on": "去年"}, rules.CIVIL),
        ({"expires_on": "2025-01-01"}, rules.CIVIL), ({"disability": "听力"}, rules.CIVIL),
    ],
)  # fmt: skip
def test_a_line_that_may_not_be_kept_says_why(said, source):
    fault = rules.read(line(**said), ["minimum", "disabled"], source, TODAY, UNTIL)
    assert isinstance(fault, Problem) and fault.what


def test_a_list_takes_no_column_it_does_not_need():
    lines, faults = rules.lines_of("姓名\t类别\t有效期至\t家庭收入\n王一\t低保\t2027-01-01\t3000")
    assert [fault.what for fault in faults] == ["不收这些列：家庭收入"]
    assert lines[0].said == {"name": "王一", "kind": "低保", "expires_on": "2027-01-01"}
    assert rules.lines_of("")[1] and rules.lines_of("姓名\n王一")[1]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.integers(1, 30), st.integers(0, 40), min_size=1))
def test_no_small_group_is_shown_or_can_be_worked_out(counts):
    cells, total = rules.shown(counts)
    assert all(count is None or count == 0 or count >= SMALLEST_GROUP for count in cells.values())
    hidden = [unit for unit, count in cells.items() if count is None]
    assert all(0 < counts[unit] < SMALLEST_GROUP for unit in hidden)
    if total is not None and hidden:
        rest = total - sum(count for count in cells.values() if count is not None)
        assert len(hidden) > 1 and rest >= SMALLEST_GROUP
