"""A school's own list of pupils (学生花名册)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

from jizuo.plain.demo.labels import class_name, grade_name, style_of
from jizuo.plain.demo.places import DIVISIONS
from jizuo.plain.demo.shapes import Class, District, Pupil, Unit
from jizuo.plain.demo.workbooks import words
from jizuo.plain.demo.workbooks.sheet import Book, Column
from jizuo.plain.idnumber import DOCUMENT_NAMES, DocumentKind

Cell = str | int | date
Field = Callable[[District, Unit, Pupil, str], Cell]


def _id_kind(district: District, unit: Unit, pupil: Pupil, style: str) -> Cell:
    return "" if pupil.id_kind == "none" else DOCUMENT_NAMES[DocumentKind(pupil.id_kind)]


def _remark(district: District, unit: Unit, pupil: Pupil, style: str) -> Cell:
    said = []
    if pupil.unit != unit.id:
        home = district.units[pupil.unit].name if pupil.unit >= 0 else pupil.elsewhere
        said.append(f"借读，学籍在{home}")
    elif pupil.attend != unit.id:
        there = district.units[pupil.attend].name if pupil.attend >= 0 else pupil.elsewhere
        said.append(f"学籍在本校，在{there}就读")
    if pupil.status == "02":
        said.append("休学")
    return "；".join(said)


_FIELDS: dict[str, Field] = {
    "学号": lambda d, u, p, s: p.school_no,
    "座号": lambda d, u, p, s: p.seat if p.attend == u.id else "",
    "姓名": lambda d, u, p, s: p.name,
    "曾用名": lambda d, u, p, s: p.former_name,
    "性别": lambda d, u, p, s: words.SEX[p.sex],
    "民族": lambda d, u, p, s: words.ETHNIC[p.ethnic],
    "国籍/地区": lambda d, u, p, s: (
        p.overseas if p.nationality == "CHN" and p.overseas else words.COUNTRIES[p.nationality]
    ),
    "出生日期": lambda d, u, p, s: words.say_date(p.birth_on, s),
    "证件类型": _id_kind,
    "身份证件号": lambda d, u, p, s: p.id_number,
    "学籍号": lambda d, u, p, s: p.register_no,
    "入学日期": lambda d, u, p, s: words.say_date(p.entry_on, s),
    "入学方式": lambda d, u, p, s: p.entry_way,
    "就读方式": lambda d, u, p, s: p.boarding,
    "户口性质": lambda d, u, p, s: p.household,
    "户籍地": lambda d, u, p, s: DIVISIONS[p.region][0] if p.region else p.overseas,
    "户籍地址": lambda d, u, p, s: p.household_address,
    "现住址": lambda d, u, p, s: p.address,
    "血型": lambda d, u, p, s: p.blood,
    "过敏": lambda d, u, p, s: p.allergy,
    "校车": lambda d, u, p, s: p.bus,
    "备注": _remark,
}
_WIDTHS = {
    "身份证件号": 21,
    "学籍号": 22,
    "现住址": 34,
    "户籍地址": 34,
    "出生日期": 12,
    "备注": 20,
    "学号": 12,
}

_GUARDIAN = (("姓名", 10), ("关系", 7), ("电话", 13))

# (fields in order, {field: heading}, with class column, how many guardians)
_LAYOUTS: tuple[tuple[str, dict[str, str], int], ...] = (
    (
        "学号 座号 姓名 性别 民族 出生日期 证件类型 身份证件号 学籍号 国籍/地区 曾用名 户籍地 户籍地址 "
        "户口性质 现住址 入学日期 入学方式 就读方式 "
        "血型 过敏 校车 备注",
        {},
        2,
    ),
    (
        "姓名 性别 出生日期 民族 身份证件号 证件类型 学籍号 学号 座号 入学方式 入学日期 户籍地址 户口性质 "
        "现住址 就读方式 备注",
        {"身份证件号": "身份证号", "现住址": "家庭住址", "出生日期": "出生年月日", "户口性质": "户口类别"},
        2,
    ),
    (
        "座号 姓名 性别 学籍号 证件类型 身份证件号 出生日期 民族 国籍/地区 入学日期 就读方式 过敏 血型 "
        "户籍地 现住址 备注",
        {
            "座号": "座位号",
            "身份证件号": "证件号码",
            "现住址": "居住地址",
            "学籍号": "全国学籍号",
            "过敏": "过敏史",
        },
        3,
    ),
)


def members(district: District, unit: Unit) -> list[tuple[Class, list[Pupil]]]:
    """(class, everybody on its list) for a school: those who study in it, then those registered in it who do
    not.
    """
    away: dict[int, list[Pupil]] = {}
    for i in unit.pupils:
        pupil = district.pupils[i]
        if pupil.attend != unit.id:
            away.setdefault(pupil.register_class, []).append(pupil)
    classes = [district.classes[c] for c in unit.classes]
    return [(c, [district.pupils[p] for p in c.pupils] + away.get(c.id, [])) for c in classes]


def guardians(district: District, pupil: Pupil, most: int) -> list[str]:
    """Name, relation and phone of up to *most* guardians, flat, padded; whoever may have no contact is left
    out.
    """
    cells: list[str] = []
    for tie in (district.guardianships[t] for t in pupil.guardians):
        if tie.no_contact or len(cells) == most * 3:
            continue
        adult = district.guardians[tie.guardian]
        cells += [adult.name, words.RELATIONS[tie.relation], adult.phone]
    return cells + [""] * (most * 3 - len(cells))


@cache
def _layout(kind: int) -> tuple[list[str], list[Column], int]:
    text, said, most = _LAYOUTS[kind]
    fields = text.split()
    columns: list[Column] = [("序号", "", 5), ("班级", "", 11)]
    columns += [(said.get(f, f), "", _WIDTHS.get(f, 9)) for f in fields]
    for word in ("一", "二", "三")[:most]:
        columns += [
            (f"监护人{word}", part, width) for part, width in (("姓名", 10), ("关系", 7), ("电话", 13))
        ]
    return fields, columns, most


def layout(unit: Unit) -> tuple[list[str], list[Column], int]:
    """(fields, columns of the whole sheet, guardians) of this school's habit."""
    return _layout(unit.id % len(_LAYOUTS))


