"""The units whose count of records may have changed: SQL over what was written, compared with its history twins.

Which records count, for whom and by whose writing hangs on few columns. A row in which none of them changed leaves the
count as it was, so that a thousand new phone numbers count nothing anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from psycopg import sql
from psycopg.sql import Composable

from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.rules.quality.subjects import Relation, Subject

#: The source of the batch that a row names.
SOURCE = "(select source from batch where id = {})"


def _own(names: Iterable[str], relation: str = "") -> set[str]:
    """Of names those that are columns of the subject, or of a relation."""
    if not relation:
        return {name for name in names if "." not in name}
    return {name.partition(".")[2] for name in names if name.partition(".")[0] == relation}


def _now(dataset: Dataset, columns: Sequence[str], *, with_source: bool) -> Composable:
    """What decides of a row `x` as it stands, as texts."""
    parts: list[Composable] = [
        sql.SQL("to_jsonb(x.{}) #>> '{{}}'").format(sql.Identifier(name)) for name in columns
    ]
    if with_source:
        parts.append(sql.SQL(SOURCE).format(sql.SQL("x.batch_id")))
    return sql.SQL("row({})").format(sql.SQL(", ").join(parts))


def _before(dataset: Dataset, columns: Sequence[str], *, with_source: bool) -> Composable:
    """The same of a row `h` of the twin."""
    parts: list[Composable] = [sql.SQL("h.old ->> {}").format(sql.Literal(name)) for name in columns]
    if with_source:
        parts.append(sql.SQL(SOURCE).format(sql.SQL("(h.old ->> 'batch_id')::uuid")))
    return sql.SQL("row({})").format(sql.SQL(", ").join(parts))


def _decided(
    dataset: Dataset, columns: Iterable[str], told: Sequence[str], since: datetime, histories: Collection[str],
    *, with_source: bool = False,
) -> Composable:  # fmt: skip
    """``select`` of `told` (columns of the dataset) of every row that came, went, or differs in `columns` from what it was
    at any time since, before and after."""
    table, when = sql.Identifier(dataset.table), sql.Literal(since)
    now = sql.SQL(", ").join(sql.SQL("x.{}").format(sql.Identifier(name)) for name in told)
    if f"{dataset.table}_history" not in histories:
        return sql.SQL("select {} from {} as x where x.changed_at >= {}").format(now, table, when)
    twin = sql.Identifier(f"{dataset.table}_history")
    kind = {
        name: "int" if name == "unit_no" else dataset.fields[name].db_type if name != "id" else "uuid"
        for name in told
    }
    old = sql.SQL(", ").join(
        sql.SQL("(h.old ->> {})::{}").format(sql.Literal(name), sql.SQL(kind[name])) for name in told
    )
    ordered = sorted(set(columns))
    differs = sql.SQL("(x.id is null or {} is distinct from {})").format(
        _before(dataset, ordered, with_source=with_source), _now(dataset, ordered, with_source=with_source)
    )
    return sql.SQL(
        "select {now} from {table} as x where x.changed_at >= {when} and not exists (select 1 from {twin} as h"
        " where h.row_id = x.id and h.valid_to >= {when} and h.valid_from < {when})"
        " union select {old} from {twin} as h left join {table} as x on x.id = h.row_id"
        " where h.valid_to >= {when} and {differs}"
        " union select {now} from {twin} as h join {table} as x on x.id = h.row_id"
        " where h.valid_to >= {when} and {differs}"
    ).format(now=now, old=old, table=table, twin=twin, when=when, differs=differs)


def counted_units(subject: Subject, since: datetime, histories: Collection[str]) -> Composable | None:
    """A ``select`` of the units whose records, or whose sources of them, may be others than `since`; None where what
    decides is not to be told from a few columns. histories: the twins that there are."""
    names = subject.where.names if subject.where else frozenset()
    beside = subject.needed(names)
    if any(one.is_many or one.inner or one.where or not one.dataset.has_unit for one in beside):
        return None
    if subject.held_by is not None:
        return None if beside else _held_units(subject, subject.held_by, names, since, histories)
    keys = {ours for one in beside for _theirs, ours in one.on}
    parts = [
        _decided(
            subject.dataset,
            {"unit_no", *_own({*names, *keys})},
            ("unit_no",),
            since,
            histories,
            with_source=True,
        )
    ]
    for one in beside:
        columns = {"unit_no", *(theirs for theirs, _ours in one.on), *_own({*names, *keys}, one.name)}
        parts.append(_decided(one.dataset, columns, ("unit_no",), since, histories))
    return sql.SQL("select unit_no from ({}) as u where unit_no is not null").format(
        sql.SQL(" union ").join(parts)
    )


def _held_units(
    subject: Subject, held: Relation, names: Collection[str], since: datetime, histories: Collection[str]
) -> Composable:
    """For people of the base: the units that hold whom something was written about, and those that took or left one."""
    ours = [key for _theirs, key in held.on]
    theirs = [key for key, _ours in held.on]
    written = _decided(subject.dataset, {*ours, *_own(names)}, ours, since, histories, with_source=True)
    on = sql.SQL(" and ").join(
        sql.SQL("e.{} = c.{}").format(sql.Identifier(their), sql.Identifier(our))
        for their, our in zip(theirs, ours, strict=True)
    )
    decisive = {"unit_no", *theirs, *(held.where.names if held.where else ())}
    return sql.SQL("select e.unit_no from ({}) as c join {} as e on {} union {}").format(
        written, sql.Identifier(held.dataset.table), on,
        _decided(held.dataset, decisive, ("unit_no",), since, histories),
    )  # fmt: skip
