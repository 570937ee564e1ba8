"""A citizen's item end to end, on the phone and at a desk: found by pinyin, applied for, returned once, corrected, given as a
PDF whose code anybody can check, rated; and what a school shows to everybody."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.hubs.organisation.printing.test_paper import plain
from tests.journeys.conftest import DESK, PHONE, fits, picture
from tests.scenes import given


@pytest.fixture(scope="module")
def offered(district: Any) -> Any:
    """The scenes of items and publishing, in use beside the others."""
    for scene in ("certificate", "document", "news", "calendar"):
        given.installed(
            district.base, district.world.bureau.unit_no, given.files_of(scene), is_for_below=True
        )
    return district


def approve(seen_by: Any, actor: Any, width: int) -> None:
    """Open what waits longest for an actor and agree."""
    page = seen_by(actor, "matters", width)
    page.locator("tbody tr", has_text="在读证明").first.get_by_role("link").first.click()
    page.get_by_role("button", name="同意", exact=True).click()
    page.get_by_text("办好了。").wait_for()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_certificate_is_asked_for_corrected_given_and_checked(
    offered: Any, seen_by: Any, width: int
) -> None:
    world = offered.world
    guardian, clerk, head = (world.actor(role) for role in ("guardian", "clerk", "head"))
    page = seen_by(guardian, "items?q=zdzm", width)
    assert fits(page)
    picture(page, f"items-{width}")
    page.get_by_role("link", name="在读证明").first.click()
    page.get_by_text("免提交").first.wait_for()
    assert fits(page)
    picture(page, f"item-guide-{width}")
    page.get_by_role("link", name="在线办理").click()
    page.get_by_role("radio", name="申请签证").check()
    picture(page, f"item-form-{width}")
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_text("两个工作日内办好").first.wait_for()

    desk = seen_by(clerk, "matters", width)
    desk.locator("tbody tr", has_text="在读证明").first.get_by_role("link").first.click()
    picture(desk, f"item-desk-{width}")
    desk.get_by_role("button", name=re.compile("退回")).first.click()
    desk.locator("dialog[open] textarea[name=note]").fill("请写明给哪个单位用")
    desk.locator("dialog[open]").get_by_role("button", name=re.compile("退回")).click()
    desk.get_by_text("办好了。").wait_for()

    page.goto(offered.address(guardian, "matters?view=mine"))
    page.locator("tbody tr", has_text="在读证明").first.get_by_role("link").first.click()
    assert page.get_by_text("请写明给哪个单位用").count()
    picture(page, f"item-returned-{width}")
    page.get_by_role("link", name="去补正").click()
    page.fill("[name=whom]", "澜江区出入境管理处")
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_text("两个工作日内办好").first.wait_for()

    approve(seen_by, clerk, width)
    approve(seen_by, head, width)

    page.goto(offered.address(guardian, "matters?view=mine"))
    page.locator("tbody tr", has_text="在读证明").first.get_by_role("link").first.click()
    link = page.get_by_role("link", name="打开 PDF")
    link.wait_for()
    assert fits(page)
    picture(page, f"item-done-{width}")
    body = page.context.request.get(offered.live.url + link.get_attribute("href"))
    assert body.headers["content-type"] == "application/pdf"
    told = plain(body.body())
    assert "陈以宁" in told and "申请签证" in told
    code = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", told)
    assert code, told
    page.select_option("[name=stars]", "5")
    page.get_by_role("button", name="提交评价").click()
    page.get_by_text("评了 5 星").wait_for()

    page.goto(f"{offered.live.url}/check/")
    page.fill("[name=code]", code[0].lower())
    page.get_by_role("button", name="查验").click()
    page.get_by_text("有效", exact=True).wait_for()
    shown = page.content()
    assert "陈**" in shown and "陈以宁" not in shown and "签证" not in shown
    assert fits(page)
    picture(page, f"item-checked-{width}")

    numbers = seen_by(head, "items/numbers", width)
    numbers.get_by_text("按时办结 100").wait_for()
    assert "陈以宁" not in numbers.content() and fits(numbers)
    picture(numbers, f"item-numbers-{width}")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_news_and_a_notice_stand_on_the_public_page(
    offered: Any, seen_by: Any, page_at: Any, width: int
) -> None:
    world = offered.world
    teacher, head = world.actor("homeroom_teacher"), world.actor("head")
    page = seen_by(teacher, "s/news/new/news", width)
    page.fill("[name=title]", f"足球队夺冠 {width}")
    page.fill("[name=text]", "我校足球队获区赛冠军。")
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_text("批准后上学校网页").first.wait_for()
    school = seen_by(head, "matters", width)
    school.locator("tbody tr", has_text=f"足球队夺冠 {width}").get_by_role("link").first.click()
    school.get_by_role("button", name="同意", exact=True).click()
    school.get_by_text("办好了。").wait_for()

    anyone = page_at(width)
    anyone.goto(f"{offered.live.url}/site/{world.first.unit_no}/")
    anyone.get_by_role("link", name=re.compile(f"足球队夺冠 {width}")).wait_for()
    assert fits(anyone)
    picture(anyone, f"site-{width}")
    anyone.get_by_role("link", name=re.compile(f"足球队夺冠 {width}")).click()
    anyone.get_by_text("获区赛冠军").wait_for()
    assert fits(anyone)

    school.goto(offered.address(head, "site"))
    picture(school, f"site-shown-{width}")
    school.locator("tbody tr", has_text=f"足球队夺冠 {width}").get_by_role("button", name="撤下").click()
    school.get_by_text("已撤下").first.wait_for()
    anyone.goto(f"{offered.live.url}/site/{world.first.unit_no}/")
    assert anyone.get_by_text(f"足球队夺冠 {width}").count() == 0
