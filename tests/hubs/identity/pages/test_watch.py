"""The school's page of sign-ins over HTTP: who may look, what it shows, and what it never shows."""

from __future__ import annotations

import pytest

from tests.hubs.identity.conftest import sign_in
from tests.hubs.identity.watching import AGENT, TABS, noticed


def test_the_school_sees_who_is_signed_in_and_where_but_not_where_families_are(base, desk, person, address):
    pupil = person("pupil", desk.school.unit_no, name="赵小满", org_ids=[desk.school.org_id])
    for account in (desk.school.teacher, pupil):
        sign_in(base.client(REMOTE_ADDR="10.77.66.5", HTTP_USER_AGENT=AGENT), account)
    page = desk.get(f"{desk.at}/sign-ins").content.decode()
    assert "沈班主任" in page and "赵小满" in page and "Windows · Chrome" in page
    assert page.count("10.77.66.0/24") == 1 and "10.77.66.5" not in page
    found = desk.get(f"{desk.at}/sign-ins?q=赵小").content.decode()
    assert "赵小满" in found and "沈班主任" not in found
    events = desk.get(f"{desk.at}/sign-ins/events").content.decode()
    assert "沈班主任" in events and events.count("10.77.66.0/24") == 1


def test_what_was_odd_says_what_it_means_and_what_to_do(base, desk, address):
    noticed(desk.school.teacher)
    page = desk.get(f"{desk.at}/sign-ins/odd").content.decode()
    assert "久不用的账号又登录了" in page and "怎么办" in page and "沈班主任" in page
    assert "沈班主任" not in desk.get(f"{desk.at}/sign-ins/odd?kind=spray").content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [("clerk", 200), ("head", 200), ("homeroom_teacher", 403), ("pupil", 403), ("guardian", 403)],
)
def test_who_may_look(base, person, address, role, status):
    account = person(role)
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, account)
    for tab in TABS:
        assert client.get(f"/as/{account.grant_no}/{tab}").status_code == status
