"""Somebody whom a source knows and we do not: waits in a queue until the school says who it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action, source
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import outside
from jizuo.hubs.identity.actions.accounts import check_reach
from jizuo.hubs.identity.entry import VISITOR
from jizuo.hubs.identity.models import Account, OutsideAsk, OutsideSource
from jizuo.hubs.identity.rules import codes
from jizuo.hubs.identity.rules import upstream as rules
from jizuo.hubs.identity.shapes import AskLine
from jizuo.hubs.identity.upstream.shapes import Claimed

DECIDERS = (scopes.DISTRICT_ADMIN, scopes.CLERK)
#: Of one subject within `AGAIN`, and open ones of one school, so that nobody can fill a school's day.
MOST_ASKS, AGAIN, MOST_OPEN = 3, timedelta(days=30), 500
MOST_LINES = 200
#: Claims a school sees beside the name: whatever else a source said stays closed.
SHOWN = (
    "phone_number",
    "mobile",
    "email",
    "user",
    "userid",
    "preferred_username",
    "unit",
    "school",
    "department",
)


@action(title="请学校确认", roles=[VISITOR])
def ask_school(*, source_id: UUID, claimed: Claimed, unit_no: int, name: str, words: str) -> UUID:
    """Ask a school to say who somebody is whom a source vouches for. Raises BadInput for no name, no such school, or
    too many asks; Conflict while one waits."""
    row = OutsideSource.objects.filter(pk=source_id, is_on=True).first()
    problems = []
    if not name.strip():
        problems.append(Problem("name", _("没有写姓名"), _("请写学校认得的姓名")))
    if row is None or (row.unit_no not in (scopes.BASE_UNIT, unit_no)) or not _is_school(unit_no):
        problems.append(Problem("unit_no", _("没有这所学校"), _("请从列表中选择")))
    same = OutsideAsk.objects.filter(source_id=source_id, issuer=claimed.issuer, subject=claimed.subject)
    now = entry.now()
    if same.filter(state=rules.ASKED).exists():
        raise Conflict(_("已经问过学校了"), fix=_("请等学校答复"))
    is_full = OutsideAsk.objects.filter(unit_no=unit_no, state=rules.ASKED).count() >= MOST_OPEN
    if is_full or same.filter(asked_at__gt=now - AGAIN).count() >= MOST_ASKS:
        problems.append(Problem("name", _("问得太多了"), _("请直接联系学校的教务员")))
    if problems:
        raise BadInput(_("没有交给学校"), problems=problems)
    ask_id = new_id()
    told: dict[str, Any] = {
        "name": name.strip()[:50], "words": words.strip()[:200], "there": claimed.name[:80],
        "claims": {one: str(claimed.claims[one])[:120] for one in SHOWN if isinstance(claimed.claims.get(one), str)},
    }  # fmt: skip
    OutsideAsk.objects.create(
        id=ask_id, source_id=source_id, unit_no=unit_no, issuer=claimed.issuer, subject=claimed.subject,
        sealed=outside.seal(told, bound_to=str(ask_id)), state=rules.ASKED, asked_at=now,
    )  # fmt: skip
    facts.tell("SignInAsked", unit_no=unit_no, ask_id=str(ask_id), source_id=str(source_id))
    audit.note(f"source {source_id}, unit {unit_no}")
    return ask_id


def _is_school(unit_no: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select 1 from unit where unit_no = %s and kind = 'school'", [unit_no])
        return cursor.fetchone() is not None


@source(title="可以问的学校", roles=[VISITOR])
def schools_to_ask(*, source_id: UUID) -> list[tuple[int, str]]:
    """(number, name) of the schools that may be asked: a school's own source asks that school."""
    row = OutsideSource.objects.filter(pk=source_id, is_on=True).first()
    if row is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no, name from unit where kind = 'school' and (%s = 0 or unit_no = %s) order by sort_key, unit_no",
            [row.unit_no, row.unit_no],
        )
        return list(cursor.fetchall())


@source(title="我问学校的事", roles=[VISITOR])
def my_ask(*, source_id: UUID, claimed: Claimed) -> AskLine | None:
    """The latest ask of whoever a source just vouched for."""
    rows = OutsideAsk.objects.filter(source_id=source_id, issuer=claimed.issuer, subject=claimed.subject)
    row = rows.select_related("source").order_by("-asked_at").first()
    return _line(row) if row else None


