"""The clock: late tasks told of once and handed on, standing still while the applicant is asked, unknown years."""

from __future__ import annotations

from datetime import date

import pytest


@pytest.fixture
def today(town, monkeypatch):
    """Let everybody, the worker too, act on a day."""
    from jizuo.ground import acting

    def on(day):
        town.world.today = day
        monkeypatch.setattr(acting, "today", lambda: day)

    yield on
    town.world.today = date(2026, 9, 16)


def test_late_once_and_handed_on(town, today):
    from jizuo.engines.matter import clock

    matter_id = town.start(on_day="2026-09-27")
    today(date(2026, 9, 17))
    clock.tick()
    assert town.todo("homeroom_teacher")
    today(date(2026, 9, 18))
    for _again in range(2):
        clock.tick()
    town.settle()
    events = [one.verb for one in town.view("clerk", matter_id).events]
    assert events.count("late") == 1
    assert [one for one in town.todo("clerk") if one.matter_id == matter_id]
    assert not [one for one in town.todo("homeroom_teacher") if one.matter_id == matter_id]
    told = town.told(matter_id)
    assert ("matter_late", "周敏") in told and ("matter_open", "何佳") in told
    assert town.take("clerk", "approve", matter_id).done == 1


def test_it_stands_still_while_the_family_is_asked(town, today):
    from jizuo.engines.matter.actions import matters

    matter_id = town.start(on_day="2026-09-28")
    assert town.view("guardian", matter_id).clock.left == 5
    today(date(2026, 9, 18))
    town.take("homeroom_teacher", "return", matter_id, "怎么去？")
    today(date(2026, 9, 23))
    clock = town.view("guardian", matter_id).clock
    assert clock.used == 2 and not clock.is_running
    with town.as_("guardian"):
        matters.resubmit(
            matter_id=matter_id,
            data={"pupil_id": str(town.person("陈以宁")), "on_day": "2026-09-28"},
            submit_key="k" * 20,
        )
    clock = town.view("guardian", matter_id).clock
    assert clock.is_running and clock.left == 3 and clock.used == 2


def test_a_year_without_published_holidays_says_so(town, today):
    today(date(2031, 3, 4))
    matter_id = town.start(on_day="2031-03-05")
    assert not town.view("guardian", matter_id).clock.is_known
    today(date(2026, 9, 16))
    assert town.view("guardian", town.start(on_day="2026-10-09")).clock.is_known
