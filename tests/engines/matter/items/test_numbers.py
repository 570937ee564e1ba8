"""The share in time and the ratings: counts of the unit's own, no names, no mean of fewer than three."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from jizuo.ground.errors import BadInput, NotAllowed


def numbers_of(desk, role="clerk", at="", **more):
    from jizuo.engines.matter.items import numbers

    with desk.as_(role, at):
        # Matters begin on the civil day of the base's clock, whatever the day of the scope.
        return numbers.item_numbers(**({"begin_on": date(2026, 1, 1), "end_on": timezone.localdate()} | more))


def rate(desk, matter_id, stars):
    from jizuo.engines.matter.actions import matters

    with desk.as_("guardian"):
        matters.rate_matter(matter_id=matter_id, stars=stars)


def test_the_share_in_time_counts_what_ended_within_the_promise(desk):
    ids = [desk.issued() for _one in range(3)]
    desk.ask()
    (line,) = numbers_of(desk)
    assert (line.received, line.ended, line.running, line.in_promise, line.in_limit) == (4, 3, 1, 3, 3)
    assert line.mean_days == 0.0 and (line.ratings, line.stars) == (0, None)
    rate(desk, ids[0], 5)
    rate(desk, ids[1], 4)
    assert (numbers_of(desk)[0].ratings, numbers_of(desk)[0].stars) == (2, None)
    rate(desk, ids[2], 4)
    assert (numbers_of(desk)[0].ratings, numbers_of(desk)[0].stars) == (3, 4.3)
    with desk.base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{desk.world.first.unit_no}}}"])
        owner.execute("update matter set used_days = 4 where id = %s", [ids[0]])
        owner.execute("update matter set used_days = 9 where id = %s", [ids[1]])
    (line,) = numbers_of(desk)
    assert (line.in_promise, line.in_limit, line.mean_days) == (1, 2, 4.3)


def test_a_day_begins_at_midnight_of_the_base(desk):
    matter_id = desk.ask()
    with desk.base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{desk.world.first.unit_no}}}"])
        # 00:30 of the sixth in China, still the fifth in UTC.
        at = datetime(2026, 3, 5, 16, 30, tzinfo=UTC)
        owner.execute("update matter set begun_at = %s where id = %s", [at, matter_id])
    of = {day: numbers_of(desk, begin_on=date(2026, 3, day), end_on=date(2026, 3, day)) for day in (5, 6, 7)}
    assert [len(of[day]) for day in (5, 6, 7)] == [0, 1, 0]


def test_the_bureau_sees_each_school_and_a_school_itself(desk):
    desk.ask()
    matter_id = desk.ask("林小满", "clerk", "second")
    assert {one.unit for one in numbers_of(desk, "district_leader")} == {"澜江区启明小学", "澜江区北寨小学"}
    assert {one.unit for one in numbers_of(desk, "head", "second")} == {"澜江区北寨小学"}
    with desk.as_("clerk", "second"):
        from jizuo.engines.matter.actions import matters

        matters.withdraw(matter_id=matter_id)
    assert numbers_of(desk, "head", "second") == [], "what was withdrawn is left out"


def test_only_offices_see_them(desk):
    for role in ("guardian", "teacher", "homeroom_teacher", "pupil"):
        with pytest.raises(NotAllowed):
            numbers_of(desk, role)
    with pytest.raises(BadInput):
        numbers_of(desk, end_on=date(2020, 1, 1))
