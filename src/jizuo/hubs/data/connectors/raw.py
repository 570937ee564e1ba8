"""The rows of a source written down as they come: one CSV with the source's own headings, a part at a time."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any

from jizuo.hubs.data.connectors.feeds import Feed, SourceError
from jizuo.hubs.data.rules.collecting import later, mark_of

#: Characters that no cell can hold; a file with them is taken for a program's.
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))
#: Rows and bytes of one batch: what the import walk takes in one piece.
MOST_ROWS, MOST_BYTES = 100_000, 40 * 1024 * 1024


@dataclass(slots=True)
class Raw:
    """What was written. mark: greatest value of the incremental column as (kind, text); has_more: it was cut; unmarked:
    rows without a value there; backwards: rows that lay before one already seen in an ordered source; most_held: rows
    in memory at once."""

    columns: list[str] = field(default_factory=list)
    rows: int = 0
    mark: tuple[str, str] | None = None
    has_more: bool = False
    unmarked: int = 0
    backwards: int = 0
    most_held: int = 0
    notes: list[str] = field(default_factory=list)


def write(
    feed: Feed,
    out: IO[bytes],
    *,
    increment: Mapping[str, Any],
    heading: Mapping[str, str] | None = None,
    most_rows: int = MOST_ROWS,
    most_bytes: int = MOST_BYTES,
    only: int = 0,
    tell: Callable[[int], None] = lambda _rows: None,
) -> Raw:
    """Write a feed as UTF-8 CSV. A feed in the order of its incremental column is cut between two values of it when
    there are too many rows; another that has too many raises SourceError.

    heading: column -> heading to write, the others being left out; None writes all as they are called. only: the first
    rows of a trial. Never holds more than one part of the feed.
    """
    with tempfile.TemporaryFile() as spool:
        found = _spool(feed, spool, increment, most_rows, most_bytes, only, tell)
        spool.seek(0)
        columns = found.columns if heading is None else [name for name in found.columns if name in heading]
        if heading is not None and not columns:
            raise SourceError("columns", "来源的列一列也没有对应上", "请在“列对应”里指出哪些列要取")
        # Detached at the end: the file is the caller's to close.
        text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow([(heading or {}).get(name, name) for name in columns])
        for line in spool:
            row = json.loads(line)
            writer.writerow([row.get(name, "") for name in columns])
        text.detach()
        found.notes += feed.notes
        return found


def _spool(
    feed: Feed, spool: IO[bytes], increment: Mapping[str, Any], most_rows: int, most_bytes: int, only: int,
    tell: Callable[[int], None],
) -> Raw:  # fmt: skip
    found = Raw()
    names: dict[str, None] = dict.fromkeys(feed.columns or ())
    column = increment.get("column")
    size, previous = 0, None
    for part in feed:
        found.most_held = max(found.most_held, len(part))
        for values in part:
            row = as_mapping(values, feed.columns)
            value = row.get(column) if column else None
            if found.rows >= most_rows or size >= most_bytes:
                if not (column and feed.is_ordered):
                    raise SourceError(
                        "too_many", f"来源的行太多：一次最多 {most_rows:,} 行、{most_bytes // 2**20} MB",
                        "请指定增量列，让它一段段取；或在查询里分批",
                    )  # fmt: skip
                if value != previous:
                    found.has_more = True
                    return _named(found, names)
                if found.rows >= most_rows * 2 or size >= most_bytes * 2:
                    raise SourceError(
                        "one_mark", "太多行的增量列是同一个值，没有办法分段", "请换一个分得开的增量列"
                    )
            previous = value
            names |= dict.fromkeys(row)
            line = json.dumps({name: shown(value) for name, value in row.items() if value is not None},
                              ensure_ascii=False).encode() + b"\n"  # fmt: skip
            spool.write(line)
            size += len(line)
            found.rows += 1
            if column:
                _mark(found, value)
            if only and found.rows >= only:
                return _named(found, names)
        tell(found.rows)
    return _named(found, names)


def _named(found: Raw, names: Iterable[str]) -> Raw:
    found.columns = list(names)
    return found


def _mark(found: Raw, value: Any) -> None:
    mark = mark_of(value)
    if mark is None:
        found.unmarked += 1
    elif found.mark is None or (mark[0] == found.mark[0] and later(mark[0], mark[1], found.mark[1])):
        found.mark = mark
    elif mark[0] != found.mark[0] or mark != found.mark:
        found.backwards += 1


def as_mapping(values: Any, columns: Sequence[str] | None) -> Mapping[str, Any]:
    """One row by column name."""
    return values if columns is None else dict(zip(columns, values, strict=True))


def shown(value: Any) -> str:
    """A value as a cell of the raw file: days and moments in ISO, decimals with their digits, true and false in words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return (
            value.date().isoformat()
            if value.time() == time() and value.tzinfo is None
            else value.isoformat(" ")
        )
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list | tuple | set):
        return json.dumps(
            list(value) if isinstance(value, tuple | set) else value, ensure_ascii=False, default=str
        )
    return str(value).translate(_CONTROL)
