"""The operator sees how the channels stand and tries one: real web, real worker, a strict provider beside them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jizuo.ground.ids import new_id
from tests.database import Server
from tests.ground.gateways.push import WeCom
from tests.journeys.conftest import DESK, PHONE, Town, fits, picture


@pytest.fixture
def provider() -> Iterator[WeCom]:
    with contextlib.closing(WeCom()) as made:
        yield made


@pytest.fixture
def operator(town: Town) -> Iterator[int]:
    """A bureau's unit number, where the district's account is operator too."""
    code = town.accounts["district_steward"].login_code
    ((account_id, unit_no),) = town.ask(
        "select a.id, u.unit_no from account a, unit u where a.login_code = %s and u.kind = 'bureau'"
        " and u.parent_no is null",
        code,
    )
    ((grant_no,),) = town.ask(
        "insert into acting_grant (account_id, unit_no, role, begin_on, org_ids, child_ids, origin)"
        " values (%s, %s, 'operator', '2020-09-01', '{}', '{}', 'person') returning no",
        account_id,
        unit_no,
    )
    town.ask("update base_state set version = version + 1 where key = 'grants' returning version")
    yield unit_no
    town.ask("delete from acting_grant where no = %s returning no", grant_no)


def settings(server: Server, unit_no: int, provider: WeCom) -> Path:
    path = server.data / "secrets" / f"wecom-{unit_no}.json"
    told = {
        "corp_id": provider.corp_id, "secret": provider.secret, "agent_id": provider.agent_id,
        "endpoint": provider.endpoint,
    }  # fmt: skip
    path.write_text(json.dumps(told))
    path.chmod(0o600)
    return path


def test_a_channel_is_tried_from_the_page(
    town: Town, server: Server, page_at: Any, operator: int, provider: WeCom
) -> None:
    page = page_at(DESK)
    start = town.sign_in(page, "district_steward", "operator")
    page.goto(f"{start}channels")
    card = page.locator(".grid .card", has_text="企业微信（教职工）")
    assert "没有设置，什么也不发" in card.inner_text()
    assert page.locator("button", has_text="试发一条").count() == 0
    picture(page, "channels-off")
    path = settings(server, operator, provider)
    try:
        page.reload()
        assert "已设置" in card.inner_text()
        for person, words in (("LuoWei", "服务商已收下"), (f"nobody{new_id().hex[:6]}", "81013")):
            card.locator("[name=address]").fill(person)
            card.locator("button", has_text="试发一条").click()
            page.locator(".progress-part", has_text=words).wait_for(timeout=60_000)
        page.reload()
        assert "81013 user & party & tag all invalid" in card.inner_text()
        assert "收件人都无效" in card.inner_text()
        picture(page, "channels")
        assert [body["touser"] for body in provider.delivered] == ["LuoWei"]
        phone = page_at(PHONE)
        town.sign_in(phone, "district_steward", "operator")
        phone.goto(f"{start}channels")
        assert fits(phone)
        picture(phone, "channels-phone")
    finally:
        path.unlink()
