"""Messy lists of courses, as offices keep them."""

from __future__ import annotations

import io

import xlsxwriter

from tests.hubs.organisation.walking import clerk, walk


def workbook(rows, *, name="课程", formats=()):
    """An xlsx of rows of values; text stays text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(name)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(at, column, value)
            elif value is not None:
                sheet.write(at, column, value)
    for merge in formats:
        sheet.merge_range(*merge)
    book.close()
    return out.getvalue()


def messy(count):
    """A list with a title, a heading, notes, a total and values as people type them."""
    rows = [["第一小学课程一览表"], ["序号", "课程编号", "课程名称 ", "科目", "备注"]]
    for number in range(count):
        rows.append(
            [
                number + 1,
                f" ＫＣ{number:05d}\u200b",
                f"课程　{number}",
                "同上" if number % 3 else " 语文",
                "无",
            ]
        )
    return [*rows, ["合计", f"{count} 门"], ["注：本表由教务处填写，如有疑问请联系教务处。"]]


def bring(base, unit_no, content, name="课程.xlsx", *, dataset="course", scope=None, **more):
    options = {"dataset": dataset, **more.pop("options", {})}
    return walk(base, scope or clerk(base, unit_no), content, name, "table", options=options, **more)
