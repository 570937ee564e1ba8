"""The SQL of a check: the records of a subject with what stands beside them, and which of them were touched."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from psycopg import sql
from psycopg.sql import Composable

from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.rules.quality.subjects import HOUSE, Relation, Subject
from jizuo.hubs.data.rules.quality.values import TEXT, kind_of

WHOLE, FEW = "whole", "few"
#: The temporary table of the touched records.
TOUCHED = "quality_touched"


def day_of(today: date, zone: str) -> Composable:
    """The one row with the civil day and the base's time zone."""
    return sql.SQL('(select date {} as "today", {}::text as "zone") as "day"').format(
        sql.Literal(today.isoformat()), sql.Literal(zone)
    )


def _key(place: int) -> Composable:
    return sql.Identifier(f"k{place}")


def _within(relation: Relation, theirs: Composable, unit: Composable) -> list[Composable]:
    """The same unit on both sides, where the other side has one."""
    if not relation.dataset.has_unit:
        return []
    return [sql.SQL("{}.unit_no = {}").format(theirs, unit)]


def _said(subject: Subject, relation: Relation) -> list[Composable]:
    """An empty text stands beside nothing."""
    return [
        sql.SQL("{} <> ''").format(subject.names[ours].sql)
        for _theirs, ours in relation.on
        if kind_of(subject.names[ours].db_type) == TEXT
    ]


def _theirs_said(subject: Subject, relation: Relation) -> list[Composable]:
    """The same of the other side, so that an index that leaves empty texts out can be used."""
    return [
        sql.SQL("e.{} <> ''").format(sql.Identifier(theirs))
        for theirs, ours in relation.on
        if kind_of(subject.names[ours].db_type) == TEXT
    ]


def _and(tests: Iterable[Composable]) -> Composable:
    return sql.SQL(" and ").join(list(tests) or [sql.SQL("true")])


def _inner_joins(relation: Relation) -> Composable:
    parts = []
    for one in relation.inner:
        on = [
            sql.SQL("{}.{} = {}.{}").format(
                sql.Identifier(one.alias), sql.Identifier(theirs), sql.SQL("e"), sql.Identifier(ours)
            )
            for theirs, ours in one.on
        ]
        if one.dataset.has_unit and relation.dataset.has_unit:
            on.append(sql.SQL("{}.unit_no = e.unit_no").format(sql.Identifier(one.alias)))
        parts.append(
            sql.SQL(" left join {} as {} on {}").format(
                sql.Identifier(one.dataset.table), sql.Identifier(one.alias), _and(on)
            )
        )
    return sql.SQL("").join(parts)


def _one(subject: Subject, relation: Relation, day: Composable) -> Composable:
    alias = sql.Identifier(relation.alias)
    table: Composable = sql.Identifier(relation.dataset.table)
    if relation.where is not None:
        table = sql.SQL("(select e.* from {} as e cross join {} where {})").format(
            table, day, relation.where.sql
        )
    on = [
        sql.SQL("{}.{} = {}").format(alias, sql.Identifier(theirs), subject.names[ours].sql)
        for theirs, ours in relation.on
    ]
    return sql.SQL(" left join {} as {} on {}").format(
        table, alias, _and([*on, *_within(relation, alias, subject.unit), *_said(subject, relation)])
    )


def _many(subject: Subject, relation: Relation, mode: str, day: Composable) -> Composable:
    alias = sql.Identifier(relation.alias)
    told = sql.SQL(", ").join(relation.tells.values())
    body = sql.SQL("from {} as e{} cross join {}").format(
        sql.Identifier(relation.dataset.table), _inner_joins(relation), day
    )
    tests = [*([relation.where.sql] if relation.where else []), *_theirs_said(subject, relation)]
    if mode == FEW:
        tests += [
            sql.SQL("e.{} = {}").format(sql.Identifier(theirs), subject.names[ours].sql)
            for theirs, ours in relation.on
        ]
        tests += [*_within(relation, sql.SQL("e"), subject.unit), *_said(subject, relation)]
        return sql.SQL(" left join lateral (select {} {} where {}) as {} on true").format(
            told, body, _and(tests), alias
        )
    keys: list[Composable] = [sql.SQL("e.{}").format(sql.Identifier(theirs)) for theirs, _ours in relation.on]
    named: list[Composable] = [sql.SQL("{} as {}").format(key, _key(place)) for place, key in enumerate(keys)]
    if relation.dataset.has_unit:
        keys.append(sql.SQL("e.unit_no"))
        named.append(sql.SQL("e.unit_no"))
    on = [
        sql.SQL("{}.{} = {}").format(alias, _key(place), subject.names[ours].sql)
        for place, (_theirs, ours) in enumerate(relation.on)
    ]
    return sql.SQL(" left join (select {}, {} {} where {} group by {}) as {} on {}").format(
        sql.SQL(", ").join(named), told, body, _and(tests), sql.SQL(", ").join(keys), alias,
        _and([*on, *_within(relation, alias, subject.unit), *_said(subject, relation)]),
    )  # fmt: skip


