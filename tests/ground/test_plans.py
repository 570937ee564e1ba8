"""Plans for made tables: what is refused, where and with which mend."""

from __future__ import annotations

import msgspec
import pytest

from tests.ground.making import (
    COLUMNS,
    ask,
    column,
    made,
    plan_of,
)
from tests.live import django_on

__all__ = ["made"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"standard": "Book"}, "standard"),
        ({"standard": 'b"; drop table unit; --'}, "standard"),
        ({"standard": "b" * 31}, "standard"),
        ({"major": 0}, "major"),
        ({"major": 100}, "major"),
        ({"columns": []}, "columns"),
        ({"columns": [column(f"c{n}") for n in range(201)]}, "columns"),
        ({"columns": [column("a"), column("a")]}, "columns[1]"),
        ({"columns": [column("unit_no")]}, "columns[0]"),
        ({"columns": [column("xmin")]}, "columns[0]"),
        ({"columns": [column("extras")]}, "columns[0]"),
        ({"columns": [column("名称")]}, "columns[0]"),
        ({"columns": [column("a b")]}, "columns[0]"),
        ({"columns": [column("a", length=4001)]}, "columns[0]"),
        ({"columns": [column("a", "integer", length=3)]}, "columns[0]"),
        ({"columns": [column("a", "decimal")]}, "columns[0]"),
        ({"columns": [column("a", "decimal", precision=4, scale=5)]}, "columns[0]"),
        ({"columns": [column("a", "code")]}, "columns[0]"),
        ({"columns": [column("a", code_table="sex")]}, "columns[0]"),
        ({"columns": [column("a", grade=6)]}, "columns[0]"),
        ({"columns": [column("a", title=" ")]}, "columns[0]"),
        ({"columns": [column("a")], "indexes": [["b"]]}, "indexes[0]"),
        ({"columns": [column("a")], "indexes": [["a", "a"]]}, "indexes[0]"),
        ({"columns": [column("a")], "indexes": [[]]}, "indexes[0]"),
    ],
)
def test_a_plan_that_is_wrong_is_refused_where_it_is_wrong(made, change, where):
    from jizuo.ground.errors import BadInput
    from jizuo.ground.plans import problems_of

    told = {"standard": "wrong", "columns": [column("a")], "indexes": []} | change
    plan = plan_of(
        told["standard"], major=told.get("major", 1), columns=told["columns"], indexes=told["indexes"]
    )
    assert [problem.where for problem in problems_of(plan)] == [where]
    with django_on(made.app), pytest.raises(BadInput) as refused:
        ask(plan)
    assert [problem.where for problem in refused.value.problems] == [where]


@pytest.mark.parametrize("wild", [{"type": "geometry"}, {"type": "text); drop table unit; --"}, {"sql": "1"}])
def test_a_plan_has_no_place_for_other_types_or_for_sql(wild):
    with pytest.raises(msgspec.ValidationError):
        plan_of(columns=[column("a") | wild])


@pytest.mark.parametrize(
    ("columns", "where"),
    [
        (COLUMNS[1:], "title"),
        ([COLUMNS[0] | {"length": 39}, *COLUMNS[1:]], "title"),
        ([COLUMNS[0], COLUMNS[1] | {"is_required": True}, *COLUMNS[2:]], "pages"),
        ([*COLUMNS[:2], COLUMNS[2] | {"scale": 3}, *COLUMNS[3:]], "price"),
        ([*COLUMNS[:2], COLUMNS[2] | {"precision": 7}, *COLUMNS[3:]], "price"),
        ([column("title", "integer"), *COLUMNS[1:]], "title"),
        ([*COLUMNS, column("isbn", is_required=True)], "isbn"),
    ],
)
def test_a_change_that_takes_away_is_refused_with_what_to_do_instead(made, columns, where):
    from jizuo.ground.errors import BadInput

    with django_on(made.app), pytest.raises(BadInput) as refused:
        ask(plan_of(columns=columns, indexes=()))
    assert [problem.where for problem in refused.value.problems] == [where]
    assert all(problem.fix for problem in refused.value.problems)
