"""Which rules hold where."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from jizuo.ground import scope as scopes
from jizuo.hubs.data.queries.quality_rules import Switch, is_on, line_of


def switch(unit_no: int, on: bool) -> dict[int, Switch]:
    return {unit_no: Switch("r", unit_no, on, "原因", datetime(2026, 9, 1, tzinfo=UTC))}


@pytest.mark.parametrize(
    ("told", "usually", "within", "holds"),
    [
        ({}, True, None, True), ({}, False, None, False), (switch(1, False), True, None, False),
        (switch(1, False) | switch(3, True), True, None, True), (switch(9, False), True, None, True),
        ({}, True, 1, True), ({}, True, 9, False), (switch(3, True), True, 9, False),
    ],
)  # fmt: skip
def test_the_nearest_switch_decides(
    told: dict[int, Switch], usually: bool, within: int | None, holds: bool
) -> None:
    assert is_on((3, 2, 1), told, usually=usually, within=within) is holds


def test_a_line_of_units_that_runs_in_a_circle_ends() -> None:
    assert line_of(1, {1: 2, 2: 1}) == (1, 2)
    assert line_of(3, {1: None, 2: 1, 3: 2}) == (3, 2, 1)


def test_every_shipped_rule_is_listed_with_its_words(base: Any) -> None:
    from jizuo.hubs.data.queries.quality_rules import quality_rule_list, rules_page
    from jizuo.project import rooms

    rooms.plates()
    with scopes.use(base.scope(base.unit(kind="bureau"), "district_steward")):
        rules = quality_rule_list()
        page = rules_page()
    assert len(rules) >= 60 and [one.code for one in page.rules] == [one.code for one in rules] and page.units
    assert all(one.is_on and one.title and one.fix and one.dataset_title and one.source for one in rules)


def test_a_rule_whose_dataset_is_gone_says_so_and_stops_nobody(base: Any) -> None:
    from psycopg.types.json import Jsonb

    from jizuo.ground import acting
    from jizuo.hubs.data.queries.quality_rules import in_force, quality_rule_list
    from tests.hubs.organisation.given import within

    bureau = base.unit(kind="bureau")
    with base.owner() as owner:
        owner.execute(
            "insert into quality_rule (id, code, version, unit_no, told, state) values (gen_random_uuid(), %s, 1, %s, %s, 'on')",
            [
                f"gone_{bureau}",
                bureau,
                Jsonb({"dataset": "gone", "kind": "required", "title": "没有了", "fix": "x"}),
            ],
        )
    scope = base.scope(bureau, "district_steward")
    assert f"gone_{bureau}" not in {
        one.rule.code for one in within(scope, lambda: in_force([bureau], acting.today()))
    }
    with scopes.use(scope):
        (one,) = [one for one in quality_rule_list() if one.code == f"gone_{bureau}"]
    assert one.wrong and not one.is_on
