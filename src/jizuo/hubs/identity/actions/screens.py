"""Classroom screens: shown a code, scanned by a teacher, opened for one lesson, ended by anybody there or by time."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action, source
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.scope import CLASS_ROLES, SCREEN, VISITOR
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import sessions, tallies
from jizuo.hubs.identity.rules import codes, locks, screens
from jizuo.hubs.identity.shapes import OpenScreen, ScreenLook, ScreenSeen, ScreenShown
from jizuo.hubs.organisation import class_names

STATE = "select expires_at, taken_at, sid is not null from screen_code where id = %s"
LIVE = "account_id = %s and purpose = 'screen' and ended_at is null and ends_at > %s"


@action(title="显示大屏码", roles=[VISITOR])
def show_code(*, wait_id: UUID | None, device: str, address: str) -> ScreenShown:
    """A new code for a screen that waits; the one it showed before and whatever a scan of it began are void.
    Raises BadInput when too many screens wait at this address."""
    now, code = entry.now(), codes.draw(screens.CODE_LENGTH)
    plain = plain_address(address)
    with connection.cursor() as cursor:
        cursor.execute("delete from screen_code where id = %s", [wait_id])
        cursor.execute(
            "select count(*) from screen_code where address is not distinct from %s and expires_at > %s",
            [plain, now],
        )
        if cursor.fetchone()[0] >= screens.MOST_WAITING:
            raise BadInput(_("这个地址上等着的大屏太多"), fix=_("请关掉不用的大屏页面，一分钟后再打开"))
        shown = ScreenShown(new_id(), code)
        cursor.execute(
            "insert into screen_code (id, code_hash, device, address, expires_at) values (%s, %s, %s, %s, %s)",
            [shown.wait_id, entry.code_hash(screens.SCREEN, code), device, plain, now + screens.CODE_LIFE],
        )
    return shown


@source(title="大屏等到了没有", roles=[VISITOR])
def waiting_state(*, wait_id: UUID) -> str:
    """`rules.screens.state` of a waiting screen; ``over`` for one that is not known."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, [wait_id])
        row = cursor.fetchone()
    return screens.state(entry.now(), *row) if row else "over"


@action(title="扫大屏码", roles=CLASS_ROLES, reach=PAGE)
def look_at_screen(*, code: entry.Secret, address: str) -> ScreenLook:
    """The screen that shows `code`. The scan uses the code up; only the account that scanned may then open the screen,
    and sees it again under the same code for three minutes. A wrong code counts against the address. Raises BadInput
    for what is no code at all."""
    now, account_id = entry.now(), scopes.current().account_id
    try:
        wanted = codes.read(code.reveal, screens.CODE_LENGTH)
    except codes.BadCode:
        told = Problem("code", _("这不是大屏上的码"), _("请与大屏逐位核对，共八位，横线可以不输"))
        raise BadInput(told.what, problems=[told]) from None
    key = entry.tally_key("screen", locks.address_key(address))
    tally = tallies.hold(key)
    if locks.is_locked(tally, now):
        audit.note("locked")
        return ScreenLook(locked_until=tally.locked_until)
    with connection.cursor() as cursor:
        cursor.execute(
            "update screen_code set taken_by = %(account)s, taken_at = coalesce(taken_at, %(now)s)"
            " where code_hash = %(hash)s and sid is null and (taken_by is null and expires_at > %(now)s"
            "  or taken_by = %(account)s and taken_at > %(latest)s) returning id, device, host(address)",
            {
                "account": account_id,
                "now": now,
                "hash": entry.code_hash(screens.SCREEN, wanted),
                "latest": now - screens.TO_CONFIRM,
            },
        )
        row = cursor.fetchone()
    if row is None:
        tally = screens.after_wrong(tally, now)
        tallies.keep(key, tally)
        audit.note(f"code wrong, failures {tally.failures}")
        return ScreenLook(locked_until=tally.locked_until if locks.is_locked(tally, now) else None)
    return ScreenLook(ScreenSeen(row[0], row[1], row[2] or ""))


