"""The list of applications: empty, and closed to others."""

from __future__ import annotations

from tests.hubs.identity.conftest import sign_in


def test_an_empty_desk_says_what_to_do(desk):
    page = desk().get
    browser = desk()
    page = browser.get(browser.at).content.decode()
    assert "还没有接入应用" in page and "先登记应用" in page and f'href="{browser.at}/new"' in page


def test_who_may_not_stand_at_the_desk(base, person):
    teacher = person("teacher")
    browser = base.client()
    sign_in(browser, teacher)
    assert browser.get(f"/as/{teacher.grant_no}/apps").status_code == 403
