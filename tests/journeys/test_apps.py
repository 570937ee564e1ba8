"""An application from its registration to the day somebody takes it back: the school's clerk, the vendor, a teacher."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPError, Request, urlopen

import pytest

from tests.journeys.conftest import DESK, PHONE, Town, fits, picture

NAME = "阅读乐园"


class Vendor(ThreadingHTTPServer):
    """A vendor's web site: its link signs people in, its answer is greeted by name. What it was given stands in the
    fields; `callback` is what it says in its requests."""

    base = client_id = secret = callback = verifier = ""
    token: str = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def ask(self, path: str, told: dict[str, str] | None = None, header: str = "") -> Any:
        body = urlencode(told).encode() if told else None
        with urlopen(Request(self.base + path, body, {"Authorization": header}), timeout=20) as answer:
            return json.load(answer)


class Page(BaseHTTPRequestHandler):
    server: Vendor

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/go":
            self.send_response(302)
            self.send_header("Location", self.request_of())
            self.end_headers()
        elif parts.path == "/callback":
            self.greet({name: values[0] for name, values in parse_qs(parts.query).items()})
        else:
            self.say("-", 404)

    def request_of(self) -> str:
        """The address of a new authorization request."""
        vendor = self.server
        vendor.verifier = secrets.token_urlsafe(32)
        digest = hashlib.sha256(vendor.verifier.encode()).digest()
        told = {
            "client_id": vendor.client_id, "redirect_uri": vendor.callback, "response_type": "code",
            "scope": "openid profile", "state": "s", "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        }  # fmt: skip
        return f"{vendor.base}/openid/authorize/?{urlencode(told)}"

    def greet(self, said: dict[str, str]) -> None:
        """Change the code for tokens and read the name."""
        vendor = self.server
        proof = base64.b64encode(f"{vendor.client_id}:{vendor.secret}".encode()).decode()
        told = {
            "grant_type": "authorization_code", "code": said.get("code", ""), "redirect_uri": vendor.callback,
            "code_verifier": vendor.verifier,
        }  # fmt: skip
        try:
            vendor.token = vendor.ask("/openid/token/", told, f"Basic {proof}")["access_token"]
            name = vendor.ask("/openid/userinfo/", header=f"Bearer {vendor.token}")["name"]
        except HTTPError as fault:
            self.say(json.load(fault)["error"], 500)
        else:
            self.say(f"欢迎，{name}")

    def say(self, words: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(f"<!doctype html><h1>{words}</h1>".encode())

    def log_message(self, *_told: Any) -> None:
        pass


@pytest.fixture
def vendor(town: Town) -> Iterator[Vendor]:
    site = Vendor(("127.0.0.1", 0), Page)
    site.base = town.url
    Thread(target=site.serve_forever, daemon=True).start()
    yield site
    site.shutdown()
    site.server_close()


def look(page: Any, name: str) -> None:
    """The page as a desk and as a phone see it."""
    for width, height in ((DESK, 768), (PHONE, 844)):
        page.set_viewport_size({"width": width, "height": height})
        picture(page, f"apps-{name}-{width}")
        assert fits(page), (name, width)
    page.set_viewport_size({"width": DESK, "height": 768})


def test_an_application_is_connected_used_and_taken_back(town: Town, page_at: Any, vendor: Vendor) -> None:
    clerk, teacher = page_at(DESK), page_at(DESK)
    start = town.sign_in(clerk, "clerk")
    clerk.goto(f"{start}apps")
    clerk.get_by_text("还没有接入应用").wait_for()
    look(clerk, "empty")
    clerk.get_by_role("link", name="登记应用").first.click()
    clerk.fill("[name=name]", NAME)
    clerk.fill("[name=home_address]", f"{vendor.address}/")
    clerk.fill("[name=redirect_uris]", f"{vendor.address}/callback\nhttp://app.example.cn/x")
    clerk.check("[name=scope][value=profile]")
    clerk.get_by_role("button", name="保存").click()
    clerk.get_by_text("第 2 行").wait_for()
    look(clerk, "wrong")
    clerk.fill("[name=redirect_uris]", f"{vendor.address}/callback")
    clerk.get_by_role("button", name="保存").click()
    clerk.get_by_text("没有写为什么要").wait_for()
    clerk.fill("[name=why-profile]", "在借阅页上称呼读者")
    look(clerk, "form")
    clerk.get_by_role("button", name="保存").click()
    clerk.get_by_role("heading", name=NAME).wait_for()
    vendor.client_id = clerk.locator("#client-id").inner_text()
    at = f"{start}apps/{vendor.client_id}"
    clerk.get_by_role("button", name="生成密钥").click()
    vendor.secret = clerk.locator("#secret").inner_text()
    clerk.get_by_role("button", name="复制密钥").click()
    clerk.get_by_role("button", name="已复制").first.wait_for()
    look(clerk, "secret")
    clerk.goto(at)
    assert vendor.secret not in clerk.content()
    look(clerk, "one")

    clerk.get_by_role("link", name="第一次登录").click()
    clerk.get_by_role("button", name="开始看").click()
    clerk.get_by_text("还没有消息").wait_for()
    look(clerk, "watching")
    town.sign_in(teacher, "teacher")
    vendor.callback = f"{vendor.address}/callback/"
    teacher.goto(f"{vendor.address}/go")
    teacher.get_by_text("不是逐字相同").wait_for()
    clerk.get_by_text("末尾的斜线").wait_for()
    look(clerk, "stuck")
    vendor.callback = f"{vendor.address}/callback"
    teacher.goto(f"{vendor.address}/go")
    look(teacher, "ask")
    teacher.get_by_role("button", name="同意", exact=True).click()
    teacher.get_by_text(f"欢迎，{town.accounts['teacher'].name}").wait_for()
    clerk.get_by_text("走通了").wait_for()
    words = clerk.content()
    assert vendor.secret not in words and vendor.token not in words and vendor.verifier not in words
    look(clerk, "through")
    clerk.goto(f"{at}/people")
    clerk.get_by_text(town.accounts["teacher"].name).wait_for()
    look(clerk, "people")
    clerk.goto(f"{start}apps")
    look(clerk, "list")

    teacher.goto(f"{town.url}/me/")
    part = teacher.locator("#apps")
    assert NAME in part.inner_text() and "您的姓名" in part.inner_text()
    look(teacher, "me")
    part.get_by_role("button", name="收回").click()
    teacher.get_by_text("已收回").wait_for()
    with pytest.raises(HTTPError) as refused:
        vendor.ask("/openid/userinfo/", header=f"Bearer {vendor.token}")
    assert refused.value.code == 401, "its token is dead"
    teacher.goto(f"{vendor.address}/go")
    teacher.get_by_role("button", name="同意", exact=True).wait_for()

    stranger = page_at(DESK)
    elsewhere = town.sign_in(stranger, "stranger", "clerk")
    assert stranger.goto(f"{elsewhere}apps/{vendor.client_id}").status == 404
    clerk.goto(at)
    clerk.get_by_role("button", name="停用").click()
    clerk.get_by_text("已停用。").wait_for()
    look(clerk, "off")
    teacher.goto(f"{vendor.address}/go")
    teacher.get_by_text("已停用").wait_for()


def test_a_screen_is_signed_in_from_a_phone(town: Town, page_at: Any) -> None:
    """The whole way of a classroom screen: registered, a code, typed on a phone, agreed."""
    clerk, phone = page_at(DESK), page_at(PHONE)
    start = town.sign_in(clerk, "clerk")
    clerk.goto(f"{start}apps/new")
    clerk.fill("[name=name]", "教室大屏课件")
    clerk.check("[name=kind][value=screen]")
    clerk.get_by_role("button", name="保存").click()
    client_id = clerk.locator("#client-id").inner_text()
    told = {"client_id": client_id, "scope": "openid"}
    with urlopen(f"{town.url}/openid/device/", urlencode(told).encode(), timeout=20) as answer:
        begun = json.load(answer)
    town.sign_in(phone, "teacher")
    phone.goto(f"{town.url}/device/")
    picture(phone, "apps-device-code")
    phone.fill("[name=code]", begun["user_code"].lower())
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_text(begun["user_code"]).wait_for()
    assert fits(phone)
    picture(phone, "apps-device-confirm")
    phone.get_by_role("button", name=re.compile("同意$")).first.click()
    phone.get_by_role("heading", name="可以用了").wait_for()
    told |= {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": begun["device_code"],
    }
    with urlopen(f"{town.url}/openid/token/", urlencode(told).encode(), timeout=20) as answer:
        assert "id_token" in json.load(answer)
