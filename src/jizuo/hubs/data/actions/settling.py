"""Deciding between sources that differ: one conflict, a group of them, or by a rule that is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from jizuo.ground import audit, jobs
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import JobRef
from jizuo.hubs.data import datasets, owners
from jizuo.hubs.data.actions import claiming
from jizuo.hubs.data.actions.owning import STEWARDS, owned_field, reaches_all
from jizuo.hubs.data.actions.replaying import recompute
from jizuo.hubs.data.actions.staging import stage
from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.rules import settling as rules
from jizuo.hubs.data.sources import SETTLED

SETTLERS = STEWARDS | {scopes.CLERK, scopes.HEAD}

MATCHING = (
    " from settle_rule r where r.ended_at is null and r.dataset = k.dataset and r.field = k.field"
    " and r.source = k.source and (r.cause = '' or r.cause = k.cause) and (r.held = '' or r.held = k.held)"
    " and (r.claimed = '' or r.claimed = k.claimed) and (r.unit_no is null or r.unit_no = k.unit_no)"
)


def settle_by_rule(dataset: Dataset, batch_id: UUID | None) -> int:
    """Settle the open conflicts of a batch that a remembered rule speaks of; returns how many. Of several rules that
    fit the one set last is meant."""
    if not any(rule.dataset == dataset.name for rule in owners.register().rules):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "select k.id, k.unit_no, k.record_id, k.field, k.claimed, m.id, m.verdict from field_conflict k"
            f" cross join lateral (select r.id, r.verdict {MATCHING} order by r.set_at desc limit 1) m"
            " where k.state = 'open' and k.dataset = %s and k.batch_id is not distinct from %s",
            [dataset.name, batch_id],
        )
        found = cursor.fetchall()
    kept = [row for row in found if row[6] == rules.KEEP]
    taken = [row for row in found if row[6] == rules.TAKE]
    mark_settled([(row[0], row[5]) for row in kept], rules.KEEP)
    if taken:
        take(dataset, [row[1:5] for row in taken], batch_id)
        mark_settled([(row[0], row[5]) for row in taken], rules.TAKE)
    return len(found)


def mark_settled(conflicts: Sequence[tuple[UUID, UUID | None]], verdict: str) -> None:
    """Write the decision on conflicts: (conflict, the rule that decided it or None for a person)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update field_conflict k set state = 'settled', verdict = %s, rule_id = d.rule_id, settled_by = %s,"
            " settled_at = now(), changed_at = now() from unnest(%s::uuid[], %s::uuid[]) d(id, rule_id) where k.id = d.id",
            [
                verdict,
                scopes.current().grant_no,
                [conflict for conflict, _rule in conflicts],
                [rule for _conflict, rule in conflicts],
            ],
        )


def take(dataset: Dataset, decided: Iterable[tuple[int, UUID, str, str]], batch_id: UUID | None) -> None:
    """Let decided values stand before everybody's: (unit, record, field, value as text) become the word of a
    decision, and the other sources' differing words on these fields count as settled with it."""
    by_field: dict[str, dict[tuple[UUID, int], str]] = {}
    for unit_no, record_id, name, value in decided:
        by_field.setdefault(name, {})[record_id, unit_no] = value
    for name, values in by_field.items():
        columns = ("id", "unit_no", name) if dataset.has_unit else ("id", name)
        rows = [
            (record_id, unit_no, value) if dataset.has_unit else (record_id, value)
            for (record_id, unit_no), value in values.items()
        ]
        with stage(dataset=dataset.name, columns=columns, rows=rows, source=SETTLED) as staged:
            staged.apply(batch_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "update field_conflict set state = 'settled', verdict = %s, settled_by = %s, settled_at = now(),"
                " changed_at = now() where dataset = %s and field = %s and record_id = any(%s) and state = 'open'",
                [
                    rules.TAKE,
                    scopes.current().grant_no,
                    dataset.name,
                    name,
                    [record_id for record_id, _unit in values],
                ],
            )


#: So many are settled in the request; more are a job.
SETTLED_AT_ONCE = 2_000
JOB = "data.settle"


