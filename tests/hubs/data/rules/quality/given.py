"""Datasets of a small school for the rules' tests, and a compiled condition run on a row of values in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from psycopg import sql

from jizuo.hubs.data.datasets import Dataset, Field
from jizuo.hubs.data.rules.quality import asking
from jizuo.hubs.data.rules.quality.values import Name

TODAY = date(2026, 9, 16)
CODES = {"sex": ("0", "1", "2", "9"), "empty": ()}


def dataset(name: str, wall: str = "unit", /, **fields: str) -> Dataset:
    """A dataset with fields of these types."""
    return Dataset(
        name, name.title(), name.title(), name, wall, False, "1.0", "tests",
        {key: Field(key, f"字段{key}", key, 2, db_type, code_table="sex" if key == "sex" else "")
         for key, db_type in fields.items()},
    )  # fmt: skip


TABLES = {
    one.name: one
    for one in (
        dataset("pupil", person_id="uuid", class_id="uuid", seat_no="integer", name="varchar(50)", sex="varchar(2)",
                born="date", seen="timestamp with time zone", score="double precision", tags="varchar(9)[]", is_here="boolean",
                extra="jsonb"),
        dataset("class", kind="varchar(9)", year="integer", closed="date"),
        dataset("adult", "person", person_id="uuid", phone="text", until="date"),
    )
}  # fmt: skip

#: name -> its column in a row of values, for conditions without relations.
NAMES = {
    key: Name(sql.Identifier("t", key), one.db_type, one.title, one.code_table)
    for key, one in TABLES["pupil"].fields.items()
}


def dataset_of(name: str) -> Dataset:
    """The dataset of a name; KeyError for none."""
    return TABLES[name]


def says(line: Any, test: Any, row: Mapping[str, Any], today: date = TODAY) -> bool | None:
    """What a compiled test says of a row of values."""
    columns = sql.SQL(", ").join(
        sql.SQL("{}::{} as {}").format(sql.Literal(row.get(key)), sql.SQL(one.db_type), sql.Identifier(key))
        for key, one in TABLES["pupil"].fields.items()
    )
    (found,) = line.execute(
        sql.SQL("select {} from (select {}) as t cross join {}").format(
            test, columns, asking.day_of(today, "Asia/Shanghai")
        )
    ).fetchone()
    return found
