"""Doubts, who acts, and lines between two frames."""

from __future__ import annotations

import polars as pl
import pytest

from jizuo.hubs.organisation import comparing
from jizuo.hubs.organisation.comparing import Doubt, doubt

UNIT = {"unit_no": pl.Int64()}
USUAL = {"listed": 100, "known": 98, "held": 101, "foreign": 0, "shifts": [0] * 98}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({}, None),
        ({"foreign": 1}, None),
        ({"foreign": 50}, Doubt("other_school", 50, 100)),
        ({"known": 49}, Doubt("strangers", 51, 100)),
        ({"shifts": [1] * 60 + [0] * 38}, Doubt("other_year", 60, 98, 1)),
        ({"shifts": [-1] * 98}, Doubt("other_year", 98, 98, -1)),
        ({"shifts": [1] * 30 + [2] * 30 + [0] * 38}, None),
        ({"listed": 50, "known": 50}, Doubt("half", 50, 101)),
        ({"listed": 51, "known": 51}, None),
        ({"held": 9, "known": 0}, None),
        ({"held": 9, "known": 0, "foreign": 100}, Doubt("other_school", 100, 100)),
    ],
)
def test_an_export_is_doubted_by_name(told, found):
    assert doubt(**(USUAL | told)) == found


def test_only_another_school_s_word_is_final():
    finals = {
        code: Doubt(code, 1, 1).is_final for code in ("other_school", "strangers", "other_year", "half")
    }
    assert finals == {"other_school": True, "strangers": False, "other_year": False, "half": False}


@pytest.mark.parametrize(
    ("field", "owner", "kind", "act"),
    [
        ("name", "register", "pupil", "ask"),
        ("address", "family", "pupil", "ask"),
        ("status", "register", "pupil", "bring_in"),
        ("attendance", "school", "pupil", "source"),
        ("class_id", "school", "pupil", "source"),
        ("roll_no", "register", "pupil", "bring_in"),
        ("name", "register", "staff", "source"),
    ],
)
def test_who_acts_follows_from_whose_the_field_is(field, owner, kind, act):
    assert comparing.act_of(field, owner, kind) == act


def test_what_the_register_leaves_empty_is_no_difference():
    fields = comparing.fields_of("staff")
    row = dict.fromkeys(fields) | {"name": "王 一", "sex": "2", "title": ""}
    shape = dict.fromkeys(
        (*fields, "affiliation_id", "known_id", "note", "place", "class_id", "class_name", "is_present", "is_registered"),
        pl.String(),
    )  # fmt: skip
    rows = pl.DataFrame([row | {"unit_no": 7, "affiliation_id": "a", "place": "x!2"}], schema=shape | UNIT)
    base = pl.DataFrame(
        [dict.fromkeys(fields, "") | {"unit_no": 7, "id": "a", "name": "王一", "sex": "1", "title": "高级", "class_id": None,
                                      "is_registered": True, "is_present": True}],
        schema=dict.fromkeys((*fields, "id", "class_id"), pl.String())
        | {"is_registered": pl.Boolean(), "is_present": pl.Boolean()} | UNIT,
    )  # fmt: skip
    found = comparing.lines_of("staff", rows, base, {})
    told = found.select("unit_no", "kind", "field", "here", "there").rows()
    assert told == [(7, "differing", "sex", "1", "2")]
    assert comparing.sides(rows, base, "sex") == {7: {"1": [0, 1], "2": [1, 0]}}
    assert comparing.empty_here("staff", rows, base) == {7: {}}


def test_both_sides_are_counted_unit_by_unit():
    shape = UNIT | {"sex": pl.String()}
    rows = pl.DataFrame([(1, "1"), (1, "1"), (2, "2")], schema=shape, orient="row")
    base = pl.DataFrame(
        [(1, "2", True), (2, None, True), (2, "2", False), (3, "1", True)],
        schema=shape | {"is_registered": pl.Boolean()}, orient="row",
    )  # fmt: skip
    assert comparing.sides(rows, base, "sex") == {
        1: {"1": [2, 0], "2": [0, 1]},
        2: {"2": [1, 0], "": [0, 1]},
        3: {"1": [0, 1]},
    }
