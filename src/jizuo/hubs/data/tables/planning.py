"""Clean rows to puts: which record each row is, by the dataset's key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection
from psycopg import sql

from jizuo.hubs.data import mends
from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.importers import NewLabel, Plan, PlanInput, Step
from jizuo.hubs.data.tables.checking import ID, LABEL, PLACE, ROWS
from jizuo.hubs.data.tables.wanted import refers_of

#: How many new records a preview names.
MOST_LABELS = 2_000
#: Fields that end a record: with a file that lists everything, what is missing ends today.
ENDS = ("end_on", "closed_on")
#: Who would leave is only worth a second look where the table knows ends.
FOUND = (
    "select u.n::int, t.id::text from unnest({types}) with ordinality as u({names}, n)"
    " join {table} t on t.unit_no = %s and {join}{open}"
)


def plan(dataset: Dataset, stage: Mapping[str, pl.DataFrame], given: PlanInput) -> Plan:
    """The puts of a checked file. Rows join records of the unit by key; of several with one key the first by id is
    meant. Inside the walk's transaction."""
    frame = stage[ROWS]
    with connection.cursor() as cursor:
        # Two files with the same new key would make two records of it.
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext(%s))", [f"table {dataset.name} {given.unit_no}"]
        )
    fields = [name for name in frame.columns if name in dataset.fields]
    known = records_of(dataset, frame, given.unit_no)
    ids = [known.get(number) or row_id for number, row_id in enumerate(frame[ID])]
    is_new = [number not in known for number in range(frame.height)]
    gone = missing(dataset, set(known.values()), given) if given.is_full else ([], 0)
    return Plan(
        steps(dataset, frame, fields, ids, is_new, gone[0], given),
        gone={given.unit_no: (len(gone[0]), gone[1])} if gone[0] else {},
    )


def records_of(dataset: Dataset, frame: pl.DataFrame, unit_no: int) -> dict[int, str]:
    """Number of a row -> id of the record its key names."""
    if not frame.height or any(name not in frame.columns for name in dataset.key):
        return {}
    names = [f"k{at}" for at in range(len(dataset.key))]
    types = [sql.SQL("%s::text[]") for _name in names]
    join = [
        sql.SQL("{} is not distinct from u.{}::{}").format(
            sql.Identifier("t", field), sql.Identifier(name), sql.SQL(dataset.fields[field].db_type)
        )
        if dataset.fields[field].db_type.startswith("bool")
        else sql.SQL("{} = u.{}::{}").format(
            sql.Identifier("t", field), sql.Identifier(name), sql.SQL(dataset.fields[field].db_type)
        )
        for field, name in zip(dataset.key, names, strict=True)
    ]
    statement = sql.SQL(FOUND).format(
        types=sql.SQL(", ").join(types), names=sql.SQL(", ").join(map(sql.Identifier, names)),
        table=sql.Identifier(dataset.table), join=sql.SQL(" and ").join(join), open=open_only(dataset),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(frame[name].to_list() for name in dataset.key), unit_no])
        found: dict[int, str] = {}
        for number, record_id in cursor.fetchall():
            at = number - 1
            found[at] = min(found.get(at, record_id), record_id)
    return found


def end_of(dataset: Dataset) -> str:
    """The field that ends a record, '' where records do not end."""
    return next((name for name in ENDS if name in dataset.fields), "")


def open_only(dataset: Dataset) -> sql.Composable:
    """Only records that have not ended, where they can end."""
    end = end_of(dataset)
    return sql.SQL(" and {} is null").format(sql.Identifier("t", end)) if end else sql.SQL("")


def missing(dataset: Dataset, named: set[str], given: PlanInput) -> tuple[list[str], int]:
    """(records that a full file no longer lists, records there now)."""
    if not end_of(dataset):
        return [], 0
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("select t.id::text from {} t where t.unit_no = %s{}").format(
                sql.Identifier(dataset.table), open_only(dataset)
            ),
            [given.unit_no],
        )
        there = [record_id for (record_id,) in cursor.fetchall()]
    return sorted(set(there) - named), len(there)


def steps(
    dataset: Dataset,
    frame: pl.DataFrame,
    fields: Sequence[str],
    ids: Sequence[str],
    is_new: Sequence[bool],
    gone: Sequence[str],
    given: PlanInput,
) -> Iterator[Step]:
    """The rows, then those that leave."""
    columns = [frame[name].to_list() for name in fields]
    empties = ["" if dataset.fields[name].is_text else None for name in fields]
    rows = [
        (row_id, given.unit_no, *(empty if value is None else value for value, empty in zip(values, empties, strict=True)))
        for row_id, *values in zip(ids, *columns, strict=True)
    ]  # fmt: skip
    yield Step(
        dataset.name, ("id", "unit_no", *fields), rows, is_new=all(is_new), new_labels=labels(dataset, frame, is_new)
    )  # fmt: skip
    if gone:
        yield Step(
            dataset.name,
            ("id", "unit_no", end_of(dataset)),
            [(record_id, given.unit_no, given.today) for record_id in gone],
            verdict="gone",
        )


def labels(dataset: Dataset, frame: pl.DataFrame, is_new: Sequence[bool]) -> list[NewLabel]:
    """How new records are called: by their key, and what other rooms call what it names."""
    plain = [name for name in dataset.key if name in frame.columns and not refers_of(dataset.fields[name])]
    named = [name for name in dataset.key if name in frame.columns and refers_of(dataset.fields[name])]
    found: list[NewLabel] = []
    for number, row in enumerate(frame.iter_rows(named=True)):
        if not is_new[number]:
            continue
        if len(found) == MOST_LABELS:
            break
        words = [row[LABEL]] if row[LABEL] else [shown_id(row[name]) for name in named if row[name]]
        words += [row[name] for name in plain if row[name]]
        found.append(NewLabel("　".join(filter(None, words))[:160], row[PLACE] or ""))
    return found


def shown_id(value: Any) -> str:
    """What an id of another room stands for, '' where nobody says."""
    try:
        key = UUID(str(value))
    except ValueError:
        return ""
    return mends.names_of([key]).get(key, "")
