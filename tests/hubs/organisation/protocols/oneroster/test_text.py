import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jizuo.hubs.organisation.protocols.oneroster.report import Findings, Sheet
from jizuo.hubs.organisation.protocols.oneroster.tables import layout
from jizuo.hubs.organisation.protocols.oneroster.text import read_sheet

ORGS = layout("1.2")["orgs"]
HEAD = ",".join(ORGS.names).encode() + b"\r\n"
Told = list[tuple[str, str, int]]


def read(body: bytes, head: bytes = HEAD) -> tuple[Sheet | None, Told]:
    findings = Findings()
    sheet = read_sheet(head + body, ORGS, findings)
    told = [(p.cause, p.column, place.line) for p in findings.problems() for place in p.places]
    return sheet, told


def names(sheet: Sheet | None) -> list[str]:
    assert sheet is not None
    return sheet.frame["name"].to_list()


def row(key: str, name: str) -> bytes:
    return f"{key},,,{name},school,,\r\n".encode()


@pytest.mark.parametrize(
    ("body", "expected", "told"),
    [
        (row("a", "n") + row("b", "m"), ["n", "m"], []),
        (b"a,,,n,school,,", ["n"], []),
        (b"", [], []),
        (row("a", '"x ""y"", z"'), ['x "y", z'], []),
        (row("a", "n") + b"\r\n" + row("b", "m"), ["n", "m"], [("row_blank", "", 3)]),
        (b"a,,,n,school,\r\n" + row("b", "m"), ["n", "m"], [("row_length", "", 2)]),
        (row("a", "n") + b"b,,,m,school,,,\r\n", ["n", "m"], [("row_length", "", 3)]),
        # One row too long and one too short have the right number of commas together.
        (b"a,,,n,school,\r\nb,,,m,school,,,\r\n", ["n", "m"], [("row_length", "", 2), ("row_length", "", 3)]),
        (row("a", '"1\r\n2\n3"') + b"b,,,m\r\n", ["1\r\n2\n3", "m"], [("row_length", "", 5)]),
        (row("a", 'n"q') + row("b", "m"), ['n"q', "m"], [("quote", "", 2)]),
        (row("a", '"n"q') + row("b", "m"), ['"n"q', "m"], [("quote", "", 2)]),
        (row("a", '"n') + row("b", "m") + row("c", "k"), ['"n', "m", "k"], [("quote", "", 2)]),
        (row("a", "n\0m"), ["nm"], [("nul_byte", "", 2)]),
        (row("a", "n") + b"b,,,m\rk,school,,\r\n", ["n", "m k"], [("quote", "", 3)]),
    ],
)
def test_rows_and_their_faults(body: bytes, expected: list[str], told: Told) -> None:
    sheet, found = read(body)
    assert names(sheet) == expected
    assert found == told


def test_a_byte_order_mark_is_welcome() -> None:
    sheet, told = read(row("a", "学校"), b"\xef\xbb\xbf" + HEAD)
    assert names(sheet) == ["学校"]
    assert told == []


def test_carriage_returns_alone_are_named_and_read() -> None:
    sheet, told = read(row("a", "n").replace(b"\r\n", b"\r"), HEAD.replace(b"\r\n", b"\r"))
    assert names(sheet) == ["n"]
    assert told == [("line_end", "", 1)]


def test_line_numbers_count_lines_inside_quotes() -> None:
    sheet, _ = read(row("a", '"1\n2"') + row("b", "m") + row("c", '"x\ny\nz"') + row("d", "k"))
    assert sheet is not None
    assert [sheet.line(i) for i in range(4)] == [2, 4, 5, 8]


def test_a_gbk_file_is_named_and_read() -> None:
    body = row("a", "第一小学").decode().encode("gbk") + row("b", "学校").decode().encode("gbk")
    sheet, told = read(body)
    assert names(sheet) == ["第一小学", "学校"]
    assert told == [("encoding_other", "", 2)]


def test_each_line_in_another_encoding_is_named() -> None:
    bad = row("b", "第二小学").decode().encode("gbk")
    sheet, told = read(row("a", "第一小学") + bad + row("c", "第三小学") + b"d,,,\xff\xff,school,,\r\n")
    assert names(sheet)[:3] == ["第一小学", "第二小学", "第三小学"]
    assert told == [("encoding_mixed", "", 3), ("encoding_mixed", "", 5)]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_is_named_and_read(codec: str) -> None:
    text = "\ufeff" + HEAD.decode() + row("a", "学校").decode()
    sheet, told = read(b"", text.encode(codec))
    assert names(sheet) == ["学校"]
    assert told == [("encoding_other", "", 1)]


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"", [("header_missing", "", 1)]),
        (b"\r\n", [("header_missing", "", 1)]),
        (HEAD.replace(b",name", b""), [("column_missing", "name", 1)]),
        (HEAD.replace(b",identifier", b""), [("column_absent", "identifier", 1)]),
        (
            HEAD.replace(b"identifier", b"name"),
            [("column_doubled", "name", 1), ("column_absent", "identifier", 1)],
        ),
        (HEAD.replace(b"identifier", b"Identifier"), [("column_case", "Identifier", 1)]),
        (HEAD.replace(b"\r\n", b",colour\r\n"), [("column_unknown", "colour", 1)]),
        (HEAD.replace(b"\r\n", b",metadata.colour\r\n"), []),
        (HEAD.replace(b"name,type", b"type,name"), [("column_order", "", 1)]),
    ],
)
def test_headers(head: bytes, told: Told) -> None:
    _, found = read(b"", head)
    assert found == told


def test_columns_are_read_by_name_and_own_columns_kept() -> None:
    sheet, _ = read(b"x,k,n,c\r\n", b"metadata.b,sourcedId,name,colour\r\n")
    assert sheet is not None
    assert sheet.frame.columns == [*ORGS.names, "metadata.b"]
    assert sheet.frame.row(0, named=True) | {"type": ""} == {
        **dict.fromkeys(ORGS.names, ""),
        "metadata.b": "x",
        "sourcedId": "k",
        "name": "n",
    }


def test_many_forgotten_quotes_end_in_time() -> None:
    sheet, told = read(b"".join(row(str(i), '"n') for i in range(3_000)))
    assert sheet is not None
    assert ("quote", "", 2) in told


value = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(value, min_size=4, max_size=4), max_size=6), st.sampled_from([0, 1]))
@example([["a\rb", '"', "\r\n", ""]], 0)
@example([["", "", "", ""]], 0)
def test_what_the_standard_library_writes_is_read_back(table: list[list[str]], quoting: int) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=quoting)
    writer.writerow(["sourcedId", "name", "type", "metadata.x"])
    writer.writerows(table)
    sheet, told = read(b"", out.getvalue().encode())
    assert sheet is not None
    assert [list(r) for r in sheet.frame.select("sourcedId", "name", "type", "metadata.x").rows()] == table
    assert {cause for cause, _, _ in told} <= {"column_absent"}


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(body: bytes) -> None:
    sheet, _ = read(body)
    assert sheet is None or sheet.frame.width == len(ORGS.names)
