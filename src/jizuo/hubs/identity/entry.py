"""Who stands at the door before any acting role: a visitor, or somebody on the pages of the own account.

Both are scopes of the base alone, so what they do runs through the same doors, transaction and audit.
"""

from __future__ import annotations

import hmac
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
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


def as_visitor(request: HttpRequest) -> AbstractContextManager[Any]:
    """The scope of somebody who has not signed in."""
    return scopes.use(_scope(request, VISITOR))


def as_self(request: HttpRequest) -> AbstractContextManager[Any]:
    """The scope of a signed-in person on pages of the own account; needs `request.user`."""
    user: Any = request.user
    return scopes.use(_scope(request, SELF, account_id=user.pk, person_id=user.person_id))


def _scope(request: HttpRequest, role: str, **more: Any) -> Scope:
    return Scope(
        role=role,
        unit_no=BASE_UNIT,
        units=(BASE_UNIT,),
        today=acting.today(),
        request_id=uuid4().hex,
        address=address_of(request),
        stepped_up=acting.stepped_up(request),
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
