"""A provider above us, sources that point to it, and a browser that goes there and back."""

from __future__ import annotations

import itertools
import re
import time
from html import unescape
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.hubs.identity.upstream.provider import CLIENT, OFFICIAL_SECRET, SECRET

PATHS = {
    "oidc": lambda url: {"issuer": url}, "cas": lambda url: {"address": f"{url}/cas"},
    "wechat": lambda url: {"entrance": url, "endpoint": url},
    "wecom": lambda url: {"agent_id": "1000002", "web": url, "entrance": url, "endpoint": url},
    "dingtalk": lambda url: {"entrance": url, "endpoint": url},
}  # fmt: skip
_numbers = itertools.count(1)


@pytest.fixture
def reachable(base, open_hosts):
    """This machine opened to sources, as an operator may do."""
    from jizuo.hubs.identity.upstream import oidc

    oidc.forget()
    open_hosts("127.0.0.1")


@pytest.fixture
def source(base, provider, reachable):
    """`source(kind, unit_no=0, **more)`: a row that points to the local provider."""
    from django.utils import timezone

    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import sources
    from jizuo.hubs.identity.entry import Secret
    from jizuo.hubs.identity.models import OutsideSource
    from jizuo.hubs.identity.queries import may_reset

    def make(kind: str, unit_no: int = 0, *, settings: Any = None, secrets: Any = None, **more: Any) -> Any:
        role = "clerk" if unit_no else "operator"
        row = OutsideSource(
            id=uuid4(), unit_no=unit_no, kind=kind, name=f"{kind}来源{next(_numbers)}", mark="源", made_at=timezone.now(),
            client_id=CLIENT, settings=PATHS[kind](provider.url) | (settings or {}),
            **{"may_open": sorted(may_reset(role)), **more},
        )  # fmt: skip
        with scopes.use(scopes.base_scope()):
            given = {"secret": SECRET} if kind != "cas" else {}
            if kind == "wechat" and "official_id" in row.settings:
                given["official_secret"] = OFFICIAL_SECRET
            given |= secrets or {}
            sources._seal(row, {name: Secret(value) for name, value in given.items()})
        row.save(force_insert=True)
        return row

    return make


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def out(client: Any, row: Any, **query: Any) -> str:
    """The provider's address to which the browser is sent."""
    answer = client.get(f"/sign-in/from/{row.pk}/", query)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def through(client: Any, provider: Any, row: Any, **query: Any) -> Any:
    """The whole way: out, agreed there, and back; the answer to coming back."""
    return client.get(path_of(provider.visit(out(client, row, **query))))


def who(client: Any) -> str | None:
    return client.session.get("_auth_user_id")


def words(answer: Any) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


WECHAT = {"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) MicroMessenger/8.0.49"}
WECOM = {"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) wxwork/4.1 MicroMessenger/7.0"}


def phone_of(head="135"):
    return f"{head}{time.time_ns() // 1000 % 10**8:08d}"


def claims(provider, phone, is_verified=True):
    provider.person = {"sub": f"p-{phone}", "phone_number": f"+86{phone}", "phone_number_verified": is_verified,
                       "name": "陆晓岚"}  # fmt: skip


def matching(source, unit_no=0, **more):
    return source("oidc", unit_no, match_claim="phone_number", match_to="phone", **more)
