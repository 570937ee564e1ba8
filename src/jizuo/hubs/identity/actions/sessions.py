"""Sign-on sessions: begun by a sign-in, ended by their owner, by a limit, or with a new password."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpRequest

from jizuo.ground.doors import action
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import app_sign_ons, devices, events, proofs, watching
from jizuo.hubs.identity.entry import SELF
from jizuo.hubs.identity.queries import roles_of
from jizuo.hubs.identity.rules import anomalies, limits, locks, strength
from jizuo.hubs.identity.rules.anomalies import Outcome, What

#: Set in the web session before the sign-in, carried over by it.
OWN_DEVICE, METHODS = "own_device", "sign_in_methods"
#: Set likewise where a source vouches: seconds since 1970 when the person proved there who it is, None where nobody knows.
PROVED = "sign_in_proved_at"
#: Set where an application says who is likely to sign in: what the form begins with.
NAME = "sign_in_name"


def begin(request: HttpRequest, account_id: UUID) -> UUID:
    """Make the row of the sign-on just begun in `request.session`, with what was shown for it; returns its sid.

    Called by Django's own signal, so whatever signs somebody in leaves a row. Who proves again in an open session who
    they are (an application asked for it) keeps that session and its sid: nobody was signed out.
    """
    now = entry.now()
    is_own = bool(request.session.get(OWN_DEVICE, False))
    roles = roles_of(account_id)
    limit = limits.of_session(roles, is_own_device=is_own)
    methods = list(request.session.get(METHODS, []))
    proved = proved_at(request, methods, now)
    kept = _again(request, account_id, methods, limit, proved, is_own=is_own)
    if kept is not None:
        return kept
    sid = new_id()
    known = devices.known(request)
    address = locks.address_key(entry.address_of(request)) and entry.address_of(request).partition("%")[0]
    end_key(request.session.session_key, why="signed_out")
    arrival = watching.look(account_id, roles, entry.address_of(request), known, now, is_own_device=is_own)
    # One commit: a sign-on stands with its proofs and its event, or not at all.
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into sso_session (sid, account_id, session_key, device, address, is_own_device, methods,"
                " created_at, last_seen_at, idle_seconds, ends_at, ended_at, why, authed_at)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, null, '', %s)",
                [
                    sid, account_id, request.session.session_key, known.device,
                    address or None, is_own, methods, now, now,
                    int(limit.idle.total_seconds()) if limit.idle else None, now + limit.absolute, proved,
                ],
            )  # fmt: skip
        proofs.keep(sid, methods, proved or now)
        events.write(
            What.SIGN_IN, Outcome.OK, account_id=account_id, sid=sid, method=methods[-1] if methods else "",
            address=entry.address_of(request), known=known, at=now,
        )  # fmt: skip
    if found := anomalies.of_arrival(arrival):
        with entry.as_account(request, account_id, known):
            watching.tell_arrival(
                account_id=account_id, kinds=found, network=arrival.network, count=arrival.on_device
            )
    _bind(request, sid, limit, is_own=is_own)
    return sid


def proved_at(request: HttpRequest, methods: Sequence[str], now: datetime) -> datetime | None:
    """When the person of the sign-on just beginning proved who it is; never later than now.

    Whatever was shown here was shown now. Where a source alone vouches, its word counts (`auth_time` of OpenID Connect,
    `authenticationDate` of CAS): it may have come back in silence from a sign-on of this morning. Where such a source says
    nothing, nobody knows, and None says so: the start of our session is only the latest that it can have been. An
    application that does not ask for an age is told that start; one that asks (`max_age`, `prompt=login`, `renew`) has
    the person prove again, for a sign-on of no known age is never young enough (`rules.openid.is_proven_since`).
    """
    is_told, told = PROVED in request.session, request.session.pop(PROVED, None)
    if not is_told or set(methods) - strength.ELSEWHERE - {strength.SECOND}:
        return now
    try:
        return None if told is None else min(now, datetime.fromtimestamp(told, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _again(
    request: HttpRequest,
    account_id: UUID,
    methods: list[str],
    limit: limits.Limits,
    proved: datetime | None,
    *,
    is_own: bool,
) -> UUID | None:
    """The open session of the same account in this browser, with what was just shown; None when there is none."""
    now = entry.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "update sso_session set methods = %s, authed_at = %s, is_own_device = %s,"
            " last_seen_at = %s, idle_seconds = %s, ends_at = %s where session_key = %s and account_id = %s and purpose = ''"
            " and ended_at is null and ends_at > %s returning sid",
            [
                methods, proved, is_own, now, int(limit.idle.total_seconds()) if limit.idle else None,
                now + limit.absolute, request.session.session_key or "-", account_id, now,
            ],
        )  # fmt: skip
        row = cursor.fetchone()
    if row is None:
        return None
    proofs.keep(row[0], methods, proved or now)
    _bind(request, row[0], limit, is_own=is_own)
    return row[0]


def _bind(request: HttpRequest, sid: UUID, limit: limits.Limits, *, is_own: bool) -> None:
    # A shared machine's cookie ends with its browser; the row ends the session in any case.
    request.session.set_expiry(int(limit.absolute.total_seconds()) if is_own else 0)
    request.session["sid"] = str(sid)


def end_key(session_key: str | None, *, why: str) -> None:
    """End the session that hangs on this web session, if one does."""
    if session_key:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "update sso_session set ended_at = %s, why = %s, session_key = '' where session_key = %s returning sid",
                    [entry.now(), why, session_key],
                )
                ended = [sid for (sid,) in cursor.fetchall()]
            app_sign_ons.end(ended)


def end_all(*, account_id: UUID, why: str, keep_sid: UUID | None = None) -> int:
    """End every open session of the account but `keep_sid`, their web sessions with them; returns how many.
    They are signed out at their next request."""
    return _end("account_id = %s and sid <> %s", [account_id, keep_sid or UUID(int=0)], why)


def end_sids(sids: Sequence[UUID], *, why: str) -> int:
    """End these sessions, their web sessions with them; returns how many were open. Inside a door only."""
    return _end("sid = any(%s)", [list(sids)], why)


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


@action(title="退出所有登录", roles=[SELF])
def end_every(*, account_id: UUID) -> int:
    """End every session of one's own, this one too; returns how many."""
    return end_all(account_id=account_id, why="by_owner")


def _end(test: str, values: list[Any], why: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"with ended as (select sid, session_key from sso_session where {test} and ended_at is null for update),"
            " gone as (delete from django_session where session_key in (select session_key from ended))"
            " update sso_session s set ended_at = %s, why = %s, session_key = '' from ended where s.sid = ended.sid"
            " returning s.sid",
            [*values, entry.now(), why],
        )
        ended = [sid for (sid,) in cursor.fetchall()]
    app_sign_ons.end(ended)
    return len(ended)


def close_over() -> int:
    """Close sessions past their limits, so that their applications hear of it; returns how many."""
    now = entry.now()
    test = "(ends_at <= %s or last_seen_at + idle_seconds * interval '1 second' <= %s)"
    return _end(test, [now, now], "expired")


def forget_old() -> int:
    """Close sessions past their limits and remove rows that ended a year ago; returns how many were closed."""
    now = entry.now()
    closed = close_over()
    with connection.cursor() as cursor:
        cursor.execute("delete from django_session where expire_date < %s", [now])
        year_ago = now - timedelta(days=366)
        cursor.execute(
            "delete from sign_in_proof where sid in (select sid from sso_session where ended_at < %s)",
            [year_ago],
        )
        cursor.execute("delete from sso_session where ended_at < %s", [year_ago])
    return closed
