"""Rows laid beside a registered dataset: counted, listed and written.

Rows go by COPY into a temporary table and from there by set-based statements: claims of this source, the
merge by one source per field, conflicts. A row that says nothing new is not written. In a master dataset each
field shows the word of the source that is believed before the others (`owners.Ownership.order`), whoever came
first; what others say differently becomes a conflict. `held_by` of a row keeps whose word each field is. An empty
value in a master dataset says nothing; elsewhere it empties.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection
from psycopg import sql
from psycopg.sql import Composable, Composed

from jizuo.ground import scope as scopes
from jizuo.hubs.data import datasets, owners
from jizuo.hubs.data.actions import claiming
from jizuo.hubs.data.datasets import Dataset

#: Tuples in the order of a put's columns, or a frame that has these columns.
Rows = Iterable[Sequence[Any]] | pl.DataFrame
#: Rows of a frame that become text at once.
ROWS_AT_ONCE = 20_000


@dataclass(slots=True)
class PutCount:
    """What a put did, in records. conflicts: fields that differ from their owner's value; heard: of the same ones those
    of which this source says something that it has not said before, though another source is believed."""

    new: int = 0
    changed: int = 0
    same: int = 0
    conflicts: int = 0
    heard: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One record that a staged put would touch; before and after hold the differing fields as text."""

    verdict: str
    record_id: UUID
    label: str
    before: dict[str, str | None]
    after: dict[str, str | None]


@contextmanager
def stage(
    *,
    dataset: str,
    columns: Sequence[str],
    rows: Rows,
    source: str,
    as_of: datetime | None = None,
    is_weighed_anew: bool = False,
):
    """Rows laid beside the dataset in a temporary table: yields `Staged` to count, list or apply. is_weighed_anew: rows
    that say nothing new stay."""
    staged = Staged(datasets.get(dataset), tuple(columns), source, as_of, is_weighed_anew=is_weighed_anew)
    staged.load(rows)
    yield staged
    # After an error there is nothing to drop: the transaction ends, and its own error must come through.
    with connection.cursor() as cursor:
        cursor.execute(staged.sql("drop table if exists {temp}, {said}"))


