"""An application at the door: a registered client, a browser, and what passes between them."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from tests.hubs.identity.conftest import PASSWORD

BACK = "https://app.example.cn/callback?from=jizuo"
LEFT = "https://app.example.cn/left"
HOST = "http://testserver"
EVERY_SCOPE = ("openid", "profile", "roles", "org", "class", "stage", "guardian", "phone", "email", "admin")


@dataclass
class Vendor:
    """A client as its vendor holds it. secret empty: a public one, or one with a key."""

    client_id: str
    secret: str
    base: Any
    verifier: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def row(self) -> Any:
        from jizuo.hubs.identity.models import App

        return App.objects.get(pk=self.client_id)

    def change(self, **values: Any) -> None:
        """Change the registration, and let this process know at once."""
        from jizuo.hubs.identity.models import App
        from jizuo.hubs.identity.protocols.openid import clients

        App.objects.filter(pk=self.client_id).update(**values)
        clients.forget()

    def request(self, **more: Any) -> dict[str, str]:
        """The parameters of an authorization request; None leaves one out."""
        self.verifier = secrets.token_urlsafe(32)
        told = {
            "client_id": self.client_id, "redirect_uri": BACK, "response_type": "code", "scope": "openid",
            "state": "zt-1", "nonce": "n-1", "code_challenge": s256(self.verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        return {name: str(value) for name, value in {**told, **more}.items() if value is not None}

    def ask(self, browser: Any, **more: Any) -> Any:
        """The answer to an authorization request."""
        return browser.get("/openid/authorize/", self.request(**more))

    def code(self, browser: Any, **more: Any) -> str:
        """A code, of somebody who is signed in and has agreed."""
        said = said_in(self.ask(browser, **more))
        assert "code" in said, said
        return said["code"]

    def post(self, path: str, told: dict[str, str], *, proven: bool = True) -> Any:
        header = {"HTTP_AUTHORIZATION": basic(self.client_id, self.secret)} if proven and self.secret else {}
        if proven and not self.secret:
            told = {"client_id": self.client_id, **told}
        return self.base.client().post(f"/openid/{path}/", {**told, **self.extra}, **header)

    def redeem(self, code: str, **more: Any) -> Any:
        told = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "code_verifier": self.verifier,
        }
        kept = {name: value for name, value in {**told, **more}.items() if value is not None}
        return self.post("token", kept)

    def refresh(self, token: str, **more: Any) -> Any:
        return self.post("token", {"grant_type": "refresh_token", "refresh_token": token, **more})

    def tokens(self, browser: Any, **more: Any) -> dict[str, Any]:
        answer = self.redeem(self.code(browser, **more))
        assert answer.status_code == 200, answer.content
        return answer.json()

    def userinfo(self, token: str) -> Any:
        return self.base.client().get("/openid/userinfo/", HTTP_AUTHORIZATION=f"Bearer {token}")

    def is_live(self, token: str) -> bool:
        return bool(self.post("introspect", {"token": token}).json()["active"])


def s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def said_in(answer: Any) -> dict[str, str]:
    """The parameters of a redirect to the application."""
    assert answer.status_code == 302, (answer.status_code, answer.content[:300])
    where = urlsplit(answer["Location"])
    assert answer["Location"].startswith("https://app.example.cn/callback"), answer["Location"]
    return dict(parse_qsl(where.query))


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token of ours, proven with the published keys."""
    from joserfc import jwt
    from joserfc.jwk import KeySet

    from jizuo.hubs.identity.actions import signing_keys

    keys: Any = KeySet.import_key_set({"keys": signing_keys.published()})
    return dict(jwt.decode(token, keys, algorithms=["ES256", "RS256"]).claims)


def following(answer: Any) -> str:
    """The `next` of a redirect to one of our pages."""
    return parse_qs(urlsplit(answer["Location"]).query)["next"][0]


def decide(browser: Any, page: Any, say: str) -> Any:
    """Press a button on the page of an application."""
    html = page.content.decode()
    told = dict(re.findall(r'<input type="hidden" name="(ticket|holder)" value="([^"]*)"', html))
    return browser.post("/openid/decide/", {**told, "say": say})


def prove_again(browser: Any, account: Any, where: str) -> Any:
    """Fill in the sign-in page that an authorization request led to; the answer after it."""
    asked = urlencode({"next": where, "again": "1"})
    assert browser.get(f"/sign-in/?{asked}").status_code == 200
    answer = browser.post("/sign-in/", {"name": account.code, "password": PASSWORD, "next": where})
    assert answer.status_code == 302, answer.content[:500]
    return browser.get(answer["Location"])


@pytest.fixture
def vendor(base: Any) -> Callable[..., Vendor]:
    """`vendor(**registration)`: a registered client, by default with a secret and every scope agreed to by the school."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import apps
    from jizuo.hubs.identity.rules.apps import Registration

    def make(unit_no: int = 0, **more: Any) -> Vendor:
        told: dict[str, Any] = {
            "name": "阅读乐园", "redirect_uris": (BACK,), "post_logout_uris": (LEFT,), "scopes": EVERY_SCOPE,
            "agreed_scopes": EVERY_SCOPE,
        } | more  # fmt: skip
        units = (unit_no,) if unit_no else ()
        with scopes.use(scopes.base_scope(units)), scopes.open_transaction("test"):
            client_id = apps.add(unit_no, Registration(**told))
            has_secret = told.get("token_auth", "client_secret_basic").startswith("client_secret")
            secret = apps.add_secret(client_id) if has_secret else ""
        return Vendor(client_id, secret, base)

    return make


@pytest.fixture
def signed_in(base: Any, person: Callable[..., Any], address: str) -> Callable[..., tuple[Any, Any]]:
    """`signed_in(role=None, ...)`: an account and its browser, signed in by password."""
    from tests.hubs.identity.conftest import sign_in

    def make(role: str | None = None, unit_no: int | None = None, **more: Any) -> tuple[Any, Any]:
        account = person(role, unit_no, **more)
        browser = base.client(REMOTE_ADDR=address)
        assert sign_in(browser, account).status_code == 302
        return account, browser

    return make
