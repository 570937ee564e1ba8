"""A table drawn by the bureau for 105 schools: prefilled, filled, signed; eight are late, one is returned; merged without
copying anything."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest

from jizuo.plain import workdays
from tests.journeys.conftest import DESK, PHONE, fits, picture

SCHOOLS, LATE = 105, 8
TITLE = "近视防控统计"


@pytest.fixture(scope="module")
def many(base: Any) -> dict[str, Any]:
    """A bureau with 105 schools that collect; two of them with people in front of a browser."""
    from jizuo.hubs.organisation.actions import counting
    from jizuo.project import rooms
    from tests.scenes import given, world

    rooms.plates()
    district = world.make(base)
    district.today = date.today()
    bureau = district.bureau.unit_no
    for number in range(SCHOOLS - 2):
        base.unit(f"澜江区第{number + 1}小学", parent=bureau)
    given.installed(base, bureau, given.files_of("collect"), is_for_below=True)
    with base.owner() as owner:
        schools = [
            row[0]
            for row in owner.execute(
                "select unit_no from unit where parent_no = %s and kind = 'school' order by unit_no", [bureau]
            ).fetchall()
        ]
    assert len(schools) == SCHOOLS
    for unit_no in schools:
        given.within(base, unit_no, partial(counting.count_unit, unit_no))
    return {"world": district, "schools": schools}


def at(base: Any, unit_no: int, role: str, person: UUID | None = None) -> Any:
    """Act in a role at a unit within the block."""
    from jizuo.ground import scope as scopes

    return scopes.use(base.scope(unit_no, role, person_id=person, grant_no=1, today=date.today()))


def answer(base: Any, unit_no: int, role: str, verb: str, **more: Any) -> None:
    """Answer the one task of the table that waits for a role at a unit."""
    from jizuo.engines.matter.actions import matters
    from jizuo.engines.matter.queries import todos

    with at(base, unit_no, role):
        (line,) = todos.todo(scene="collect", limit=10).rows
        done = matters.take_step(task_ids=[line.task_id], verb=verb, **more)
    assert done.done == 1, done.skipped


def test_a_table_from_105_schools(base: Any, many: dict[str, Any], live: Any, page_at: Any) -> None:
    from jizuo.engines.matter import clock
    from jizuo.engines.matter.actions import matters
    from jizuo.engines.matter.forms import sheets
    from jizuo.engines.matter.queries import todos
    from jizuo.ground import acting, facts
    from jizuo.ground import scope as scopes
    from tests.live import session_of

    district = many["world"]
    steward = district.actor("district_steward")
    due = workdays.add(date.today(), 10)
    columns = [
        {"title": "本学期筛查人数", "kind": "number"},
        {"title": "在校学生数", "kind": "number", "known": "number:present"},
    ]
    with scopes.use(district.scope(steward)):
        table = matters.start_matter(
            scene="collect", form="draw", submit_key=uuid4().hex,
            data={"title": TITLE, "schools": many["schools"], "due_on": due.isoformat(), "rows": "一校一行", "columns": columns},
        )  # fmt: skip
    while facts.deliver_due():
        pass

    def opened(actor: Any, path: str, width: int) -> Any:
        page = page_at(width)
        cookie = {"name": "jizuo_session", "value": session_of(base, actor.account), "url": live.url}
        page.context.add_cookies([cookie])
        page.goto(f"{live.url}/as/{actor.grant_no}/{path}")
        return page

    # One school fills it in on the desk: what the base holds is there, only the new column is typed.
    clerk = opened(district.actor("clerk"), "matters", DESK)
    clerk.locator("tbody tr", has_text=TITLE).get_by_role("link").first.click()
    clerk.get_by_role("link", name="去填写").click()
    clerk.get_by_text("在校学生数").first.wait_for()
    assert clerk.locator("[name='sheet[0].c2']").count() == 0, "what the base holds is not typed again"
    assert fits(clerk)
    picture(clerk, "collect-fill-1366")
    clerk.locator("[name='sheet[0].c1']").fill("3")
    clerk.get_by_role("button", name="提交", exact=True).click()
    clerk.get_by_text("已交校长审核").first.wait_for()
    # The head signs on the phone in two taps.
    head = opened(district.actor("head"), "matters", PHONE)
    head.locator("tbody tr", has_text=TITLE).get_by_role("link").first.click()
    head.get_by_role("button", name="签字").click()
    head.get_by_text("办好了。").wait_for()
    assert fits(head)
    picture(head, "collect-head-390")
    # The others fill it in too, but for eight.
    first = district.first.unit_no
    others = [unit_no for unit_no in many["schools"] if unit_no != first]
    for place, unit_no in enumerate(others[:-LATE]):
        answer(base, unit_no, "clerk", "done", data={"sheet": [{"c1": place, "c2": 0}]})
        answer(base, unit_no, "head", "sign")
    # The bureau takes them in, and returns one.
    with scopes.use(district.scope(steward)):
        waiting = todos.todo(scene="collect", limit=200).rows
        ids = [line.task_id for line in waiting]
        assert len(ids) == SCHOOLS - LATE
        returned = matters.take_step(task_ids=ids[:1], verb="return", note="筛查人数是 0，请核对")
        assert returned.done == 1, returned.skipped
        done = matters.take_step(task_ids=ids[1:], verb="done")
    assert done.done == SCHOOLS - LATE - 1, done.skipped
    # The day has passed: the heads of the eight and of the one are told.
    overdue = due + timedelta(days=1)
    with scopes.use(replace(acting.base_job_scope(district.bureau.unit_no), today=overdue)):
        clock.chase()
    with scopes.use(replace(district.scope(steward), today=overdue)):
        sheet = sheets.sheet_of(matter_id=table)
        body = sheets.sheet_workbook(matter_id=table)
    assert (sheet.count, sheet.done, sheet.late) == (SCHOOLS, SCHOOLS - LATE - 1, LATE)
    (back,) = [one for one in sheet.units if one.state == "back"]
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{back.unit_no}}}"])
        held = owner.execute(
            "select t.do, holder from matter_task t where unit_no = %s and state = 'open'", [back.unit_no]
        ).fetchall()
    assert held == [("mend", f"clerk@{back.unit_no}")]
    book = openpyxl.load_workbook(io.BytesIO(body))
    told = [
        row for row in book.worksheets[0].iter_rows(values_only=True) if any(cell is not None for cell in row)
    ]
    names = {str(cell) for row in told for cell in row if cell}
    assert "澜江区第1小学" in names or "澜江区第2小学" in names
    assert sum(str(cell).startswith("澜江区") for row in told for cell in row if cell) >= SCHOOLS - LATE - 1
    page = opened(steward, f"matters/{table}/children", DESK)
    page.get_by_text("澜江区第1小学").first.wait_for()
    assert fits(page)
    picture(page, "collect-children-1366")


def test_a_column_that_the_base_holds_is_refused_when_drawn(base: Any, many: dict[str, Any]) -> None:
    from jizuo.engines.matter.actions import matters
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput

    district = many["world"]
    with scopes.use(district.scope(district.actor("district_steward"))), pytest.raises(BadInput) as caught:
        matters.start_matter(
            scene="collect", form="draw", submit_key=uuid4().hex,
            data={"title": "学生名册", "schools": many["schools"][:2], "due_on": workdays.add(date.today(), 8).isoformat(),
                  "rows": "一校多行", "columns": [{"title": "出生日期", "kind": "date"}]},
        )  # fmt: skip
    assert any("columns" in problem.where for problem in caught.value.problems)
