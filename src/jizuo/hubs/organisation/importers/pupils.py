"""学生名册: a school's own list of pupils with their guardians."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import keys
from jizuo.hubs.data.importers import WARNING, Checked, CheckInput, Plan, PlanInput
from jizuo.hubs.organisation.importers import columns, identity, loading, locating, values
from jizuo.hubs.organisation.importers.classes import Classes
from jizuo.hubs.organisation.importers.columns import Spec
from jizuo.hubs.organisation.importers.identity import Columns, Seen
from jizuo.hubs.organisation.importers.loading import Kind
from jizuo.hubs.organisation.importers.sheets import Part, Sheets, adults_of
from jizuo.hubs.organisation.importers.surroundings import surroundings
from jizuo.hubs.organisation.importers.values import Trouble
from jizuo.plain.workbook.cells import EMPTY, make_cell

PERSON_SPECS: tuple[Spec, ...] = (
    Spec("name", ("姓名", "学生姓名", "名字", "学员姓名", "幼儿姓名", "name"), columns.NAME, most=50, initials="XM",
         required=True, explanation="与户口簿一致", example="陈以宁"),
    Spec("sex", ("性别", "gender", "sex"), columns.CODE, "sex", initials="XBM", explanation="有身份证号时可以不填",
         example="女"),
    Spec("birth_on", ("出生日期", "出生年月日", "出生年月", "生日", "birthday"), columns.DATE, initials="CSRQ",
         explanation="有身份证号时可以不填", example="2017-03-24"),
    Spec("id_kind", ("证件类型", "身份证件类型", "证件种类"), columns.CODE, "document_kind", initials="SFZJLXM",
         explanation="不填即居民身份证", example="居民身份证"),
    Spec("number", ("身份证件号", "身份证号", "证件号码", "证件号", "身份证", "身份证号码", "身份证件号码", "公民身份号码"),
         columns.DOCUMENT, initials="SFZJH", explanation="用文本格式填写"),
    Spec("ethnic", ("民族",), columns.CODE, "ethnic", initials="MZM", example="汉族"),
    Spec("nationality", ("国籍/地区", "国籍", "国籍地区"), initials="GJDQM", is_asked=False),
    Spec("overseas", ("港澳台侨外",), columns.CODE, "overseas", initials="GATQWM", is_asked=False),
    Spec("political", ("政治面貌",), columns.CODE, "political", initials="ZZMMM", is_asked=False),
    Spec("former_name", ("曾用名",), columns.NAME, most=50, initials="CYM"),
    Spec("latin_name", ("外文名", "英文名", "英文姓名"), most=100, initials="YWXM", is_asked=False),
    Spec("native_place", ("籍贯", "籍贯地"), most=100, initials="JG", is_asked=False),
    Spec("birth_place", ("出生地", "出生地点", "出生地详细地址"), most=100, initials="CSD", is_asked=False),
    Spec("health", ("健康状况", "身体状况"), columns.SOFT, "health", initials="JKZKM", is_asked=False),
    Spec("id_valid_until", ("身份证件有效期", "身份证有效期", "证件有效期", "证件有效期至"), columns.DATE,
         initials="SFZJYXQ", is_asked=False),
    Spec("base_no", ("基座号",), initials="JZH", is_asked=False),
)  # fmt: skip

PUPIL_SPECS: tuple[Spec, ...] = (
    Spec("class", ("班级", "班级名称", "所在班级", "班别", "行政班", "class"), columns.CLASS, required=True,
         explanation="例如 三（2）班", example="三（2）班"),
    Spec("grade", ("年级", "grade"), columns.CLASS, is_asked=False),
    *PERSON_SPECS,
    Spec("local_no", ("学号", "校内学号", "学生学号", "学员编号"), most=40, initials="XH", explanation="本校自编的学号"),
    Spec("seat_no", ("座号", "座位号", "班内座号"), columns.WHOLE, most=200),
    Spec("class_roll_no", ("班级学号", "班内学号", "班学号"), columns.PLACE, most=20),
    Spec("roll_no", ("学籍号", "全国学籍号", "学籍号码", "全国学籍号码"), columns.ROLL, explanation="用文本格式填写"),
    Spec("roll_aux", ("学籍辅号",), columns.ROLL, is_asked=False),
    Spec("status", ("学生当前状态", "学籍状态", "学生状态"), columns.CODE, "student_status", is_asked=False),
    Spec("entered_on", ("入学日期", "来校日期", "入学年月", "进校日期", "入学时间"), columns.MONTH, initials="RXNY"),
    Spec("entry_year", ("入学年份", "入学年度"), columns.WHOLE, most=2100, is_asked=False),
    Spec("entry_way", ("入学方式",), columns.CODE, "admission", initials="RXFSM"),
    Spec("attendance", ("就读方式", "走读住宿"), columns.CODE, "attendance", initials="JDFSM", example="走读"),
    Spec("attends_at", ("借读学校", "在外就读学校", "实际就读学校", "借出学校", "借出到"), most=120, is_asked=False),
    Spec("household_place", ("户籍地址", "户口所在地详细地址", "户籍地详细地址", "户籍所在地", "户籍地", "户口所在地"), most=200,
         initials="HKSZD"),
    Spec("household_region", ("户籍地", "户口所在地"), most=200, is_asked=False),
    Spec("household_kind", ("户口性质", "户口类别", "户口类型", "户籍性质"), columns.CODE, "household", initials="HKXZM"),
    Spec("address", ("现住址", "家庭住址", "居住地址", "家庭地址", "住址", "常住地址"), most=200, initials="XZZ"),
    Spec("blood", ("血型",), initials="XXM"),
    Spec("allergy", ("过敏", "过敏史", "过敏情况"), most=200),
    Spec("bus", ("校车", "是否乘坐校车", "乘坐校车", "校车线路"), most=60),
    Spec("category", ("学生类别",), columns.SOFT, "student_category", initials="XSLBM", is_asked=False),
    Spec("origin", ("学生来源",), columns.SOFT, "student_origin", initials="XSLYM", is_asked=False),
    Spec("school_before", ("入学前学校", "原学校", "原毕业学校", "来源学校", "毕业学校"), most=120, is_asked=False),
    Spec("had_preschool", ("受过学前教育", "是否受过学前教育", "是否接受过学前教育"), columns.FLAG, initials="SFSGXQJY",
         is_asked=False),
    Spec("commute", ("上下学方式", "上学方式"), columns.SOFT, "commute", initials="SXXFSM"),
    Spec("commute_km", ("上下学距离", "上下学距离（公里）", "上下学距离公里"), columns.DECIMAL, initials="SXXJL", is_asked=False),
    Spec("household_division", ("户口所在地行政区划码", "户口所在地行政区划", "户籍所在行政区划", "户籍所在地行政区划"),
         columns.SOFT, "division", initials="HKSZDXZQHM", is_asked=False),
    Spec("postal_address", ("通信地址", "通讯地址", "邮寄地址"), most=200, initials="TXDZ", is_asked=False),
    Spec("postcode", ("邮政编码", "邮编"), most=10, initials="YZBM", is_asked=False),
    Spec("phone", ("学生电话", "学生手机", "本人电话", "本人手机"), columns.PHONE, is_asked=False),
    Spec("email", ("邮箱", "电子邮箱", "email"), most=120, is_asked=False),
    Spec("is_registered", ("是否在籍", "在籍", "学籍在本校", "是否本校学籍"), columns.FLAG, explanation="学籍在本校填“是”"),
    Spec("is_present", ("是否在读", "在读", "是否在校", "是否学籍在读一致"), columns.FLAG, explanation="在本校就读填“是”"),
    Spec("remark", ("备注", "说明", "remark"), most=0, is_asked=False),
)  # fmt: skip

PUPIL_FACTS = (
    "status", "entry_year", "entered_on", "entry_way", "attendance", "attends_at", "household_place", "household_kind", "address",
    "class_roll_no", "blood", "allergy", "is_bus_rider", "category", "origin", "school_before", "had_preschool", "commute",
    "commute_km", "household_division", "postal_address", "postcode",
)  # fmt: skip
SCHEMA = identity.SCHEMA | {
    name: pl.String()
    for name in ("class_id", "class_name", "seat_no", "is_registered", "is_present", *PUPIL_FACTS)
}
ADULT_SCHEMA = {
    name: pl.String()
    for name in ("place", "name", "relation", "phone", "order", "is_legal", "id_key", "id_tail", "ethnic")
} | {"id_blind": pl.Binary(), "id_sealed": pl.Binary()}
CLASS_SCHEMA = {"id": pl.String(), "stage": pl.String(), "scheme": pl.String(), "entry_year": pl.Int64(),
                "class_no": pl.Int64(), "name": pl.String()}  # fmt: skip

_BORROWED = re.compile(r"借读|借入|学籍在(?!本校|我校)|非本校学籍|无学籍")
_LENT = re.compile(r"借出|人籍分离|空挂|在(?!本校|我校)[^，；。]{2,20}(?:就读|借读)")
_OURS = re.compile(r"学籍仍?在[本我]校")
#: Where one who is lent attends; 空挂 and 人籍分离 name no school, so the child stays to be looked for.
_LENT_TO = re.compile(
    r"(?:借出(?:到|至|在)?|在)(?!本校|我校)([^，；。（）()\s]{3,30}?)(?:就读|借读|$|[，；。（）()\s])"
)
PUPIL = Kind("pupil", "pupil", PUPIL_FACTS, begins="entered_on")


class Pupils:
    """The importer of pupil lists in any shape a school keeps them."""

    name = "pupils"
    title = gettext_lazy("学生名册")
    file_kind = "roster"
    specs = PUPIL_SPECS

    def check(self, given: CheckInput) -> Checked:
        """Read, map and convert. Options: ``columns`` (fingerprint -> {letter: field}), ``make_classes``."""
        around = surroundings(unit_no=given.unit_no, importer=self.name, today=given.today)
        sheets = Sheets(given, self.specs, around, has_adults=True)
        classes = Classes(around, may_make=bool(given.options.get("make_classes")))
        required = ["name"]
        if any(not part.mapped.table.class_hint for part in sheets.parts):
            required += [] if all(_has_class(part) for part in sheets.parts) else ["class"]
        parts: list[Columns] = []
        adults: list[dict[str, Any]] = []
        if sheets.check_columns(required):
            seen, done = Seen(), 0
            for part in sheets.parts:
                parts.append(self.read_part(sheets, part, classes, seen, given))
                adults += read_adults(sheets, part, given)
                done += len(part.rows)
                sheets.tell(done)
            namesakes(sheets, parts)
        return Checked(
            stage={
                "people": identity.joined(parts, SCHEMA),
                "adults": pl.DataFrame(adults, schema=ADULT_SCHEMA),
                "classes": pl.DataFrame(
                    [(*row, classes.name_of[row[0]]) for row in classes.new_rows()],
                    schema=CLASS_SCHEMA,
                    orient="row",
                ),
            },
            rows_read=sheets.total,
            faults=sheets.in_order(),
            notes=sheets.notes,
        )

    def read_part(
        self, sheets: Sheets, part: Part, classes: Classes, seen: Seen, given: CheckInput
    ) -> Columns:
        """One table's rows."""
        names = identity.read_names(sheets, part)
        class_ids, troubles = read_classes(part, classes)
        shown = [classes.name_of.get(org_id or "", "") for org_id in class_ids]
        part.labels = identity.labels(names, shown)
        for number, trouble in troubles:
            place, cell = sheets.cell(part, number, "class")
            sheets.trouble(part, number, place, "class", cell, trouble)
        found = identity.read_people(sheets, part, seen, given.today, names, shown)
        found |= {"class_id": class_ids, "class_name": shown}
        for key in ("seat_no", "is_registered", "is_present", *PUPIL_FACTS):
            if key in sheets.specs:
                found[key] = sheets.column(part, key)
        bus = sheets.column(part, "bus")
        found["is_bus_rider"] = [None if told is None else _rides(told) for told in bus]
        region = sheets.column(part, "household_region")
        found["household_place"] = [
            place or near for place, near in zip(found["household_place"], region, strict=True)
        ]
        if "is_present" in sheets.specs:
            found["is_present"] = [
                "false" if told is None and there else told
                for told, there in zip(found["is_present"], found["attends_at"], strict=True)
            ]
        remarks(sheets, part, found)
        return found

    def plan(self, stage: Mapping[str, pl.DataFrame], given: PlanInput) -> Plan:
        """The puts of a checked list."""
        return loading.Loader(PUPIL, stage, given).plan()

    locate = staticmethod(locating.locate)

    def after_undo(self, batch_id: UUID, given: PlanInput) -> None:
        """Search follows what the undo put back."""
        loading.search_after_undo(batch_id, given.unit_no)


