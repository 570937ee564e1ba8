"""The register of owners as people read it, and what a change of it would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import msgspec
from django.db import connection
from psycopg import sql

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import NotFound
from jizuo.hubs.data import datasets, masking, owners
from jizuo.hubs.data.actions.owning import STEWARDS, owned_field
from jizuo.hubs.data.actions.replaying import believed, best, chosen
from jizuo.hubs.data.datasets import PERSONAL
from jizuo.hubs.data.owners import Line, Ownership
from jizuo.hubs.data.queries.conflicts import subject_of
from jizuo.hubs.data.queries.imports import told

READERS = STEWARDS | {scopes.CLERK, scopes.HEAD, scopes.DISTRICT_LEADER}
SAMPLE = 20


class SourceLine(msgspec.Struct, frozen=True):
    """One source of record. owns: how many fields it owns by the base's register or the standards."""

    name: str
    title: str
    kind: str
    rank: int
    unit_no: int | None
    is_shipped: bool
    owns: int


class OwnerLine(msgspec.Struct, frozen=True):
    """One line of the register. unit_name '' for all units; is_ahead: its first day has not come."""

    line_id: UUID
    source: str
    source_word: str
    unit_no: int | None
    unit_name: str
    begin_on: date
    end_on: date | None
    reason: str
    is_ahead: bool


class OwnedField(msgspec.Struct, frozen=True):
    """Who is believed about one field. owner: for all units, '' when nobody is named; is_standard: the standard says
    so; order: the sources that are believed after the owner; lines: the register's, with those of single units."""

    dataset: str
    field: str
    title: str
    initials: str
    grade: int
    owner: str
    owner_word: str
    is_standard: bool
    order: list[str]
    lines: list[OwnerLine]


class UnitEffect(msgspec.Struct, frozen=True):
    """What a change of the owner would do at one unit, in records."""

    unit_no: int | None
    unit_name: str
    changed: int
    silent: int


class OwnerEffect(msgspec.Struct, frozen=True):
    """What naming another owner would do: records whose value changes, records of which the new owner has said nothing
    (they keep the word of the next source), by unit; sample: (label, value now, value then) as the role may see it."""

    records: int
    changed: int
    silent: int
    units: list[UnitEffect]
    sample: list[tuple[str, str, str]]


@source(title="数据来源", roles=READERS, reach=API)
def source_list() -> list[SourceLine]:
    """Every source of record that concerns the acting role, the most believed first."""
    scope = scopes.current()
    owned: dict[str, int] = {}
    for dataset in datasets.all_datasets().values():
        if dataset.is_master:
            ownership = owners.of(dataset.name)
            for name, field in dataset.fields.items():
                if field.is_claimed and (owner := ownership.owner(name)):
                    owned[owner] = owned.get(owner, 0) + 1
    return [
        SourceLine(one.name, one.word, one.kind, one.rank, one.unit_no, one.name in owners.sources.shipped(),
                   owned.get(one.name, 0))
        for one in owners.sources.by_rank(owners.known_sources().values())
        if one.unit_no is None or one.unit_no in scope.units
    ]  # fmt: skip


@source(title="字段归属", roles=READERS, reach=API)
def owned_fields(*, dataset: str) -> list[OwnedField]:
    """Who is believed about each field of a master dataset, in the standard's order. Raises NotFound."""
    known = datasets.all_datasets().get(dataset)
    if known is None or not known.is_master:
        raise NotFound()
    scope = scopes.current()
    ownership, words = owners.of(dataset), owners.known_sources()
    with connection.cursor() as cursor:
        cursor.execute(
            "select o.id, o.field, o.source, o.unit_no, coalesce(u.short_name, ''), o.begin_on, o.end_on, o.reason"
            " from field_owner o left join unit u on u.unit_no = o.unit_no where o.dataset = %s"
            " and (o.end_on is null or o.end_on > %s) and (o.unit_no is null or o.unit_no = any(%s))"
            " order by o.unit_no nulls first, o.begin_on",
            [dataset, scope.today, list(scope.units)],
        )
        rows = cursor.fetchall()

    def word(name: str) -> str:
        return words[name].word if name in words else name

    lines: dict[str, list[OwnerLine]] = {}
    for line_id, name, said_by, unit_no, unit_name, begin_on, end_on, reason in rows:
        lines.setdefault(name, []).append(
            OwnerLine(
                line_id,
                said_by,
                word(said_by),
                unit_no,
                unit_name,
                begin_on,
                end_on,
                reason,
                begin_on > scope.today,
            )
        )
    found = []
    for name, field in known.fields.items():
        if not field.is_claimed:
            continue
        owner = ownership.owner(name)
        found.append(
            OwnedField(
                dataset, name, field.word, field.initials, field.grade, owner, word(owner),
                not any(one.unit_no is None and not one.is_ahead for one in lines.get(name, [])),
                [word(one) for one in ownership.order(name)[1:] if one != owner], lines.get(name, []),
            )
        )  # fmt: skip
    return found


