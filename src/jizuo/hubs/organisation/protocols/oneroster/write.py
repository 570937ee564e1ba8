"""OneRoster 1.2 zips: UTF-8, RFC 4180 with CRLF, files at the root, all 21 files named in the manifest.

The same tables give the same bytes: rows ordered by sourcedId, own columns by name, zip times fixed. Values
are written as they are: OneRoster is read by machines, and a quote put before "=" or "+" to calm a
spreadsheet would come back as part of the name. Lists meant for people's spreadsheets are exported elsewhere,
with text cells.
"""

import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

import polars as pl

from .documents import rows_with_numbers
from .manifest import FILE
from .profile import SYSTEM_CODE
from .tables import ROSTERING, layout

Rows = pl.DataFrame | Iterable[pl.DataFrame]
"""A whole table, or parts of it that are already in order of sourcedId."""

_SLICE = 20_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PERSONAL = ("sourcedId", "identifier", "username", "userIds", "userMasterIdentifier")


class NotWritable(ValueError):
    """The tables break the standard or the rule on document numbers; the text says table and column, no
    values.
    """


def write(
    target: str | os.PathLike[str] | BinaryIO,
    tables: Mapping[str, Rows],
    source_name: str,
    mode: Literal["bulk", "delta"] = "bulk",
) -> dict[str, int]:
    """Write the zip and return rows per file. A path appears only when it is complete.

    tables: of the nine rostering files, text columns of version 1.2 and `metadata.*`; a missing column or
    null is written empty. A table that is given is written, even without rows, and in bulk an empty file says
    "none are left"; one that is not given is `absent`. Bulk writes status and dateLastModified empty; delta
    needs both. Raises NotWritable for an unknown table or column, a missing or doubled sourcedId, parts out
    of order, a NUL character, a password, and a document or school-roll number in an identifying column.
    """
    unknown = set(tables) - set(ROSTERING)
    if unknown:
        raise NotWritable(f"未知的表 / unknown tables: {', '.join(sorted(unknown))}")
    counts: dict[str, int] = {}
    with (
        _opened(target) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        with archive.open(_info(FILE), "w") as member:
            member.write(_manifest(tables, source_name, mode))
        for name in sorted(tables, key=str.lower):
            with archive.open(_info(f"{name}.csv"), "w") as member:
                counts[name] = _write_table(member, name, tables[name], mode)
    return counts


@contextmanager
def _opened(target: str | os.PathLike[str] | BinaryIO) -> Iterator[BinaryIO]:
    if not isinstance(target, str | os.PathLike):
        yield target
        return
    path = Path(target)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "wb") as file:
            yield file
        # mkstemp gives 0600; the finished file gets what any new file of this process gets.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info


def _manifest(tables: Iterable[str], source_name: str, mode: str) -> bytes:
    given = set(tables)
    rows = [("propertyName", "value"), ("manifest.version", "1.0"), ("oneroster.version", "1.2")]
    rows += [
        (f"file.{name}", mode if name in given else "absent") for name in sorted(layout("1.2"), key=str.lower)
    ]
    rows += [("source.systemName", source_name), ("source.systemCode", SYSTEM_CODE)]
    frame = pl.DataFrame(rows, schema=["name", "value"], orient="row")
    return frame.write_csv(include_header=False, line_terminator="\r\n", quote_style="necessary").encode()


def _write_table(member: object, name: str, rows: Rows, mode: str) -> int:
    columns = [column.name for column in layout("1.2")[name].columns]
    parts = iter([_ordered(rows, name)]) if isinstance(rows, pl.DataFrame) else iter(rows)
    first = next(parts, None)
    own = _own_columns(first, columns, name)
    header = pl.DataFrame(schema=dict.fromkeys([*columns, *own], pl.String))
    _put(member, header, include_header=True)
    count, last = 0, ""
    part = first
    while part is not None:
        if _own_columns(part, columns, name) != own:
            raise NotWritable(f"{name}: 各部分的扩展列不同 / the parts differ in their own columns")
        for piece in part.iter_slices(_SLICE):
            shaped = _shaped(piece, columns, own, mode)
            last = _require(shaped, name, mode, last)
            _put(member, shaped, include_header=False)
            count += shaped.height
        part = next(parts, None)
    return count


def _ordered(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    if "sourcedId" not in frame.columns:
        raise NotWritable(f"{name}: 缺少 sourcedId / sourcedId is missing")
    return frame if frame["sourcedId"].is_sorted() else frame.sort("sourcedId")


def _own_columns(frame: pl.DataFrame | None, columns: list[str], name: str) -> list[str]:
    if frame is None:
        return []
    own = sorted(set(frame.columns) - set(columns))
    strange = [column for column in own if not column.startswith("metadata.")]
    if strange:
        raise NotWritable(f"{name}: 标准之外的列 / columns outside the standard: {', '.join(strange)}")
    return own


def _shaped(piece: pl.DataFrame, columns: list[str], own: list[str], mode: str) -> pl.DataFrame:
    blanked = {"status", "dateLastModified"} if mode == "bulk" else set()
    return piece.select(
        [
            (
                pl.col(n).cast(pl.String).fill_null("")
                if n in piece.columns and n not in blanked
                else pl.lit("")
            ).alias(n)
            for n in [*columns, *own]
        ]
    )


def _require(frame: pl.DataFrame, name: str, mode: str, last: str) -> str:
    """Refuse what must not leave; returns the last sourcedId, to compare the next part with."""
    ids = frame["sourcedId"]
    if (ids.str.strip_chars() == "").any():
        raise NotWritable(f"{name}: sourcedId 为空 / an empty sourcedId")
    if len(ids) and (ids[0] <= last or not ids.is_sorted() or ids.n_unique() != len(ids)):
        raise NotWritable(f"{name}: sourcedId 重复或未排序 / sourcedId doubled or out of order")
    if mode == "delta":
        for column in ("status", "dateLastModified"):
            if (frame[column] == "").any():
                raise NotWritable(f"{name}.{column}: delta 必须填写 / must be filled in a delta")
    for column in frame.columns:
        if frame[column].str.contains("\0", literal=True).any():
            raise NotWritable(f"{name}.{column}: 含空字符 / holds a NUL character")
        if column == "password" and (frame[column] != "").any():
            raise NotWritable(f"{name}.password: 不导出密码 / passwords are not exported")
        if column in _PERSONAL and len(rows_with_numbers(frame[column])):
            raise NotWritable(f"{name}.{column}: 含证件号或学籍号 / holds a document or school-roll number")
    return str(ids[-1]) if len(ids) else last


def _put(member: object, frame: pl.DataFrame, *, include_header: bool) -> None:
    # Null is written as nothing; an empty text would be written as "".
    empty = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    empty.write_csv(
        member,  # type: ignore[call-overload]
        include_header=include_header,
        line_terminator="\r\n",
        quote_style="necessary",
    )
