"""The form in a real browser, phone and desktop: answered live, signed by hand, kept by itself, handed in once."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from tests.engines.matter.forms.given import place_of
from tests.engines.matter.forms.test_pages import PNG, signed_in
from tests.live import session_of

#: Where pictures of the pages go when somebody wants to look at them.
PICTURES = os.environ.get("JIZUO_PICTURES", "")


@pytest.fixture(scope="module")
def place(base):
    return place_of(base)


def page_of(browser, live, place, role, width):
    _client, here = signed_in(place, role)
    at = place.first
    account = place.accounts[at.unit_no, role][0]
    context = browser.new_context(
        viewport={"width": width, "height": 844 if width < 500 else 768},
        locale="zh-CN",
        has_touch=width < 500,
    )
    context.add_cookies(
        [{"name": "jizuo_session", "value": session_of(place.base, account), "url": live.url}]
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page, f"{live.url}{here}"


def look(page, name):
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def test_a_guardian_signs_on_the_phone(browser, live, place):
    page, here = page_of(browser, live, place, "guardian", 390)
    page.goto(f"{here}/new/consent")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.locator("#field-why").is_visible()
    page.get_by_role("radio", name="不同意").check()
    page.locator("#field-why textarea").wait_for(state="visible")
    page.locator("#field-why textarea").fill("那天要看医生")
    pad = page.locator("canvas").bounding_box()
    page.mouse.move(pad["x"] + 40, pad["y"] + 40)
    page.mouse.down()
    page.mouse.move(pad["x"] + 200, pad["y"] + 80, steps=5)
    page.mouse.up()
    page.get_by_text("草稿已存").wait_for()
    look(page, "consent-390")
    small = [
        box["height"]
        for one in page.locator("main .btn:visible").all()
        if (box := one.bounding_box()) and box["height"] < 44
    ]
    assert small == []
    page.get_by_role("button", name="提交").click()
    page.get_by_text("交好了").wait_for()
    look(page, "consent-done-390")


def test_a_file_that_is_too_large_never_leaves_the_phone(browser, live, place, tmp_path):
    large, small = tmp_path / "大图.jpg", tmp_path / "小图.png"
    with open(large, "wb") as out:
        out.truncate(100 * 1024 * 1024)
    small.write_bytes(base64.b64decode(PNG))
    page, here = page_of(browser, live, place, "clerk", 390)
    sent = []
    page.on("request", lambda request: sent.append(int(request.headers.get("content-length") or 0)))
    page.goto(f"{here}/new/plan?fresh=1")
    page.get_by_label("名称").fill("看海")
    page.get_by_text("草稿已存").wait_for()
    page.evaluate("document.querySelectorAll('.filling-page').forEach((one) => (one.hidden = false))")
    field = page.locator("input[name='proof.photo']")
    field.set_input_files(str(large))
    page.get_by_text("大图.jpg").wait_for()
    look(page, "file-heavy-390")
    assert (
        "10 MB"
        in page.locator(".toasts, [role=status], [role=alert]").filter(has_text="大图.jpg").first.inner_text()
    )
    assert field.evaluate("input => input.files.length") == 0
    field.set_input_files(str(small))
    page.locator(".drop-list", has_text="小图.png").wait_for()
    assert page.get_by_label("名称").input_value() == "看海"
    assert max(sent) < 1024 * 1024


@pytest.mark.parametrize("width", [390, 1366])
def test_a_plan_is_worked_out_while_it_is_filled(browser, live, place, width):
    page, here = page_of(browser, live, place, "clerk", width)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{here}/new/plan?fresh=1")
    page.get_by_label("名称").fill("春游")
    page.get_by_role("radio", name="农场").check()
    page.locator("input[name=day]").fill("2030-09-18")
    page.locator("#field-by_bus").get_by_role("radio", name="是").check()
    page.locator("#field-bus input[name=bus]").wait_for(state="visible")
    page.locator("#field-bus input[name=bus]").fill("沪A12345")
    page.locator("#field-leader").get_by_role("radio").first.check()
    page.locator("#field-classes input[type=checkbox]").first.check()
    look(page, f"plan-{width}")
    page.locator("main").get_by_role("button", name="下一步").click()
    page.locator("input[name=cost]").fill("35.5")
    page.locator("[name='lines[0].thing']").fill("水")
    page.locator("[name='lines[0].count']").fill("3")
    page.locator("[name='lines[0].price']").fill("1.5")
    page.locator("[name='lines[0].price']").blur()
    page.locator("#worth-total", has_text="3").wait_for()
    look(page, f"plan-two-{width}")
    page.get_by_role("button", name="加一行").click()
    page.locator("[name='lines[1].thing']").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert errors == []
