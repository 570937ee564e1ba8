"""What the rows of a put would make of the records that exist, worked out once and laid down.

The weighed rows stand in a temporary table: the values a record would hold, whose word they would be, and the names
of the fields that move. Counting, listing, writing and holding sources against each other all read it, so the order
of belief is asked once for each field.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.sql import Composable, Composed

if TYPE_CHECKING:
    from jizuo.hubs.data.actions.staging import Staged

#: Columns of the weighed rows beside the dataset's own. moved: fields whose value changes; now: the values they come to
#: hold, as jsonb in the same order; taken: fields that become this source's word; lost: fields of which the source says
#: otherwise than a source that is believed before it; kept: what those hold.
MOVED, NOW, TAKEN, LOST, KEPT = "_moved", "_now", "_taken", "_lost", "_kept"
HELD_BY, GUARDED = "_held_by", "_guarded"
#: PostgreSQL takes so many columns of a table; a field needs three of them while it is weighed.
FIELDS_AT_MOST = 500
#: What a field of a record is to the row of a put: the source's own word already, nobody's or that of a source it goes
#: before, that of a source believed before it, or one of which the row says nothing.
OWN, OPEN, BELIEVED, SILENT = range(4)


def as_stored(name: str) -> tuple[int, bytes]:
    """The order in which jsonb keeps its keys: what is laid down in it needs no sorting there."""
    key = name.encode()
    return len(key), key


def weigh(cursor: Any, staged: Staged) -> None:
    """Lay down what the rows of a put would make of the records they meet; only those that differ somewhere."""
    dataset, claimed = staged.dataset, set(staged.claimed)
    if len(staged.fields) > FIELDS_AT_MOST:
        raise ValueError(f"{dataset.name}: a put brings at most {FIELDS_AT_MOST} fields")
    inner: list[Composable] = [sql.SQL("p.id")]
    outer: list[Composable] = [sql.SQL("b.id")]
    if dataset.has_unit:
        inner.append(sql.SQL("p.unit_no"))
        outer.append(sql.SQL("b.unit_no"))
    lists: dict[str, list[Composable]] = {MOVED: [], NOW: [], TAKEN: [], LOST: [], KEPT: []}
    for place, name in enumerate(sorted(staged.fields, key=as_stored)):
        old, said, standing = (sql.Identifier(f"{letter}{place}") for letter in "opk")
        column, word = sql.Identifier(name), sql.Literal(name)
        inner.append(sql.SQL("t.{0} as {1}, p.{0} as {2}").format(column, old, said))
        if not dataset.is_master:
            outer.append(sql.SQL("b.{} as {}").format(said, column))
            lists[MOVED].append(_when(sql.SQL("b.{} is distinct from b.{}").format(old, said), word))
            continue
        inner.append(
            sql.SQL("case when {} then {} else {} end as {}").format(
                staged.is_empty(name, "p"), sql.Literal(SILENT), staged.standing(name, "h.held_by"), standing
            )
        )
        speaks = sql.SQL("b.{} <= {}").format(standing, sql.Literal(OPEN))
        outer.append(sql.SQL("case when {} then b.{} else b.{} end as {}").format(speaks, said, old, column))
        moves = sql.SQL("{} and b.{} is distinct from b.{}").format(speaks, old, said)
        lists[MOVED].append(_when(moves, word))
        lists[NOW].append(_when(moves, sql.SQL("to_jsonb(b.{})").format(said)))
        if name not in claimed:
            continue
        lists[TAKEN].append(_when(sql.SQL("b.{} = {}").format(standing, sql.Literal(OPEN)), word))
        loses = sql.SQL("b.{} = {} and b.{} is distinct from b.{}").format(
            standing, sql.Literal(BELIEVED), old, said
        )
        lists[LOST].append(_when(loses, word))
        lists[KEPT].append(_when(loses, sql.SQL("coalesce(to_jsonb(b.{}), 'null')").format(old)))
    inner.append(sql.SQL("({}) as guarded").format(sql.SQL(dataset.put_guard)))
    opened = sql.SQL("")
    if dataset.is_master:
        # A compressed object would be opened anew for each field that is looked up in it.
        opened = sql.SQL(" cross join lateral (select t.held_by || '{}' as held_by offset 0) h")
        inner.append(sql.SQL("h.held_by"))
    cursor.execute(
        staged.sql(
            "create temporary table {plan} on commit drop as select w.*, {held_by} as {held_by_name} from ("
            " select {outer}, {lists}, b.guarded as {guarded_name}{kept}"
            " from (select {inner} from {temp} p join {table} t on {join}{opened} offset 0) b offset 0) w"
            " where {moved} <> '{{}}' or {taken} <> '{{}}' or {lost} <> '{{}}'",
            held_by=sql.SQL(
                "w.held_by || jsonb_object(w.{0}, array_fill({1}::text, array[cardinality(w.{0})]))"
            ).format(sql.Identifier(TAKEN), sql.Literal(staged.source))
            if dataset.is_master
            else sql.SQL("null::jsonb"),
            outer=sql.SQL(", ").join(outer),
            lists=sql.SQL(", ").join(
                sql.SQL("array_remove(array[{}]::{}, null) as {}").format(
                    sql.SQL(", ").join(parts),
                    sql.SQL("jsonb[]" if name in (NOW, KEPT) else "text[]"),
                    sql.Identifier(name),
                )
                for name, parts in lists.items()
            ),
            opened=opened,
            kept=sql.SQL(", b.held_by" if dataset.is_master else ""),
            inner=sql.SQL(", ").join(inner),
            held_by_name=sql.Identifier(HELD_BY),
            guarded_name=sql.Identifier(GUARDED),
            moved=sql.Identifier(MOVED),
            taken=sql.Identifier(TAKEN),
            lost=sql.Identifier(LOST),
        )
    )
    # Whichever side of a join is walked, the weighed rows are found by their key.
    cursor.execute(staged.sql("create index on {plan} (id)"))
    cursor.execute(staged.sql("analyze {plan} (id)"))


@contextmanager
def by_key(cursor: Any):
    """Joins within the block go from key to key. The rows of a library are wide: a hash of them would be written to
    disk and read again."""
    cursor.execute("set local enable_hashjoin = off; set local enable_mergejoin = off")
    yield
    # An error ends the transaction, and with it the setting.
    cursor.execute("set local enable_hashjoin = on; set local enable_mergejoin = on")


def is_change(alias: str = "n") -> Composed:
    """SQL: true where a weighed row changes its record."""
    return sql.SQL("({0}.{1} <> '{{}}' or {0}.{2} <> '{{}}')").format(
        sql.SQL(alias), sql.Identifier(MOVED), sql.Identifier(TAKEN)
    )


def _when(is_so: Composable, value: Composable) -> Composable:
    return sql.SQL("case when {} then {} end").format(is_so, value)