class Group(msgspec.Struct, frozen=True):
    """Differences of one kind: whose word is held, who differs, and how. held and claimed: one pair of codes, '' for
    any; cause: '' for any."""

    dataset: str
    field: str
    owner: str
    source: str
    cause: str = ""
    held: str = ""
    claimed: str = ""


GROUP = (
    "k.state = 'open' and k.dataset = %(dataset)s and k.field = %(field)s and k.owner = %(owner)s"
    " and k.source = %(source)s and (%(cause)s = '' or k.cause = %(cause)s)"
    " and (%(held)s = '' or k.held = %(held)s) and (%(claimed)s = '' or k.claimed = %(claimed)s)"
)


def may_settle(owner: str, role: str) -> bool:
    """A district's stewards settle everything in reach; a school what it owns itself, or what nobody's word is."""
    if role in STEWARDS:
        return True
    source = owners.known_sources().get(owner)
    return source is None or source.kind == "unit"


def refuse_foreign(owner: str) -> None:
    """Raise NotAllowed where the acting role may not decide against this owner."""
    scope = scopes.current()
    if not may_settle(owner, scope.role):
        raise NotAllowed(
            _("这一项的权威来源是“%(owner)s”，学校不能裁定") % {"owner": owners.title_of(owner)},
            fix=_("请区数据管理员裁定，或请来源部门更正"),
        )


def checked_verdict(verdict: str) -> None:
    """Raise BadInput for a verdict that there is not."""
    if verdict not in rules.VERDICTS:
        raise BadInput(
            _("没有选怎样处理"), problems=[Problem("verdict", verdict[:10], _("保留现值，或改用对方的值"))]
        )


@action(title="裁定一处不一致", roles=SETTLERS, reach=API)
def settle_conflict(*, conflict_id: UUID, verdict: str) -> None:
    """Decide one difference: ``keep`` what is held, or ``take`` what the other says, which then stands before every
    source. Raises NotFound, Conflict when it was decided or withdrawn, NotAllowed where the field is not one's own."""
    checked_verdict(verdict)
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no, dataset, record_id, field, owner, claimed, state from field_conflict where id = %s for update",
            [conflict_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这一处不一致"), fix=_("请刷新页面"))
    unit_no, dataset, record_id, field, owner, claimed, state = row
    if state != "open":
        raise Conflict(_("这一处已经处理过，或双方已经一致"), fix=_("请刷新页面"))
    refuse_foreign(owner)
    if verdict == rules.TAKE:
        take(datasets.get(dataset), [(unit_no, record_id, field, claimed)], None)
    mark_settled([(conflict_id, None)], verdict)
    audit.note(f"conflict {conflict_id} {verdict}")


@action(title="裁定一组不一致", roles=SETTLERS, reach=API)
def settle_group(*, group: Group, verdict: str, remember: bool = False, reason: str = "") -> JobRef | int:
    """Decide every open difference of a group in reach, and with `remember` those that come later too. Returns how
    many were decided, or the job that does it where there are more than 2,000.

    A rule about one pair of values is kept for fields with a code table only. Raises BadInput, NotAllowed."""
    checked_verdict(verdict)
    refuse_foreign(group.owner)
    field = owned_field(group.dataset, group.field)
    scope = scopes.current()
    rule_id = None
    if (group.held or group.claimed) and not field.code_table:
        what = _("这一项不是代码，不能按具体的值处理一组")
        raise BadInput(what, problems=[Problem("held", what, _("按原因处理，或逐条处理"))])
    if remember:
        if not reason.strip():
            what = _("没有写理由")
            raise BadInput(_("没有记住"), problems=[Problem("reason", what, _("记住的做法要写明依据"))])
        rule_id = new_id()
        whole = scope.role in STEWARDS and reaches_all()
        told: list[Any] = [
            rule_id, group.dataset, group.field, group.source, group.cause, group.held, group.claimed, verdict,
            None if whole else scope.unit_no, reason.strip()[:500], scope.grant_no,
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into settle_rule (id, dataset, field, source, cause, held, claimed, verdict, unit_no, reason, set_by)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                told,
            )
        owners.raise_version()
    audit.note(f"{group.dataset}.{group.field} {group.source} {group.cause} {verdict}")
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from field_conflict k where {GROUP}", msgspec.to_builtins(group))
        (count,) = cursor.fetchone()
    if count > SETTLED_AT_ONCE:
        return jobs.start(
            JOB, _("裁定“%(title)s”") % {"title": field.word},
            group=msgspec.to_builtins(group),
            verdict=verdict, rule_id=str(rule_id or ""),
        )  # fmt: skip
    return settle_some(group=group, verdict=verdict, rule_id=rule_id, most=count)


@action(title="裁定一批", roles=SETTLERS)
def settle_some(*, group: Group, verdict: str, rule_id: UUID | None, most: int) -> int:
    """Decide the next `most` of a group; returns how many there were."""
    refuse_foreign(group.owner)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select k.id, k.unit_no, k.record_id, k.field, k.claimed from field_conflict k where {GROUP}"
            " order by k.id limit %(most)s for update",
            {**msgspec.to_builtins(group), "most": most},
        )
        found = cursor.fetchall()
    if found and verdict == rules.TAKE:
        take(datasets.get(group.dataset), [row[1:] for row in found], None)
    mark_settled([(row[0], rule_id) for row in found], verdict)
    return len(found)