def _has_class(part: Part) -> bool:
    return "class" in part.mapped.places or part.mapped.table.class_hint is not None


def _rides(told: str) -> str:
    """A route is a yes; so is 是."""
    return values.flag(make_cell(told))[0] or "true"


def read_classes(part: Part, classes: Classes) -> tuple[list[str | None], list[tuple[int, Trouble]]]:
    """(org id of each row, troubles by row). Grade column and title over the table help."""
    place, grade_place = part.mapped.places.get("class"), part.mapped.places.get("grade")
    hint = part.mapped.table.class_hint or ""
    found: list[str | None] = []
    troubles = []
    for number, row in enumerate(part.rows):
        cell = EMPTY if place is None else row.cells[place]
        grade = EMPTY if grade_place is None else row.cells[grade_place]
        org_id, trouble = classes.find(cell, grade, hint)
        found.append(org_id)
        if trouble is not None:
            troubles.append((number, trouble))
    return found, troubles


def remarks(sheets: Sheets, part: Part, found: Columns) -> None:
    """借读, 学籍在外, 休学 in the remarks say what no column says."""
    place = part.mapped.places.get("remark")
    if place is None:
        return
    for number, row in enumerate(part.rows):
        text = row.cells[place].text
        if not text:
            continue
        is_borrowed = _BORROWED.search(text) and not _OURS.search(text)
        if is_borrowed and found["is_registered"][number] is None:
            found["is_registered"][number] = "false"
            found["is_present"][number] = found["is_present"][number] or "true"
        elif _LENT.search(text) and found["is_present"][number] is None:
            found["is_present"][number] = "false"
            where = _LENT_TO.search(text)
            if where and found["attends_at"][number] is None:
                found["attends_at"][number] = where[1]
        if "休学" in text and found["status"][number] is None:
            found["status"][number] = "02"


