"""Scores follow the records, and only what changed is counted anew."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from jizuo.ground import scope as scopes
from tests.hubs.data.quality_given import build
from tests.hubs.organisation.given import within


@pytest.fixture
def town(base: Any) -> SimpleNamespace:
    return build(base)


def test_scores_fall_and_rise_with_the_records(town: Any) -> None:
    from jizuo.ground import acting
    from jizuo.hubs.data.queries import quality as queries

    school = town.schools[0]

    def score() -> float:
        with scopes.use(town.base.scope(school.unit_no, "head", today=acting.today())):
            now = queries.quality_now()
            (pupils,) = [one for one in now.datasets if one.dataset == "pupil"]
            assert pupils.total.records == 12
            return pupils.dimensions["consistency"].score or 0

    town.check()
    first = score()
    town.write(
        "update pupil set status = '07', changed_at = now() where id = any(%s)",
        [link for _p, link in school.pupils],
    )
    town.check()
    assert score() == 0
    town.write(
        "update pupil set status = '01', changed_at = now() where id = any(%s)",
        [link for _p, link in school.pupils],
    )
    town.check()
    assert score() == first


def counts(town: Any, dataset: str) -> dict[int, int]:
    """unit -> records that count."""
    from django.db import connection

    from jizuo.ground import acting

    def read() -> dict[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "select unit_no, sum(records) from quality_count where dataset = %s group by 1", [dataset]
            )
            return {unit_no: int(records) for unit_no, records in cursor.fetchall()}

    return within(acting.base_job_scope(town.bureau), read)


def test_only_units_whose_records_came_or_went_are_counted(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jizuo.hubs.data.actions import quality_checking

    seen: dict[str, list[int] | None] = {}
    count = quality_checking.count_records

    def watched(cursor: Any, subject: Any, day: Any, units: Any) -> None:
        seen[subject.dataset.name] = units
        count(cursor, subject, day, units)

    monkeypatch.setattr(quality_checking, "count_records", watched)
    monkeypatch.setattr(quality_checking, "MOST_TOUCHED", 10)
    town.check()
    assert set(seen.values()) == {None}, "the first time all"
    first, second = town.schools
    before = counts(town, "guardian_of")
    town.check()
    seen.clear()
    town.write("update pupil set address = '甲路一号', changed_at = now() where id = %s", first.pupils[0][1])
    town.write(
        "update person set phone = '13900001111', changed_at = now() where id = %s", first.pupils[0][0]
    )
    town.check()
    assert seen == {}, "an address or a phone counts nothing anew"
    town.write("delete from guardian_of where child_id = %s", second.pupils[0][0])
    town.check()
    assert seen == {"guardian_of": [second.unit_no]}
    after = counts(town, "guardian_of")
    assert (
        after[first.unit_no] == before[first.unit_no] and after[second.unit_no] == before[second.unit_no] - 1
    )
    seen.clear()
    town.write(
        "update affiliation set end_on = '2026-09-01', changed_at = now() where id = %s", first.staff[0][1]
    )
    town.check()
    assert {name for name, units in seen.items() if units == [first.unit_no]} >= {
        "person",
        "affiliation",
        "staff",
    }
    assert counts(town, "staff")[first.unit_no] == len(first.staff) - 1