def row(district: District, unit: Unit, class_said: str, pupil: Pupil, number: int, style: str) -> list[Cell]:
    """One pupil's cells in the order of ``layout``; class and dates as the school writes them."""
    fields, _, most = layout(unit)
    head: list[Cell] = [number, class_said]
    head += [_FIELDS[f](district, unit, pupil, style) for f in fields]
    return head + guardians(district, pupil, most)


def date_style(unit: Unit) -> str:
    """How this school writes dates, fixed by its place in the list."""
    return words.DATE_STYLES[unit.id % 5]


def title(district: District, unit: Unit) -> str:
    """The title row."""
    return f"{unit.name}{district.year}学年第一学期学生花名册"


def is_split(unit: Unit) -> bool:
    """Whether this school keeps one sheet for each grade."""
    return unit.id % 2 == 1


def pupils(district: District, unit: Unit) -> bytes:
    """The list of everybody who is registered at or studies at *unit*, as this school keeps it.

    Fixed by the school's place in the list: one sheet a grade or one in all, three orders of columns, four
    ways to
    write a class, five ways to write a date, with or without 合计 and notes. Raises ValueError for a unit
    without pupils.
    """
    if not unit.is_school:
        raise ValueError(f"{unit.name} 没有学生")
    columns, style = layout(unit)[1], date_style(unit)
    book = Book(district.today)
    sheets: dict[str, list[list[Cell]]] = {}
    for klass, listed in members(district, unit):
        name = grade_name(klass) if is_split(unit) else "学生名册"
        said = class_name(klass, style_of(unit))
        rows = sheets.setdefault(name, [])
        for pupil in listed:
            rows.append(row(district, unit, said, pupil, len(rows) + 1, style))
    for name, rows in sheets.items():
        notes = []
        if unit.id % 4 == 0:
            notes = [f"合计：{len(rows)}人"]
        if unit.id % 3 == 0:
            notes.append("说明：本表由班主任核对，证件号请用文本格式填写。")
        book.table(name, title(district, unit), columns, rows, notes)
    return book.bytes()
