"""A repair from the report to the rating, each person at the own page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.journeys.conftest import DESK, PHONE, fits, picture


@pytest.fixture(scope="module")
def posts(district: Any) -> dict[str, Any]:
    """Who dispatches and who mends at the first school."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import actions

    world = district.world
    held = dict(zip(("dispatcher", "logistics"), world.first.posts, strict=False))
    with scopes.use(world.scope(world.actor("clerk"))):
        for post, actor in held.items():
            actions.give_post(scene="repair", post=post, person_id=actor.person_id)
    return held


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_repair_from_report_to_rating(
    district: Any, posts: dict[str, Any], seen_by: Any, width: int
) -> None:
    teacher = district.world.actor("teacher")
    place = f"教学楼{width}室门锁"
    reporter = seen_by(teacher, "s/repair/new/repair", width)
    reporter.fill("[name=place]", place)
    reporter.select_option("[name=kind]", index=1)
    reporter.fill("[name=about]", "门锁坏了，锁不上")
    assert fits(reporter)
    picture(reporter, f"repair-form-{width}")
    reporter.get_by_role("button", name="提交", exact=True).click()
    reporter.get_by_text("已交派单员").first.wait_for()

    dispatcher = seen_by(posts["dispatcher"], "matters", width)
    dispatcher.locator("tbody tr", has_text=place).get_by_role("link").first.click()
    dispatcher.get_by_role("link", name="去填写").click()
    dispatcher.get_by_role("radio", name="水电木工").check()
    dispatcher.fill("[name=promised_on]", (date.today() + timedelta(days=3)).isoformat())
    dispatcher.get_by_role("button", name="提交", exact=True).click()
    dispatcher.get_by_text("交好了").first.wait_for()
    assert fits(dispatcher)

    mender = seen_by(posts["logistics"], "matters", width)
    mender.locator("tbody tr", has_text=place).get_by_role("link").first.click()
    mender.get_by_role("link", name="去填写").click()
    mender.fill("[name=result]", "换了锁芯")
    mender.get_by_role("button", name="提交", exact=True).click()
    mender.get_by_text("交好了").first.wait_for()

    reporter.goto(district.address(teacher, "matters?view=mine"))
    reporter.locator("tbody tr", has_text=place).get_by_role("link").first.click()
    reporter.select_option("#stars", "5")
    reporter.get_by_role("button", name="提交评价").click()
    reporter.get_by_text("申请人评了 5 星").wait_for()
    assert fits(reporter)
    picture(reporter, f"repair-rated-{width}")
    board = seen_by(district.world.actor("clerk"), "s/repair/board", width)
    board.get_by_text(place).first.wait_for()
    assert fits(board)
    picture(board, f"repair-board-{width}")