def _held(subject: Subject, mode: str, day: Composable) -> Composable:
    """Each unit that holds a person of the base, once."""
    held = subject.held_by
    if held is None:
        return sql.SQL("")
    tests = [held.where.sql] if held.where else []
    table = sql.SQL("{} as e cross join {}").format(sql.Identifier(held.dataset.table), day)
    if mode == FEW:
        tests += [
            sql.SQL("e.{} = t.{}").format(sql.Identifier(theirs), sql.Identifier(ours))
            for theirs, ours in held.on
        ]
        return sql.SQL(" cross join lateral (select distinct e.unit_no from {} where {}) as h").format(
            table, _and(tests)
        )
    keys = [
        sql.SQL("e.{} as {}").format(sql.Identifier(theirs), _key(n))
        for n, (theirs, _ours) in enumerate(held.on)
    ]
    on = [
        sql.SQL("h.{} = t.{}").format(_key(n), sql.Identifier(ours))
        for n, (_theirs, ours) in enumerate(held.on)
    ]
    return sql.SQL(" join (select distinct e.unit_no, {} from {} where {}) as h on {}").format(
        sql.SQL(", ").join(keys), table, _and(tests), _and(on)
    )


def records(
    subject: Subject,
    names: Collection[str],
    *,
    mode: str,
    day: Composable,
    with_source: bool = True,
    units: Collection[int] | None = None,
) -> Composable:
    """``from ... where``: the records that count, with the relations behind `names`, as aliases ``t``, ``h``, ``r_*``,
    ``day`` and ``b`` (the batch that wrote a record last). mode `FEW`: only those in the temporary table of the touched;
    units: only theirs."""
    parts: list[Composable] = [
        sql.SQL("from {} as t").format(sql.Identifier(subject.dataset.table)),
        sql.SQL(" join {} as q on q.record_id = t.id").format(sql.Identifier(TOUCHED)) if mode == FEW else sql.SQL(""),
        _held(subject, mode, day),
        *(
            _many(subject, one, mode, day) if one.is_many else _one(subject, one, day)
            for one in subject.needed({*names, *subject.own_names()})
        ),
        sql.SQL(" left join batch as b on b.id = t.batch_id") if with_source else sql.SQL(""),
        sql.SQL(" cross join {}").format(day),
        sql.SQL(" where {}").format(
            sql.SQL("({}) is true").format(subject.where.sql) if subject.where else sql.SQL("true")
        ),
        sql.SQL("") if units is None else sql.SQL(" and {} = any({})").format(subject.unit, sql.Literal(sorted(units))),
    ]  # fmt: skip
    return sql.SQL("").join(parts)


def _type(dataset: Dataset, key: str) -> Composable:
    return sql.SQL(HOUSE[key] if key in HOUSE else dataset.fields[key].db_type)


def _changed(
    dataset: Dataset, keys: Collection[str], since: datetime, histories: Collection[str]
) -> Composable:
    """The keys that records had before or have now which were written since: columns k0, k1 ... and unit_no."""
    named = [sql.SQL("{} as {}").format(sql.Identifier(key), _key(n)) for n, key in enumerate(keys)]
    unit = [sql.SQL("unit_no")] if dataset.has_unit else []
    text = sql.SQL("select {} from {} where changed_at >= {}").format(
        sql.SQL(", ").join([*named, *unit] or [sql.SQL("1")]), sql.Identifier(dataset.table), sql.Literal(since)
    )  # fmt: skip
    if f"{dataset.table}_history" not in histories:
        return text
    old = [sql.SQL("(old ->> {})::{}").format(sql.Literal(key), _type(dataset, key)) for key in keys]
    return sql.SQL("{} union all select {} from {} where valid_to >= {}").format(
        text, sql.SQL(", ").join([*old, *unit] or [sql.SQL("1")]), sql.Identifier(f"{dataset.table}_history"),
        sql.Literal(since),
    )  # fmt: skip


