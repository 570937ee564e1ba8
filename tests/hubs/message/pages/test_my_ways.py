"""A mother binds WeChat by a code, staff by signing in at WeCom and DingTalk; all against servers that speak it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import segno

from tests.ground.gateways.push import Ding, WeChat, WeCom
from tests.hubs.message.actions.conftest import secrets
from tests.hubs.message.actions.test_addresses import hear, held

__all__ = ["secrets"]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def wechat(secrets: Any) -> Iterator[WeChat]:
    with contextlib.closing(WeChat()) as server:
        secrets("wechat", {"app_id": server.app_id, "secret": server.secret, "endpoint": server.endpoint})
        yield server


@pytest.fixture
def wecom(secrets: Any) -> Iterator[WeCom]:
    with contextlib.closing(WeCom()) as server:
        told = {"corp_id": server.corp_id, "secret": server.secret, "agent_id": server.agent_id}
        secrets("wecom", {**told, "endpoint": server.endpoint, "sign_in": f"{server.endpoint}/sign-in"})
        yield server


@pytest.fixture
def ding(secrets: Any) -> Iterator[Ding]:
    with contextlib.closing(Ding()) as server:
        told = {"app_key": server.app_key, "app_secret": server.app_secret, "agent_id": server.agent_id}
        ends = {"endpoint": server.endpoint, "api_endpoint": server.endpoint}
        secrets("dingtalk", {**told, **ends, "sign_in": f"{server.endpoint}/sign-in"})
        yield server


def words(desk: Any, path: str = "message-ways") -> str:
    return str(desk.get(path).content.decode())


def test_a_mother_scans_the_code_on_the_page(place: Any, wechat: WeChat) -> None:
    mother = place.school.guardians[0][0]
    desk = place.family(0)
    assert "绑定微信" in words(desk) and "<img" not in words(desk)
    assert desk.post("message-ways")["Location"] == f"{desk.at}message-ways"
    (scene,) = wechat.scenes
    shown = segno.make("http://weixin.qq.com/q/000001", error="m").png_data_uri(scale=8, border=3)
    assert shown in words(desk)
    assert desk.get("message-ways/state", **HTMX).status_code == 204
    assert "HX-Redirect" not in desk.get("message-ways/state", **HTMX)
    hear("followed", "oFollower-1", scene)
    assert held(place.base, place.school, mother) == [("wechat", "oFollower-1", True)]
    assert desk.get("message-ways/state", **HTMX)["HX-Redirect"] == f"{desk.at}message-ways"
    page = words(desk)
    assert "已绑定" in page and "oFollower-1" not in page and "<img" not in page
    assert "没有绑定" not in words(place.family(1))
    hear("left", "oFollower-1", at=1_790_000_009)
    assert "重新关注公众号就会恢复" in words(desk)
    desk.post("message-ways", {"drop": "wechat"})
    assert held(place.base, place.school, mother) == []
    assert "没有绑定这个渠道" in desk.post("message-ways", {"drop": "wechat"}, follow=True).content.decode()


def test_a_provider_in_trouble_gives_no_code(place: Any, wechat: WeChat) -> None:
    desk = place.family(2)
    wechat.mishaps = ["500"]
    page = desk.post("message-ways", follow=True).content.decode()
    assert "现在要不到微信的码（http-500）" in page and "<img" not in page


@pytest.mark.parametrize("channel", ["wecom", "dingtalk"])
def test_staff_sign_in_at_the_provider(place: Any, wecom: WeCom, ding: Ding, channel: str) -> None:
    person = place.school.staff[("wecom", "dingtalk").index(channel)][0]
    desk = place.desk("clerk", person_id=person)
    server: Any
    server, user, name = {"wecom": (wecom, "LuoWei", "code"), "dingtalk": (ding, "luo01", "authCode")}[
        channel
    ]
    there = desk.get(f"message-ways/{channel}")["Location"]
    assert there.startswith(f"{server.endpoint}/sign-in?")
    asked = {key: value[0] for key, value in parse_qs(urlsplit(there).query).items()}
    assert asked["redirect_uri"] == f"http://testserver/ways/back/{channel}/"
    server.visitors = {
        "C1": "LuoWei" if channel == "wecom" else "U-luo",
        "C2": "<o>" if channel == "wecom" else "U-x",
    }
    back = f"/ways/back/{channel}/"
    stranger = place.desk("clerk", person_id=place.school.staff[2][0])
    assert stranger.client.get(back, {name: "C1", "state": asked["state"]}).status_code == 404
    assert (
        desk.client.get(back, {name: "C1", "state": asked["state"]})["Location"] == f"{desk.at}message-ways"
    )
    assert held(place.base, place.school, person) == [(channel, user, True)]
    again = desk.client.get(back, {name: "C1", "state": asked["state"]})
    assert again.status_code == 404, "one sign-in is heard once"

    asked = parse_qs(urlsplit(desk.get(f"message-ways/{channel}")["Location"]).query)
    answer = desk.client.get(back, {name: "C2", "state": asked["state"][0]}, follow=True)
    assert ("不在本单位的通讯录里" if channel == "wecom" else "60121") in answer.content.decode()
    assert desk.client.get(back, {name: "C1", "state": "x"}).status_code == 404
    assert held(place.base, place.school, person) == [(channel, user, True)]


def test_families_and_pupils_sign_in_nowhere(place: Any, wecom: WeCom) -> None:
    assert place.family(0).get("message-ways/wecom").status_code == 403
    assert place.desk("pupil", person_id=place.school.pupils[0][0]).get("message-ways").status_code == 403
    assert (
        place.desk("clerk", person_id=place.school.staff[1][0]).get("message-ways/nothing").status_code == 404
    )
    assert "企业微信</" not in words(place.family(0))
