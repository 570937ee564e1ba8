"""A classroom screen through one lesson: its code, the teacher's phone, what the class sees, and its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import segno

from tests.journeys.conftest import DESK, PHONE, Town, fits, picture

WIDE = {"width": 1920, "height": 1080}
TITLE = "周五秋游"
PHONE_NUMBER = "13800002234"
#: The class a homeroom teacher of the town has: its org, its unit, the names in it.
CLASS_OF = """
select c.id, c.unit_no, (select array_agg(a.name) from affiliation a where a.class_id = c.id and a.role = 'pupil'
  and a.is_present and a.end_on is null)
from org c join acting_grant g on c.id = any(g.org_ids) join account a on a.id = g.account_id
where a.login_code = %s and g.role = 'homeroom_teacher' and g.end_on is null and c.kind = 'class'
"""
ELSEWHERE = "select id, unit_no from org where kind = 'class' and closed_on is null and unit_no = %s limit 1"


@pytest.fixture
def stranger(town: Town) -> Iterator[int]:
    """A homeroom teacher's role in another school; its number."""
    account = town.accounts["stranger"]
    ((account_id, unit_no),) = town.ask(
        "select a.id, u.unit_no from account a, unit u where a.login_code = %s and u.name = %s",
        account.login_code,
        account.unit,
    )
    ((class_id, _),) = town.ask(ELSEWHERE, unit_no)
    ((grant_no,),) = town.ask(
        "insert into acting_grant (account_id, unit_no, role, begin_on, org_ids, child_ids, origin)"
        " values (%s, %s, 'homeroom_teacher', '2020-09-01', %s, '{}', 'person') returning no",
        account_id,
        unit_no,
        [class_id],
    )
    town.ask("update base_state set version = version + 1 where key = 'grants' returning version")
    yield grant_no
    town.ask("delete from acting_grant where no = %s returning no", grant_no)


def code_on(screen: Any, town: Town) -> str:
    """The code the screen shows; its picture leads where a phone is to open it."""
    code = screen.locator(".screen-code").inner_text().strip()
    address = f"{town.url}/screen/open/{code.replace('-', '')}/"
    shown = segno.make(address, error="m").svg_data_uri(scale=8, border=2, light="#fff")
    assert screen.locator(".screen-qr").get_attribute("src") == shown
    return code.replace("-", "")


def looks(screen: Any, name: str) -> None:
    """The page fits a screen of either size without a bar at its side, and its picture is kept."""
    for size, mark in ((WIDE, "wide"), ({"width": 1366, "height": 768}, "desk")):
        screen.set_viewport_size(size)
        assert fits(screen)
        picture(screen, f"screen-{name}-{mark}")


def write_notice(page: Any, start: str) -> None:
    """The teacher tells the families of the class something, with a phone number in it."""
    page.goto(f"{start}notices/new")
    page.fill("#title", TITLE)
    page.fill("#text", f"周五早上七点半在校门口集合，带水和雨衣。有事请打 {PHONE_NUMBER}。")
    page.get_by_role("button", name="看预览").click()
    page.get_by_role("button", name="发送", exact=True).click()
    page.get_by_role("button", name="现在发送").click()
    page.wait_for_url(re.compile(r"/notices/[0-9a-f-]+$"))


def test_a_lesson_on_the_screen(town: Town, page_at: Any, stranger: int) -> None:
    screen, phone, other = page_at(DESK, viewport=WIDE), page_at(PHONE), page_at(PHONE)
    ((class_id, _unit_no, names),) = town.ask(CLASS_OF, town.accounts["homeroom_teacher"].login_code)
    start = town.sign_in(phone, "homeroom_teacher")
    write_notice(phone, start)

    screen.goto(f"{town.url}/screen/")
    code = code_on(screen, town)
    looks(screen, "code")
    phone.goto(f"{town.url}/screen/open/{code}/")
    screen.get_by_role("heading", name="已扫码").wait_for()
    looks(screen, "taken")
    assert fits(phone)
    picture(phone, "screen-phone")

    town.sign_in(other, "stranger", "clerk")
    other.goto(f"{town.url}/as/{stranger}/screen?code={code}")
    other.get_by_text("没有大屏在显示这个码").wait_for()
    wait_id = phone.locator("[name=wait_id]").get_attribute("value")
    asked = {
        "csrfmiddlewaretoken": other.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value"),
        "wait_id": wait_id, "class_id": str(class_id), "minutes": "45",
    }  # fmt: skip
    answer = other.request.post(
        f"{town.url}/as/{stranger}/screen", form=asked, headers={"Referer": other.url}
    )
    assert answer.status == 404, "a class of another school cannot be shown"

    phone.get_by_role("button", name="打开", exact=True).click()
    phone.get_by_text("大屏已打开").wait_for()
    screen.wait_for_url("**/screen/list/")
    listed = screen.locator(".screen-names").inner_text()
    assert all(name in listed for name in names)
    looks(screen, "list")
    screen.get_by_role("link", name="座位表").click()
    screen.locator(".screen-plan").wait_for()
    assert screen.locator(".screen-seat").count() == len(names)
    looks(screen, "seats")
    screen.get_by_role("link", name="通知").click()
    notice = screen.locator(".screen-notice", has_text=TITLE).inner_text()
    assert "七点半" in notice and PHONE_NUMBER not in notice
    looks(screen, "notices")
    for way in ("/", start.removeprefix(town.url), f"{start.removeprefix(town.url)}homeroom", "/me/"):
        screen.goto(f"{town.url}{way}")
        assert screen.url == f"{town.url}/screen/list/", "a screen opens nothing but its own pages"
    words = screen.locator("body").inner_text()
    for graded in ("成绩", "名次", "评语", "电话", "监护人"):
        assert graded not in words

    ((sid, until),) = town.ask(
        "select sid, ends_at from sso_session where purpose = 'screen' and ended_at is null"
    )
    assert other.request.post(
        f"{town.url}/as/{stranger}/screen", form=asked | {"end": str(sid)}, headers={"Referer": other.url}
    ).ok
    town.ask("update sso_session set ends_at = now() where sid = %s returning sid", sid)
    screen.locator(".screen-code").wait_for()
    assert names[0] not in screen.locator("body").inner_text()
    screen.go_back()
    assert names[0] not in screen.locator("body").inner_text(), "the last page of the lesson is not kept"
    assert until
    phone.reload()
    assert phone.get_by_role("button", name="结束大屏").count() == 0
