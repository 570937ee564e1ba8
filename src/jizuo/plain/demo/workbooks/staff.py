"""A unit's own list of staff (教职工花名册)."""

from __future__ import annotations

from datetime import date

from jizuo.plain.demo import subjects
from jizuo.plain.demo.labels import class_name, style_of
from jizuo.plain.demo.shapes import District, Staff, Unit
from jizuo.plain.demo.workbooks import words
from jizuo.plain.demo.workbooks.sheet import Book, Column

_COLUMNS: tuple[Column, ...] = (
    ("序号", "", 5),
    ("工号", "", 10),
    ("姓名", "", 10),
    ("性别", "", 5),
    ("民族", "", 8),
    ("出生日期", "", 12),
    ("身份证号", "", 21),
    ("政治面貌", "", 10),
    ("学历", "", 11),
    ("学位", "", 6),
    ("参加工作时间", "", 12),
    ("来校时间", "", 12),
    ("职务", "", 10),
    ("编制类型", "", 9),
    ("岗位类别", "", 10),
    ("岗位等级", "", 13),
    ("职称", "名称", 10),
    ("职称", "聘任时间", 12),
    ("教师资格证", "种类", 14),
    ("教师资格证", "学科", 11),
    ("教师资格证", "证书号码", 18),
    ("专任教师", "", 8),
    ("任教学科", "", 11),
    ("周课时", "", 7),
    ("班主任", "班级", 10),
    ("班主任", "年限", 6),
    ("骨干称号", "", 12),
    ("人员状态", "", 9),
    ("手机号码", "", 13),
    ("任教校", "", 22),
)


def homerooms(district: District) -> dict[int, int]:
    """Staff id -> id of the class whose homeroom teacher she is."""
    return {c.homeroom: c.id for c in district.classes}


def places(district: District, member: Staff) -> str:
    """Where a shared member of staff works besides or instead of the own school, with the kind; "" for
    others.
    """
    said = [
        f"{district.units[p.unit].name}（{p.kind}）"
        for p in (district.posts[i] for i in member.posts)
        if p.kind != "本校"
    ]
    return "；".join(said)


def staff(district: District, unit: Unit) -> bytes:
    """Everybody whose 人事关系 is at *unit* (a school, the bureau or a centre), in one sheet."""
    style = words.DATE_STYLES[(unit.id + 1) % 5]
    own = homerooms(district)

    def day(value: date | None) -> str | date:
        return words.say_date(value, style)

    rows: list[list[str | int | date]] = []
    for n, member in enumerate((district.staff[i] for i in unit.staff), 1):
        klass = district.classes[own[member.id]] if member.id in own else None
        # a class of another school goes by its school's list, not by this one's
        said = class_name(klass, style_of(unit)) if klass and klass.unit == unit.id else ""
        rows.append(
            [
                n,
                member.number,
                member.name,
                words.SEX[member.sex],
                words.ETHNIC[member.ethnic],
                day(member.birth_on),
                member.id_number,
                words.POLITICAL[member.political],
                words.EDUCATION[member.education],
                words.DEGREES[member.degree],
                day(member.worked_from),
                day(member.joined_on),
                member.duty,
                member.employment,
                member.post_kind,
                member.post_grade,
                member.title,
                day(member.title_on),
                member.certificate_stage,
                member.certificate_subject,
                member.certificate,
                "是" if member.is_full_time else "否",
                subjects.said(member.subject, member.stage) if member.subject else "",
                member.periods or "",
                said,
                member.homeroom_years or "",
                member.honour,
                member.status,
                member.phone,
                places(district, member),
            ]
        )
    book = Book(district.today)
    notes = [f"合计：{len(rows)}人"] if unit.id % 2 else []
    book.table("教职工", f"{unit.name}教职工花名册", _COLUMNS, rows, notes)
    return book.bytes()
