from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="module")
def admin(base: Any) -> Any:
    bureau = base.unit("澜江区教育局", kind="bureau")
    base.unit("启明小学", parent=bureau)
    account = base.account("沈知远")
    client = base.client(account)
    client.unit_no = bureau
    client.grant = base.grant(account, bureau, "district_admin")
    return client


def page(client: Any, path: str) -> str:
    answer = client.get(f"/as/{client.grant}/{path}")
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def unit_of(base: Any, name: str) -> int:
    with base.owner() as owner:
        return owner.execute("select max(unit_no) from unit where name = %s", [name]).fetchone()[0]


def test_a_unit_is_opened_renamed_and_closed(base: Any, admin: Any) -> None:
    told = {"name": "松原小学", "kind": "school", "scheme": "5", "opened_on": "2026-09-01"}
    assert admin.post(f"/as/{admin.grant}/units", told).status_code == 302
    unit_no = unit_of(base, "松原小学")
    assert "松原小学" in page(admin, "units")
    admin.post(f"/as/{admin.grant}/units/{unit_no}", {"act": "rename", "name": "松原实验小学"})
    assert "松原实验小学" in page(admin, "units")
    answer = admin.post(f"/as/{admin.grant}/units/{unit_no}", {"act": "close", "closed_on": "2026-09-20"})
    assert answer.status_code == 302 and "已关闭" in page(admin, "units")


def test_a_unit_with_people_stays_open(base: Any, admin: Any) -> None:
    from tests.hubs.organisation import given

    unit_no = base.unit("北寨小学", parent=admin.unit_no)
    given.fill(base, unit_no, classes=1, pupils=1)
    answer = admin.post(f"/as/{admin.grant}/units/{unit_no}", {"act": "close", "closed_on": "2026-09-20"})
    assert answer.status_code == 422 and "人在这个单位" in answer.content.decode()


def test_a_unit_of_others_does_not_exist(base: Any, admin: Any) -> None:
    assert admin.get(f"/as/{admin.grant}/units/{base.unit('外区小学')}").status_code == 404


def test_a_grouping_is_started_and_ended(base: Any, admin: Any) -> None:
    school = unit_of(base, "启明小学")
    told = {"kind": "group", "name": "启明教育集团", "lead_no": str(admin.unit_no), "members": [str(school)]}
    assert admin.post(f"/as/{admin.grant}/groupings", told).status_code == 302
    text = page(admin, "groupings")
    assert "启明教育集团" in text and "启明小学" in text
    address = text.split("/groupings/")[1].split('"')[0]
    admin.post(f"/as/{admin.grant}/groupings/{address}")
    assert "还没有集团或学区" in page(admin, "groupings")
    lonely = admin.post(f"/as/{admin.grant}/groupings", told | {"members": [str(admin.unit_no)]})
    assert lonely.status_code == 422 and "没有成员" in lonely.content.decode()
