"""Sign-on sessions: begun by a sign-in, ended by their owner, by a limit, or with a new password."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest

from jizuo.ground.doors import action
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.entry import SELF
from jizuo.hubs.identity.queries import roles_of
from jizuo.hubs.identity.rules import limits, locks

#: Set in the web session before the sign-in, carried over by it.
OWN_DEVICE, METHODS = "own_device", "sign_in_methods"
SYSTEMS = (
    ("MicroMessenger", "微信"), ("HarmonyOS", "鸿蒙"), ("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "安卓"),
    ("UOS", "统信"), ("Kylin", "麒麟"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
BROWSERS = (
    ("360", "360"), ("QQBrowser", "QQ 浏览器"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip


def device_of(user_agent: str) -> str:
    """``Windows · Chrome`` in words a person knows; empty when nothing is told."""
    found = []
    for names in (SYSTEMS, BROWSERS):
        found += [word for sign, word in names if re.search(re.escape(sign), user_agent)][:1]
    return " · ".join(found)


def begin(request: HttpRequest, account_id: UUID) -> UUID:
    """Make the row of the sign-on just begun in `request.session`; returns its sid.

    Called by Django's own signal, so whatever signs somebody in leaves a row.
    """
    now = entry.now()
    is_own = bool(request.session.get(OWN_DEVICE, False))
    limit = limits.of_session(roles_of(account_id), is_own_device=is_own)
    sid = new_id()
    address = locks.address_key(entry.address_of(request)) and entry.address_of(request).partition("%")[0]
    end_key(request.session.session_key, why="signed_out")
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into sso_session (sid, account_id, session_key, device, address, is_own_device, methods,"
            " created_at, last_seen_at, idle_seconds, ends_at, ended_at, why)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, null, '')",
            [
                sid, account_id, request.session.session_key, device_of(request.META.get("HTTP_USER_AGENT", "")),
                address or None, is_own, list(request.session.get(METHODS, [])), now, now,
                int(limit.idle.total_seconds()) if limit.idle else None, now + limit.absolute,
            ],
        )  # fmt: skip
    # A shared machine's cookie ends with its browser; the row ends the session in any case.
    request.session.set_expiry(int(limit.absolute.total_seconds()) if is_own else 0)
    request.session["sid"] = str(sid)
    return sid


def end_key(session_key: str | None, *, why: str) -> None:
    """End the session that hangs on this web session, if one does."""
    if session_key:
        with connection.cursor() as cursor:
            cursor.execute(
                "update sso_session set ended_at = %s, why = %s, session_key = '' where session_key = %s",
                [entry.now(), why, session_key],
            )


def end_all(*, account_id: UUID, why: str, keep_sid: UUID | None = None) -> int:
    """End every open session of the account but `keep_sid`, their web sessions with them; returns how many.
    They are signed out at their next request."""
    return _end("account_id = %s and sid <> %s", [account_id, keep_sid or UUID(int=0)], why)


def end_screen(sid: UUID, *, why: str, account_id: UUID | None) -> int:
    """End one classroom screen of the account, its web session with it; returns how many. Inside a door only."""
    return _end("account_id = %s and sid = %s and purpose = 'screen'", [account_id, sid], why)


@action(title="退出一处登录", roles=[SELF])
def end_mine(*, account_id: UUID, sid: UUID) -> bool:
    """End one of one's own sessions; False when it had ended."""
    return bool(_end("account_id = %s and sid = %s", [account_id, sid], "by_owner"))


@action(title="退出其他登录", roles=[SELF])
def end_others(*, account_id: UUID, keep_sid: UUID) -> int:
    """End every session of one's own but this one; returns how many."""
    return end_all(account_id=account_id, why="by_owner", keep_sid=keep_sid)


def _end(test: str, values: list[Any], why: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"with ended as (select sid, session_key from sso_session where {test} and ended_at is null for update),"
            " gone as (delete from django_session where session_key in (select session_key from ended))"
            " update sso_session s set ended_at = %s, why = %s, session_key = '' from ended where s.sid = ended.sid",
            [*values, entry.now(), why],
        )
        return cursor.rowcount


def forget_old() -> int:
    """Close sessions past their limits and remove rows that ended a year ago; returns how many were closed."""
    now = entry.now()
    closed = _end(
        "(ends_at <= %s or last_seen_at + idle_seconds * interval '1 second' <= %s)", [now, now], "expired"
    )
    with connection.cursor() as cursor:
        cursor.execute("delete from django_session where expire_date < %s", [now])
        cursor.execute("delete from sso_session where ended_at < %s", [now - timedelta(days=366)])
    return closed
