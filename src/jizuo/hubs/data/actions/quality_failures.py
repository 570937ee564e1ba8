"""Letting a failing record stand, with a reason, and taking that back."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, NotFound
from jizuo.hubs.data.queries.quality_failures import rule_of
from jizuo.hubs.data.rules.quality.declared import BLOCK

MOST = 500


@action(title="免除质量问题", roles=scopes.SCHOOL_ROLES, reach=API)
def waive_failures(*, code: str, failure_ids: list[UUID], reason: str) -> int:
    """Let open failures of a rule stand at the acting unit, with the reason; returns how many. Raises BadInput without a
    reason or for a rule that blocks, NotFound for what is not open here."""
    rule = rule_of(code)
    if len(reason.strip()) < 2:
        raise BadInput(_("要写明为什么不用改"), fix=_("例如：确是大班额，已报教育局"))
    if rule.severity == BLOCK:
        raise BadInput(_("这条规则不能免除"), fix=_("请按提示改正数据"))
    return move(code, failure_ids, "open", "waived", reason.strip()[:300])


@action(title="收回免除", roles=scopes.SCHOOL_ROLES, reach=API)
def take_up_failures(*, code: str, failure_ids: list[UUID]) -> int:
    """Put waived failures of a rule back on the list; returns how many. Raises NotFound."""
    rule_of(code)
    return move(code, failure_ids, "waived", "open", "")


def move(code: str, failure_ids: list[UUID], was: str, now: str, reason: str) -> int:
    """From one state to the other, all or none."""
    scope = scopes.current()
    wanted = list(dict.fromkeys(failure_ids))[:MOST]
    with connection.cursor() as cursor:
        cursor.execute(
            "update quality_failure set state = %s, reason = %s, waived_by = %s, changed_at = now()"
            " where unit_no = %s and rule = %s and id = any(%s) and state = %s",
            [now, reason, scope.grant_no if now == "waived" else None, scope.unit_no, code, wanted, was],
        )
        count = cursor.rowcount
    if not wanted or count != len(wanted):
        raise NotFound(_("没有这些记录"), fix=_("它们可能已经改好，请刷新页面"))
    audit.note(f"{now} {count} {code}")
    return count