@action(title="撤回裁定", roles=SETTLERS, reach=API)
def reopen_conflict(*, conflict_id: UUID) -> None:
    """Take a decision back: what was kept is open again; a taken value goes, and the sources count as before. Raises
    NotFound, Conflict when nothing was decided, NotAllowed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no, dataset, record_id, field, owner, state from field_conflict where id = %s for update",
            [conflict_id],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这一处不一致"), fix=_("请刷新页面"))
        unit_no, dataset, record_id, field, owner, state = row
        cursor.execute(
            "select exists (select 1 from claim where dataset = %s and record_id = %s and source = %s and fields ? %s)",
            [dataset, record_id, SETTLED, field],
        )
        (is_taken,) = cursor.fetchone()
        if state != "settled" and not is_taken:
            raise Conflict(_("这一处没有裁定过"), fix=_("请刷新页面"))
        refuse_foreign(owner if not is_taken else "")
        cursor.execute(
            "update field_conflict set state = 'open', verdict = '', rule_id = null, settled_by = null, settled_at = null,"
            " changed_at = now() where dataset = %s and record_id = %s and field = %s and state = 'settled'",
            [dataset, record_id, field],
        )
    if is_taken:
        unsettle(datasets.get(dataset), unit_no, record_id, field)
    audit.note(f"conflict {conflict_id} reopened")


def unsettle(dataset: Dataset, unit_no: int, record_id: UUID, field: str) -> None:
    """Take a decided value out of the claims and work the field out again."""
    batch_id = claiming.typed_batch()
    with connection.cursor() as cursor:
        cursor.execute(
            "update claim set fields = fields - %s, print = null, batch_id = %s, said_at = now(), changed_at = now()"
            " where dataset = %s and record_id = %s and source = %s and fields ? %s",
            [field, batch_id, dataset.name, record_id, SETTLED, field],
        )
        cursor.execute(
            "create temporary table unsettled on commit drop as select %s::uuid as id, %s::int as unit_no",
            [record_id, unit_no],
        )
        recompute(dataset, sql.Identifier("unsettled"), [field])
        cursor.execute("drop table unsettled")


@action(title="停用记住的做法", roles=SETTLERS, reach=API)
def end_rule(*, rule_id: UUID) -> None:
    """Forget a remembered way to settle; what it settled stays. Raises NotFound."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "update settle_rule set ended_at = now() where id = %s and ended_at is null"
            " and (unit_no = any(%s) or (unit_no is null and %s))",
            [rule_id, list(scope.units), scope.role in STEWARDS],
        )
        if not cursor.rowcount:
            raise NotFound(_("没有这一条做法"), fix=_("请刷新页面"))
    owners.raise_version()
    audit.note(f"settle rule {rule_id} ended")
