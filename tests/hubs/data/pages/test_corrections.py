"""校核纠错 over HTTP: the inbox and its filters, one ticket, the sheet of papers, the clocks."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.hubs.organisation import given


@pytest.fixture(scope="module")
def town(base: Any) -> Any:
    from jizuo.project import rooms

    rooms.plates()
    return given.district(base, schools=1, classes=1, pupils=6)


def desk(town: Any, role: str, **grant: Any) -> Any:
    account = town.base.account("沈知远")
    unit = town.unit_no if role.startswith("district") else town.schools[0].unit_no
    no = town.base.grant(account, unit, role, **grant)
    return town.base.client(account), f"/as/{no}"


def ask(town: Any, place: int, field: str, **said: str) -> str:
    clerk, at = desk(town, "clerk")
    link = town.schools[0].pupils[place][1]
    assert clerk.post(f"{at}/people/{link}/wrong", {"field": field, **said}).status_code == 302
    page = clerk.get(f"{at}/corrections/mine").content.decode()
    return re.search(r'href="/as/\d+/(corrections/[0-9a-f-]{36})"', page).group(1)


def test_the_inbox_narrows_and_leads_to_a_ticket(town):
    path = ask(town, 0, "pupil.allergy", wanted="鸡蛋")
    ask(town, 1, "person.birth_on", says="应为 2019-05-05")
    clerk, at = desk(town, "clerk")
    everything = clerk.get(f"{at}/corrections").content.decode()
    assert "过敏" in everything and "出生日期" in everything and "还剩 10 个工作日" in everything
    register = clerk.get(f"{at}/corrections?owner=register").content.decode()
    assert "出生日期" in register and "鸡蛋" not in register
    assert "没有等您答复的" in clerk.get(f"{at}/corrections?late=1").content.decode()
    assert "这里还没有" in clerk.get(f"{at}/corrections?view=done").content.decode()
    page = clerk.get(f"{at}/{path}").content.decode()
    assert "就地改正" in page and 'value="鸡蛋"' in page and "花生" in page
    assert clerk.post(f"{at}/{path}/do/mend", {"value": "鸡蛋"}).status_code == 302
    assert "已按提出的改好" in clerk.get(f"{at}/corrections?view=done").content.decode()
    assert clerk.post(f"{at}/{path}/do/nothing").status_code == 404


def test_the_papers_are_printed_and_the_number_is_kept(town):
    path = ask(town, 2, "person.sex", says="户口簿上是女")
    clerk, at = desk(town, "clerk")
    page = clerk.get(f"{at}/{path}").content.decode()
    assert "户口簿" in page and "受理编号" in page
    sheet = clerk.get(f"{at}/{path}/papers.pdf")
    assert (
        sheet.status_code == 200
        and sheet.content.startswith(b"%PDF")
        and "no-store" in sheet["Cache-Control"]
    )
    assert clerk.post(f"{at}/{path}/do/send", {"register_no": "XJ-7"}).status_code == 302
    assert "XJ-7" in clerk.get(f"{at}/corrections?view=waiting").content.decode()
    other = ask(town, 3, "pupil.allergy", wanted="牛奶")
    assert clerk.get(f"{at}/{other}/papers.pdf").status_code == 404


def test_a_family_says_it_reads_the_answer_and_goes_on(town):
    child, _link = town.schools[0].pupils[4]
    mother = town.schools[0].guardians[4][0]
    client, at = desk(town, "guardian", person_id=mother, child_ids=[child])
    told = {"field": "pupil.allergy", "wanted": "虾", "says": "上周查的"}
    assert client.post(f"{at}/known/wrong?child={child}", told).status_code == 302
    page = client.get(f"{at}/corrections/mine").content.decode()
    path = re.search(r'href="/as/\d+/(corrections/[0-9a-f-]{36})"', page).group(1)
    assert "虾" in page and "待答复" in page
    clerk, clerk_at = desk(town, "clerk")
    assert clerk.post(f"{clerk_at}/{path}/do/answer", {"answer": "请补诊断书"}).status_code == 302
    page = client.get(f"{at}/{path}").content.decode()
    assert "请补诊断书" in page and "请区里核定" in page
    assert client.post(f"{at}/{path}/do/dispute", {"says": "已经交过"}).status_code == 302
    steward, steward_at = desk(town, "district_steward")
    page = steward.get(f"{steward_at}/{path}").content.decode()
    assert "已经交过" in page and "虾" in page and "核定" in page
    assert client.get(f"{at}/corrections").status_code == 403
    assert steward.post(f"{steward_at}/{path}/do/answer", {"answer": "学校已收到"}).status_code == 302
    assert "学校已收到" in client.get(f"{at}/{path}").content.decode()


def test_an_admin_sets_the_clocks(town):
    admin, at = desk(town, "district_admin")
    days = {"answer": "10", "register": "25", "decide": "10", "dispute": "15", "remind": "2"}
    try:
        assert admin.post(f"{at}/corrections/clocks", days).status_code == 302
        assert 'value="25"' in admin.get(f"{at}/corrections/clocks").content.decode()
        assert admin.post(f"{at}/corrections/clocks", {**days, "answer": "多"}).status_code == 422
    finally:
        admin.post(f"{at}/corrections/clocks", {**days, "register": "20"})
    clerk, clerk_at = desk(town, "clerk")
    assert clerk.get(f"{clerk_at}/corrections/clocks").status_code == 403


@pytest.mark.parametrize("path", ["corrections", "corrections/mine", "corrections?view=done"])
def test_each_page_stays_within_twelve_queries(town, path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    clerk, at = desk(town, "clerk")
    clerk.get(f"{at}/{path}")
    with CaptureQueriesContext(connection) as seen:
        assert clerk.get(f"{at}/{path}").status_code == 200
    asked = [q["sql"] for q in seen if q["sql"].lower().startswith(("select", "insert", "update", "delete"))]
    assert len(asked) <= 12, "\n".join(one[:90] for one in asked)
