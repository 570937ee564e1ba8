"""任课表: who teaches what to which class, as a cross table, a list, or classes with their homeroom teachers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import polars as pl
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground.errors import BadInput
from jizuo.ground.scope import HOMEROOM_TEACHER, TEACHER
from jizuo.hubs.data import codes
from jizuo.hubs.data.importers import (
    ERROR,
    WARNING,
    Checked,
    CheckInput,
    Fault,
    NewLabel,
    Plan,
    PlanInput,
    Step,
)
from jizuo.hubs.organisation.importers.classes import Classes
from jizuo.hubs.organisation.importers.sheets import open_book
from jizuo.hubs.organisation.importers.surroundings import Member, Surroundings, surroundings
from jizuo.hubs.organisation.importers.values import Trouble
from jizuo.hubs.organisation.rules import derived_id
from jizuo.plain.codes import UnknownCode
from jizuo.plain.names import match_key
from jizuo.plain.workbook import cross, shape, words
from jizuo.plain.workbook.cells import EMPTY, Cell, column_index, make_cell
from jizuo.plain.workbook.cross import CrossCell
from jizuo.plain.workbook.read import Sheet

SCHEMA = {
    name: pl.String()
    for name in ("class_id", "class_name", "affiliation_id", "role", "subject_code", "label", "place")
}
COLUMNS = (
    "id",
    "unit_no",
    "org_id",
    "affiliation_id",
    "role",
    "is_primary",
    "subject_code",
    "begin_on",
    "end_on",
)
_HOMEROOM = frozenset(("班主任", "正班主任"))
_TEACHERS = frozenset(("任课教师", "教师", "任课老师", "老师", "教师姓名", "任教教师", "授课教师"))
_SCHOOL_ENDINGS = ("小学", "中学", "学校", "幼儿园", "学院", "高中", "初中")
_REMARK = re.compile(r"^\s*[（(【\[]([^（()）【】\[\]]*)[)）】\]]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an assignment stands."""

    sheet: str
    row_no: int
    column: str
    cell: Cell


class Teaching:
    """The importer of teaching assignments. Teachers are the unit's own staff, found by name or 工号."""

    name = "teaching"
    title = gettext_lazy("任课表")
    file_kind = "roster"

    def check(self, given: CheckInput) -> Checked:
        """Read every sheet that is a 任课表; a sheet that is none is told and left out. Option ``leave_unknown``:
        names that are not among the staff are left out with a warning."""
        around = surroundings(unit_no=given.unit_no, importer=self.name, today=given.today, with_staff=True)
        reader = Reader(given, around)
        for done, sheet in enumerate(reader.book.visible, 1):
            reader.read(sheet)
            given.tell(done, len(reader.book.visible), _("张工作表"))
        if not reader.count:
            raise BadInput(
                _("这个文件里没有找到任课表"),
                fix=_("一行写学科、一列写班级、格子里写教师姓名；或三列：班级、学科、任课教师"),
            )
        return Checked(
            stage={"lessons": pl.DataFrame(reader.rows, schema=SCHEMA, orient="row")},
            rows_read=reader.count,
            faults=reader.faults,
            notes=reader.notes,
        )

    def plan(self, stage: Mapping[str, pl.DataFrame], given: PlanInput) -> Plan:
        """New and ended assignments. The teachers of a class and subject that the file names are all of them; a
        full file names every class."""
        rows = stage["lessons"].to_dicts()
        return Plan(steps=plan_lessons(rows, given))


