"""A school's 任课表: a cross table of classes and subjects, one sheet a stage."""

from __future__ import annotations

from collections import Counter, defaultdict

from jizuo.plain.demo import subjects
from jizuo.plain.demo.labels import class_name, style_of
from jizuo.plain.demo.shapes import STAGES, District, Staff, Unit
from jizuo.plain.demo.workbooks.sheet import Book, Column


def teaching(district: District, unit: Unit) -> bytes:
    """Rows are classes, columns 班主任 and subjects, cells names.

    A name borne twice in the school carries its 工号; a visitor's (走教) her own school. Senior schools add a
    sheet 走班 with one row for each mixed class. Raises ValueError for a unit without classes.
    """
    if not unit.is_school:
        raise ValueError(f"{unit.name} 没有班级")
    own = set(unit.classes)
    cells: dict[int, dict[str, int]] = defaultdict(dict)
    for one in district.teachings:
        if one.klass in own:
            cells[one.klass][one.subject] = one.staff
    mixed = [t for t in district.teaching_classes if t.unit == unit.id and t.klass < 0]
    people = {i for row in cells.values() for i in row.values()} | {t.staff for t in mixed}
    names = Counter(district.staff[i].name for i in people)

    def say(i: int) -> str:
        member: Staff = district.staff[i]
        if i < 0:
            return ""
        if names[member.name] > 1:
            return f"{member.name}（{member.number}）"
        posts = [district.posts[p] for p in member.posts]
        if any(p.unit == unit.id and p.kind == "走教" for p in posts):
            return f"{member.name}（{district.units[member.unit].short}）"
        return member.name

    book = Book(district.today)
    for stage, _, _ in unit.stages:
        classes = [district.classes[c] for c in unit.classes if district.classes[c].stage == stage]
        taken = [s for s in subjects.SUBJECTS if any(s in cells[c.id] for c in classes)]
        columns: list[Column] = [("班级", "", 11), ("班主任", "", 10)]
        if stage == "kindergarten":
            columns.append(("配班", "", 10))
            rows = [[class_name(c, style_of(unit)), say(c.homeroom), say(c.deputy)] for c in classes]
        else:
            columns += [(subjects.said(s, stage), "", 11) for s in taken]
            rows = [
                [
                    class_name(c, style_of(unit)),
                    say(c.homeroom),
                    *(say(cells[c.id].get(s, -1)) for s in taken),
                ]
                for c in classes
            ]
        book.table(STAGES[stage], f"{unit.name}{district.year}学年第一学期任课表", columns, rows)
    if mixed:
        courses = district.courses
        book.table(
            "走班",
            f"{unit.name}{district.year}学年第一学期走班教学班",
            [
                ("年级", "", 8),
                ("教学班", "", 18),
                ("学科", "", 11),
                ("任课教师", "", 12),
                ("周课时", "", 7),
                ("人数", "", 6),
            ],
            [
                [
                    t.name[:2],
                    t.name,
                    subjects.said(courses[t.course].subject, "senior"),
                    say(t.staff),
                    t.periods,
                    len(t.pupils),
                ]
                for t in mixed
            ],
        )
    return book.bytes()