@source(title="等学校确认的登录", roles=DECIDERS)
def asks(*, states: tuple[str, ...] = (rules.ASKED,)) -> list[AskLine]:
    """Whoever waits for a word of the schools within reach, the oldest first; 200 at most."""
    rows = OutsideAsk.objects.filter(unit_no__in=scopes.current().units, state__in=states)
    lines = [_line(row) for row in rows.select_related("source").order_by("asked_at")[:MOST_LINES]]
    audit.counted(len(lines))
    return lines


def _line(row: OutsideAsk) -> AskLine:
    told = outside.unseal(bytes(row.sealed), bound_to=str(row.pk))
    claims = tuple(
        (name, codes.mask_phone(value[-4:]) if name in ("phone_number", "mobile") else value)
        for name, value in told["claims"].items()
    )
    with connection.cursor() as cursor:
        cursor.execute("select name from unit where unit_no = %s", [row.unit_no])
        found = cursor.fetchone()
    there = [("name", told["there"])] if told["there"] else []
    return AskLine(
        row.pk, row.source_id, row.source.name, told["name"], told["words"], (*there, *claims), row.state, row.asked_at,
        row.why, found[0] if found else "", row.source.unit_no != scopes.BASE_UNIT,
    )  # fmt: skip


def _held(ask_id: UUID) -> OutsideAsk:
    row = OutsideAsk.objects.select_for_update().filter(pk=ask_id, unit_no__in=scopes.current().units).first()
    if row is None:
        raise NotFound(_("没有这条申请"), fix=_("请刷新名单"))
    if row.state != rules.ASKED:
        raise Conflict(_("这条申请已经有答复了"), fix=_("请刷新名单"))
    return row


@action(title="确认从别处登录的人", roles=DECIDERS, second_factor=True)
def approve_ask(*, ask_id: UUID, login_code: str) -> None:
    """Say that whoever waits is the person of an account within reach; from now on the source signs that account in.
    Raises NotFound, NotAllowed for an account beyond reach, Conflict, BadInput when the account has another tie."""
    row = _held(ask_id)
    try:
        code = codes.read(login_code, codes.LOGIN_LENGTH)
    except codes.BadCode as fault:
        told = Problem("login_code", _(fault.what) % fault.fills, _(fault.fix) % fault.fills)
        raise BadInput(told.what, problems=[told]) from None
    account = Account.objects.filter(login_code=code, is_active=True).first()
    if account is None:
        raise NotFound(_("没有这个账号"), fix=_("请核对登录码"))
    check_reach([account.pk])
    if not outside.link(row.source_id, Claimed(row.issuer, row.subject), account.pk, rules.BY_SCHOOL):
        what = _("这个账号已经连接了那边的另一个人")
        raise BadInput(
            what, problems=[Problem("login_code", what, _("请本人先在“我的账号”里取消原来的连接"))]
        )
    row.account = account
    _decide(row, rules.APPROVED, "")


@action(title="拒绝从别处登录的人", roles=DECIDERS)
def refuse_ask(*, ask_id: UUID, why: str) -> None:
    """Say no, with a reason that the asker reads. Raises NotFound, Conflict, BadInput without a reason."""
    row = _held(ask_id)
    if not why.strip():
        raise BadInput(_("没有拒绝"), problems=[Problem("why", _("没有写理由"), _("请写给对方看的理由"))])
    _decide(row, rules.REFUSED, why.strip()[:200])


def _decide(row: OutsideAsk, state: str, why: str) -> None:
    row.state, row.why, row.decided_at, row.decided_by = state, why, entry.now(), scopes.current().grant_no
    row.save()
    facts.tell("SignInAnswered", unit_no=row.unit_no, ask_id=str(row.pk), state=state)
    audit.note(f"ask {row.pk}: {state}")


def forget_old() -> None:
    """Drop answered asks after a year, and unanswered ones after half a year."""
    now = entry.now()
    OutsideAsk.objects.filter(decided_at__lt=now - timedelta(days=366)).delete()
    OutsideAsk.objects.filter(decided_at=None, asked_at__lt=now - timedelta(days=183)).delete()
