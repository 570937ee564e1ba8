"""Sharing: states of a request, clocks, what may be asked, and when a contract is live. Pure.

Time limits follow the pattern of 政务数据共享条例 (in force 2025-08-01); the articles are not at hand: to check.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.ground.errors import Problem
from jizuo.hubs.data.datasets import PERSONAL, SENSITIVE, Field

ASKED, SECOND, MORE, GRANTED, REFUSED = "asked", "second", "more", "granted", "refused"
DISPUTED, UPHELD, WITHDRAWN = "disputed", "upheld", "withdrawn"
STATES: Mapping[str, Any] = {
    ASKED: gettext_lazy("等提供方答复"),
    SECOND: gettext_lazy("等上级复核"),
    MORE: gettext_lazy("等申请方补充"),
    GRANTED: gettext_lazy("已同意"),
    REFUSED: gettext_lazy("已拒绝"),
    DISPUTED: gettext_lazy("有争议，等裁定"),
    UPHELD: gettext_lazy("裁定不共享"),
    WITHDRAWN: gettext_lazy("已撤回"),
}
#: verb -> states it may be said in.
VERBS: Mapping[str, frozenset[str]] = {
    "approve": frozenset({ASKED, SECOND}),
    "refuse": frozenset({ASKED, SECOND}),
    "more": frozenset({ASKED, SECOND}),
    "answer": frozenset({MORE}),
    "withdraw": frozenset({ASKED, SECOND, MORE, DISPUTED}),
    "dispute": frozenset({REFUSED, ASKED, SECOND}),
    "allow": frozenset({DISPUTED}),
    "uphold": frozenset({DISPUTED}),
}
VERB_WORDS: Mapping[str, Any] = {
    "ask": gettext_lazy("申请"),
    "approve": gettext_lazy("同意"),
    "refuse": gettext_lazy("拒绝"),
    "more": gettext_lazy("请补充"),
    "answer": gettext_lazy("补充说明"),
    "withdraw": gettext_lazy("撤回"),
    "dispute": gettext_lazy("提出争议"),
    "allow": gettext_lazy("裁定共享"),
    "uphold": gettext_lazy("裁定不共享"),
}
#: key -> (working days, title, rule). Each may be set otherwise by the base.
CLOCKS: Mapping[str, tuple[int, Any, str]] = {
    "answer": (10, gettext_lazy("提供方答复"), "政务数据共享条例：答复期限（条号待核 / article to check）"),
    "second": (5, gettext_lazy("上级复核"), "政务数据共享条例：答复期限（条号待核 / article to check）"),
    "more": (5, gettext_lazy("申请方补充"), "政务数据共享条例：补充期限（条号待核 / article to check）"),
    "dispute": (10, gettext_lazy("争议裁定"), "政务数据共享条例：争议处理（条号待核 / article to check）"),
    "ending": (20, gettext_lazy("到期提醒"), "本系统 / this base"),
}
OPEN, CONDITIONAL, CLOSED = "open", "asked", "closed"
TYPES: Mapping[str, Any] = {
    OPEN: gettext_lazy("无条件共享"),
    CONDITIONAL: gettext_lazy("有条件共享"),
    CLOSED: gettext_lazy("不予共享"),
}
PERIODS: Mapping[str, Any] = {
    "day": gettext_lazy("每天"),
    "week": gettext_lazy("每周"),
    "month": gettext_lazy("每月"),
}
OPS: Mapping[str, Any] = {
    "eq": gettext_lazy("等于"),
    "in": gettext_lazy("是其中之一"),
    "ge": gettext_lazy("不小于"),
    "le": gettext_lazy("不大于"),
    "empty": gettext_lazy("为空"),
}
#: Roles that ask and examine for their unit; an empty reader role means them.
OFFICE_ROLES = frozenset({scopes.CLERK, scopes.HEAD, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD})
SHARING_ROLES = OFFICE_ROLES | {scopes.OPERATOR}
READING_ROLES = scopes.STAFF_ROLES
MOST_DAYS, MOST_TEXT, MOST_PULLS, MOST_FILTERS = 3 * 366, 500, 100, 5
#: Beyond so many rows of personal data in clear a pull wants a second factor, as an export does.
ROWS_BEFORE_FACTOR = 100


def may(verb: str, state: str) -> bool:
    """Whether `verb` may be said of a request in `state`."""
    return state in VERBS.get(verb, frozenset())


def wants_second(grade: int) -> bool:
    """True when a request for data of this grade is examined by the level above too."""
    return grade >= SENSITIVE


def is_granted_at_once(share_type: str, grade: int) -> bool:
    """True when nobody need examine: shared without condition, and nothing personal in it."""
    return share_type == OPEN and grade < PERSONAL


def is_reader(role: str, reader_role: str) -> bool:
    """Whether an acting role of the reader's unit reads by a contract of `reader_role`."""
    return role == reader_role if reader_role else role in OFFICE_ROLES


