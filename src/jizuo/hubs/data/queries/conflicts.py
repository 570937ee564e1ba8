"""Where sources differ: grouped by cause for deciding many at once, and one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from psycopg import sql

from jizuo.ground import audit, paging
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import NotFound
from jizuo.ground.shapes import Page
from jizuo.hubs.data import datasets, masking, owners
from jizuo.hubs.data.actions.owning import STEWARDS
from jizuo.hubs.data.actions.settling import SETTLERS, may_settle
from jizuo.hubs.data.datasets import PERSONAL, Dataset
from jizuo.hubs.data.queries.imports import told

MOST_GROUPS = 200


class ConflictGroup(msgspec.Struct, frozen=True):
    """Open differences of one cause. owner: whose word is held, in words owner_word; may_settle: by this role."""

    dataset: str
    dataset_title: str
    field: str
    field_title: str
    owner: str
    owner_word: str
    source: str
    source_word: str
    cause: str
    count: int
    may_settle: bool


class ConflictLine(msgspec.Struct, frozen=True):
    """One difference of one record. held and claimed: as the acting role may see them; label: the record in words, ''
    where it is out of reach."""

    conflict_id: UUID
    unit_no: int
    unit_name: str
    dataset: str
    record_id: UUID
    label: str
    field: str
    field_title: str
    held: str
    claimed: str
    source: str
    cause: str
    state: str
    verdict: str
    seen_at: datetime


class RuleLine(msgspec.Struct, frozen=True):
    """One remembered way to settle. settled: how many it has decided in reach; unit_name '' for the whole base."""

    rule_id: UUID
    dataset: str
    field: str
    field_title: str
    source: str
    source_word: str
    cause: str
    held: str
    claimed: str
    verdict: str
    unit_name: str
    reason: str
    set_at: datetime
    settled: int
    may_end: bool


@source(title="不一致分组", roles=SETTLERS, reach=API)
def conflict_groups(*, dataset: str = "") -> list[ConflictGroup]:
    """Open differences in reach by dataset, field, owner, source and cause, the largest first; at most 200 groups.
    dataset: '' for all."""
    role = scopes.current().role
    with connection.cursor() as cursor:
        cursor.execute(
            "select dataset, field, owner, source, cause, sum(delta)::int from conflict_tally"
            " where (%s = '' or dataset = %s) group by 1, 2, 3, 4, 5 having sum(delta) > 0"
            " order by 6 desc, 1, 2, 3, 4, 5 limit %s",
            [dataset, dataset, MOST_GROUPS],
        )
        rows = cursor.fetchall()
    known, words = datasets.all_datasets(), owners.known_sources()

    def word(name: str) -> str:
        return words[name].word if name in words else name

    return [
        ConflictGroup(
            name, known[name].word, field, known[name].fields[field].word, owner, word(owner), said_by,
            word(said_by), cause, count, may_settle(owner, role),
        )
        for name, field, owner, said_by, cause, count in rows
        if name in known and field in known[name].fields
    ]  # fmt: skip


@source(title="不一致清单", roles=SETTLERS, reach=API)
def conflict_list(
    *,
    dataset: str,
    field: str,
    owner: str = "",
    said_by: str = "",
    cause: str = "",
    state: str = "open",
    after: UUID | None = None,
    limit: int = 50,
) -> Page[ConflictLine]:
    """Differences of one field in reach by id; empty words ask for any. after: the `next` of the page before.

    Values are shown as the acting role may see them, and what is shown in clear is written down. Raises NotFound for a
    dataset or field that is not there."""
    known = datasets.all_datasets().get(dataset)
    if known is None or field not in known.fields:
        raise NotFound()
    where = (
        "k.dataset = %s and k.field = %s and k.state = %s and (%s = '' or k.owner = %s)"
        " and (%s = '' or k.source = %s) and (%s = '' or k.cause = %s)"
    )
    asked: list[Any] = [dataset, field, state, owner, owner, said_by, said_by, cause, cause]
    with connection.cursor() as cursor:
        cursor.execute(
            "select k.id, k.unit_no, u.short_name, k.dataset, k.record_id, k.field, k.held, k.claimed, k.source, k.cause,"
            f" k.state, k.verdict, k.seen_at from field_conflict k join unit u on u.unit_no = k.unit_no where {where}"
            " and (%s::uuid is null or k.id > %s) order by k.id limit %s",
            [*asked, after, after, limit + 1],
        )
        rows = cursor.fetchall()
        labels = labels_of(cursor, known, [row[4] for row in rows[:limit]])
    element = known.fields[field]
    how = masking.decide(element, masking.lens_of(scopes.current().role))

    def line(row: Any) -> ConflictLine:
        return ConflictLine(
            row[0], row[1], row[2], row[3], row[4], labels.get(row[4], ("", None))[0], row[5], element.word,
            masking.shown(how, told(element, row[6])), masking.shown(how, told(element, row[7])), *row[8:],
        )  # fmt: skip

    page = paging.page_of(rows, limit, line)
    if how == masking.CLEAR and element.grade >= PERSONAL:
        audit.disclose([field], [person for _label, person in labels.values() if person], len(page.rows))
    else:
        audit.counted(len(page.rows))
    return page


def labels_of(cursor: Any, dataset: Dataset, record_ids: list[UUID]) -> dict[UUID, tuple[str, UUID | None]]:
    """Record -> (how people call it, the person it is about), of those in reach."""
    cursor.execute(
        sql.SQL("select t.id, {}, {} from {} t where t.id = any(%s)").format(
            sql.SQL(dataset.label), subject_of(dataset), sql.Identifier(dataset.table)
        ),
        [record_ids],
    )
    return {record_id: (label, person) for record_id, label, person in cursor.fetchall()}


def subject_of(dataset: Dataset) -> sql.Composable:
    """SQL over `t`: the person a record is about, null where it is about nobody."""
    if not dataset.has_unit:
        return sql.SQL("t.id")
    return sql.SQL("t.person_id" if "person_id" in dataset.fields else "null::uuid")


@source(title="记住的做法", roles=SETTLERS, reach=API)
def settle_rules() -> list[RuleLine]:
    """The remembered ways to settle that are in force for units in reach, newest first."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select r.id, r.dataset, r.field, r.source, r.cause, r.held, r.claimed, r.verdict, coalesce(u.short_name, ''),"
            " r.reason, r.set_at, (select count(*) from field_conflict k where k.rule_id = r.id), r.unit_no"
            " from settle_rule r left join unit u on u.unit_no = r.unit_no where r.ended_at is null"
            " and (r.unit_no is null or r.unit_no = any(%s)) order by r.set_at desc, r.id desc",
            [list(scope.units)],
        )
        rows: list[Any] = cursor.fetchall()
    known, words = datasets.all_datasets(), owners.known_sources()
    is_steward = scope.role in STEWARDS
    return [
        RuleLine(
            row[0], row[1], row[2], known[row[1]].fields[row[2]].word, row[3],
            words[row[3]].word if row[3] in words else row[3], row[4], row[5], row[6], row[7], row[8], row[9], row[10],
            row[11], row[12] is not None or is_steward,
        )
        for row in rows
        if row[1] in known and row[2] in known[row[1]].fields
    ]  # fmt: skip