def read_adults(sheets: Sheets, part: Part, given: CheckInput) -> list[dict[str, Any]]:
    """The guardians of a part's rows."""
    converts = {
        "name": values.name, "relation": values.code("family_relation"), "phone": values.phone, "is_legal": values.flag,
        "ethnic": values.code("ethnic"), "id_kind": identity.document_kind,
    }  # fmt: skip
    found, ring = [], keys.ring()
    for number, adult in adults_of(sheets, part, converts):
        row: dict[str, Any] = dict.fromkeys(ADULT_SCHEMA)
        for key in ("name", "relation", "phone", "is_legal", "ethnic"):
            row[key] = adult.get(key)
        row["place"], row["order"] = f"{part.sheet}!{part.rows[number].number}", str(adult["order"])
        identity.seal_adult(sheets, part, number, adult, row, ring, given.today)
        found.append(row)
    return found


def namesakes(sheets: Sheets, parts: list[Columns]) -> None:
    """A warning where a class has one name twice and no number tells the two apart."""
    keys = [
        (klass, name)
        for part in parts
        for klass, name in zip(part["class_id"], part["name"], strict=True)
        if name and klass
    ]
    twice = {key for key, count in Counter(keys).items() if count > 1}
    if not twice:
        return
    for part, found in zip(sheets.parts, parts, strict=True):
        for number, key in enumerate(zip(found["class_id"], found["name"], strict=True)):
            if key in twice and not (
                found["id_blind"][number] or found["roll_blind"][number] or found["local_no"][number]
            ):
                place, cell = sheets.cell(part, number, "name")
                sheets.trouble(part, number, place, "name", cell, Trouble(
                    "namesake", _("班里有同名的学生，这一行没有号码可以区分"), _("请补上证件号、学籍号或学号"), severity=WARNING,
                ))  # fmt: skip
