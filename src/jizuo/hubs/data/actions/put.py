"""`put`: the one road by which rows reach a registered dataset, typed or imported.

Rows go by COPY into a temporary table and from there by set-based statements: claims of this source, the
merge by one source per field, conflicts. A row that says nothing new is not written. For a master dataset a
field that its owner has spoken for is changed by its owner only; what others say differently becomes a
conflict. An empty value in a master dataset says nothing; elsewhere it empties.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection
from psycopg import sql
from psycopg.sql import Composable, Composed

from jizuo.ground import scope as scopes
from jizuo.hubs.data import datasets
from jizuo.hubs.data.datasets import Dataset

#: Tuples in the order of a put's columns, or a frame that has these columns.
Rows = Iterable[Sequence[Any]] | pl.DataFrame
#: Rows of a frame that become text at once.
ROWS_AT_ONCE = 20_000

_INTO = (
    "insert into field_conflict as k"
    " (id, unit_no, dataset, record_id, field, owner, held, source, claimed, state, batch_id) "
)
_AGAIN = (
    " on conflict (unit_no, dataset, record_id, field, source) do update set held = excluded.held,"
    " claimed = excluded.claimed, state = 'open', batch_id = excluded.batch_id, changed_at = now()"
    " where (k.held, k.claimed, k.state) is distinct from (excluded.held, excluded.claimed, 'open')"
)
#: What this source says beside the value of a field's owner.
DIFFERS_FROM_OWNER = (
    _INTO + "select gen_random_uuid(), {unit}, {dataset}, p.id, v.f, v.owner, coalesce(v.held, ''), {source},"
    " coalesce(v.claimed, ''), 'open', {batch} from {temp} p join {table} t on {join}"
    " cross join lateral (values {pairs}) as v(f, owner, held, claimed, silent)"
    " where not v.silent and t.owned_fields @> array[v.f] and v.held is distinct from v.claimed" + _AGAIN
)
AGREES_AGAIN = (
    "update field_conflict k set state = 'withdrawn', changed_at = now(), batch_id = {batch} from {temp} p"
    " join {table} t on {join}"
    " cross join lateral (values {pairs}) as v(f, owner, held, claimed, silent)"
    " where k.dataset = {dataset} and k.record_id = p.id and k.field = v.f and k.source = {source}"
    " and k.state = 'open' and not v.silent and v.held is not distinct from v.claimed"
)
#: What other sources have claimed, held against the owner who speaks now.
OTHERS_DIFFER = (
    _INTO + "select gen_random_uuid(), c.unit_no, {dataset}, p.id, v.f, {source}, v.said, c.source,"
    " c.fields ->> v.f, 'open', {batch} from {temp} p"
    " join claim c on c.dataset = {dataset} and c.record_id = p.id and c.source <> {source}"
    " cross join lateral (values {pairs}) as v(f, said, silent)"
    " where not v.silent and c.fields ->> v.f is distinct from v.said and c.fields ? v.f" + _AGAIN
)
#: Where the owner now says what another source has claimed all along.
OTHERS_AGREE = (
    "update field_conflict k set state = 'withdrawn', changed_at = now(), batch_id = {batch} from {temp} p"
    " join claim c on c.dataset = {dataset} and c.record_id = p.id and c.source <> {source}"
    " cross join lateral (values {pairs}) as v(f, said, silent)"
    " where k.unit_no = c.unit_no and k.dataset = {dataset} and k.record_id = p.id and k.field = v.f"
    " and k.source = c.source and k.state = 'open' and not v.silent and c.fields ->> v.f = v.said"
)


@dataclass(slots=True)
class PutCount:
    """What a put did, in records. conflicts: fields that differ from their owner's value."""

    new: int = 0
    changed: int = 0
    same: int = 0
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One record that a staged put would touch; before and after hold the differing fields as text."""

    verdict: str
    record_id: UUID
    label: str
    before: dict[str, str | None]
    after: dict[str, str | None]


def put(
    *,
    dataset: str,
    columns: Sequence[str],
    rows: Rows,
    source: str,
    batch_id: UUID | None = None,
    is_new: bool = False,
) -> PutCount:
    """Write `rows` (tuples in the order of `columns`, which begin with ``id``; for a unit's dataset also
    ``unit_no``) into `dataset` as said by `source`. Inside a door only. is_new: the caller knows that none of
    the ids exists (a first load), which skips the comparison."""
    with stage(dataset=dataset, columns=columns, rows=rows, source=source) as staged:
        return staged.apply(batch_id, is_new=is_new)


@contextmanager
def stage(*, dataset: str, columns: Sequence[str], rows: Rows, source: str):
    """Rows laid beside the dataset in a temporary table: yields `Staged` to count, list or apply."""
    staged = Staged(datasets.get(dataset), tuple(columns), source)
    staged.load(rows)
    yield staged
    # After an error there is nothing to drop: the transaction ends, and its own error must come through.
    with connection.cursor() as cursor:
        cursor.execute(staged.sql("drop table if exists {temp}"))


class Staged:
    """The rows of one put beside their dataset. All statements join on the record's id."""

    def __init__(self, dataset: Dataset, columns: tuple[str, ...], source: str) -> None:
        if not scopes.in_transaction():
            raise scopes.NoScope(f"{dataset.name}: put outside a door")
        key = ("id", "unit_no") if dataset.has_unit else ("id",)
        if columns[: len(key)] != key:
            raise ValueError(f"{dataset.name}: columns begin with {key}")
        unknown = [name for name in columns[len(key) :] if name not in dataset.fields]
        if unknown:
            raise ValueError(f"{dataset.name}: no such fields {unknown}")
        self.dataset, self.columns, self.source = dataset, columns, source
        self.fields = columns[len(key) :]
        self.count = 0

    def sql(self, text: str, **parts: Composable) -> Composed:
        """A statement with {temp}, {table} and the given parts filled in."""
        return sql.SQL(text).format(
            temp=sql.Identifier(f"put_{self.dataset.table}"),
            table=sql.Identifier(self.dataset.table),
            **parts,
        )

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
            cursor.execute(self.sql("drop table if exists {temp}"))
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
            cursor.execute(self.sql("analyze {temp}"))

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
        field = self.dataset.fields[name]
        stays = [self.is_empty(name, "p")]
        if field.owner and field.owner != self.source:
            stays.append(sql.SQL("t.owned_fields @> array[{}]").format(sql.Literal(name)))
        return sql.SQL("case when {} then t.{} else p.{} end").format(
            sql.SQL(" or ").join(stays), column, column
        )

    def is_empty(self, name: str, alias: str) -> Composable:
        column = sql.SQL("{}.{}").format(sql.SQL(alias), sql.Identifier(name))
        if self.dataset.fields[name].is_text:
            return sql.SQL("coalesce({}, '') = ''").format(column)
        return sql.SQL("{} is null").format(column)

    @property
    def owned_now(self) -> list[str]:
        """Fields this source owns and may speak for in this put."""
        return [name for name in self.fields if self.dataset.fields[name].owner == self.source]

    @property
    def owned_said(self) -> Composable:
        """The fields of a row `p` that this source owns and says something of, as text[]: silence owns nothing."""
        said = sql.SQL(", ").join(
            sql.SQL("case when {} then null else {} end").format(self.is_empty(name, "p"), sql.Literal(name))
            for name in self.owned_now
        )
        return sql.SQL("array_remove(array[{}]::text[], null)").format(said)

    def differs(self) -> Composable:
        """True where applying would change `t`."""
        if not self.fields:
            return sql.SQL("false")
        old = sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(name)) for name in self.fields)
        new = sql.SQL(", ").join(self.value(name) for name in self.fields)
        test = sql.SQL("row({}) is distinct from row({})").format(old, new)
        if self.dataset.is_master and self.owned_now:
            test = sql.SQL("({} or not t.owned_fields @> {})").format(test, self.owned_said)
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
                    join=self.join,
                )
            )
            new, changed = cursor.fetchone()
        return PutCount(new=new, changed=changed, same=self.count - new - changed)

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
                    join=self.join,
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
                    join=self.join,
                    differs=self.differs(),
                )
            )
            return cursor.fetchone()[0]

    def apply(
        self, batch_id: UUID | None, *, is_new: bool = False, tally: PutCount | None = None
    ) -> PutCount:
        """Write: claims, conflicts, then the rows that differ. tally: of this transaction, when it was taken."""
        count = PutCount(new=self.count) if is_new else tally or self.tally()
        with connection.cursor() as cursor:
            if self.dataset.is_master and self.count:
                count.conflicts = self.write_claims(cursor, batch_id, is_new=is_new)
            if count.changed:
                self.update(cursor, batch_id)
            if count.new:
                self.insert(cursor, batch_id, is_new=is_new)
        return count

    def update(self, cursor: Any, batch_id: UUID | None) -> None:
        """UPDATE the rows that differ; history keeps what they were."""
        sets = [sql.SQL("{} = {}").format(sql.Identifier(name), self.value(name)) for name in self.fields]
        if self.dataset.is_master and self.owned_now:
            sets.append(
                sql.SQL(
                    "owned_fields = (select coalesce(array_agg(distinct f order by f), '{{}}')"
                    " from unnest(t.owned_fields || {}) f)"
                ).format(self.owned_said)
            )
        cursor.execute(
            self.sql(
                "update {table} t set {sets}, batch_id = {batch}, changed_at = now()"
                " from {temp} p where {join} and {differs} and not ({guard})",
                sets=sql.SQL(", ").join(sets),
                guard=sql.SQL(self.dataset.put_guard),
                batch=sql.Literal(batch_id),
                join=self.join,
                differs=self.differs(),
            )
        )

    def insert(self, cursor: Any, batch_id: UUID | None, *, is_new: bool) -> None:
        """INSERT the rows that do not exist, without RETURNING (an unseen person is inserted blindly)."""
        names = list(self.columns)
        values = [self.default_of(name) for name in names]
        if self.dataset.is_master:
            names.append("owned_fields")
            values.append(self.owned_said)
        known = (
            sql.SQL("")
            if is_new
            else self.sql(" where not exists (select 1 from {table} t where {join})", join=self.join)
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

    def write_claims(self, cursor: Any, batch_id: UUID | None, *, is_new: bool) -> int:
        """One claim row per record and source; returns the number of fields that conflict."""
        pairs = sql.SQL(", ").join(
            sql.SQL("{}, case when {} then null else p.{} end").format(
                sql.Literal(name), self.is_empty(name, "p"), sql.Identifier(name)
            )
            for name in self.fields
        )
        said = sql.SQL("jsonb_strip_nulls(jsonb_build_object({}))").format(pairs)
        parts = {
            "said": said,
            "unit": sql.SQL("p.unit_no" if self.dataset.has_unit else str(scopes.current().unit_no)),
            "dataset": sql.Literal(self.dataset.name),
            "source": sql.Literal(self.source),
            "batch": sql.SQL("{}::uuid").format(sql.Literal(batch_id)),
        }
        if not is_new:
            cursor.execute(
                self.sql(
                    "update claim c set fields = c.fields || {said}, said_at = now(), changed_at = now(), batch_id = {batch}"
                    " from {temp} p where c.unit_no = {unit} and c.dataset = {dataset} and c.record_id = p.id"
                    " and c.source = {source} and not c.fields @> {said}",
                    **parts,
                )
            )
        cursor.execute(
            self.sql(
                "insert into claim (id, unit_no, dataset, record_id, source, fields, batch_id)"
                " select gen_random_uuid(), p.unit, {dataset}, p.id, {source}, p.said, {batch}"
                # "offset 0" keeps the planner from working out what is said once more for the test.
                " from (select p.id, {unit} as unit, {said} as said from {temp} p order by p.id offset 0) p"
                " where p.said <> '{{}}'"
                + ("" if is_new else " on conflict (unit_no, record_id, dataset, source) do nothing"),
                **parts,
            )
        )
        return 0 if is_new else self.write_conflicts(cursor, parts)

    def write_conflicts(self, cursor: Any, parts: dict[str, Composable]) -> int:
        """Fields where this source differs from the owner's held value, and, where this source is the owner,
        where other sources' claims differ from it. What agrees again is withdrawn."""
        others = [name for name in self.fields if self.dataset.fields[name].owner not in ("", self.source)]
        found = 0
        if others:
            pairs = sql.SQL(", ").join(
                sql.SQL("({}, {}, t.{}::text, p.{}::text, {})").format(
                    sql.Literal(name),
                    sql.Literal(self.dataset.fields[name].owner),
                    sql.Identifier(name),
                    sql.Identifier(name),
                    self.is_empty(name, "p"),
                )
                for name in others
            )
            cursor.execute(self.sql(DIFFERS_FROM_OWNER, join=self.join, pairs=pairs, **parts))
            found += cursor.rowcount
            cursor.execute(self.sql(AGREES_AGAIN, join=self.join, pairs=pairs, **parts))
        if self.owned_now:
            pairs = sql.SQL(", ").join(
                sql.SQL("({}, p.{}::text, {})").format(
                    sql.Literal(name), sql.Identifier(name), self.is_empty(name, "p")
                )
                for name in self.owned_now
            )
            cursor.execute(self.sql(OTHERS_DIFFER, pairs=pairs, **parts))
            found += cursor.rowcount
            cursor.execute(self.sql(OTHERS_AGREE, pairs=pairs, **parts))
        return found
