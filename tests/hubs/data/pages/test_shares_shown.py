"""The sharing pages in a browser: on a desk and on a phone nothing runs over its width, and the walk goes by clicks."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.hubs.data.sharing_given import town
from tests.live import session_of

DESK, PHONE = 1366, 390
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def here(base):
    return town(base)


@pytest.fixture
def page_of(here, live, browser):
    """`page_of(unit, role, width)`: a page of a signed-in account, and the address of its sharing pages."""
    opened = []

    def page_of(unit_no, role, width=DESK):
        account = here.base.account({"clerk": "陆晓岚", "head": "顾明远"}.get(role, "沈知远"))
        grant_no = here.base.grant(account, unit_no, role)
        context = browser.new_context(viewport={"width": width, "height": 844}, locale="zh-CN")
        context.add_cookies(
            [{"name": "jizuo_session", "value": session_of(here.base, account), "url": live.url}]
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        return SimpleNamespace(page=page, at=f"{live.url}/as/{grant_no}/shares", width=width)

    yield page_of
    for context in opened:
        context.close()


def look(desk, tail, name):
    """Open a page, see that nothing runs over, and keep its picture where JIZUO_PICTURES names a folder."""
    if tail is not None:
        desk.page.goto(f"{desk.at}{tail}")
    assert desk.page.evaluate(OVER) <= 0, (name, desk.width)
    folder = os.environ.get("JIZUO_PICTURES")
    if folder:
        desk.page.screenshot(path=Path(folder) / f"{name}-{desk.width}.png", full_page=True)


def test_the_walk_by_clicks_and_on_a_phone(here, page_of):
    clerk = page_of(here.reader.unit_no, "clerk")
    look(clerk, "", "empty")
    clerk.page.get_by_role("link", name="申请数据").first.click()
    clerk.page.get_by_label("提供方").select_option(str(here.owner.unit_no))
    clerk.page.get_by_label("数据", exact=True).select_option("pupil_list")
    clerk.page.get_by_role("button", name="选列").click()
    for title in ("姓名", "座号", "现住址"):
        clerk.page.get_by_role("checkbox", name=title, exact=True).check()
    clerk.page.get_by_role("checkbox", name="名册", exact=True).check()
    clerk.page.locator("#id_purpose").fill("对口升学的衔接")
    clerk.page.locator("#id_basis").fill("区教育局对口招生办法")
    look(clerk, None, "new")
    clerk.page.get_by_role("button", name="提交申请").click()
    clerk.page.get_by_text("等提供方答复").first.wait_for()
    tail = clerk.page.url.split("/shares")[1]
    head = page_of(here.owner.unit_no, "head", PHONE)
    look(head, "", "inbox")
    look(head, tail, "request")
    head.page.get_by_role("button", name="同意").click()
    head.page.get_by_text("等上级复核").first.wait_for()
    steward = page_of(here.bureau, "district_steward")
    look(steward, tail, "second")
    steward.page.get_by_role("button", name="同意").click()
    steward.page.get_by_text("生效中").first.wait_for()
    look(steward, None, "contract")
    tail = steward.page.url.split("/shares")[1]
    clerk.page.goto(f"{clerk.at}{tail}")
    clerk.page.get_by_role("button", name="打开数据").click()
    clerk.page.get_by_text("陈以宁").first.wait_for()
    look(clerk, None, "rows")
    phone = page_of(here.reader.unit_no, "clerk", PHONE)
    look(phone, tail, "contract")
    phone.page.get_by_role("button", name="打开数据").click()
    phone.page.get_by_text("陈以宁").first.wait_for()
    look(phone, None, "rows")
    look(phone, f"/new?owner={here.owner.unit_no}&dataset=pupil_list", "new")
    look(head, "/types", "types")
    head.page.goto(f"{head.at}{tail}")
    head.page.get_by_role("button", name="结束合约").first.click()
    head.page.locator("dialog[open] #id_reason").fill("学期结束")
    look(head, None, "end")
    head.page.locator("dialog[open]").get_by_role("button", name="结束合约").click()
    head.page.get_by_text("提前结束").first.wait_for()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_grades_and_why_fit(here, page_of, width):
    steward = page_of(here.bureau, "district_steward", width)
    look(steward, "/grades?dataset=pupil", "grades")
    look(steward, "/grades/pupil/address", "grade")
    grant_no = here.base.grant(
        here.base.account("周老师"), here.owner.unit_no, "teacher", org_ids=[here.owner.classes[0]]
    )
    record = here.owner.pupils[0][1]
    look(
        steward, f"/why?grant={grant_no}&field=pupil.address&record={record}&who=周老师&person=陈以宁", "why"
    )
    assert steward.page.get_by_text("不包括这一用途").first.is_visible()
