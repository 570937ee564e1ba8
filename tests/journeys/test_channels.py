"""The operator sees how the channels stand and tries one: real web, real worker, a strict provider beside them."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jizuo.ground.gateways import crypt
from jizuo.ground.ids import new_id
from tests.database import Server
from tests.ground.gateways.push import WeChat, WeCom
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


KEYS = {"token": "callback-token", "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"}


@pytest.fixture
def wechat(server: Server) -> Iterator[WeChat]:
    """The base's official account, which hears its followers."""
    path = server.data / "secrets" / "wechat.json"
    with contextlib.closing(WeChat()) as made:
        told = {"app_id": made.app_id, "secret": made.secret, "endpoint": made.endpoint, **KEYS}
        path.write_text(json.dumps(told))
        path.chmod(0o600)
        yield made
        path.unlink()


def wechat_tells(town: Town, wechat: WeChat, event: str, at: int, scene: str = "") -> None:
    """What WeChat's server posts, sealed and signed."""
    text = (
        f"<xml><FromUserName>oFollower-1</FromUserName><CreateTime>{at}</CreateTime><MsgType>event</MsgType>"
        f"<Event>{event}</Event><EventKey>{scene and 'qrscene_' + scene}</EventKey></xml>"
    )
    sealed = crypt.seal(KEYS["aes_key"], text, wechat.app_id)
    signed = crypt.signature(KEYS["token"], "1790000001", "n1", sealed)
    query = {"timestamp": "1790000001", "nonce": "n1", "encrypt_type": "aes", "msg_signature": signed}
    answer = httpx.post(
        f"{town.url}/callback/wechat/", params=query, content=f"<xml><Encrypt>{sealed}</Encrypt></xml>"
    )
    assert answer.text == "success", answer.text


def test_a_family_binds_wechat_by_following(town: Town, page_at: Any, wechat: WeChat) -> None:
    page, now = page_at(PHONE), int(time.time())
    town.sign_in(page, "guardian")
    page.get_by_role("link", name="消息").first.click()
    page.get_by_role("link", name="我的通知方式").click()
    picture(page, "ways-none")
    page.get_by_role("button", name="绑定微信").click()
    page.locator(".way-scan img").wait_for()
    assert fits(page)
    picture(page, "ways-scan")
    wechat_tells(town, wechat, "subscribe", now, wechat.scenes[-1])
    page.get_by_text("已绑定", exact=True).wait_for()
    assert page.locator(".way-scan").count() == 0
    picture(page, "ways-bound")
    wechat_tells(town, wechat, "unsubscribe", now + 60)
    page.get_by_text("重新关注公众号就会恢复").or_(page.get_by_text("已绑定", exact=True)).first.wait_for()
    for _time in range(40):
        page.reload()
        if page.get_by_text("已暂停").count():
            break
        time.sleep(0.5)
    assert page.get_by_text("已暂停").count()
    picture(page, "ways-left")
    page.get_by_role("button", name="解绑").click()
    page.get_by_role("button", name="绑定微信").wait_for()
    assert fits(page)
    desk = page_at(DESK)
    town.sign_in(desk, "clerk")
    desk.goto(f"{town.start('clerk')}message-ways")
    picture(desk, "ways-desk")
