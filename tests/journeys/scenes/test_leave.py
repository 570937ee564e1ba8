"""A parent asks for leave on the phone, the homeroom teacher approves in two taps, the school and the roll know it; two
approvers at once."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.journeys.conftest import DESK, PHONE, fits, picture
from tests.live import session_of
from tests.scenes.given import within

#: Long enough that a school day lies within, whatever holiday there is today.
SPAN = timedelta(days=9)


def ask_for_leave(page: Any, begin: date, reason: str) -> None:
    """Fill the leave form that is open and hand it in."""
    page.get_by_role("radio", name="病假").check()
    page.fill("[name=from_on]", begin.isoformat())
    page.fill("[name=to_on]", (begin + SPAN).isoformat())
    page.fill("[name=reason]", reason)
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_text("已交班主任，批好会告诉您。").first.wait_for()


def matters(district: Any) -> list[tuple[UUID, str]]:
    """(id, state) of the first school's leaves, newest first."""
    with district.base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{district.world.first.unit_no}}}"])
        return owner.execute(
            "select id, state from matter where unit_no = %s and scene = 'leave' order by id desc",
            [district.world.first.unit_no],
        ).fetchall()


@pytest.mark.parametrize(("width", "weeks"), [(PHONE, 0), (DESK, 4)])
def test_leave_is_asked_and_approved_in_two_taps(district: Any, seen_by: Any, width: int, weeks: int) -> None:
    world = district.world
    guardian, teacher = world.actor("guardian"), world.actor("homeroom_teacher")
    begin = date.today() + timedelta(weeks=weeks)
    home = seen_by(guardian, "s/leave/", width)
    home.get_by_role("link", name="请假").first.click()
    home.wait_for_url("**/new/leave*")
    assert fits(home)
    picture(home, f"leave-form-{width}")
    ask_for_leave(home, begin, "发热三十九度")
    assert fits(home)
    picture(home, f"leave-done-{width}")

    desk = seen_by(teacher, "matters", width)
    line = desk.locator("tbody tr", has_text=begin.isoformat())
    picture(desk, f"leave-todo-{width}")
    assert fits(desk)
    # Tap one opens the request, tap two approves it.
    line.get_by_role("link").first.click()
    desk.get_by_role("button", name="同意", exact=True).click()
    desk.get_by_text("办好了。").wait_for()
    assert matters(district)[0][1] == "done"

    home.goto(district.address(guardian, "matters?view=mine"))
    home.locator("tbody tr", has_text=begin.isoformat()).get_by_text("办结").wait_for()
    if weeks == 0:
        school = seen_by(world.actor("head"), "s/leave/school", width)
        school.locator("table", has_text="陈以宁").wait_for()
        assert "发热" not in school.content(), "the reason is not for a list of the school"
        assert fits(school)


def test_the_roll_knows_the_leave(district: Any, seen_by: Any) -> None:
    world = district.world
    roll = seen_by(world.actor("homeroom_teacher"), "s/roll/", PHONE)
    row = roll.locator("[data-pupil], label, tr, li", has_text="陈以宁").first
    row.wait_for()
    assert "假" in row.inner_text()
    other = roll.locator("[data-pupil], label, tr, li", has_text="马小川").first
    assert "假" not in other.inner_text()
    assert fits(roll)
    picture(roll, "roll-390")


def test_two_approvers_at_once_answer_once(district: Any) -> None:
    """Twelve requests wait for one post that two people hold: both press at the same time; each request is answered once,
    and who came later is told."""
    from jizuo.engines.matter.actions import matters as doors

    world = district.world
    guardian, teacher = world.actor("guardian"), world.actor("homeroom_teacher")
    second = world.actor("teacher")
    grant = district.base.grant(
        second.account, world.first.unit_no, "homeroom_teacher", person_id=second.person_id, org_ids=[world.first.class_id]
    )  # fmt: skip
    begin = date.today() + timedelta(weeks=10)
    from jizuo.ground import scope as scopes

    for place in range(12):
        day = (begin + timedelta(days=10 * place)).isoformat()
        with scopes.use(world.scope(guardian)):
            doors.start_matter(
                scene="leave", form="leave", submit_key=uuid4().hex, subject_id=guardian.child_ids[0],
                data={"pupil_id": str(guardian.child_ids[0]), "kind": "sick", "from_on": day,
                      "to_on": (begin + timedelta(days=10 * place + 9)).isoformat()},
            )  # fmt: skip
    waiting = within(
        district.base, world.first.unit_no,
        lambda: _rows("select id from matter_task where state = 'open' and scene = 'leave' and unit_no = %s",
                      world.first.unit_no),
    )  # fmt: skip
    ids = [str(one) for (one,) in waiting]
    assert len(ids) == 12
    said: list[dict[str, Any]] = []
    gate = threading.Barrier(2)

    def press(key: str, number: int, order: list[str]) -> None:
        with district.live.client(key) as client:
            gate.wait()
            answer = client.post(
                f"/as/{number}/api/do/matter.take_step", json={"task_ids": order, "verb": "approve"}
            )
            said.append(
                {"status": answer.status_code, **(answer.json() if answer.status_code == 200 else {})}
            )

    people = [
        threading.Thread(
            target=press, args=(session_of(district.base, teacher.account), teacher.grant_no, ids)
        ),
        threading.Thread(target=press, args=(session_of(district.base, second.account), grant, ids[::-1])),
    ]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sum(one.get("done", 0) for one in said) == 12
    late = [skip["why"] for one in said for skip in one.get("skipped", ())]
    # Each is told whose answer it was.
    assert len(late) == 12 and set(late) <= {"陆晓岚已经办了：同意", "杜师傅已经办了：同意"}, said
    times = within(
        district.base, world.first.unit_no,
        lambda: _rows("select count(*) from matter_event where verb = 'approve' and matter_id in"
                      " (select matter_id from matter_task where id = any(%s::uuid[])) group by matter_id", ids),
    )  # fmt: skip
    assert times == [(1,)] * 12


def _rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return cursor.fetchall()