class Reader:
    """The assignments of a workbook, with the faults of its classes, subjects and names."""

    def __init__(self, given: CheckInput, around: Surroundings) -> None:
        self.given, self.around = given, around
        self.book = open_book(given)
        self.classes = Classes(around, may_make=False)
        self.members: dict[str, list[Member]] = defaultdict(list)
        for member in around.staff:
            self.members[match_key(member.name)].append(member)
        self.by_number = {member.local_no: member for member in around.staff if member.local_no}
        self.faults: list[Fault] = []
        self.told: set[tuple[str, str]] = set()
        self.rows: list[tuple[str | None, ...]] = []
        self.notes: list[str] = []
        self.count = 0

    def read(self, sheet: Sheet) -> None:
        """One sheet."""
        found = cross.find_cross_table(sheet) or list(listed(sheet))
        if not found:
            self.notes.append(_("工作表“%(name)s”不是任课表，没有读取") % {"name": sheet.name})
        for one in found:
            self.count += 1
            cell = covered(sheet, one.row_number - 1, column_index(one.column))
            self.assign(one, Place(sheet.name, one.row_number, one.column, cell))

    def assign(self, one: CrossCell, place: Place) -> None:
        """One filled cell."""
        class_id, trouble = self.classes.find(make_cell(one.class_text))
        if trouble is not None:
            self.once(("class", one.class_text), place, _("班级"), one.class_text, trouble)
        role, subject, trouble = role_and_subject(one.subject_text)
        if trouble is not None:
            self.once(("subject", one.subject_text), place, _("学科"), one.subject_text, trouble)
        for name in one.names:
            member = self.member(name, place)
            if member is None or class_id is None or role is None:
                continue
            shown = self.classes.name_of[class_id]
            self.rows.append(
                (class_id, shown, member.affiliation_id, role, subject, f"{member.name} {shown} {one.subject_text}",
                 f"{place.sheet}!{place.row_no}")
            )  # fmt: skip

    def member(self, name: str, place: Place) -> Member | None:
        """The member of staff that a name means; a fault where it means nobody or several."""
        remark = remark_of(name, place.cell.text)
        fits = self.members.get(match_key(name), [])
        if remark in self.by_number and match_key(self.by_number[remark].name) == match_key(name):
            return self.by_number[remark]
        if name in self.by_number:
            return self.by_number[name]
        if len(fits) == 1:
            return fits[0]
        if fits:
            numbers = "、".join(member.local_no or "?" for member in fits)
            self.fault(place, name, Trouble(
                "ambiguous_teacher", _("本校有 %(count)d 位“%(name)s”（工号 %(numbers)s）")
                % {"count": len(fits), "name": name, "numbers": numbers},
                _("请在姓名后写明工号，例如 %(name)s（%(number)s）") % {"name": name, "number": fits[0].local_no},
                place.cell.text.replace(name, f"{name}（{fits[0].local_no}）", 1),
            ))  # fmt: skip
            return None
        if remark in self.around.units or remark.endswith(_SCHOOL_ENDINGS):
            self.fault(place, name, Trouble(
                "visiting_teacher", _("“%(name)s”是%(unit)s的教师，本校教职工里还没有") % {"name": name, "unit": remark},
                _("请先在本校教职工名册里登记为走教或兼课，再导入一次"), severity=WARNING,
            ))  # fmt: skip
            return None
        near = self.nearest(name)
        reason = _("本校教职工里没有“%(name)s”") % {"name": name}
        if near:
            reason += _("，相近的有：%(names)s") % {"names": "、".join(near)}
        self.fault(place, name, Trouble(
            "unknown_teacher", reason, _("请核对姓名；新来的老师请先导入教职工名册"),
            place.cell.text.replace(name, near[0], 1) if near else "",
            WARNING if self.given.options.get("leave_unknown") else ERROR,
        ))  # fmt: skip
        return None

    def nearest(self, name: str) -> list[str]:
        """At most three names of the staff that look most alike."""
        key = match_key(name)
        scored = [
            (SequenceMatcher(None, key, other).ratio(), members[0].name)
            for other, members in self.members.items()
        ]
        return [found for score, found in sorted(scored, reverse=True)[:3] if score >= 0.5]

    def once(self, key: tuple[str, str], place: Place, title: str, value: str, trouble: Trouble) -> None:
        """A fault of a heading, told at its first place only."""
        if key not in self.told:
            self.told.add(key)
            self.add(place, title, value, trouble)

    def fault(self, place: Place, name: str, trouble: Trouble) -> None:
        """A fault of a name in a cell."""
        self.add(place, _("任课教师"), place.cell.text, trouble, label=name)

    def add(self, place: Place, title: str, value: str, trouble: Trouble, label: str = "") -> None:
        self.faults.append(
            Fault(
                severity=trouble.severity, code=trouble.code, reason=trouble.reason, fix=trouble.fix,
                file=self.given.name, sheet=place.sheet, row_no=place.row_no, column=place.column, field=title,
                value=value, suggestion=trouble.suggestion, label=label,
            )
        )  # fmt: skip


