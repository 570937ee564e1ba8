"""CSV bytes to a sheet of text columns: encoding, line ends, quotes, row lengths, header.

Polars reads fast but forgivingly: it takes short rows, blank lines and stray quotes without a word. So the
fast road is only taken when counting commas and line feeds proves that every row has exactly the header's
length; otherwise the standard library walks the file row by row, names each bad row, and hands polars a
mended copy. Either way every row keeps its place, so that one bad comma does not leave a hundred references
dangling.
"""

import codecs
import csv
import io
from array import array
from collections.abc import Iterator

import polars as pl

from .report import Findings, Sheet
from .tables import Table

_CHUNK = 1 << 20
_MAX_QUOTE_FAULTS = 1_000


def read_sheet(raw: bytes, table: Table, findings: Findings) -> Sheet | None:
    """The sheet with the table's columns first in their order, then `metadata.*` as they stand in the file.

    None when there is no header. Absent columns are filled with "". Problems go to `findings`.
    """
    file = f"{table.name}.csv"
    raw = _utf8(raw, file, findings)
    if b"\0" in raw:
        _each_line_with(b"\0", raw, "nul_byte", file, findings)
        raw = raw.replace(b"\0", b"")
    if b"\r" in raw and b"\n" not in raw:
        findings.note("line_end", file, line=1)
        raw = raw.replace(b"\r", b"\n")
    head = next(iter(_records(raw)), None)
    if head is None or not any(name.strip() for name in head.values):
        findings.note("header_missing", file, line=1, expected=",".join(table.names))
        return None
    names = _header(head.values, table, findings)
    frame, lines, late = _body(raw, head, len(names))
    kept = {name: i for i, name in enumerate(names) if name}
    columns = [pl.col(f"c{kept[n]}").alias(n) if n in kept else pl.lit("").alias(n) for n in table.names]
    columns += [pl.col(f"c{i}").alias(n) for n, i in kept.items() if n not in table.names]
    sheet = Sheet(table.name, frame.select(columns), lines)
    for cause, index, line, found in late:
        if cause == "row_blank":
            findings.note(cause, file, line=line)
        else:
            row = pl.Series([index], dtype=pl.UInt32)
            if cause == "row_length":
                findings.rows(cause, sheet, "", row, found=str(found), expected=str(len(names)))
            else:
                findings.rows(cause, sheet, "", row)
    return sheet


def plain_records(raw: bytes, file: str, findings: Findings) -> list[tuple[int, list[str]]]:
    """A small file (the manifest) as (line, values) without blank lines; problems go to `findings`."""
    found = []
    for record in _records(_utf8(raw, file, findings).replace(b"\0", b"")):
        if record.fault:
            findings.note(record.fault, file, line=record.line)
        if any(value.strip() for value in record.values):
            found.append((record.line, record.values))
    return found


# Encoding


