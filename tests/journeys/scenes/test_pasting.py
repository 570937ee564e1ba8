"""A block copied in Excel is pasted into the rows of a table with the keyboard, on the desk and on the phone."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from jizuo.plain import workdays
from tests.journeys.conftest import DESK, PHONE, fits, picture

COLUMNS = [{"title": "社团名称", "kind": "text"}, {"title": "参加人数", "kind": "number"},
           {"title": "有场地", "kind": "yes_no"}]  # fmt: skip
BLOCK = "社团名称\t参加人数\t有场地\n合唱\t30\t是\n足球\t四十\t否\n书法\t12\t有\n"


@pytest.fixture(scope="module")
def district(base: Any) -> Any:
    from jizuo.engines.matter.actions import matters
    from jizuo.ground import facts
    from jizuo.ground import scope as scopes
    from jizuo.project import rooms
    from tests.scenes import given, world

    rooms.plates()
    found = world.make(base)
    found.today = date.today()
    given.installed(base, found.bureau.unit_no, given.files_of("collect"), is_for_below=True)
    with scopes.use(found.scope(found.actor("district_steward"))):
        matters.start_matter(
            scene="collect", form="draw", submit_key=uuid4().hex,
            data={"title": "社团情况", "schools": [found.first.unit_no], "rows": "一校多行", "columns": COLUMNS,
                  "due_on": workdays.add(date.today(), 10).isoformat()},
        )  # fmt: skip
    while facts.deliver_due():
        pass
    return found


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_block_is_pasted_with_the_keyboard(
    base: Any, district: Any, live: Any, page_at: Any, width: int
) -> None:
    from tests.live import session_of

    clerk = district.actor("clerk")
    page = page_at(width)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live.url)
    page.context.add_cookies(
        [{"name": "jizuo_session", "value": session_of(base, clerk.account), "url": live.url}]
    )
    page.goto(f"{live.url}/as/{clerk.grant_no}/matters")
    page.locator("tbody tr", has_text="社团情况").get_by_role("link").first.click()
    page.get_by_role("link", name="去填写").click()
    first = page.locator("[name='sheet[0].c1']")
    first.wait_for()
    page.evaluate("text => navigator.clipboard.writeText(text)", "一个词")
    first.focus()
    page.keyboard.press("Control+V")
    assert first.input_value() == "一个词", "one word is pasted as everywhere"
    page.evaluate("text => navigator.clipboard.writeText(text)", BLOCK)
    first.focus()
    page.keyboard.press("Control+V")
    page.locator("[name='sheet[2].c1']").wait_for()
    assert [page.locator(f"[name='sheet[{row}].c1']").input_value() for row in range(3)] == [
        "合唱",
        "足球",
        "书法",
    ]
    assert page.locator("[name='sheet[2].c3'][value=yes]").is_checked()
    page.get_by_text("第 2 行：应为数字").wait_for()
    assert page.evaluate("document.activeElement.name") == "sheet[0].c1"
    assert fits(page)
    picture(page, f"pasted-{width}")
    page.locator("[name='sheet[1].c2']").fill("40")
    page.get_by_role("button", name="加一行").click()
    page.locator("[name='sheet[3].c1']").wait_for()
    assert page.evaluate("document.activeElement.name") == "sheet[3].c1"
    assert errors == []
