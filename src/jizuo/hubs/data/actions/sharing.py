"""Asking for another unit's data, examining, granting, ending, disputing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit, facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.data import masking, readables
from jizuo.hubs.data.queries import sharing as queries
from jizuo.hubs.data.rules import sharing as rules
from jizuo.hubs.data.sharing_shapes import Wish
from jizuo.plain import workdays

COLUMNS = (
    "dataset, owner_no, reader_no, reader_role, fields, unit_nos, filters, purpose, legal_basis, purposes, masked,"
    " begin_on, end_on, period, most_pulls, quality_floor, grade"
)


@action(title="申请共享", roles=rules.SHARING_ROLES, reach=API)
def request_share(*, wish: Wish) -> UUID:
    """Ask, for the acting unit or one of its roles, to read another unit's data; returns the request.

    Data shared without condition that holds nothing personal is granted at once. Raises BadInput naming everything
    that is wrong, NotFound for a unit or data that does not exist, Conflict where the data is not shared.
    """
    scope = scopes.current()
    readable = readables.find(wish.dataset)
    second_no = level_above(wish.owner_no)
    if readable is None or not queries.is_known(readable) or scope.unit_no == scopes.BASE_UNIT:
        raise NotFound(_("没有这种数据"), fix=_("请从数据目录中选择"))
    begin_on = wish.begin_on or scope.today
    problems = problems_of(wish, readable, begin_on, scope.today)
    if problems:
        raise BadInput(_("申请还不完整"), problems=problems)
    kind, why = queries.share_type(wish.dataset, wish.owner_no)
    if kind == rules.CLOSED:
        raise Conflict(_("提供方不共享这种数据：%(why)s") % {"why": why}, fix=_("如有不同意见，请向上级提出"))
    grade = max(readable.fields[key].grade for key in wish.fields)
    request_id, at_once = new_id(), rules.is_granted_at_once(kind, grade)
    values: list[Any] = [
        request_id, wish.dataset, wish.owner_no, scope.unit_no, wish.reader_role, wish.fields, wish.unit_nos,
        Jsonb(wish.filters), wish.purpose.strip(), wish.legal_basis.strip(), wish.purposes, wish.masked, begin_on,
        wish.end_on, wish.period, wish.most_pulls, wish.quality_floor, grade, second_no, rules.ASKED,
        workdays.add(scope.today, queries.clock_days("answer")), Jsonb([_step("ask", wish.purpose)]), scope.grant_no,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into share_request (id, {COLUMNS}, second_no, state, due_on, steps, asked_by, asked_at, changed_at)"
            f" values ({', '.join(['%s'] * 23)}, now(), now())",
            values,
        )
    audit.note(f"share request {request_id} of {wish.dataset} to unit {wish.owner_no}")
    facts.tell("ShareAsked", unit_no=wish.owner_no, request_id=str(request_id))
    if at_once:
        grant(request_id, "approve", _("无条件共享，不含个人信息，自动同意"))
    return request_id


def problems_of(wish: Wish, readable: readables.Readable, begin_on: date, today: date) -> list[Problem]:
    """Everything wrong with a wish."""
    found = []
    fields = readable.fields
    for name, text in (("purpose", wish.purpose), ("legal_basis", wish.legal_basis)):
        if not text.strip() or len(text) > rules.MOST_TEXT:
            found.append(
                Problem(name, _("写 1 到 %(n)s 个字") % {"n": rules.MOST_TEXT}, _("用途和依据会写进合约"))
            )
    if not wish.fields or len(set(wish.fields)) != len(wish.fields):
        found.append(Problem("fields", _("没有选列，或有重复"), _("只选用得着的列")))
    found += [
        Problem("fields", _("没有这一列：%(key)s") % {"key": key[:60]})
        for key in (*wish.fields, *wish.masked)
        if key not in fields
    ]
    found += [
        Problem("purposes", _("没有这种用途：%(key)s") % {"key": key[:20]})
        for key in wish.purposes
        if key not in masking.purposes()
    ]
    if wish.reader_role and wish.reader_role not in rules.READING_ROLES:
        found.append(Problem("reader_role", _("这种身份不能按合约读取"), _("请选本单位的工作身份")))
    if wish.period not in rules.PERIODS or not 1 <= wish.most_pulls <= rules.MOST_PULLS:
        found.append(Problem("most_pulls", _("每天、每周或每月 1 到 %(n)s 次") % {"n": rules.MOST_PULLS}))
    if not 0 <= wish.quality_floor <= 100:
        found.append(Problem("quality_floor", _("应在 0 到 100 之间")))
    reached = set(queries.units_of(wish.owner_no, []))
    found += [
        Problem("unit_nos", _("不是提供方的单位：%(no)s") % {"no": unit})
        for unit in wish.unit_nos
        if unit not in reached
    ]
    return (
        found
        + rules.filter_problems(wish.filters, fields)
        + rules.period_problems(begin_on, wish.end_on, today)
    )


def level_above(owner_no: int) -> int:
    """The bureau above a unit, the unit itself at the top. Raises NotFound for a unit that is not open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(nullif(parent_no, 0), unit_no) from unit where unit_no = %s and unit_no > 0"
            " and closed_on is null",
            [owner_no],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个单位"), fix=_("请从单位列表中选择"))
    return row[0]


