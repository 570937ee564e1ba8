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
from jizuo.hubs.data.actions import claiming, repeating, weighing
from jizuo.hubs.data.datasets import Dataset

#: Tuples in the order of a put's columns, or a frame that has these columns.
Rows = Iterable[Sequence[Any]] | pl.DataFrame


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
    is_new: bool = False,
    is_weighed_anew: bool = False,
):
    """Rows laid beside the dataset in a temporary table: yields `Staged` to count, list or apply. is_new: none of the
    records exists, so nothing can have been said before; is_weighed_anew: rows that say nothing new stay."""
    staged = Staged(datasets.get(dataset), tuple(columns), source, as_of, is_weighed_anew=is_weighed_anew)
    staged.load(rows, is_new=is_new)
    yield staged
    # After an error there is nothing to drop: the transaction ends, and its own error must come through.
    with connection.cursor() as cursor:
        cursor.execute(staged.sql("drop table if exists {temp}, {said}, {plan}"))


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
        self.is_weighed = False
        self.ownership = owners.of(dataset.name) if dataset.is_master else None

    def sql(self, text: str, **parts: Composable) -> Composed:
        """A statement with {temp}, {said}, {plan}, {table}, {join} and the given parts filled in."""
        return sql.SQL(text).format(
            temp=sql.Identifier(f"put_{self.dataset.table}"),
            said=sql.Identifier(f"said_{self.dataset.table}"),
            plan=sql.Identifier(f"plan_{self.dataset.table}"),
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

    def load(self, rows: Rows, *, is_new: bool = False) -> None:
        """COPY the rows into the temporary table (RLS-21); of a frame only those that its source has not said
        word for word before."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql("drop table if exists {temp}, {said}, {plan}"))
            if isinstance(rows, pl.DataFrame):
                self.count = rows.height
                frame = rows.select(self.columns)
                if self.dataset.is_master and self.claimed:
                    frame = repeating.with_print(frame)
                    if not is_new and not self.is_weighed_anew:
                        frame = repeating.unsaid(cursor, self, frame)
                self.create(cursor)
                repeating.copy_frame(cursor, self.sql("{temp}"), frame)
            else:
                self.create(cursor)
                names = sql.SQL(", ").join(map(sql.Identifier, self.columns))
                with cursor.copy(self.sql("copy {temp} ({names}) from stdin", names=names)) as copy:
                    for row in rows:
                        copy.write_row(row)
                        self.count += 1
            # Statements join on the key; what stands in the other columns is nothing they choose by.
            cursor.execute(self.sql("analyze {temp} (id)"))
            if self.dataset.is_master and self.count:
                claiming.lay_said(cursor, self)

    def create(self, cursor: Any) -> None:
        """The temporary table of the rows; `repeating.PRINT` of a row is empty where it has none."""
        columns = [
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(self.type_of(name)))
            for name in self.columns
        ]
        cursor.execute(
            self.sql(
                "create temporary table {temp} ({columns}, {print} uuid) on commit drop",
                columns=sql.SQL(", ").join(columns),
                print=sql.Identifier(repeating.PRINT),
            )
        )

    @property
    def join(self) -> Composable:
        return sql.SQL("t.id = p.id and t.unit_no = p.unit_no" if self.dataset.has_unit else "t.id = p.id")

    def standing(self, name: str, held_by: str = "t.held_by") -> Composable:
        """SQL over `t` and `p`: `weighing.OWN` where a field holds this source's word, `BELIEVED` where it holds that of
        a source that is believed before it, `OPEN` elsewhere. held_by: the SQL of whose word each field is."""
        ownership = self.ownership
        if ownership is None or not self.dataset.fields[name].is_claimed:
            return sql.Literal(weighing.OPEN)
        holder = sql.SQL("{} ->> {}").format(sql.SQL(held_by), sql.Literal(name))

        def among(unit_no: int | None) -> Composable:
            stronger = [
                one for one in ownership.stronger_than(self.source, name, unit_no) if one != self.source
            ]
            whens = [(self.source, weighing.OWN), *((one, weighing.BELIEVED) for one in stronger)]
            return sql.SQL("case {} {} else {} end").format(
                holder,
                sql.SQL(" ").join(
                    sql.SQL("when {} then {}").format(sql.Literal(word), sql.Literal(place))
                    for word, place in whens
                ),
                sql.Literal(weighing.OPEN),
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

    def keys_hold(self, keys: Sequence[str]) -> Composable:
        """SQL, beginning with ``and``: true where a record `t` holds the keys that a row `p` brings."""
        return sql.SQL("").join(
            sql.SQL(" and ({0} or t.{1} is not distinct from p.{1})").format(
                self.is_empty(name, "p"), sql.Identifier(name)
            )
            for name in keys
        )

    @property
    def all_said(self) -> Composable:
        """The fields that a row `p` speaks of, as jsonb field -> source: of a record that does not exist yet."""
        return claiming.as_object(
            {
                name: sql.SQL("case when {} then null else {}::text end").format(
                    self.is_empty(name, "p"), sql.Literal(self.source)
                )
                for name in self.claimed
            }
        )

    def weigh(self, cursor: Any) -> None:
        """Lay down what the rows would make of the records that exist, once."""
        if self.is_weighed:
            return
        if self.dataset.is_master:
            cursor.execute(self.sql("create index on {temp} (id)"))
            with weighing.by_key(cursor):
                weighing.weigh(cursor, self)
        else:
            weighing.weigh(cursor, self)
        self.is_weighed = True

    def tally(self) -> PutCount:
        """New, changed and same, without writing."""
        with connection.cursor() as cursor:
            self.weigh(cursor)
            cursor.execute(
                self.sql(
                    "select (select count(*) from {temp} p where not exists (select 1 from {table} t where {join})),"
                    " (select count(*) from {plan} n where {is_change})",
                    is_change=weighing.is_change(),
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
                " where s.said <> '{{}}' and not exists (select 1 from {plan} n where n.id = p.id and {is_change})",
                is_change=weighing.is_change(),
            )
        )
        return int(cursor.fetchone()[0])

    def changes(self, limit: int) -> list[Change]:
        """The records that would change, with only the differing fields, ordered by label; at most `limit`."""
        pairs = sql.SQL(", ").join(
            sql.SQL("({}, t.{}::text, n.{}::text)").format(
                sql.Literal(name), sql.Identifier(name), sql.Identifier(name)
            )
            for name in self.fields
        )
        with connection.cursor() as cursor:
            self.weigh(cursor)
            cursor.execute(
                self.sql(
                    "select t.id, {label}, d.before::text, d.after::text from {plan} n join {table} t on {met}"
                    " cross join lateral (select jsonb_object_agg(f, o) as before, jsonb_object_agg(f, v) as after"
                    " from (values {pairs}) as x(f, o, v) where f = any(n.{moved}) and o is distinct from v) d"
                    " where d.before is not null order by 2, 1 limit {limit}",
                    label=sql.SQL(self.dataset.label),
                    met=self.met,
                    moved=sql.Identifier(weighing.MOVED),
                    pairs=pairs,
                    limit=sql.Literal(limit),
                )
            )
            return [
                Change("changed", record_id, label, json.loads(before), json.loads(after))
                for record_id, label, before, after in cursor.fetchall()
            ]

    @property
    def met(self) -> Composable:
        """The join of weighed rows `n` with their records `t`."""
        return sql.SQL("t.id = n.id and t.unit_no = n.unit_no" if self.dataset.has_unit else "t.id = n.id")

    def effect(self) -> str:
        """A hash of what applying would do to records that exist, so that an apply can tell whether the base
        moved since the preview."""
        values = sql.SQL(", ").join(sql.SQL("n.{}").format(sql.Identifier(name)) for name in self.fields)
        with connection.cursor() as cursor:
            self.weigh(cursor)
            cursor.execute(
                self.sql(
                    "select count(*)::text || coalesce(md5(string_agg(md5(row(n.id, {values})::text), '' order by n.id)), '')"
                    " from {plan} n where {is_change}",
                    values=values,
                    is_change=weighing.is_change(),
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
            # Of a shared person whom nobody here had seen others may have spoken.
            strangers = claiming.strangers(cursor, self) if count.new and not is_new else None
            if count.changed:
                self.update(cursor, batch_id)
            if count.new:
                self.insert(cursor, batch_id, is_new=is_new)
            if self.dataset.is_master and self.count > count.new:
                count.conflicts = claiming.compare_weighed(cursor, self, batch_id)
            if strangers is not None:
                count.conflicts += claiming.compare(cursor, self.dataset, strangers, batch_id)
        return count

    @property
    def said(self) -> Composable:
        """The temporary table of what this source says: id, unit_no, said."""
        return sql.Identifier(f"said_{self.dataset.table}")

    def update(self, cursor: Any, batch_id: UUID | None) -> None:
        """UPDATE the rows that differ; history keeps what they were."""
        sets = [sql.SQL("{0} = n.{0}").format(sql.Identifier(name)) for name in self.fields]
        if self.dataset.is_master:
            sets.append(sql.SQL("held_by = n.{}").format(sql.Identifier(weighing.HELD_BY)))
        statement = self.sql(
            "update {table} t set {sets}, batch_id = {batch}, changed_at = now()"
            " from {plan} n where {met} and {is_change} and not n.{guarded}",
            sets=sql.SQL(", ").join(sets),
            batch=sql.Literal(batch_id),
            met=self.met,
            is_change=weighing.is_change(),
            guarded=sql.Identifier(weighing.GUARDED),
        )
        with weighing.by_key(cursor):
            cursor.execute(statement)

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
