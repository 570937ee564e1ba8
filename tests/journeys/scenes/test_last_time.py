"""The table of last year comes again: the school takes over what it answered then with one press and types only what is new."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from jizuo.plain import workdays
from tests.journeys.conftest import DESK, PHONE, fits, picture

BEFORE = [{"title": "保健教师姓名", "kind": "text"}, {"title": "灭火器数", "kind": "number"},
          {"title": "校车数", "kind": "number"}]  # fmt: skip
NOW = [{"title": "校车数", "kind": "number"}, {"title": "保健教师姓名", "kind": "text"}, {"title": "饮水机数", "kind": "number"},
       {"title": "灭火器数", "kind": "number", "known": "last"}]  # fmt: skip


@pytest.fixture(scope="module")
def district(base: Any) -> Any:
    from jizuo.project import rooms
    from tests.scenes import given, world

    rooms.plates()
    found = world.make(base)
    found.today = date.today()
    given.installed(base, found.bureau.unit_no, given.files_of("collect"), is_for_below=True)
    return found


def send(district: Any, title: str, columns: list[dict[str, str]]) -> None:
    """The bureau sends a table to the first school."""
    from jizuo.engines.matter.actions import matters
    from jizuo.ground import facts
    from jizuo.ground import scope as scopes

    with scopes.use(district.scope(district.actor("district_steward"))):
        matters.start_matter(
            scene="collect", form="draw", submit_key=uuid4().hex,
            data={"title": title, "schools": [district.first.unit_no], "due_on": workdays.add(date.today(), 10).isoformat(),
                  "rows": "一校一行", "columns": columns},
        )  # fmt: skip
    while facts.deliver_due():
        pass


def answered(district: Any, sheet: list[dict[str, Any]]) -> None:
    """The clerk of that school fills in what waits, and the head signs."""
    from jizuo.engines.matter.actions import matters
    from jizuo.engines.matter.queries import todos
    from jizuo.ground import scope as scopes

    for role, verb, data in (("clerk", "done", {"sheet": sheet}), ("head", "sign", {})):
        with scopes.use(district.scope(district.actor(role))):
            (line,) = todos.todo(scene="collect", limit=10).rows
            assert matters.take_step(task_ids=[line.task_id], verb=verb, data=data).done == 1


def test_last_years_answers_are_taken_over(base: Any, district: Any, live: Any, page_at: Any) -> None:
    from tests.live import session_of

    send(district, "2025 年安全情况", BEFORE)
    answered(district, [{"c1": "王立新", "c2": 40, "c3": 2}])
    send(district, "2026 年安全情况", NOW)
    clerk = district.actor("clerk")
    for width in (PHONE, DESK):
        page = page_at(width)
        page.context.add_cookies(
            [{"name": "jizuo_session", "value": session_of(base, clerk.account), "url": live.url}]
        )
        page.goto(f"{live.url}/as/{clerk.grant_no}/matters")
        page.locator("tbody tr", has_text="2026 年安全情况").get_by_role("link").first.click()
        page.get_by_role("link", name="去填写").click()
        page.get_by_text("照上次的填").first.wait_for()
        cell = page.locator("[name='sheet[0].c4']")
        assert cell.input_value() == "40", "a column drawn so is there without a press"
        assert page.locator("[name='sheet[0].c1']").input_value() == ""
        assert fits(page)
        picture(page, f"collect-last-{width}")
        page.get_by_role("button", name="照上次的填").click()
        page.get_by_text("照上次的填了").wait_for()
        assert page.locator("[name='sheet[0].c1']").input_value() == "2"
        assert page.locator("[name='sheet[0].c2']").input_value() == "王立新"
        assert page.locator("[name='sheet[0].c3']").input_value() == "", "what is new is left to type"
        assert page.get_by_text("上次填的").count() >= 2
        assert fits(page)
        picture(page, f"collect-taken-{width}")
    page.locator("[name='sheet[0].c3']").fill("12")
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_text("已交校长审核").first.wait_for()
