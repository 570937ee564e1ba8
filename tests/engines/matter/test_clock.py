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


def page_of(town, role, matter_id):
    actor = town.actor(role)
    return town.base.client(actor.account).get(f"/as/{actor.grant_no}/matters/{matter_id}").content.decode()


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
    assert "放假安排还没有公布" in page_of(town, "homeroom_teacher", matter_id)
    from jizuo.engines.matter import clock

    today(date(2031, 3, 6))
    clock.tick()
    town.settle()
    told = town.told(matter_id)
    assert ("matter_late_unsure", "周敏") in told and "matter_late" not in [one for one, _name in told]
    today(date(2026, 9, 16))
    known = town.start(on_day="2026-10-09")
    assert town.view("guardian", known).clock.is_known
    assert "放假安排还没有公布" not in page_of(town, "homeroom_teacher", known)


def test_a_step_due_in_a_year_without_published_holidays_says_so_too(town, today):
    """The end of a year: the matter began in a known one, and is due in one that is not."""
    today(date(2026, 9, 16))
    matter_id = town.start(on_day="2026-12-31")
    town.rows("update matter_task set due_on = '2031-01-06' where matter_id = %s returning id", [matter_id])
    town.rows("update matter set due_on = null, limit_days = 0 where id = %s returning id", [matter_id])
    view = town.view("guardian", matter_id)
    assert not view.clock.is_known and view.clock.left is None
    assert "放假安排还没有公布" in page_of(town, "guardian", matter_id)
    town.take("homeroom_teacher", "approve", matter_id)
    assert town.view("guardian", matter_id).clock.is_known
