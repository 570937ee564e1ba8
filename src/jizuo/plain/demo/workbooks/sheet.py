"""A sheet the way offices build it: title row, header of one or two rows with merges, text cells, notes
below.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

Column = tuple[str, str, int]
"""(upper heading, lower heading or "" for a heading two rows high, width in characters)."""


class Book:
    """One workbook being written; ``bytes()`` closes it."""

    def __init__(self, made_on: date) -> None:
        self._buffer = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        self._book.set_properties({"created": datetime.combine(made_on, time(8))})
        add = self._book.add_format
        self.title = add({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self.head = add(
            {
                "bold": True,
                "align": "center",
                "valign": "vcenter",
                "border": 1,
                "bg_color": "#E3F1F2",
                "text_wrap": True,
            }
        )
        self.text = add({"num_format": "@", "border": 1})
        self.day = add({"num_format": "yyyy-mm-dd", "border": 1})

    def sheet(self, name: str) -> Any:
        """A new worksheet (XlsxWriter's)."""
        return self._book.add_worksheet(name)

    def table(
        self,
        name: str,
        title: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[str | int | float | date]],
        notes: Sequence[str] = (),
    ) -> Any:
        """A whole sheet. No title row for an empty *title*; one header row when no column has a lower
        heading.
        """
        sheet = self.sheet(name)
        at = 0
        if title:
            sheet.merge_range(0, 0, 0, len(columns) - 1, title, self.title)
            sheet.set_row(0, 28)
            at = 1
        at = self._header(sheet, at, columns)
        sheet.freeze_panes(at, 0)
        write_text, write_number, write_day = sheet.write_string, sheet.write_number, sheet.write_datetime
        text, day = self.text, self.day
        for row in rows:
            for column, value in enumerate(row):
                kind = type(value)
                if kind is str:
                    if value:
                        write_text(at, column, value, text)
                elif kind is date:
                    write_day(at, column, value, day)
                else:
                    write_number(at, column, value)
            at += 1
        for note in notes:
            sheet.write_string(at, 0, note)
            at += 1
        return sheet

    def _header(self, sheet: Any, at: int, columns: Sequence[Column]) -> int:
        double = any(lower for _, lower, _ in columns)
        column = 0
        while column < len(columns):
            upper, lower, width = columns[column]
            sheet.set_column(column, column, width)
            if not double:
                sheet.write_string(at, column, upper, self.head)
            elif not lower:
                sheet.merge_range(at, column, at + 1, column, upper, self.head)
            else:
                last = column
                while last + 1 < len(columns) and columns[last + 1][0] == upper:
                    last += 1
                sheet.merge_range(at, column, at, last, upper, self.head)
                for i in range(column, last + 1):
                    sheet.write_string(at + 1, i, columns[i][1], self.head)
                    sheet.set_column(i, i, columns[i][2])
                column = last
            column += 1
        return at + (2 if double else 1)

    def bytes(self) -> bytes:
        """Close the workbook and give its file."""
        self._book.close()
        return self._buffer.getvalue()