class Staged:
    """The rows of one put beside their dataset. All statements join on the record's id."""

    def __init__(
        self,
        dataset: Dataset,
        columns: tuple[str, ...],
        source: str,
        as_of: datetime | None = None,
        *,
        is_weighed_anew: bool = False,
    ) -> None:
        if not scopes.in_transaction():
            raise scopes.NoScope(f"{dataset.name}: put outside a door")
        key = ("id", "unit_no") if dataset.has_unit else ("id",)
        if columns[: len(key)] != key:
            raise ValueError(f"{dataset.name}: columns begin with {key}")
        unknown = [name for name in columns[len(key) :] if name not in dataset.fields]
        if unknown:
            raise ValueError(f"{dataset.name}: no such fields {unknown}")
        self.dataset, self.columns, self.source, self.as_of = dataset, columns, source, as_of
        self.is_weighed_anew = is_weighed_anew
        self.fields = columns[len(key) :]
        self.count = 0
        self.ownership = owners.of(dataset.name) if dataset.is_master else None

    def sql(self, text: str, **parts: Composable) -> Composed:
        """A statement with {temp}, {said}, {table}, {join} and the given parts filled in."""
        return sql.SQL(text).format(
            temp=sql.Identifier(f"put_{self.dataset.table}"),
            said=sql.Identifier(f"said_{self.dataset.table}"),
            table=sql.Identifier(self.dataset.table),
            join=self.join,
            **parts,
        )

    @property
    def claimed(self) -> list[str]:
        """The fields of this put that are somebody's word: not keys, not sealed numbers."""
        return [name for name in self.fields if self.dataset.fields[name].is_claimed]

    def type_of(self, name: str) -> str:
        if name == "id":
            return "uuid"
        return "int" if name == "unit_no" else self.dataset.fields[name].db_type

    def load(self, rows: Rows) -> None:
        """COPY the rows into the temporary table (RLS-21)."""
        definition = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(self.type_of(name)))
            for name in self.columns
        )
        names = sql.SQL(", ").join(map(sql.Identifier, self.columns))
        with connection.cursor() as cursor:
            cursor.execute(self.sql("drop table if exists {temp}, {said}"))
            cursor.execute(
                self.sql("create temporary table {temp} ({columns}) on commit drop", columns=definition)
            )
            if isinstance(rows, pl.DataFrame):
                self.count = rows.height
                # An empty text goes out quoted and a null unquoted, as COPY reads them.
                with cursor.copy(
                    self.sql("copy {temp} ({names}) from stdin (format csv)", names=names)
                ) as copy:
                    for part in rows.select(self.columns).iter_slices(ROWS_AT_ONCE):
                        copy.write(part.write_csv(include_header=False))
            else:
                with cursor.copy(self.sql("copy {temp} ({names}) from stdin", names=names)) as copy:
                    for row in rows:
                        copy.write_row(row)
                        self.count += 1
            # Statements join on the key; what stands in the other columns is nothing they choose by.
            cursor.execute(self.sql("analyze {temp} (id)"))
            if self.dataset.is_master and self.count:
                claiming.lay_said(cursor, self)

    @property
    def join(self) -> Composable:
        return sql.SQL("t.id = p.id and t.unit_no = p.unit_no" if self.dataset.has_unit else "t.id = p.id")

    def value(self, name: str) -> Composable:
        """What field `name` of `t` becomes: the owner's value stays unless the owner speaks; an empty one
        says nothing in a master dataset."""
        column = sql.Identifier(name)
        said = sql.SQL("p.{}").format(column)
        if not self.dataset.is_master:
            return said
        return sql.SQL("case when {} or {} then t.{} else p.{} end").format(
            self.is_empty(name, "p"), self.is_outranked(name), column, column
        )

    def is_outranked(self, name: str) -> Composable:
        """SQL over `t` and `p`: true where a field holds the word of a source that is believed before this one."""
        ownership = self.ownership
        if ownership is None or not self.dataset.fields[name].is_claimed:
            return sql.SQL("false")
        holder = sql.SQL("t.held_by ->> {}").format(sql.Literal(name))

        def among(unit_no: int | None) -> Composable:
            return sql.SQL("{} = any({})").format(
                holder, sql.Literal(list(ownership.stronger_than(self.source, name, unit_no)))
            )

        base = among(None)
        if not self.dataset.has_unit:
            return base
        own = [
            unit for unit in sorted(ownership.units) if ownership.owner(name, unit) != ownership.owner(name)
        ]
        if not own:
            return base
        cases = [sql.SQL("when {} then {}").format(sql.Literal(unit), among(unit)) for unit in own]
        return sql.SQL("case p.unit_no {} else {} end").format(sql.SQL(" ").join(cases), base)

    def is_empty(self, name: str, alias: str) -> Composable:
        column = sql.SQL("{}.{}").format(sql.SQL(alias), sql.Identifier(name))
        if self.dataset.fields[name].is_text:
            return sql.SQL("coalesce({}, '') = ''").format(column)
        return sql.SQL("{} is null").format(column)

    @property
    def taken(self) -> Composable:
        """The fields of a row `p` that become this source's word, as jsonb field -> source."""
        return claiming.as_object(
            [
                sql.SQL("{}, case when {} or {} then null else {}::text end").format(
                    sql.Literal(name),
                    self.is_empty(name, "p"),
                    self.is_outranked(name),
                    sql.Literal(self.source),
                )
                for name in self.claimed
            ]
        )

    @property
    def all_said(self) -> Composable:
        """`taken` of a row that does not exist yet: nobody else has spoken."""
        return claiming.as_object(
            [
                sql.SQL("{}, case when {} then null else {}::text end").format(
                    sql.Literal(name), self.is_empty(name, "p"), sql.Literal(self.source)
                )
                for name in self.claimed
            ]
        )

    def differs(self) -> Composable:
        """True where applying would change `t`."""
        if not self.fields:
            return sql.SQL("false")
        old = sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(name)) for name in self.fields)
        new = sql.SQL(", ").join(self.value(name) for name in self.fields)
        test = sql.SQL("row({}) is distinct from row({})").format(old, new)
        if self.dataset.is_master and self.claimed:
            test = sql.SQL("({} or not t.held_by @> {})").format(test, self.taken)
        return test

    def tally(self) -> PutCount:
        """New, changed and same, without writing."""
        with connection.cursor() as cursor:
            cursor.execute(
                self.sql(
                    "select count(*) filter (where t.id is null),"
                    " count(*) filter (where t.id is not null and {differs})"
                    " from {temp} p left join {table} t on {join}",
                    differs=self.differs(),
                )
            )
            new, changed = cursor.fetchone()
            heard = self.heard(cursor) if self.dataset.is_master and self.count > new + changed else 0
        return PutCount(new=new, changed=changed, same=self.count - new - changed, heard=heard)

    def heard(self, cursor: Any) -> int:
        """Records that stay as they are, of which the source yet says something new. Rows that say nothing new were let
        go of when they were laid."""
        cursor.execute(
            self.sql(
                "select count(*) from {temp} p join {said} s on s.id = p.id join {table} t on {join}"
                " where s.said <> '{{}}' and not {differs}",
                differs=self.differs(),
            )
        )
        return int(cursor.fetchone()[0])

    def changes(self, limit: int) -> list[Change]:
        """The records that would change, with only the differing fields, ordered by label; at most `limit`."""
        pairs = sql.SQL(", ").join(
            sql.SQL("({}, t.{}::text, ({})::text)").format(
                sql.Literal(name), sql.Identifier(name), self.value(name)
            )
            for name in self.fields
        )
        with connection.cursor() as cursor:
            cursor.execute(
                self.sql(
                    "select t.id, {label}, d.before::text, d.after::text from {temp} p join {table} t on {join}"
                    " cross join lateral (select jsonb_object_agg(f, o) as before, jsonb_object_agg(f, n) as after"
                    " from (values {pairs}) as v(f, o, n) where o is distinct from n) d"
                    " where d.before is not null order by 2, 1 limit {limit}",
                    label=sql.SQL(self.dataset.label),
                    pairs=pairs,
                    limit=sql.Literal(limit),
                )
            )
            return [
                Change("changed", record_id, label, json.loads(before), json.loads(after))
                for record_id, label, before, after in cursor.fetchall()
            ]

    def effect(self) -> str:
        """A hash of what applying would do to records that exist, so that an apply can tell whether the base
        moved since the preview."""
        pairs = sql.SQL(", ").join(self.value(name) for name in self.fields)
        with connection.cursor() as cursor:
            cursor.execute(
                self.sql(
                    "select count(*)::text || coalesce(md5(string_agg(md5(row(t.id, {pairs})::text), '' order by t.id)), '')"
                    " from {temp} p join {table} t on {join} where {differs}",
                    pairs=pairs,
                    differs=self.differs(),
                )
            )
            return cursor.fetchone()[0]

    def apply(
        self, batch_id: UUID | None, *, is_new: bool = False, tally: PutCount | None = None
    ) -> PutCount:
        """Write: claims, then the rows that differ, then conflicts. tally: of this transaction, when it was taken."""
        count = PutCount(new=self.count) if is_new else tally or self.tally()
        with connection.cursor() as cursor:
            if self.dataset.is_master and self.count:
                claiming.write(cursor, self, batch_id, is_new=is_new)
            if count.changed:
                self.update(cursor, batch_id)
            if count.new:
                self.insert(cursor, batch_id, is_new=is_new)
            # Of records that nobody knew there is no other word.
            is_first = is_new or (self.dataset.has_unit and count.new == self.count)
            if self.dataset.is_master and self.count and not is_first:
                count.conflicts = claiming.compare(cursor, self.dataset, self.said, batch_id)
        return count

    @property
    def said(self) -> Composable:
        """The temporary table of what this source says: id, unit_no, said."""
        return sql.Identifier(f"said_{self.dataset.table}")

    def update(self, cursor: Any, batch_id: UUID | None) -> None:
        """UPDATE the rows that differ; history keeps what they were."""
        sets = [sql.SQL("{} = {}").format(sql.Identifier(name), self.value(name)) for name in self.fields]
        if self.dataset.is_master:
            sets.append(sql.SQL("held_by = t.held_by || {}").format(self.taken))
        cursor.execute(
            self.sql(
                "update {table} t set {sets}, batch_id = {batch}, changed_at = now()"
                " from {temp} p where {join} and {differs} and not ({guard})",
                sets=sql.SQL(", ").join(sets),
                guard=sql.SQL(self.dataset.put_guard),
                batch=sql.Literal(batch_id),
                differs=self.differs(),
            )
        )

    def insert(self, cursor: Any, batch_id: UUID | None, *, is_new: bool) -> None:
        """INSERT the rows that do not exist, without RETURNING (an unseen person is inserted blindly)."""
        names = list(self.columns)
        values = [self.default_of(name) for name in names]
        if self.dataset.is_master:
            names.append("held_by")
            values.append(self.all_said)
        known = (
            sql.SQL("") if is_new else self.sql(" where not exists (select 1 from {table} t where {join})")
        )
        cursor.execute(
            self.sql(
                "insert into {table} ({names}, {rest}batch_id) select {values}, {rest_values}{batch} from {temp} p{known}"
                # In the order of the key its index grows at one end instead of everywhere.
                + " order by p.id"
                # A person of the base whom nobody here has seen yet is there already, and stays as it is.
                + (" on conflict do nothing" if self.dataset.wall == "person" else ""),
                names=sql.SQL(", ").join(map(sql.Identifier, names)),
                rest=self.rest_names(names),
                values=sql.SQL(", ").join(values),
                rest_values=self.rest_values(names),
                batch=sql.SQL("{}::uuid").format(sql.Literal(batch_id)),
                known=known,
            )
        )

    def default_of(self, name: str) -> Composable:
        field = self.dataset.fields.get(name)
        column = sql.SQL("p.{}").format(sql.Identifier(name))
        if field is None or field.empty is None:
            return column
        return sql.SQL("coalesce({}, {})").format(column, sql.SQL(field.empty))

    def rest(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Columns the put does not name and the table requires: (name, what an empty one holds)."""
        return [
            (key, field.empty)
            for key, field in self.dataset.fields.items()
            if key not in names and field.empty is not None
        ]

    def rest_names(self, names: Sequence[str]) -> Composable:
        return sql.SQL("").join(
            sql.SQL("{}, ").format(sql.Identifier(key)) for key, _empty in self.rest(names)
        )

    def rest_values(self, names: Sequence[str]) -> Composable:
        return sql.SQL("").join(sql.SQL(f"{empty}, ") for _key, empty in self.rest(names))
