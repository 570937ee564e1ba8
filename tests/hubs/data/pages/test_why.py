"""The page that says why a reader sees a field."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.base import TODAY
from tests.hubs.data.sharing_given import contract, town


@pytest.fixture(scope="module")
def here(base):
    return town(base)


def test_pick_a_reader_a_field_and_a_person(here):
    base = here.base
    account = base.account("数据管理员")
    at = f"/as/{base.grant(account, here.bureau, 'district_steward')}/shares/why"
    client = base.client(account)
    teacher = base.grant(
        base.account("顾明远"), here.owner.unit_no, "teacher", org_ids=[here.owner.classes[0]]
    )
    shown = client.get(at, {"who": "顾明远", "person": "陈以宁"}).content.decode()
    assert f'value="{teacher}"' in shown and str(here.owner.pupils[0][1]) in shown and "现住址" in shown
    asked = {"grant": teacher, "field": "pupil.address", "record": here.owner.pupils[0][1]}
    answer = client.get(at, asked).content.decode()
    assert "一个人的资料" in answer and "不包括这一用途" in answer and "内容遮盖" in answer
    other = client.get(at, asked | {"record": here.other.pupils[0][1]}).content.decode()
    assert "不在它够得着的单位里" in other
    contract_id = contract(
        here, fields=["name", "address"], purposes=["safety"], end_on=TODAY + timedelta(days=900)
    )
    by_contract = client.get(at, {"contract": contract_id, "field": "pupil.address"}).content.decode()
    assert "生效中" in by_contract and "看得到，是明文" in by_contract
    gone = client.get(at, {"grant": "999999999", "field": "pupil.address"})
    assert gone.status_code == 200 and "没有这个身份" in gone.content.decode()
    assert client.get(at, {"grant": "x", "contract": "x", "record": "x", "field": "x"}).status_code == 200