@action(title="打开大屏", roles=CLASS_ROLES, reach=PAGE)
def open_screen(*, wait_id: UUID, class_id: UUID, minutes: int) -> OpenScreen:
    """Open the scanned screen for one of the own classes. Raises NotFound for a class or screen that is not the own
    account's to open, BadInput for a length above two hours, Conflict when the scan is too old."""
    scope, now = scopes.current(), entry.now()
    if not screens.may_last(minutes):
        told = Problem("minutes", _("一节课最长 120 分钟"), _("请选列出的时长"))
        raise BadInput(told.what, problems=[told])
    own = {view.org_id: (org_id, view.name) for org_id, view in own_by_org().items()}
    if class_id not in own:
        raise NotFound(_("没有这个班"), fix=_("可能已经毕业，或不在您的范围内"))
    org_id, name = own[class_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "select device, host(address), taken_at from screen_code where id = %s and taken_by = %s and sid is null"
            " for update",
            [wait_id, scope.account_id],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有等着的大屏"), fix=_("请再扫一次大屏上的码"))
        device, address, taken_at = row
        if now >= taken_at + screens.TO_CONFIRM:
            raise Conflict(_("扫码已经过了三分钟"), fix=_("请再扫一次大屏上的新码"))
        shown = OpenScreen(new_id(), name, device, now + timedelta(minutes=minutes))
        cursor.execute(
            "insert into sso_session (sid, account_id, session_key, device, address, is_own_device, methods, created_at,"
            " last_seen_at, idle_seconds, ends_at, ended_at, why, purpose, grant_no, org_id, about)"
            " values (%s, %s, '', %s, %s, false, '{screen}', %s, %s, null, %s, null, '', 'screen', %s, %s, %s)",
            [
                shown.sid,
                scope.account_id,
                device,
                address,
                now,
                now,
                shown.ends_at,
                scope.grant_no,
                org_id,
                name,
            ],
        )
        cursor.execute("update screen_code set sid = %s where id = %s", [shown.sid, wait_id])
    audit.note(f"screen {shown.sid}, {minutes} min")
    return shown


@action(title="大屏接通", roles=[VISITOR])
def fetch_screen(*, wait_id: UUID, session_key: str) -> bool:
    """Hang the session that was opened for a waiting screen on its web session; once. False when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("delete from screen_code where id = %s and sid is not null returning sid", [wait_id])
        row = cursor.fetchone()
        if row is None:
            return False
        cursor.execute(
            "update sso_session set session_key = %s, last_seen_at = %s"
            " where sid = %s and ended_at is null and session_key = ''",
            [session_key, entry.now(), row[0]],
        )
        audit.note(f"screen {row[0]}")
        return cursor.rowcount == 1


@source(title="我打开的大屏", roles=CLASS_ROLES, reach=PAGE)
def my_screens() -> list[OpenScreen]:
    """The classroom screens that the own account has open, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select sid, about, device, ends_at from sso_session where {LIVE} order by created_at desc",
            [scopes.current().account_id, entry.now()],
        )
        return [OpenScreen(*row) for row in cursor.fetchall()]


@action(title="结束大屏", roles=CLASS_ROLES, reach=PAGE)
def close_screen(*, sid: UUID) -> bool:
    """End one of the own screens from the phone; False when it had ended. It goes dark at its next request."""
    return bool(sessions.end_screen(sid, why="by_owner", account_id=scopes.current().account_id))


@action(title="在大屏上结束", roles=[SCREEN])
def leave_screen(*, sid: UUID) -> bool:
    """End the session of the screen itself."""
    return bool(sessions.end_screen(sid, why="by_screen", account_id=scopes.current().account_id))


@source(title="可打开大屏的班", roles=CLASS_ROLES, reach=PAGE)
def screen_classes() -> list[tuple[UUID, str]]:
    """(class, name) of the own open classes, in school order."""
    found = {view.org_id: view for view in own_by_org().values()}
    return [(one.org_id, one.name) for one in sorted(found.values(), key=lambda one: one.order)]


def own_by_org() -> dict[UUID, class_names.ClassView]:
    """Org of the acting role -> the open class behind it. Inside a door only."""
    of_org = class_names.classes_behind(scopes.current().org_ids)
    views = class_names.of_ids(of_org.values())
    return {
        org_id: views[class_id]
        for org_id, class_id in of_org.items()
        if class_id in views and views[class_id].is_open
    }


def plain_address(address: str) -> str | None:
    """`address` as the table keeps it; None when it is none."""
    return (locks.address_key(address) and address.partition("%")[0]) or None


def forget_old(now: datetime) -> int:
    """Remove codes of screens that wait no more; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("delete from screen_code where expires_at < %s", [now - timedelta(days=1)])
        return cursor.rowcount
