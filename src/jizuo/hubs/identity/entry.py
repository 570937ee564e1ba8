"""Who stands at the door before any acting role: a visitor, or somebody on the pages of the own account.

Both are scopes of the base alone, so what they do runs through the same doors, transaction and audit.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils import timezone

from jizuo.ground import acting, keys
from jizuo.ground import scope as scopes
from jizuo.ground.scope import BASE_UNIT, Scope
from jizuo.hubs.identity.rules import locks

VISITOR = "visitor"
SELF = "self"


class Secret:
    """A password or code on its way through a door. Its text is not itself: the audit hashes parameters, and
    a fast hash of a password must stand nowhere."""

    __slots__ = ("reveal",)

    def __init__(self, text: str) -> None:
        self.reveal = text

    def __str__(self) -> str:
        return "***"

    __repr__ = __str__


def address_of(request: HttpRequest) -> str:
    """The client's address as the server in front tells it; empty when unknown."""
    return str(request.META.get("REMOTE_ADDR") or "")


@dataclass(frozen=True, slots=True)
class Browser:
    """What asks. device in words, empty when unknown; mark: SHA-256 of its cookie, empty without one."""

    device: str = ""
    mark: bytes = b""


#: The browser of the running request inside `as_visitor` and `as_self`: sign-in events tell of it.
_browser: ContextVar[Browser | None] = ContextVar("jizuo_browser", default=None)
SYSTEMS = (
    ("MicroMessenger", "微信"), ("HarmonyOS", "鸿蒙"), ("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "安卓"),
    ("UOS", "统信"), ("Kylin", "麒麟"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
BROWSERS = (
    ("360", "360"), ("QQBrowser", "QQ 浏览器"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip


def browser() -> Browser:
    """The browser of the running request; an empty one in jobs."""
    return _browser.get() or Browser()


def browser_of(request: HttpRequest) -> Browser:
    """What the request tells of its browser."""
    token = request.COOKIES.get(device_cookie(), "")
    mark = mark_of(token) if re.fullmatch(r"[A-Za-z0-9_-]{43}", token) else b""
    return Browser(device_of(request.META.get("HTTP_USER_AGENT", "")), mark)


def device_cookie() -> str:
    """The name of the cookie; over HTTPS one that no neighbouring host can set."""
    return "__Host-jizuo_device" if settings.IS_HTTPS else "jizuo_device"


def mark_of(token: str) -> bytes:
    """What is kept of a browser's cookie: 32 bytes, enough since the cookie itself is 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


def device_of(user_agent: str) -> str:
    """``Windows · Chrome`` in words a person knows; empty when nothing is told."""
    found = []
    for names in (SYSTEMS, BROWSERS):
        found += [word for sign, word in names if re.search(re.escape(sign), user_agent)][:1]
    return " · ".join(found)


def host_of(request: HttpRequest) -> str:
    """The host in the browser's bar without its port, one of the base's own (JIZUO_HOSTS)."""
    return split_domain_port(request.get_host())[0]


@contextmanager
def as_visitor(request: HttpRequest) -> Iterator[Any]:
    """The scope of somebody who has not signed in."""
    with seen_as(browser_of(request)), scopes.use(_scope(request, VISITOR)) as scope:
        yield scope


@contextmanager
def as_self(request: HttpRequest, *, units: Iterable[int] = ()) -> Iterator[Any]:
    """The scope of a signed-in person on pages of the own account; needs `request.user`. units: where a door must read the
    person's own entry in the register too; the base alone sees none."""
    user: Any = request.user
    scope = _scope(request, SELF, account_id=user.pk, person_id=user.person_id)
    scope = replace(scope, units=(BASE_UNIT, *units))
    with seen_as(browser_of(request)), scopes.use(scope):
        yield scope


@contextmanager
def as_account(request: HttpRequest, account_id: Any, known: Browser) -> Iterator[Any]:
    """The scope of an account that is just signing in: the request may not know its user yet."""
    with seen_as(known), scopes.use(_scope(request, SELF, account_id=account_id)) as scope:
        yield scope


@contextmanager
def seen_as(known: Browser) -> Iterator[None]:
    """Let events of the block tell of this browser."""
    token = _browser.set(known)
    try:
        yield
    finally:
        _browser.reset(token)


def _scope(request: HttpRequest, role: str, **more: Any) -> Scope:
    return Scope(
        role=role,
        unit_no=BASE_UNIT,
        units=(BASE_UNIT,),
        today=acting.today(),
        request_id=uuid4().hex,
        address=address_of(request),
        stepped_up=acting.stepped_up(request),
        level=acting.fresh_level(request),
        has_key=acting.has_key(request),
        session_key=request.session.session_key or "",
        **more,
    )


def tally_key(kind: str, *parts: object) -> bytes:
    """The key of a tally: a keyed hash, so that the table names nobody."""
    return keys.ring().blind("\n".join(map(str, parts)), kind=f"tally.{kind}")


def address_hash(address: str) -> bytes:
    """The keyed hash of what counts as one address."""
    return keys.ring().blind(locks.address_key(address), kind="address")


def phone_blind(phone: str) -> bytes:
    """The blind index of 11 digits."""
    return keys.ring().blind(phone, kind="phone")


def target_hash(kind: str, target: str) -> bytes:
    """The blind index of a phone or e-mail address that a code goes to; for a phone the account's own index."""
    return phone_blind(target) if kind == "phone" else keys.ring().blind(target, kind="email")


def code_hash(purpose: str, code: str) -> bytes:
    """The keyed hash under which a one-time code is kept; 32 bytes."""
    key = keys.ring().derive(keys.Purpose.WEB)
    return hmac.digest(key, f"code\n{purpose}\n{code}".encode(), "sha256")


def paper_hash(code: str) -> bytes:
    """As `code_hash` for codes on paper, which are found by themselves whatever they are for."""
    return code_hash("paper", code)


def now() -> Any:
    """The present instant."""
    return timezone.now()
