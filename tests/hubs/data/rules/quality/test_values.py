"""Kinds of columns, and literals that people write."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from jizuo.hubs.data.rules.quality.faults import BadRule
from jizuo.hubs.data.rules.quality.values import kind_of, kind_word, literal, value
from tests.hubs.data.rules.quality.given import NAMES


@pytest.mark.parametrize(
    ("db_type", "kind"),
    [("varchar(50)", "text"), ("varchar(9)[]", "list"), ("integer", "number"), ("numeric(4, 1)", "number"), ("uuid", "id"),
     ("timestamp with time zone", "date"), ("boolean", "bool"), ("jsonb", ""), ("bytea", "")],
)  # fmt: skip
def test_a_column_has_a_kind(base: Any, db_type: str, kind: str) -> None:
    assert kind_of(db_type) == kind
    assert not kind or kind_word(kind)


@pytest.mark.parametrize(
    ("told", "kind", "means"),
    [(1, "", Decimal(1)), (0.5, "", Decimal("0.5")), ("2026-09-01", "date", date(2026, 9, 1)), ("7", "number", Decimal(7)),
     (datetime(2026, 9, 1, 8), "", date(2026, 9, 1)), (True, "", True), ("张", "text", "张")],
)  # fmt: skip
def test_a_literal_is_read_as_the_other_side(base: Any, told: Any, kind: str, means: Any) -> None:
    assert literal(told, "x", kind).told == means


@pytest.mark.parametrize(
    "told", [float("nan"), float("inf"), 10**13, 1e-30, "a" * 201, "\ud800", None, [1], b"x"]
)
def test_what_no_column_holds_is_refused(base: Any, told: Any) -> None:
    with pytest.raises(BadRule):
        literal(told, "x")


@pytest.mark.parametrize(
    "told", [{}, {"field": "seat_no", "x": 1}, {"plus": []}, {"days": [{"field": "born"}]}, {"part": [{"field": "name"}, 0, 1]},
             {"later": [{"field": "born"}, "x"]}, {"year": {"field": "name"}}],
)  # fmt: skip
def test_a_calculation_that_does_not_fit_is_refused(base: Any, told: Any) -> None:
    with pytest.raises(BadRule):
        value(told, NAMES, "x")
