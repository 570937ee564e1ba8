"""Browsers that come back: the cookie they are known by, and those that are remembered as somebody's own."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from jizuo.ground.doors import action
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.entry import SELF, Browser

#: How long an own device is not asked for the second factor again.
REMEMBERED_FOR = timedelta(days=14)
COOKIE_LIFE = timedelta(days=400)
NEW_TOKEN = "_jizuo_device_token"  # noqa: S105 - the name of an attribute


def known(request: HttpRequest) -> Browser:
    """The browser of a request that signs somebody in; one without a cookie gets it with the answer (`put_cookie`)."""
    told = entry.browser_of(request)
    if told.mark:
        return told
    token = getattr(request, NEW_TOKEN, "") or secrets.token_urlsafe(32)
    setattr(request, NEW_TOKEN, token)
    return Browser(told.device, entry.mark_of(token))


def put_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Hand a browser the cookie that was drawn for it, if one was."""
    token = getattr(request, NEW_TOKEN, "")
    if token:
        response.set_cookie(
            entry.device_cookie(), token, max_age=COOKIE_LIFE, secure=settings.IS_HTTPS, httponly=True, samesite="Lax"
        )  # fmt: skip


def is_remembered(account_id: UUID, browser: Browser) -> bool:
    """Whether this browser may go without the second factor for this account; notes that it was used."""
    if not browser.mark:
        return False
    now = entry.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "update remembered_device set last_used_at = %s where account_id = %s and mark = %s and expires_at > %s"
            " returning id",
            [now, account_id, browser.mark, now],
        )
        return cursor.fetchone() is not None


def remember(account_id: UUID, browser: Browser) -> None:
    """Remember the browser for this account from now on for `REMEMBERED_FOR`."""
    now = entry.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into remembered_device (id, account_id, mark, device, since, last_used_at, expires_at)"
            " values (%s, %s, %s, %s, %s, %s, %s) on conflict (account_id, mark) do update set device = excluded.device,"
            " since = excluded.since, last_used_at = excluded.last_used_at, expires_at = excluded.expires_at",
            [new_id(), account_id, browser.mark, browser.device, now, now, now + REMEMBERED_FOR],
        )


def forget_all(account_id: UUID) -> int:
    """Forget every browser of the account: its password or its second factor changed. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("delete from remembered_device where account_id = %s", [account_id])
        return cursor.rowcount


@action(title="忘记一台设备", roles=[SELF])
def forget_device(*, account_id: UUID, device_id: UUID) -> bool:
    """Ask for the second factor there again; False when it was not remembered."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from remembered_device where account_id = %s and id = %s", [account_id, device_id]
        )
        return bool(cursor.rowcount)


@action(title="忘记所有设备", roles=[SELF])
def forget_devices(*, account_id: UUID) -> int:
    """Ask for the second factor everywhere again; returns how many devices were remembered."""
    return forget_all(account_id)


def forget_old() -> None:
    """Remove what is remembered no more."""
    with connection.cursor() as cursor:
        cursor.execute("delete from remembered_device where expires_at <= %s", [entry.now()])
