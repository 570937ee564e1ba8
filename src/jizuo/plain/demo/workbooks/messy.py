"""A pupil list as it arrives on a bad day: right people, and faults of which the place and kind are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from xlsxwriter.utility import xl_rowcol_to_cell

from jizuo.plain.demo.labels import class_name, grade_name, style_of
from jizuo.plain.demo.shapes import District, Unit
from jizuo.plain.demo.workbooks.pupils import Cell, layout, members, row, title
from jizuo.plain.demo.workbooks.sheet import Book

BLOCKING = ("excel_number", "thirteenth_month", "unknown_class", "duplicate_id", "check_digit")
HARMLESS = ("full_width", "space_in_name", "ditto", "total_row", "lower_x")
"""Kinds of faults: those a person must mend, and those a good reader understands or skips by itself."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault: where it stands (A1 style), its kind, what stands there and what it should be.

    *meant* is "" for a row that is no person. *pupil* is the id in the district, -1 for such a row.
    """

    sheet: str
    cell: str
    kind: str
    wrote: str
    meant: str
    pupil: int

    @property
    def is_blocking(self) -> bool:
        """Whether the row cannot be taken before a person mends it."""
        return self.kind in BLOCKING


def messy(district: District, unit: Unit, repeats: int = 1) -> tuple[bytes, list[Fault]]:
    """(xlsx, faults) for the pupils of *unit*, one sheet; each kind of fault *repeats* times.

    A duplicate id number is the only fault that names its second place: the first stands further up. Raises
    ValueError for a unit without pupils or with too few.
    """
    if not unit.is_school:
        raise ValueError(f"{unit.name} 没有学生")
    fields, columns, _ = layout(unit)
    headings = [c[0] for c in columns]
    at = {"班级": 1, **{f: i + 2 for i, f in enumerate(fields)}}
    sheet, top = "学生名册", 3
    rows: list[list[Cell | float]] = []
    people: list[int] = []
    for klass, listed in members(district, unit):
        said = class_name(klass, style_of(unit))
        for pupil in listed:
            rows.append(list(row(district, unit, said, pupil, len(rows) + 1, "dashed")))
            people.append(pupil.id)
    sound = [n for n, i in enumerate(people) if district.pupils[i].id_kind == "resident"]
    ending_x = [n for n in sound if district.pupils[people[n]].id_number.endswith("X")]
    plain = [n for n in sound if not district.pupils[people[n]].id_number.endswith("X") and n % 5 != 0]
    if len(plain) < 14 * repeats or len(ending_x) < repeats:
        raise ValueError(f"{unit.name} 的学生太少，放不下 {repeats} 组错误")
    step = len(plain) // (8 * repeats)
    places: Iterator[int] = iter(plain[step // 2 :: step])
    faults: list[Fault] = []

    def put(n: int, field: str, kind: str, value: Cell | float, meant: Cell | float) -> None:
        rows[n][at[field]] = value
        wrote = f"{value:.2E}" if isinstance(value, float) else str(value)
        said = meant.isoformat() if isinstance(meant, date) else str(meant)
        faults.append(Fault(sheet, xl_rowcol_to_cell(top + n, at[field]), kind, wrote, said, people[n]))

    for turn in range(repeats):
        n = next(places)
        number = str(rows[n][at["身份证件号"]])
        put(n, "身份证件号", "excel_number", float(int(number[:15]) * 1000), number)
        n = next(places)
        day = str(rows[n][at["出生日期"]])
        put(n, "出生日期", "thirteenth_month", f"{day[:4]}-13-{day[8:]}", day)
        n = next(places)
        klass = district.classes[district.pupils[people[n]].register_class]
        put(n, "班级", "unknown_class", f"{grade_name(klass)}97班", rows[n][1])
        n, other = next(places), plain[turn]
        number = str(rows[n][at["身份证件号"]])
        put(n, "身份证件号", "duplicate_id", rows[other][at["身份证件号"]], number)
        n = next(places)
        number = str(rows[n][at["身份证件号"]])
        wrong = str((int(number[-1]) + 1) % 10)
        put(n, "身份证件号", "check_digit", number[:-1] + wrong, number)
        n = next(places)
        number = str(rows[n][at["身份证件号"]])
        wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
        put(n, "身份证件号", "full_width", wide, number)
        n = next(places)
        name = str(rows[n][at["姓名"]])
        put(n, "姓名", "space_in_name", " ".join(name), name)
        n = next(places)
        above = rows[n - 1][at["现住址"]]
        put(n, "现住址", "ditto", "同上", above)
        n = ending_x[turn]
        number = str(rows[n][at["身份证件号"]])
        put(n, "身份证件号", "lower_x", number[:-1] + "x", number)
    faults.append(Fault(sheet, xl_rowcol_to_cell(top + len(rows), 0), "total_row", "合计", "", -1))
    total: list[Cell | float] = ["合计", "", *[""] * (len(headings) - 2)]
    total[at["姓名"]] = f"{len(rows)}人"
    rows.append(total)
    book = Book(district.today)
    book.table(sheet, title(district, unit), columns, rows, ["注：标红为转入学生，请班主任核对。"])
    return book.bytes(), faults