@source(title="改归属的影响", roles=STEWARDS, reach=API)
def owner_effect(*, dataset: str, field: str, source: str, unit_no: int | None = None) -> OwnerEffect:
    """What the values in reach would become if `source` owned the field from today on, worked out from the claims and
    not written. Raises NotFound."""
    element = owned_field(dataset, field)
    known = datasets.get(dataset)
    scope = scopes.current()
    now = owners.of(dataset)
    line = Line(dataset, field, source, unit_no, scope.today, None)
    then: Ownership = replace(now, lines=(*(one for one in now.lines if not is_same(one, line)), line))
    with (
        chosen(known, unit_no=unit_no) as (ids, _last),
        believed(then, [field]),
        connection.cursor() as cursor,
    ):
        # Values are compared as the table would hold them.
        cursor.execute(
            sql.SQL(
                "create temporary table effect on commit drop as select s.id, s.unit_no, t.{column}::text as now,"
                " r.{column}::text as then, m.held_by ->> {name} as holder"
                " from {ids} s join {table} t on t.id = s.id left join ({best}) m on m.id = s.id"
                " cross join lateral jsonb_populate_record(null::{table}, coalesce(m.said, '{{}}')) r"
            ).format(
                column=sql.Identifier(field),
                name=sql.Literal(field),
                ids=ids,
                table=sql.Identifier(known.table),
                best=best(known, ids, [field], then),
            )
        )
        cursor.execute(
            "select e.unit_no, coalesce(u.short_name, ''), count(*),"
            " count(*) filter (where coalesce(e.then, '') <> '' and e.then is distinct from e.now),"
            " count(*) filter (where e.holder is distinct from %s) from effect e left join unit u on u.unit_no = e.unit_no"
            " group by 1, 2 order by 4 desc, 1",
            [source],
        )
        rows = cursor.fetchall()
        cursor.execute(
            sql.SQL(
                "select {}, e.now, e.then, {} from effect e join {} t on t.id = e.id where coalesce(e.then, '') <> ''"
                " and e.then is distinct from e.now order by e.id limit %s"
            ).format(sql.SQL(known.label), subject_of(known), sql.Identifier(known.table)),
            [SAMPLE],
        )
        sample = cursor.fetchall()
        cursor.execute("drop table effect")
    return OwnerEffect(
        records=sum(row[2] for row in rows),
        changed=sum(row[3] for row in rows),
        silent=sum(row[4] for row in rows),
        units=[UnitEffect(row[0], row[1], row[3], row[4]) for row in rows if row[3]],
        sample=shown(element, sample),
    )


def is_same(one: Line, other: Line) -> bool:
    """True where both lines speak of one field of one unit."""
    return (one.field, one.unit_no) == (other.field, other.unit_no)


def shown(
    element: datasets.Field, rows: Sequence[tuple[str, str | None, str | None, UUID | None]]
) -> list[tuple[str, str, str]]:
    """Sample rows as the acting role may see them; what is in clear is written down."""
    how = masking.decide(element, masking.lens_of(scopes.current().role))
    audit.counted(len(rows))
    if how == masking.CLEAR and element.grade >= PERSONAL:
        audit.disclose([element.key], [person for *_values, person in rows if person], 0)

    def word(value: str | None) -> str:
        return masking.shown(how, told(element, value))

    return [(label, word(now), word(then)) for label, now, then, _person in rows]
