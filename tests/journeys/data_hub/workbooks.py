"""A school's fitness tests as its sports office keeps them, and as a platform outside tells them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import xlsxwriter

FIRST = date(2026, 9, 3)
ITEMS = ("50米跑", "立定跳远", "坐位体前屈", "一分钟跳绳", "仰卧起坐", "肺活量", "身高", "体重")
PUPILS = 375
#: Row of the first pupil on the screen: a title, a remark and a heading of two rows stand above.
TOP = 5
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil as a sheet may name one. sex: as of GB/T 2261.1."""

    local_no: str
    name: str
    class_name: str
    sex: str


def tests(pupils: Sequence[Pupil]) -> list[tuple[Pupil, str, date, float]]:
    """Every pupil in every item: 3,000 tests."""
    return [
        (pupil, item, FIRST + timedelta(days=place % 9), round(6 + (at * 7 + place * 13) % 50 / 10, 1))
        for at, pupil in enumerate(pupils[:PUPILS])
        for place, item in enumerate(ITEMS)
    ]


def number_of(pupil: Pupil, at: int) -> str:
    """The number as typed: every third one full width."""
    return pupil.local_no.translate(WIDE) if at % 3 == 0 else pupil.local_no


def name_of(pupil: Pupil, at: int) -> str:
    """The name as typed: two characters drawn apart, or a space behind."""
    if len(pupil.name) == 2:
        return f"{pupil.name[0]}　{pupil.name[1]}"
    return f"{pupil.name} " if at % 4 == 0 else pupil.name


def day_of(day: date, at: int) -> Any:
    """The day in one of four forms; a `date` becomes a day of Excel's own."""
    forms = (
        day.isoformat(),
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        day,
    )
    return forms[at % 4]


def lines_of(pupils: Sequence[Pupil], times: int) -> list[list[Any]]:
    """The tests as typed; a pupil tried up to three times, `times` at most."""
    lines: list[list[Any]] = []
    for at, (pupil, item, day, result) in enumerate(tests(pupils)):
        sex = {"1": "男", "2": "女"}[pupil.sex]
        phone = f"138-0000-{1000 + at // len(ITEMS):04d}"
        lines.append(
            [number_of(pupil, at), name_of(pupil, at), item, day_of(day, at), " 李老师" if at % 2 else "同上",
             min(1 + at % 3, times), result, sex, phone.translate(WIDE) if at % 5 == 0 else phone]
        )  # fmt: skip
    lines[0][4] = "李老师"
    return lines


def messy(pupils: Sequence[Pupil]) -> bytes:
    """The school's sheet of 3,000 tests with faults in the cells G7 (no number), D11 (no day) and H15 (no sex), and with
    the test of row 21 told once more, otherwise, at its end. Every third test was tried three times."""
    lines = lines_of(pupils, 3)
    lines[2][6], lines[6][3], lines[10][7] = "一米五", "九月", "男生女"
    lines.append([*lines[16][:6], 99.9, *lines[16][7:]])
    return book(lines)


def mended(pupils: Sequence[Pupil]) -> bytes:
    """The same sheet without its faults; nobody tried more than twice."""
    return book(lines_of(pupils, 2))


def book(lines: Sequence[Sequence[Any]]) -> bytes:
    """A title, a remark, a heading of two rows, the lines, a total, a note."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet("体测")
    days = made.add_format({"num_format": "yyyy-mm-dd"})
    sheet.merge_range("A1:I1", "启明小学 2026 学年学生体质测试成绩汇总表")
    sheet.write(1, 0, "填表：体育组　　单位：秒、厘米、次、毫升、千克")
    sheet.merge_range("A3:B3", "学生")
    sheet.merge_range("C3:G3", "测试情况")
    sheet.merge_range("H3:I3", "其他")
    for column, head in enumerate(
        ("学号", "姓名", "测试项目", "测试日期", "测试老师", "次数", "得数", "性别", "家长电话")
    ):
        sheet.write(3, column, head)
    for at, line in enumerate(lines, TOP - 1):
        for column, value in enumerate(line):
            if isinstance(value, date):
                sheet.write_datetime(at, column, value, days)  # type: ignore[arg-type]
            elif value != "":
                sheet.write(at, column, value)
    end = TOP - 1 + len(lines)
    sheet.write(end, 0, "合计")
    sheet.write(end, 2, f"{len(lines)} 人次")
    sheet.write(end + 1, 0, "注：成绩以体育组登记为准。")
    made.close()
    return out.getvalue()


def outside(pupils: Sequence[Pupil], first: int, count: int) -> bytes:
    """CSV of the platform about `count` pupils from `first` on: another result for each 坐位体前屈, day and month the other
    way round for each 体重, all else as the school says."""
    rows = ["学号,测试项目,测试日期,成绩"]
    mine = {pupil.local_no for pupil in pupils[first : first + count]}
    for pupil, item, day, result in tests(pupils):
        if pupil.local_no not in mine:
            continue
        if item == "坐位体前屈":
            result = round(result + 31.5, 1)
        if item == "体重":
            day = date(day.year, day.day, day.month)
        rows.append(f"{pupil.local_no},{item},{day.isoformat()},{result}")
    return "\n".join(rows).encode("utf-8-sig")
