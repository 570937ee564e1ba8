"""When an alert looks, what it opens, whom it tells next."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from jizuo.engines.monitoring import rules
from jizuo.engines.monitoring.rules import Held, Reason
from jizuo.engines.monitoring.shapes import Alert, Then

SATURDAY, FRIDAY = datetime(2026, 11, 21, 9, 0), datetime(2026, 11, 20, 9, 0)
ROW, OTHER = UUID(int=1), UUID(int=2)


def alert(**more: object) -> Alert:
    return Alert(title="", of="", each="", words="", **more)  # type: ignore[arg-type]


def held(**more: object) -> Held:
    told: dict = {
        "case_id": UUID(int=9),
        "unit_no": 1,
        "key": "a",
        "row_ids": (ROW,),
        "state": "open",
        "stage": 0,
    }
    return Held(**(told | {"since": FRIDAY} | more))


@pytest.mark.parametrize(
    ("at", "now", "is_due"),
    [
        ("", FRIDAY, True),
        ("08:30", FRIDAY, True),
        ("09:30", FRIDAY, False),
        ("$ask_at", FRIDAY, False),
        ("", SATURDAY, False),
    ],
)
def test_an_alert_opens_from_its_time_on_school_days(at: str, now: datetime, is_due: bool) -> None:
    assert rules.is_due(alert(at=at), {"ask_at": "10:00"}, now) is is_due
    assert rules.is_due(alert(only_school_days=False), {}, SATURDAY)


def test_a_reason_opens_one_case_and_its_end_closes_it() -> None:
    reason = Reason(1, "a", (ROW,))
    assert rules.compare([reason], [], may_open=True).new == (reason,)
    assert rules.compare([reason], [], may_open=False).new == ()
    same = rules.compare([reason], [held()], may_open=True)
    assert (same.new, same.moved, same.gone) == ((), (), ())
    assert rules.compare([], [held()], may_open=False).gone == (held(),)
    more = Reason(1, "a", (ROW, OTHER))
    assert rules.compare([more], [held()], may_open=True).moved == ((held(), more),)


def test_what_a_person_closed_stays_closed_until_a_row_is_added() -> None:
    closed = held(state="closed", is_by_hand=True)
    assert rules.compare([Reason(1, "a", (ROW,))], [closed], may_open=True).new == ()
    assert rules.compare([Reason(1, "a", (ROW, OTHER))], [closed], may_open=True).new
    assert rules.compare([Reason(2, "a", (ROW,))], [closed], may_open=True).new, "another unit's is another"


def test_steps_follow_by_their_minutes_and_each_once() -> None:
    told = alert(then=(Then(0), Then(15, phone_list=True)))
    assert rules.steps_due(told, held(), FRIDAY) == (1, (told.then[0],))
    assert rules.steps_due(told, held(stage=1), FRIDAY + timedelta(minutes=14)) == (1, ())
    assert rules.steps_due(told, held(stage=1), FRIDAY + timedelta(minutes=15)) == (2, (told.then[1],))
    assert rules.steps_due(told, held(), FRIDAY + timedelta(hours=1))[0] == 2
    assert [rules.is_to_call(told, stage) for stage in (0, 1, 2)] == [False, False, True]
    assert rules.is_to_call(alert(), 0)


def test_days_back_count_today() -> None:
    assert rules.since(alert(within_days=3), date(2026, 9, 16)) == date(2026, 9, 14)
    assert rules.since(alert(), date(2026, 9, 16)) is None