def role_and_subject(text: str) -> tuple[str | None, str, Trouble | None]:
    """(role, subject code, trouble) for the heading over a name."""
    bare = words.normal(text)
    if bare in _HOMEROOM:
        return HOMEROOM_TEACHER, "", None
    if bare in ("副班主任", "配班", "配班教师", "年级组长"):
        return TEACHER, "", None
    for word in (text, bare, bare.removesuffix("老师"), bare.removesuffix("教师"), bare.removesuffix("任课")):
        try:
            return TEACHER, codes.tables()["subject"].find(word).code, None
        except UnknownCode as error:
            last = error
    near = last.nearest[0].name if last.nearest else ""
    return None, "", Trouble("unknown_code", last.reason, _("请改成学科代码表里的名称"), near, ERROR)


def remark_of(name: str, text: str) -> str:
    """What stands in brackets behind a name in its cell; '' without any."""
    at = text.find(name)
    match = _REMARK.match(text[at + len(name) :]) if at >= 0 else None
    return match[1].strip() if match else ""


def covered(sheet: Sheet, row: int, column: int) -> Cell:
    """The cell at a place, or the head of the merged region that covers it."""
    for top, left, bottom, right in sheet.merges:
        if top <= row <= bottom and left <= column <= right:
            return sheet.cell(top, left)
    return sheet.cell(row, column)


def listed(sheet: Sheet) -> Iterator[CrossCell]:
    """Assignments of a list: 班级 with 学科 and 任课教师, or with 班主任 (and 配班) alone."""
    for table in shape.find_tables(sheet, ("班主任", "配班", "任课教师")):
        headings = {words.normal(column.heading): place for place, column in enumerate(table.columns)}
        class_place = next(
            (headings[word] for word in ("班级", "班级名称", "行政班") if word in headings), None
        )
        if class_place is None:
            continue
        subject_place = next((headings[word] for word in ("学科", "科目", "课程") if word in headings), None)
        teacher_place = next((headings[word] for word in headings if word in _TEACHERS), None)
        posts = {
            word: place
            for word, place in headings.items()
            if word in _HOMEROOM or word in ("配班", "副班主任")
        }
        for row in table.rows:
            class_text = row.cells[class_place].text
            wanted = list(posts.items())
            if (
                subject_place is not None
                and teacher_place is not None
                and row.cells[subject_place] is not EMPTY
            ):
                wanted.append((row.cells[subject_place].text, teacher_place))
            for subject, place in wanted:
                cell = row.cells[place]
                names = cross.split_names(cell.text) if cell.kind == "text" else []
                if names and class_text:
                    yield CrossCell(row.number, table.columns[place].letter, class_text, subject, names)


def plan_lessons(rows: list[dict[str, Any]], given: PlanInput) -> Iterator[Step]:
    """The two puts of a 任课表: those that stand from now on, and those that end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.id::text, e.org_id::text, e.affiliation_id::text, e.role, e.subject_code, e.begin_on::text,"
            " e.end_on is null from enrolment e join org o on o.unit_no = e.unit_no and o.id = e.org_id"
            " where e.unit_no = %s and o.kind = 'class' and e.role in ('teacher', 'homeroom_teacher') order by e.id",
            [given.unit_no],
        )
        held = {tuple(row[1:5]): row for row in cursor.fetchall()}
    today = given.today.isoformat()
    standing: dict[tuple[str, ...], tuple[Any, ...]] = {}
    labels = []
    for row in rows:
        key = (row["class_id"], row["affiliation_id"], row["role"], row["subject_code"] or "")
        if key in standing:
            continue
        known = held.get(key)
        row_id = known[0] if known else derived_id(given.unit_no, "teaching", "/".join(key))
        begin = known[5] if known else today
        standing[key] = (
            row_id, given.unit_no, key[0], key[1], key[2], key[2] == HOMEROOM_TEACHER, key[3], begin, None,
        )  # fmt: skip
        if known is None:
            labels.append(NewLabel(row["label"], row["place"]))
    yield Step("enrolment", COLUMNS, list(standing.values()), new_labels=labels)
    named = {(key[0], key[2], key[3]) for key in standing}
    gone = [
        (row[0], given.unit_no, today)
        for key, row in held.items()
        if row[6] and key not in standing and (given.is_full or (key[0], key[2], key[3]) in named)
    ]
    if gone:
        yield Step("enrolment", ("id", "unit_no", "end_on"), gone, verdict="gone")