@action(title="答复共享申请", roles=rules.SHARING_ROLES, reach=API)
def examine_share(
    *,
    request_id: UUID,
    verb: str,
    words: str = "",
    fields: list[str] | None = None,
    masked: list[str] | None = None,
    end_on: date | None = None,
) -> UUID | None:
    """Say a verb to a request: approve, refuse, more (as the owner, or the level above when the grade asks for two),
    answer or withdraw (as who asked), dispute (of a refusal, or when the clock has run out), allow or uphold (as who
    decides). Returns the contract where one was made.

    fields, masked, end_on: an approval may narrow the wish: fewer columns, more of them masked, an earlier end.
    Raises NotFound, Conflict (the state has moved on), NotAllowed (the second person must be another), BadInput.
    """
    told = locked(request_id)
    scope = scopes.current()
    if verb not in rules.VERBS:
        raise BadInput(_("没有这种答复"), problems=[Problem("verb", verb[:20])])
    if not rules.may(verb, told["state"]):
        raise Conflict(
            _("这份申请现在是“%(state)s”") % {"state": rules.STATES[told["state"]]}, fix=_("请刷新页面")
        )
    if verb not in queries.verbs_of(told, scope.today):
        raise NotAllowed(_("这一步不由您的单位来做"), fix=_("请看申请上写的办理单位"))
    said = words.strip()
    if (not said and verb not in ("approve", "allow", "withdraw")) or len(said) > rules.MOST_TEXT:
        raise BadInput(
            _("请写明理由"),
            problems=[Problem("words", _("写 1 到 %(n)s 个字") % {"n": rules.MOST_TEXT}, _("对方会看到"))],
        )
    audit.note(f"{verb} share request {request_id}")
    if verb in ("approve", "allow"):
        another_person(told, verb)
        narrow(told, fields, masked, end_on)
        if verb == "approve" and told["state"] == rules.ASKED and rules.wants_second(told["grade"]):
            move(request_id, rules.SECOND, "second", verb, said, owner_by=scope.grant_no)
            facts.tell("ShareAsked", unit_no=told["second_no"], request_id=str(request_id))
            return None
        return grant(request_id, verb, said)
    stage = _stage(told)
    state, clock = {
        "refuse": (rules.REFUSED, ""),
        "more": (rules.MORE, "more"),
        "answer": (stage, "answer" if stage == rules.ASKED else "second"),
        "withdraw": (rules.WITHDRAWN, ""),
        "dispute": (rules.DISPUTED, "dispute"),
        "uphold": (rules.UPHELD, ""),
    }[verb]
    move(request_id, state, clock, verb, said)
    unit_no = told["second_no"] if state == rules.DISPUTED else told["reader_no"]
    facts.tell("ShareAnswered", unit_no=unit_no, request_id=str(request_id))
    return None


def _stage(told: Mapping[str, Any]) -> str:
    """Where a request that was asked for more goes back to."""
    return rules.SECOND if told["owner_by"] is not None else rules.ASKED