def is_live(*, begin_on: date, end_on: date, is_ended: bool, today: date) -> bool:
    """Whether a contract is read by today. end_on is the first day it is not."""
    return not is_ended and begin_on <= today < end_on


def period_start(period: str, today: date) -> date:
    """The first day of the day, week (from Monday) or month that `today` lies in."""
    if period == "month":
        return today.replace(day=1)
    return today - timedelta(days=today.weekday() if period == "week" else 0)


def next_period(period: str, today: date) -> date:
    """The first day of the period after the one that `today` lies in."""
    if period == "month":
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return period_start(period, today) + timedelta(days=7 if period == "week" else 1)


def may_filter(field: Field) -> bool:
    """Whether rows may be chosen by a field: never by one whose values say much of a single person."""
    if field.grade >= SENSITIVE or field.kind in ("sealed", "name", "phone", "document"):
        return False
    return (
        field.grade < PERSONAL or bool(field.code_table) or field.kind == "bool" or field.db_type == "boolean"
    )


def filter_problems(filters: Sequence[Mapping[str, Any]], fields: Mapping[str, Field]) -> list[Problem]:
    """What is wrong with a declared choice of rows."""
    found = []
    if len(filters) > MOST_FILTERS:
        found.append(Problem("filters", _("最多 %(n)s 个条件") % {"n": MOST_FILTERS}))
    for place, one in enumerate(filters):
        where = f"filters[{place}]"
        field = fields.get(str(one.get("column", "")))
        op, value = one.get("op"), one.get("value")
        if field is None or op not in OPS:
            found.append(Problem(where, _("没有这一列或这种比较"), _("请从列出的列里选")))
        elif not may_filter(field):
            found.append(
                Problem(
                    where,
                    _("不能按“%(name)s”选行") % {"name": field.word},
                    _("请用不指向个人的列，如年级、类别"),
                )
            )
        elif op == "in" and not (
            isinstance(value, list) and 0 < len(value) <= 100 and all(isinstance(item, str) for item in value)
        ):
            found.append(Problem(where, _("要给出 1 到 100 个值")))
        elif op == "empty" and not isinstance(value, bool):
            found.append(Problem(where, _("应为是或否")))
        elif op in ("ge", "le") and not _is_ordered(field, value):
            found.append(Problem(where, _("这一列不能比大小，或值不是日期、数字")))
        elif op == "eq" and not (isinstance(value, str) and len(value) <= 200):
            found.append(Problem(where, _("要给出一个值")))
    return found


def _is_ordered(field: Field, value: Any) -> bool:
    try:
        if field.db_type == "date":
            date.fromisoformat(str(value))
            return True
        return (
            field.db_type.startswith(("int", "bigint", "smallint", "numeric"))
            and Decimal(str(value)).is_finite()
        )
    except (ValueError, InvalidOperation):
        return False


def period_problems(begin_on: date, end_on: date, today: date) -> list[Problem]:
    """What is wrong with a term. end_on: the first day after it."""
    if end_on <= max(begin_on, today):
        return [Problem("end_on", _("期限已经过去，或结束早于开始"), _("请填今天以后的日期"))]
    if (end_on - begin_on).days > MOST_DAYS:
        return [Problem("end_on", _("期限最长三年"), _("到期前可以再申请"))]
    return []
