"""A teacher who is also a parent, with two tabs: each tab is one role, and nothing crosses."""

from __future__ import annotations

import re
from typing import Any

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.pages import shell
from jizuo.project import rooms
from tests.base import Base
from tests.journeys.conftest import DESK, PHONE, Town, fits, picture
from tests.journeys.town import TEACHER_PARENT

CHILD = """
select p.name, a.id, a.person_id from acting_grant g join person p on p.id = g.child_ids[1]
join affiliation a on a.person_id = p.id and a.role = 'pupil' and a.end_on is null where g.no = %s
"""
TAUGHT = """
select a.id, a.name from affiliation a where a.class_id = any(select unnest(org_ids) from acting_grant where no = %s)
and a.role = 'pupil' and a.end_on is null and a.person_id <> %s order by a.id limit 1
"""


def menu_words(page: Any) -> str:
    """Who acts, as the page's head says."""
    return str(page.locator(".me-where").inner_text())


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_two_tabs_of_two_roles_never_cross(town: Town, page_at: Any, width: int) -> None:
    teacher = page_at(width)
    as_teacher = town.sign_in(teacher, TEACHER_PARENT, scopes.HOMEROOM_TEACHER)
    grants = town.grants(TEACHER_PARENT)
    child, child_at_school, child_id = town.ask(CHILD, grants[scopes.GUARDIAN])[0]
    pupil_at_school, pupil = town.ask(TAUGHT, grants[scopes.HOMEROOM_TEACHER], child_id)[0]
    parent = teacher.context.new_page()
    as_parent = town.start(TEACHER_PARENT, scopes.GUARDIAN)
    parent.goto(as_parent)

    assert "班主任" in menu_words(teacher)
    assert pupil in teacher.locator("main").inner_text()
    assert "家长" in menu_words(parent)
    assert child in parent.locator(".who").inner_text()
    assert pupil not in parent.locator("body").inner_text()
    assert fits(parent)
    assert fits(teacher)
    picture(parent, f"roles-parent-{width}")
    picture(teacher, f"roles-teacher-{width}")

    # Each tab goes on in its own role, in turn.
    teacher.goto(f"{as_teacher}people/pupils")
    parent.goto(f"{as_parent}known")
    teacher.reload()
    assert "班主任" in menu_words(teacher)
    assert pupil in teacher.locator("main").inner_text()
    assert child in parent.locator("main").inner_text()
    assert parent.goto(f"{as_parent}people/{pupil_at_school}").status in (403, 404)
    assert pupil not in parent.locator("body").inner_text()
    assert parent.goto(f"{as_parent}people/{child_at_school}").status in (403, 404)
    picture(parent, f"roles-refused-{width}")

    # One tap in the menu changes the role of that tab only.
    parent.goto(as_parent)
    parent.locator(".me summary").click()
    picture(parent, f"roles-menu-{width}")
    parent.locator(".me .menu-row", has_text="班主任").click()
    parent.wait_for_url(as_teacher)
    assert "班主任" in menu_words(parent)
    teacher.go_back()
    assert "班主任" in menu_words(teacher)
    parent.locator(".me summary").click()
    parent.locator(".me .menu-row", has_text=re.compile("^家长")).first.click()
    parent.wait_for_url(as_parent)
    assert child in parent.locator(".who").inner_text()


def test_the_parents_address_serves_no_teachers_page(town: Town, browser: Any, base: Base) -> None:
    """Every page that a guardian has no part in, asked at the guardian's address by someone who may open it at the
    teacher's."""
    rooms.plates()
    guardian = town.grants(TEACHER_PARENT)[scopes.GUARDIAN]
    teacher = town.grants(TEACHER_PARENT)[scopes.HOMEROOM_TEACHER]
    paths = [
        page.path
        for page in shell.offered()
        if scopes.HOMEROOM_TEACHER in page.roles
        and scopes.GUARDIAN not in page.roles
        and "<" not in page.path
    ]
    assert {"people/pupils", "slips", "guardians"} <= set(paths)
    with town.client(browser, TEACHER_PARENT) as client:
        served = {path: client.get(f"/as/{teacher}/{path}").status_code for path in paths}
        refused = {path: client.get(f"/as/{guardian}/{path}").status_code for path in paths}
    assert {status for status in served.values() if status >= 400} <= {405}, served
    assert set(refused.values()) == {403}, refused
