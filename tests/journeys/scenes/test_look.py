"""The school calendar as a family and a teacher see it, on the desk and on the phone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.conftest import DESK, PHONE, fits, picture


@pytest.fixture(scope="module")
def district(base: Any) -> Any:
    from jizuo.engines.matter.actions import matters
    from jizuo.engines.matter.queries import todos
    from jizuo.ground import scope as scopes
    from jizuo.project import rooms
    from tests.scenes import given, world

    rooms.plates()
    found = world.make(base)
    found.today = date.today()
    given.installed(base, found.bureau.unit_no, given.files_of("calendar"), is_for_below=True)
    first = date.today().replace(day=1)
    told = (
        ("秋季运动会", 10, 11, "操场"),
        ("家长开放日（一、二年级，请从东门进）", 10, 10, "各班教室"),
        ("期中教学调研", 17, 21, ""),
    )
    for title, begin, end, place in told:
        with scopes.use(found.scope(found.actor("clerk"))):
            matters.start_matter(
                scene="calendar", form="event", submit_key=uuid4().hex,
                data={"title": title, "kind": "activity", "place": place, "begin_on": (first + timedelta(begin)).isoformat(),
                      "end_on": (first + timedelta(end)).isoformat(), "is_public": False},
            )  # fmt: skip
    with scopes.use(found.scope(found.actor("head"))):
        ids = [one.task_id for one in todos.todo(scene="calendar", limit=20).rows]
        assert matters.take_step(task_ids=ids, verb="approve").done == len(told)
    return found


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_month_is_read_at_every_width(
    base: Any, district: Any, live: Any, page_at: Any, width: int
) -> None:
    from tests.live import session_of

    for role in ("guardian", "teacher"):
        actor = district.actor(role)
        page = page_at(width)
        page.context.add_cookies(
            [{"name": "jizuo_session", "value": session_of(base, actor.account), "url": live.url}]
        )
        page.goto(f"{live.url}/as/{actor.grant_no}/s/calendar/calendar")
        page.get_by_text("秋季运动会").first.wait_for()
        assert fits(page)
        picture(page, f"calendar-{role}-{width}")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_screen_of_a_classroom_is_read_at_every_width(
    base: Any, live: Any, page_at: Any, width: int
) -> None:
    from tests.ground.packs.blocks import pack
    from tests.hubs.identity import screening

    school = pack.town(base, rows=5).schools[0]
    screen = screening.opened(base, screening.phone(base, school), school)
    page = page_at(width)
    page.context.add_cookies(
        [{"name": name, "value": one.value, "url": live.url} for name, one in screen.cookies.items()]
    )
    page.goto(f"{live.url}/screen/scenes/")
    page.get_by_text("今天谁在外").first.wait_for()
    assert fits(page)
    picture(page, f"screen-scenes-{width}")