def touched(
    subject: Subject, names: Collection[str], since: datetime, histories: Collection[str], day: Composable
) -> list[Composable]:
    """One ``select`` of record ids for each way a record of the subject may have been touched since: written or deleted
    itself, or anything that stands beside it was, before or after. histories: the twins that there are."""
    dataset = subject.dataset
    table = sql.Identifier(dataset.table)
    found: list[Composable] = [
        sql.SQL("select id from {} where changed_at >= {}").format(table, sql.Literal(since))
    ]
    if f"{dataset.table}_history" in histories:
        found.append(
            sql.SQL("select row_id from {} where valid_to >= {}").format(
                sql.Identifier(f"{dataset.table}_history"), sql.Literal(since)
            )
        )
    if subject.held_by is not None:
        found.append(_beside(subject, subject.held_by, (), since, histories, day))
    for one in subject.needed({*names, *subject.own_names()}):
        found.append(_beside(subject, one, (), since, histories, day))
        found += [_beside(subject, one, (inner,), since, histories, day) for inner in one.inner]
    return found


def _beside(
    subject: Subject, relation: Relation, below: tuple[Relation, ...], since: datetime,
    histories: Collection[str], day: Composable,
) -> Composable:  # fmt: skip
    """The records beside which something of `relation`, or of the inner relation `below`, was written."""
    theirs = [key for key, _ours in relation.on]
    if below:
        (inner,) = below
        changed = _changed(inner.dataset, [key for key, _ours in inner.on], since, histories)
        on = [
            sql.SQL("f.{} = e.{}").format(_key(n), sql.Identifier(ours))
            for n, (_theirs, ours) in enumerate(inner.on)
        ]
        unit = [sql.SQL("e.unit_no")] if relation.dataset.has_unit else []
        keys = [sql.SQL("e.{} as {}").format(sql.Identifier(key), _key(n)) for n, key in enumerate(theirs)]
        changed = sql.SQL("select {} from {} as e join ({}) as f on {}").format(
            sql.SQL(", ").join([*keys, *unit]), sql.Identifier(relation.dataset.table), changed, _and(on)
        )
    else:
        changed = _changed(relation.dataset, theirs, since, histories)
    parents = subject.needed(name for _theirs, name in relation.on)
    tests: list[Composable] = [
        sql.SQL("c.{} = {}").format(_key(n), subject.names[ours].sql)
        for n, (_theirs, ours) in enumerate(relation.on)
    ]
    tests += _said(subject, relation)
    # Of people of the base a record too many is looked at rather than every unit's holding asked for.
    if relation.dataset.has_unit and subject.held_by is None:
        tests.append(sql.SQL("c.unit_no = {}").format(subject.unit))
    return sql.SQL("select t.id from {} as t{} join (select distinct * from ({}) as x) as c on {}").format(
        sql.Identifier(subject.dataset.table),
        sql.SQL("").join(_one(subject, one, day) for one in parents),
        changed, _and(tests),
    )  # fmt: skip


def touched_units(subject: Subject, since: datetime, histories: Collection[str]) -> list[Composable]:
    """One ``select`` of unit numbers for each way a touched record may belong, or have belonged, to a unit."""
    if subject.held_by is not None:
        holder = subject.held_by.dataset.table
        on = _and(
            sql.SQL("e.{} = t.{}").format(sql.Identifier(theirs), sql.Identifier(ours))
            for theirs, ours in subject.held_by.on
        )
        found: list[Composable] = [
            sql.SQL(
                "select distinct e.unit_no from {} as q join {} as t on t.id = q.record_id join {} as e on {}"
            ).format(
                sql.Identifier(TOUCHED), sql.Identifier(subject.dataset.table), sql.Identifier(holder), on
            )
        ]
    else:
        holder = subject.dataset.table
        found = [
            sql.SQL("select distinct t.unit_no from {} as q join {} as t on t.id = q.record_id").format(
                sql.Identifier(TOUCHED), sql.Identifier(holder)
            )
        ]
    for table in dict.fromkeys((holder, subject.dataset.table)):
        if f"{table}_history" in histories:
            found.append(
                sql.SQL(
                    "select distinct unit_no from {} where valid_to >= {} and unit_no is not null"
                ).format(sql.Identifier(f"{table}_history"), sql.Literal(since))
            )
    return found
