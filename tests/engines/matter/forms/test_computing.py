"""What is shown and what is worked out settles, also one behind the other."""

from __future__ import annotations

from jizuo.engines.matter.forms import asked, computing
from jizuo.engines.matter.shapes import Field, Form, FormPage

FORM = Form(
    "费用",
    (
        FormPage(
            (
                Field("count", kind="number", title="人数"),
                Field("sum", kind="computed", title="合计", compute="form.count * 5"),
                Field("why", title="说明", when="form.sum > 20"),
                Field("more", title="再说明", when='form.why != null && form.why != ""'),
            )
        ),
    ),
)


def settled(**typed):
    return computing.settled(asked.asked_of(FORM, {}), typed, {"today": "2026-09-16"}, {})


def test_a_condition_over_a_computed_field_is_followed():
    values, shown = settled(count=5, why="多", more="x")
    assert values == {"count": 5, "sum": 25, "why": "多", "more": "x"} and shown == {
        "count",
        "sum",
        "why",
        "more",
    }
    values, shown = settled(count=1, why="多", more="x")
    assert values == {"count": 1, "sum": 5} and shown == {"count", "sum"}


def test_what_is_not_filled_is_worked_out_as_nothing():
    assert settled() == ({}, {"count", "sum"})
    assert computing.worth("form.a +", {"form": {}}) is None and not computing.holds(
        "form.a > 1", {"form": {"a": None}}
    )
