"""Rows that a source has said word for word before: known by a print on the claim, they are not laid down again.

A print is the md5 of a row as it came, with the names of its columns. A claim keeps the print of the last row that
went into it, so an equal print means that the claim still says all that the row says. Whatever else writes a claim's
fields takes its print away.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import polars as pl
from psycopg import sql
from psycopg.sql import Composable

from jizuo.ground import scope as scopes

if TYPE_CHECKING:
    from jizuo.hubs.data.actions.staging import Staged

#: The column of a row's print beside the columns of a put.
PRINT = "_print"
#: Rows of a frame that become text at once.
ROWS_AT_ONCE = 20_000
#: What no stored text can hold.
BETWEEN = "\0"


def with_print(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the column `PRINT`. An empty text and a missing one say the same: nothing."""
    head = BETWEEN.join(frame.columns).encode()
    texts = frame.select(
        pl.concat_str(
            [pl.col(name).cast(pl.String).fill_null("") for name in frame.columns], separator=BETWEEN
        ).cast(pl.Binary)
    ).to_series()
    md5 = hashlib.md5
    return frame.with_columns(
        pl.Series(
            PRINT,
            [md5(head + text, usedforsecurity=False).hexdigest() for text in texts.to_list()],
            dtype=pl.String,
        )
    )


def unsaid(cursor: Any, staged: Staged, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows whose print is not that of the source's claim, or whose keys the record holds otherwise."""
    dataset = staged.dataset
    keys = [name for name in staged.fields if name not in staged.claimed]
    names = ["id", *(["unit_no"] if dataset.has_unit else []), *keys]
    columns = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(staged.type_of(name))) for name in names]
    cursor.execute(
        staged.sql(
            "create temporary table {temp} (place int, {columns}, {print} uuid) on commit drop",
            columns=sql.SQL(", ").join(columns),
            print=sql.Identifier(PRINT),
        )
    )
    copy_frame(cursor, staged.sql("{temp}"), frame.select(*names, PRINT).with_row_index("place"))
    cursor.execute(staged.sql("analyze {temp} (id)"))
    cursor.execute(
        staged.sql(
            "select p.place from {temp} p join claim c on c.unit_no = {unit_no} and c.dataset = {dataset}"
            " and c.record_id = p.id and c.source = {source} and c.print = p.{print} join {table} t on {join}{same}",
            unit_no=sql.SQL("p.unit_no" if dataset.has_unit else str(scopes.current().unit_no)),
            dataset=sql.Literal(dataset.name),
            source=sql.Literal(staged.source),
            print=sql.Identifier(PRINT),
            same=staged.keys_hold(keys),
        )
    )
    said = [place for (place,) in cursor.fetchall()]
    cursor.execute(staged.sql("drop table {temp}"))
    if not said:
        return frame
    is_said = pl.repeat(False, frame.height, eager=True).scatter(said, True)
    return frame.filter(~is_said)


def copy_frame(cursor: Any, table: Composable, frame: pl.DataFrame) -> None:
    """COPY a frame into a table that has its columns. An empty text goes out quoted and a null unquoted, as COPY
    reads them."""
    names = sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    with cursor.copy(sql.SQL("copy {} ({}) from stdin (format csv)").format(table, names)) as copy:
        for part in frame.iter_slices(ROWS_AT_ONCE):
            copy.write(part.write_csv(include_header=False))
