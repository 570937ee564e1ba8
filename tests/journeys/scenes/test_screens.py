"""What scenes show on the screen of a classroom: the numbers of its own roll, the month, the news; never a name with a
reason, and nothing to press."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.hubs.identity import screening
from tests.journeys.conftest import DESK, PHONE, fits, picture
from tests.scenes import given, world

WIDE = {"width": 1920, "height": 1080}
REASON = "发热在家休息"


@pytest.fixture(scope="module")
def district(base: Any) -> Any:
    """The small district with the three scenes; two of its classes have taken the roll, and one child is ill."""
    from jizuo.engines.matter.actions import matters
    from jizuo.engines.matter.queries import todos
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put_rows import put_scene_rows
    from jizuo.project import rooms

    rooms.plates()
    found = world.make(base)
    found.today = timezone.localdate()
    for scene in ("roll", "calendar", "news"):
        given.installed(base, found.bureau.unit_no, given.files_of(scene), is_for_below=True)
    day = found.today.isoformat()
    for place, absent in ((found.first, 1), (found.second, 2)):
        with scopes.use(found.scope(place.actors["homeroom_teacher"])):
            sheet = {
                "class_id": str(place.class_id),
                "on_day": day,
                "taken_by": str(place.actors["teacher"].person_id),
            }
            rolls = [
                sheet
                | {
                    "period": "morning",
                    "expected": 43,
                    "present": 42 - absent,
                    "absent": absent,
                    "on_leave": 1,
                },
                sheet
                | {"period": "1", "expected": 43, "present": 43 - absent, "absent": absent, "on_leave": 0},
            ]
            put_scene_rows(scene="roll", dataset="roll", rows=rolls)
            away = {
                "pupil_id": str(next(iter(place.people.values()))), "class_id": str(place.class_id), "on_day": day,
                "period": "morning", "kind": "absent", "reason": "sick", "note": REASON,
            }  # fmt: skip
            put_scene_rows(scene="roll", dataset="roll_absence", rows=[away])
    told = (
        ("calendar", "event", {"title": "秋季运动会", "kind": "activity", "place": "操场", "begin_on": day,
                               "end_on": (found.today + timedelta(1)).isoformat(), "is_public": False}),
        ("news", "news", {"title": "足球队夺冠", "text": "我校足球队获区赛冠军。", "day": day}),
    )  # fmt: skip
    for scene, form, data in told:
        with scopes.use(found.scope(found.actor("clerk"))):
            matters.start_matter(scene=scene, form=form, data=data, submit_key=uuid4().hex)
        with scopes.use(found.scope(found.actor("head"))):
            ids = [one.task_id for one in todos.todo(scene=scene, limit=20).rows]
            assert matters.take_step(task_ids=ids, verb="approve").done == 1
    return found


def on_screen(base: Any, live: Any, page_at: Any, place: Any, width: int) -> Any:
    """The browser of a screen that the homeroom teacher of a place has opened for the class."""
    actor = place.actors["homeroom_teacher"]
    teacher = screening.Phone(
        base.client(actor.account), actor.account, actor.grant_no, f"/as/{actor.grant_no}/screen"
    )
    school = SimpleNamespace(unit_no=place.unit_no, classes=[place.class_id])
    opened = screening.opened(base, teacher, school)
    page = page_at(width, viewport=WIDE) if width == DESK else page_at(width)
    page.context.add_cookies(
        [{"name": name, "value": one.value, "url": live.url} for name, one in opened.cookies.items()]
    )
    page.goto(f"{live.url}/screen/scenes/")
    return page


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_class_sees_its_numbers_and_no_reason(
    base: Any, district: Any, live: Any, page_at: Any, width: int
) -> None:
    page = on_screen(base, live, page_at, district.first, width)
    page.get_by_role("link", name="今天的点名").click()
    rows = page.locator("tbody tr")
    assert rows.count() == 2
    cells = [" ".join(one.split()) for one in rows.all_inner_texts()]
    assert "晨点名" in " ".join(cells) and all("43" in one for one in cells)
    words = page.locator("body").inner_text()
    hidden = [*district.first.people, *district.second.people, REASON, "病"]
    assert not [one for one in hidden if one in words.replace("三（1）班", "")]
    assert page.locator(".screen-blocks a, .screen-blocks button, .screen-blocks input").count() == 0
    assert fits(page)
    picture(page, f"screen-roll-{width}")
    if width == DESK:
        page.set_viewport_size({"width": DESK, "height": 768})
        assert fits(page)
        picture(page, "screen-roll-desk")


def test_another_class_has_its_own_numbers(base: Any, district: Any, live: Any, page_at: Any) -> None:
    """The twin: nothing of the first school's class is on the second's screen."""
    seen = []
    for place in (district.first, district.second):
        page = on_screen(base, live, page_at, place, DESK)
        page.get_by_role("link", name="今天的点名").click()
        seen.append(page.locator("tbody tr").all_inner_texts())
        page.context.close()
    assert "41" in " ".join(seen[0]) and "40" not in " ".join(seen[0])
    assert "40" in " ".join(seen[1]) and "42" not in " ".join(seen[1])


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_month_and_the_news_stand_on_the_screen(
    base: Any, district: Any, live: Any, page_at: Any, width: int
) -> None:
    page = on_screen(base, live, page_at, district.first, width)
    for tab, words, name in (("这个月", "秋季运动会", "month"), ("学校新闻", "足球队夺冠", "news")):
        page.get_by_role("link", name=tab, exact=True).click()
        page.get_by_text(words).first.wait_for()
        assert fits(page)
        picture(page, f"screen-{name}-{width}")


def test_only_a_screen_opens_its_pages(base: Any, district: Any) -> None:
    actor = district.actor("homeroom_teacher")
    assert base.client(actor.account).get(f"/as/{actor.grant_no}/s/roll/screen").status_code == 404
    assert base.client().get("/screen/scenes/").status_code == 302
