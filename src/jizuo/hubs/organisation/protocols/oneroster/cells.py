"""Rules for one table by itself: filled, well written, in the vocabulary, begin before end, ids once.

Every test runs on a column's distinct values first; only bad values are looked for in the rows. A date column
of 300,000 rows has a dozen values.
"""

from collections.abc import Callable

import polars as pl

from .documents import rows_with_numbers
from .report import Findings, Sheet
from .tables import US_GRADES, US_RACE_COLUMNS, Column, Table

Test = Callable[[pl.Series], pl.Series]

_DATE = r"^\d{4}-\d{2}-\d{2}$"
_CLOCK = r"T(?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d{1,9})?)?"
_DATETIME = rf"^\d{{4}}-\d{{2}}-\d{{2}}{_CLOCK}(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)$"
_UTC = r"Z$"
_USER_IDS = r"^\{[^{}:]+:[^{}]+\}(?:,\s?\{[^{}:]+:[^{}]+\})*$"
_NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)$"
# Greek to Arabic letters, the replacement character and its GBK shadow: what wrong decoding leaves behind.
_GARBLED = "[\u0370-\u07ff\ufffd]|锟斤拷|烫烫"
_PERIODS = (("startDate", "endDate"), ("beginDate", "endDate"), ("assignDate", "dueDate"))
_PERSONAL = ("sourcedId", "identifier", "username", "userIds", "userMasterIdentifier")


def check_cells(sheet: Sheet, table: Table, mode: str, findings: Findings) -> None:
    """All rules that need no other table. Tidies what may be tidied: booleans to lower case, passwords
    dropped.
    """
    live = _live(sheet, mode)
    for column in table.columns:
        series = sheet.frame[column.name]
        if column.is_required and (column.name not in sheet.filled or _has_blanks(series)):
            blank = series.str.strip_chars() == ""
            if column.name != "sourcedId":
                blank &= live
            findings.rows("required", sheet, column.name, blank.arg_true())
        if column.name in sheet.filled:
            _check_kind(sheet, column, series, findings)
    _check_first_columns(sheet, mode, findings)
    for begin, end in _PERIODS:
        if begin in sheet.filled and end in sheet.filled:
            _check_period(sheet, begin, end, live, findings)
    if "subjects" in sheet.filled and "subjectCodes" in sheet.filled:
        _check_subjects(sheet, findings)
    if table.is_loaded:
        _check_privacy(sheet, findings)


def _has_blanks(series: pl.Series) -> bool:
    return bool(series.unique().str.strip_chars().eq("").any())


def bad_rows(series: pl.Series, is_good: Test) -> pl.Series:
    """Indexes of the non-empty values for which the test says false or null."""
    values = series.unique()
    values = values.filter(values != "")
    if values.is_empty():
        return pl.Series([], dtype=pl.UInt32)
    bad = values.filter(~is_good(values).fill_null(False))
    return series.is_in(bad.implode()).arg_true() if len(bad) else pl.Series([], dtype=pl.UInt32)


def _live(sheet: Sheet, mode: str) -> pl.Series:
    # A row that says "delete me" need only say who it is.
    if mode == "delta":
        return sheet.frame["status"] != "tobedeleted"
    return pl.repeat(True, sheet.frame.height, dtype=pl.Boolean, eager=True)


def _check_kind(sheet: Sheet, column: Column, series: pl.Series, findings: Findings) -> None:
    name = column.name
    if column.kind == "date":
        _check_dates(sheet, name, series, findings)
    elif column.kind == "datetime":
        _check_datetimes(sheet, name, series, findings)
    elif column.kind == "day":
        bad = bad_rows(series, lambda v: v.str.contains(_DATE) | v.str.contains(_DATETIME))
        findings.rows("date_form", sheet, name, bad)
    elif column.kind == "boolean":
        _check_booleans(sheet, name, series, findings)
    elif column.kind == "word":
        own = r"^ext:\S"
        bad = bad_rows(series, lambda v: v.is_in(list(column.words)) | v.str.contains(own))
        findings.rows("word", sheet, name, bad, allowed="、".join(column.words))
    elif column.kind == "year":
        findings.rows("year_form", sheet, name, bad_rows(series, lambda v: v.str.contains(r"^\d{4}$")))
    elif column.kind == "number":
        findings.rows("number", sheet, name, bad_rows(series, lambda v: v.str.contains(_NUMBER)))
    elif column.kind == "userIds":
        findings.rows("user_ids", sheet, name, bad_rows(series, lambda v: v.str.contains(_USER_IDS)))
    elif column.kind == "id":
        findings.rows("id_long", sheet, name, (series.str.len_chars() > 255).arg_true())
        findings.rows("id_space", sheet, name, (series.str.strip_chars() != series).arg_true())
        doubled = ~series.is_first_distinct() & (series != "")
        findings.rows("id_doubled", sheet, name, doubled.arg_true())
    elif column.kind == "text" and sheet.name not in findings.softened:
        findings.rows("garbled", sheet, name, bad_rows(series, lambda v: ~v.str.contains(_GARBLED)))


