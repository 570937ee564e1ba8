"""What a school does about its people's sign-ins: end one person's sessions, end a lock-out. Each with a reason."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, strength
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import BadInput, NotAllowed, NotFound, Problem
from jizuo.hubs.identity.actions import events, sessions
from jizuo.hubs.identity.queries import roles_of
from jizuo.hubs.identity.rules import limits
from jizuo.hubs.identity.rules.anomalies import Outcome, What

ENDERS = (scopes.CLERK, scopes.DISTRICT_ADMIN, scopes.OPERATOR)


@action(title="结束一个人的登录", roles=ENDERS)
def end_sessions_of(*, account_id: UUID, reason: str) -> int:
    """End every session of one of the unit's people; returns how many. It shuts nobody out: the person can sign in again.
    Raises NotFound out of reach, NotAllowed for an administrator unless one is an administrator, BadInput without a
    reason."""
    words = needed_reason(reason, _("没有结束"))
    check_own(account_id)
    count = sessions.end_all(account_id=account_id, why="by_school")
    events.note(What.ENDED, Outcome.OK, account_id)
    audit.note(f"account {account_id}: {words}")
    return count


@action(title="解除锁定", roles=ENDERS, level=strength.needed(strength.For.ADMINISTER))
def end_lock_out(*, lock: str, reason: str) -> bool:
    """Let one of the unit's people try again at the address where too many failed; False when it was over. Raises as
    `end_sessions_of` does."""
    words = needed_reason(reason, _("没有解除"))
    try:
        key = bytes.fromhex(lock)
    except ValueError:
        raise NotFound(_("没有这个锁定"), fix=_("请刷新后再看")) from None
    with connection.cursor() as cursor:
        cursor.execute("select account_id from lock_out where key = %s", [key])
        row = cursor.fetchone()
        if row is None:
            return False
        check_own(row[0])
        cursor.execute(
            "with gone as (delete from lock_out where key = %s) delete from sign_in_tally where key = %s",
            [key, key],
        )
    audit.note(f"account {row[0]}: {words}")
    return True


def needed_reason(reason: str, title: str) -> str:
    """The reason without blanks at its ends; raises BadInput without one."""
    words = reason.strip()[:150]
    if not words:
        raise BadInput(title, problems=[Problem("reason", _("没有写理由"), _("请写明为什么"))])
    return words


def check_own(account_id: UUID) -> None:
    """Raise NotFound unless the account has a role within reach today, NotAllowed for an administrator's unless one is
    an administrator: a school cannot put those out who oversee it."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from acting_grant where account_id = %s and unit_no = any(%s) and begin_on <= %s"
            " and (end_on is null or end_on > %s))",
            [account_id, list(scope.units), scope.today, scope.today],
        )
        is_own = cursor.fetchone()[0]
    if not is_own:
        raise NotFound(_("没有这个账号"), fix=_("请刷新后再看"))
    if limits.group(roles_of(account_id)) == "admin" and scope.role not in limits.ADMIN_ROLES:
        raise NotAllowed(_("这是管理员的账号，不能由学校处理"), fix=_("请联系区管理员"))