def locked(request_id: UUID) -> dict[str, Any]:
    """The row of a request that concerns the units in reach, locked. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select to_jsonb(x.*)::text from share_request x where x.id = %(id)s and {queries.MINE} for update",
            queries.given() | {"id": request_id},
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这份申请"), fix=_("请从列表中打开"))
    return msgspec.json.decode(row[0])


def another_person(told: Mapping[str, Any], verb: str) -> None:
    """Raise NotAllowed when the one who asked, or who approved before, would approve again."""
    scope = scopes.current()
    before = [told["asked_by"], told["owner_by"]]
    if verb == "allow":
        before += [one.get("by") for one in told["steps"] if one["verb"] == "refuse"]
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from acting_grant g where g.no = any(%s) and g.account_id = %s)",
            [[no for no in before if no is not None], scope.account_id],
        )
        (is_same,) = cursor.fetchone()
    if is_same:
        raise NotAllowed(_("同一个人不能既申请又同意，也不能同意两次"), fix=_("请本单位的另一位管理人员办理"))


def narrow(
    told: dict[str, Any], fields: list[str] | None, masked: list[str] | None, end_on: date | None
) -> None:
    """Keep what the approval takes away from the wish. Raises BadInput where it would add."""
    problems = []
    if fields is not None and (not fields or set(fields) - set(told["fields"])):
        problems.append(Problem("fields", _("只能在申请的列里减少"), _("要加列请对方重新申请")))
    wider = set(masked if masked is not None else told["masked"])
    if set(told["masked"]) - wider or wider - set(told["fields"]):
        problems.append(Problem("masked", _("只能增加脱敏的列")))
    if end_on is not None and not (
        date.fromisoformat(told["begin_on"]) < end_on <= date.fromisoformat(told["end_on"])
    ):
        problems.append(Problem("end_on", _("只能在申请的期限内提前")))
    if problems:
        raise BadInput(_("没有答复"), problems=problems)
    kept = [key for key in told["fields"] if fields is None or key in fields]
    readable = readables.find(told["dataset"])
    grade = (
        max((readable.fields[key].grade for key in kept if key in readable.fields), default=1)
        if readable
        else 5
    )
    told["grade"] = grade
    with connection.cursor() as cursor:
        cursor.execute(
            "update share_request set fields = %s, masked = %s, end_on = coalesce(%s, end_on), grade = %s where id = %s",
            [kept, sorted(wider & set(kept)), end_on, grade, told["id"]],
        )


def move(
    request_id: UUID, state: str, clock: str, verb: str, words: str, *, owner_by: int | None = None
) -> None:
    """Bring a request into a state, start its clock ('' for none) and keep what was said."""
    today = scopes.current().today
    due_on = workdays.add(today, queries.clock_days(clock)) if clock else None
    values: list[Any] = [state, due_on, Jsonb([_step(verb, words)]), owner_by, request_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "update share_request set state = %s, due_on = %s, steps = steps || %s, owner_by = coalesce(%s, owner_by),"
            " changed_at = now() where id = %s",
            values,
        )


def grant(request_id: UUID, verb: str, words: str) -> UUID:
    """Make the contract of a request; it is live at once, from its begin."""
    contract_id, today = new_id(), scopes.current().today
    move(request_id, rules.GRANTED, "", verb, words)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('share_contract.number'))")
        cursor.execute(
            "select coalesce(max(substring(number from 8)::int), 0) + 1 from share_contract where number like %s",
            [f"GX{today.year}-%"],
        )
        number = f"GX{today.year}-{cursor.fetchone()[0]:05d}"
        cursor.execute(
            f"insert into share_contract (id, number, request_id, {COLUMNS}, made_at, end_reason)"
            f" select %s, %s, id, {COLUMNS}, now(), '' from share_request where id = %s returning reader_no",
            [contract_id, number, request_id],
        )
        (reader_no,) = cursor.fetchone()
    audit.note(f"contract {number}")
    facts.tell("ShareGranted", unit_no=reader_no, contract_id=str(contract_id))
    return contract_id


@action(title="结束共享合约", roles=rules.SHARING_ROLES, reach=API)
def end_contract(*, contract_id: UUID, reason: str) -> None:
    """End a contract now, as either side; its reader's next call finds nothing. Raises NotFound, Conflict when it has
    ended, NotAllowed for who is neither side, BadInput without a reason."""
    scope, said = scopes.current(), reason.strip()
    if not said or len(said) > rules.MOST_TEXT:
        raise BadInput(_("请写明理由"), problems=[Problem("reason", _("对方会看到"))])
    with connection.cursor() as cursor:
        cursor.execute(
            "select x.owner_no, x.reader_no, x.ended_at is not null or x.end_on <= %(today)s, x.number"
            f" from share_contract x where x.id = %(id)s and {queries.MINE_CONTRACT} for update",
            queries.given() | {"id": contract_id, "today": scope.today},
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这份合约"))
        if row[2]:
            raise Conflict(_("这份合约已经结束"), fix=_("请刷新页面"))
        if scope.unit_no not in row[:2]:
            raise NotAllowed(_("只有合约的双方可以结束它"))
        cursor.execute(
            "update share_contract set ended_at = now(), ended_by = %s, end_reason = %s where id = %s",
            [scope.grant_no, said, contract_id],
        )
    audit.note(f"contract {row[3]} ended")
    other = row[1] if scope.unit_no == row[0] else row[0]
    facts.tell("ShareEnded", unit_no=other, contract_id=str(contract_id))


@action(title="定共享属性", roles=rules.SHARING_ROLES, reach=API)
def set_share_type(*, dataset: str, share_type: str, reason: str) -> None:
    """Say how the acting unit's dataset may be shared: open, asked or closed; the operator says it for every unit that
    has not. Contracts in force stay. Raises BadInput: an unknown type, no reason for closing, or opening what holds
    sensitive columns; NotFound."""
    scope, readable = scopes.current(), readables.find(dataset)
    if readable is None:
        raise NotFound(_("没有这种数据"), fix=_("请从数据目录中选择"))
    problems = []
    if share_type not in rules.TYPES:
        problems.append(Problem("share_type", _("没有这种共享属性")))
    if share_type == rules.CLOSED and not reason.strip():
        problems.append(Problem("reason", _("不予共享要写明法律、法规或国家规定的依据")))
    if len(reason) > rules.MOST_TEXT:
        problems.append(Problem("reason", _("写 1 到 %(n)s 个字") % {"n": rules.MOST_TEXT}))
    if problems:
        raise BadInput(_("没有改"), problems=problems)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into share_type (dataset, unit_no, share_type, reason, set_by) values (%s, %s, %s, %s, %s)"
            " on conflict (dataset, unit_no) do update set share_type = excluded.share_type, reason = excluded.reason,"
            " set_by = excluded.set_by, set_at = now()",
            [dataset, scope.unit_no, share_type, reason.strip(), scope.grant_no],
        )
    audit.note(f"{dataset} {share_type}")


@action(title="改共享时限", roles=[scopes.DISTRICT_ADMIN, scopes.OPERATOR], reach=API)
def set_share_clock(*, key: str, days: int, reason: str) -> None:
    """Set a time limit in working days, 1 to 60, for the base; clocks that run keep theirs. Raises BadInput."""
    problems = []
    if key not in rules.CLOCKS:
        problems.append(Problem("key", _("没有这个时限")))
    if not 1 <= days <= 60:
        problems.append(Problem("days", _("应在 1 到 60 个工作日之间")))
    if not reason.strip():
        problems.append(Problem("reason", _("没有写理由")))
    if problems:
        raise BadInput(_("没有改"), problems=problems)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into share_clock (key, days, reason, set_by) values (%s, %s, %s, %s) on conflict (key) do update"
            " set days = excluded.days, reason = excluded.reason, set_by = excluded.set_by, set_at = now()",
            [key, days, reason.strip()[: rules.MOST_TEXT], scopes.current().grant_no],
        )
    audit.note(f"{key} {days} days")


def _step(verb: str, words: str) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(),
        "by": scopes.current().grant_no,
        "verb": verb,
        "words": words.strip(),
    }