def _utf8(raw: bytes, file: str, findings: Findings) -> bytes:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        findings.note("encoding_other", file, line=1, encoding="UTF-16")
        return raw.decode("utf-16", "replace").encode()
    if raw.startswith(codecs.BOM_UTF8):
        raw = raw[len(codecs.BOM_UTF8) :]
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(raw)
    try:
        for begin in range(0, len(raw), _CHUNK):
            decoder.decode(view[begin : begin + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _mend_encoding(raw, file, findings)
    return raw


def _mend_encoding(raw: bytes, file: str, findings: Findings) -> bytes:
    # Line by line is safe: neither UTF-8 nor GB 18030 uses the byte of a line feed inside a character.
    lines = raw.split(b"\n")
    is_utf8 = [_decodes(line, "utf-8") for line in lines]
    wide = [i for i, line in enumerate(lines) if not line.isascii()]
    bad = [i for i in wide if not is_utf8[i]]
    # Some GBK words (学校 is one) are by chance valid UTF-8, of letters no Chinese roster is written in.
    by_chance = all(max(lines[i].decode()) < "\u0800" for i in wide if is_utf8[i])
    if by_chance and all(_decodes(lines[i], "gb18030") for i in wide):
        findings.note("encoding_other", file, line=bad[0] + 1, encoding="GBK/GB 18030")
        return raw.decode("gb18030").encode()
    for i in bad:
        guess = _decodes(lines[i], "gb18030")
        findings.note(
            "encoding_mixed",
            file,
            line=i + 1,
            value=lines[i].decode("gb18030" if guess else "utf-8", "replace"),
            guess_zh="像是 GBK，文件里混用了两种编码" if guess else "字节已损坏",
            guess_en="it looks like GBK, so the file mixes two encodings"
            if guess
            else "the bytes are damaged",
        )
        lines[i] = lines[i].decode("gb18030" if guess else "utf-8", "replace").encode()
    return b"\n".join(lines)


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _each_line_with(byte: bytes, raw: bytes, cause: str, file: str, findings: Findings) -> None:
    for number, line in enumerate(raw.split(b"\n"), 1):
        if byte in line:
            findings.note(cause, file, line=number, value=line.decode("utf-8", "replace").replace("\0", "␀"))


# Header


def _header(found: list[str], table: Table, findings: Findings) -> list[str]:
    """The name of each column as we read it; "" for one that is not read."""
    file = f"{table.name}.csv"
    by_fold = {name.lower(): name for name in table.names}
    names: list[str] = []
    for written in found:
        name = written
        if name not in table.names and not name.startswith("metadata."):
            name = by_fold.get(written.strip().lower(), "")
            if name:
                findings.note("column_case", file, written, line=1, value=written, expected=name)
            else:
                findings.note("column_unknown", file, written, line=1, value=written)
        if name and name in names:
            findings.note("column_doubled", file, name, line=1, value=written)
            name = ""
        names.append(name)
    for column in table.columns:
        if column.name not in names:
            cause = "column_missing" if column.is_required and table.is_loaded else "column_absent"
            findings.note(cause, file, column.name, line=1)
    known = [name for name in names if name in table.names]
    if known != [name for name in table.names if name in known]:
        findings.note("column_order", file, line=1, expected=",".join(table.names))
    return names


# Rows


class _Record:
    __slots__ = ("end", "fault", "line", "values")

    def __init__(self, line: int, values: list[str], fault: str, end: int) -> None:
        self.line, self.values, self.fault, self.end = line, values, fault, end


class _Lines:
    """Physical lines as text, remembering where each record's bytes began and ended."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self.position, self.number = raw, 0, 0
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.position >= len(self._raw):
            raise StopIteration
        end = self._raw.find(b"\n", self.position) + 1 or len(self._raw)
        text = self._raw[self.position : end].decode("utf-8", "replace")
        self.position, self.number = end, self.number + 1
        self.taken.append(text)
        return text

    def back_to(self, position: int, number: int) -> None:
        self.position, self.number = position, number


def _records(raw: bytes) -> Iterator[_Record]:
    """Records one after the other; `fault` names a fault of quotes, the values then being a guess."""
    lines = _Lines(raw)
    reader = csv.reader(lines, strict=True)
    faults = 0
    while True:
        lines.taken.clear()
        begin, number = lines.position, lines.number
        fault = ""
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            fault = "quote"
            first = lines.taken[0]
            faults += 1
            unclosed = len(lines.taken) > 1 and faults <= _MAX_QUOTE_FAULTS
            if unclosed:
                # One forgotten quote must not swallow the rest of the file: go on with the next line.
                lines.back_to(begin + len(first.encode()), number + 1)
            values = next(csv.reader([first.rstrip("\r\n").replace("\r", " ")], quoting=csv.QUOTE_NONE), [])
        else:
            if any('"' in value for value in values) and _has_stray_quote(values, lines.taken):
                fault = "quote"
        yield _Record(number + 1, values, fault, lines.position)


def _has_stray_quote(values: list[str], taken: list[str]) -> bool:
    text = "".join(taken)
    escaped = ('"' + value.replace('"', '""') + '"' for value in values if '"' in value)
    return any(part not in text for part in escaped)


_Late = list[tuple[str, int, int, int]]


def _body(raw: bytes, head: _Record, width: int) -> tuple[pl.DataFrame, pl.Series | None, _Late]:
    """Frame with columns c0..., lines (None when plain), and faults as (cause, row index, line, fields
    found).
    """
    if b'"' not in raw and raw.count(b"\r") in (0, raw.count(b"\r\n")):
        physical = raw.count(b"\n") + (not raw.endswith(b"\n"))
        if raw.count(b",") == (width - 1) * physical and width > 1:
            frame = _parse(raw, width, skip=1, quote=None)
            if frame is not None and frame.height == physical - 1:
                return frame, None, []
    return _walk(raw, head, width)


def _walk(raw: bytes, head: _Record, width: int) -> tuple[pl.DataFrame, pl.Series, _Late]:
    late: _Late = []
    starts = array("I")
    records = _records(raw)
    next(records)
    for record in records:
        found = len(record.values)
        if found == 0 or (found == 1 and width > 1 and not record.values[0].strip()):
            late.append(("row_blank", -1, record.line, 0))
            continue
        if record.fault:
            late.append((record.fault, len(starts), record.line, found))
        elif found != width:
            late.append(("row_length", len(starts), record.line, found))
        starts.append(record.line)
    lines = pl.Series("line", starts, dtype=pl.UInt32)
    if not late and head.line == 1 and raw.find(b"\n") + 1 == head.end:
        frame = _parse(raw, width, skip=1, quote='"')
        if frame is not None and frame.height == len(starts):
            return frame, lines, late
    frame = _parse(_mended(raw, width), width, skip=0, quote='"')
    if frame is None or frame.height != len(starts):
        raise RuntimeError("the mended copy of a CSV file does not parse to the rows walked")
    return frame, lines, late


def _mended(raw: bytes, width: int) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    records = _records(raw)
    next(records)
    for record in records:
        values = record.values
        if len(values) > 1 or (values and (values[0].strip() or width == 1)):
            writer.writerow((values + [""] * width)[:width])
    return out.getvalue().encode()


def _parse(raw: bytes, width: int, skip: int, quote: str | None) -> pl.DataFrame | None:
    schema: dict[str, pl.DataType | type[pl.DataType]] = {f"c{i}": pl.String for i in range(width)}
    if not raw:
        return pl.DataFrame(schema=schema)
    try:
        return pl.read_csv(
            raw,
            has_header=False,
            skip_rows=skip,
            schema=schema,
            quote_char=quote,
            empty_string_is_null=False,
            raise_if_empty=False,
        )
    except pl.exceptions.PolarsError:
        return None
