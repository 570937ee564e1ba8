"""One contract over HTTP: read by post alone, ended with a reason, and no number of the base in what it gives."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.hubs.data.pages.test_shares import desk, page
from tests.hubs.data.sharing_given import contract, town

UUID = re.compile(r">[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}<")


@pytest.fixture(scope="module")
def here(base):
    return town(base)


def test_looking_is_no_reading(here):
    contract_id = contract(here, end_on=date(2028, 8, 31))
    clerk = desk(here, here.reader.unit_no)
    assert clerk.client.get(f"{clerk.at}/contracts/{contract_id}/rows").status_code == 302
    opened = clerk.client.post(f"{clerk.at}/contracts/{contract_id}/rows").content.decode()
    assert "陈以宁" in opened and not UUID.search(opened)
    assert "使用记录" in page(desk(here, here.owner.unit_no, "head"), f"/contracts/{contract_id}")


def test_an_end_needs_its_reason(here):
    contract_id = contract(here, end_on=date(2028, 8, 31))
    head = desk(here, here.owner.unit_no, "head")
    head.client.post(f"{head.at}/contracts/{contract_id}/end", {"reason": ""})
    assert "生效中" in page(head, f"/contracts/{contract_id}")
    stranger = desk(here, here.other.unit_no, "head")
    assert stranger.client.post(f"{stranger.at}/contracts/{contract_id}/rows").status_code in (302, 404)
    assert stranger.client.get(f"{stranger.at}/contracts/{contract_id}").status_code == 404
