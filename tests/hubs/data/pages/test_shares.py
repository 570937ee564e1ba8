"""The sharing pages over HTTP: ask, approve, read, export, end."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from tests.hubs.data.sharing_given import contract, town


@pytest.fixture(scope="module")
def here(base):
    return town(base)


def desk(here, unit_no, role="clerk"):
    account = here.base.account(role)
    grant_no = here.base.grant(account, unit_no, role)
    return SimpleNamespace(client=here.base.client(account), at=f"/as/{grant_no}/shares")


def page(desk, tail="", status=200):
    answer = desk.client.get(f"{desk.at}{tail}")
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


ASKED = {
    "fields": ["name", "address"], "purposes": ["roster"], "masked": [], "purpose": "对口升学", "legal_basis": "招生办法",
    "begin_on": "2026-09-01", "end_on": "2028-08-31", "period": "week", "most_pulls": "3", "quality_floor": "0",
    "reader_role": "", "filter": "sex", "filter_value": "1，2",
}  # fmt: skip


def test_a_school_asks_another_and_reads_what_it_grants(here):
    clerk, head = desk(here, here.reader.unit_no), desk(here, here.owner.unit_no, "head")
    admin = desk(here, here.bureau, "district_admin")
    assert "还没有共享" in page(clerk)
    assert "学生名册" in page(clerk, "/new")
    tail = f"/new?owner={here.owner.unit_no}&dataset=pupil_list"
    assert "现住址" in page(clerk, tail)
    empty = clerk.client.post(f"{clerk.at}{tail}", ASKED | {"fields": [], "purpose": ""})
    assert empty.status_code == 422 and "没有选列" in empty.content.decode()
    sent = clerk.client.post(f"{clerk.at}{tail}", ASKED)
    assert sent.status_code == 302
    request = sent["Location"].rsplit("/", 1)[1]
    assert "等您答复" in page(head) and "对口升学" in page(head)
    asked = page(head, f"/{request}")
    assert "复核" in asked and "性别 是其中之一 1、2" in asked
    first = head.client.post(
        f"{head.at}/{request}", {"verb": "approve", "fields": ["name", "address"], "words": "可以"}
    )
    assert first["Location"].endswith(f"/shares/{request}")
    second = admin.client.post(f"{admin.at}/{request}", {"verb": "approve", "words": ""})
    assert "/shares/contracts/" in second["Location"], second
    contract_id = second["Location"].rsplit("/", 1)[1]
    shown = page(clerk, f"/contracts/{contract_id}")
    assert "生效中" in shown and "打开数据" in shown and "每周 3 次" in shown
    opened = clerk.client.post(f"{clerk.at}/contracts/{contract_id}/rows").content.decode()
    assert "陈以宁" in opened and "＊＊＊" in opened and "澜江路" not in opened
    book = clerk.client.post(f"{clerk.at}/contracts/{contract_id}/rows.xlsx")
    assert book.status_code == 200 and book.content[:2] == b"PK"
    assert "2 次" in page(head) and "使用记录" in page(head, f"/contracts/{contract_id}")
    text = page(head, f"/contracts/{contract_id}/contract.yaml")
    assert "kind: DataContract" in text and "masking" in text
    ended = head.client.post(f"{head.at}/contracts/{contract_id}/end", {"reason": "学期结束"})
    assert ended.status_code == 302
    assert "提前结束：学期结束" in page(clerk, f"/contracts/{contract_id}")
    gone = clerk.client.post(f"{clerk.at}/contracts/{contract_id}/rows")
    assert gone.status_code == 404


def test_neither_side_neither_request_nor_contract(here):
    contract_id = contract(here)
    stranger = desk(here, here.other.unit_no)
    # The number of a contract, not two letters that a nonce may hold as well.
    number = re.compile(r"GX\d{4}-\d{5}")
    assert number.search(page(desk(here, here.owner.unit_no, "head"))) and not number.search(page(stranger))
    page(stranger, f"/contracts/{contract_id}", status=404)
    head = desk(here, here.owner.unit_no, "head")
    request = re.search(r'/shares/([0-9a-f-]{36})"', page(head))[1]
    page(stranger, f"/{request}", status=404)


def test_a_teacher_sees_only_contracts_of_her_role(here):
    contract(here, reader_role="teacher")
    mine = contract(here, reader_role="homeroom_teacher")
    teacher = desk(here, here.reader.unit_no, "homeroom_teacher")
    shown = page(teacher)
    assert shown.count("/shares/contracts/") == 1 and str(mine) in shown
    assert "申请数据" not in shown


def test_the_share_type_is_said_for_the_own_unit(here):
    head, clerk = desk(here, here.other.unit_no, "head"), desk(here, here.reader.unit_no)
    refused = head.client.post(
        f"{head.at}/types", {"dataset": "staff_list", "share_type": "closed", "reason": ""}, follow=True
    )
    assert "要写明" in refused.content.decode()
    head.client.post(
        f"{head.at}/types", {"dataset": "staff_list", "share_type": "closed", "reason": "保密规定"}
    )
    shut = page(clerk, f"/new?owner={here.other.unit_no}&dataset=staff_list")
    assert "提供方不共享这种数据：保密规定" in shut
    assert "要哪些列" in page(clerk, f"/new?owner={here.owner.unit_no}&dataset=staff_list")