def _check_dates(sheet: Sheet, name: str, series: pl.Series, findings: Findings) -> None:
    bad = bad_rows(series, lambda v: v.str.contains(_DATE) & _is_day(v))
    _tell_moments(sheet, name, bad, _DATE, "date_form", findings)


def _check_datetimes(sheet: Sheet, name: str, series: pl.Series, findings: Findings) -> None:
    bad = bad_rows(series, lambda v: v.str.contains(_DATETIME) & v.str.contains(_UTC) & _is_day(v))
    offset = _tell_moments(sheet, name, bad, _DATETIME, "datetime_form", findings)
    findings.rows("datetime_offset", sheet, name, offset)


def _tell_moments(
    sheet: Sheet, name: str, bad: pl.Series, shape: str, cause: str, findings: Findings
) -> pl.Series:
    """Say which of the bad rows are badly written and which name no day; returns the others."""
    if bad.is_empty():
        return bad
    values = sheet.frame[name].gather(bad)
    is_shaped = values.str.contains(shape)
    is_day = _is_day(values)
    findings.rows(cause, sheet, name, bad.filter(~is_shaped))
    findings.rows("date_impossible", sheet, name, bad.filter(is_shaped & ~is_day))
    return bad.filter(is_shaped & is_day)


def _is_day(values: pl.Series) -> pl.Series:
    return values.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).is_not_null()


def _check_booleans(sheet: Sheet, name: str, series: pl.Series, findings: Findings) -> None:
    words = ["true", "false"]
    bad = bad_rows(series, lambda v: v.is_in(words))
    if bad.is_empty():
        return
    is_cased = series.gather(bad).str.to_lowercase().is_in(words)
    findings.rows("boolean", sheet, name, bad.filter(~is_cased))
    findings.rows("boolean_case", sheet, name, bad.filter(is_cased))
    lower = pl.col(name).str.to_lowercase()
    sheet.frame = sheet.frame.with_columns(
        pl.when(lower.is_in(words)).then(lower).otherwise(pl.col(name)).alias(name)
    )


def _check_first_columns(sheet: Sheet, mode: str, findings: Findings) -> None:
    frame = sheet.frame
    for name in ("status", "dateLastModified"):
        if mode == "delta":
            findings.rows("required", sheet, name, (frame[name].str.strip_chars() == "").arg_true())
        elif name in sheet.filled:
            findings.rows("bulk_filled", sheet, name, (frame[name] != "").arg_true())
    if mode != "delta" and "status" in sheet.filled:
        findings.rows("bulk_deleted", sheet, "status", (frame["status"] == "tobedeleted").arg_true())


def _check_period(sheet: Sheet, begin: str, end: str, live: pl.Series, findings: Findings) -> None:
    frame = sheet.frame
    pairs = frame.select(begin, end).unique()
    # ISO days compare as text.
    wrong = pairs.filter(
        (pl.col(begin) > pl.col(end))
        & pl.all_horizontal(pl.col(begin, end).str.contains(r"^\d{4}-\d{2}-\d{2}"))
    )
    if wrong.is_empty():
        return
    rows = frame.select(begin, end).with_row_index("i").filter(live).join(wrong, on=[begin, end], how="semi")
    rows = rows.sort("i")
    findings.rows("order", sheet, end, rows["i"], rows[begin] + " > " + rows[end], begin=begin, end=end)


def _check_subjects(sheet: Sheet, findings: Findings) -> None:
    frame = sheet.frame
    pairs = frame.select("subjects", "subjectCodes").with_row_index("i")
    wrong = pairs.filter(
        (pl.col("subjects") != "")
        & (pl.col("subjectCodes") != "")
        & (pl.col("subjects").str.count_matches(",") != pl.col("subjectCodes").str.count_matches(","))
    )
    both = wrong["subjects"] + " / " + wrong["subjectCodes"]
    findings.rows("list_counts", sheet, "subjectCodes", wrong["i"], both)


def _check_privacy(sheet: Sheet, findings: Findings) -> None:
    for name in sheet.filled.intersection(("password", *_PERSONAL)):
        if name == "password":
            findings.rows("password", sheet, name, (sheet.frame[name] != "").arg_true())
            sheet.frame = sheet.frame.with_columns(pl.lit("").alias(name))
        else:
            findings.rows("document_number", sheet, name, rows_with_numbers(sheet.frame[name]))


def _first(values: pl.Series) -> pl.Series:
    return values.str.split(",").list.first()


def check_foreign_codes(sheet: Sheet, findings: Findings) -> None:
    """Report US grades and race columns of a file set that does not follow our profile; convert none."""
    if "grades" in sheet.filled:
        coded = bad_rows(sheet.frame["grades"], lambda v: ~_first(v).is_in(list(US_GRADES)))
        findings.rows("us_grade", sheet, "grades", coded)
    for name in US_RACE_COLUMNS:
        if name in sheet.filled:
            findings.rows("us_race", sheet, name, (sheet.frame[name] == "true").arg_true())
