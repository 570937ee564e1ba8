"""教职工花名册: a unit's own list of staff, with 人事关系 and 任教 kept apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.hubs.data import codes
from jizuo.hubs.data.importers import WARNING, Checked, CheckInput, Plan, PlanInput
from jizuo.hubs.organisation.importers import columns, identity, loading, locating, values
from jizuo.hubs.organisation.importers.columns import Spec
from jizuo.hubs.organisation.importers.identity import Columns, Seen
from jizuo.hubs.organisation.importers.loading import Kind
from jizuo.hubs.organisation.importers.pupils import PERSON_SPECS
from jizuo.hubs.organisation.importers.sheets import Part, Sheets
from jizuo.hubs.organisation.importers.surroundings import Surroundings, surroundings
from jizuo.hubs.organisation.importers.values import Trouble
from jizuo.plain.codes import UnknownCode
from jizuo.plain.text import clean
from jizuo.plain.workbook.cells import Cell

STAFF_SPECS: tuple[Spec, ...] = (
    *PERSON_SPECS,
    Spec("local_no", ("工号", "教职工号", "教工号", "职工号", "教师编号", "人员编号"), most=40, explanation="本单位自编的工号"),
    Spec("phone", ("手机号码", "手机", "手机号", "联系电话", "电话", "移动电话"), columns.PHONE, initials="LXDH"),
    Spec("email", ("邮箱", "电子邮箱", "email"), most=120, is_asked=False),
    Spec("duty", ("职务", "行政职务", "校内职务"), most=40, example="教师"),
    Spec("establishment", ("编制类型", "编制", "用人形式", "人员性质", "聘用形式"), columns.CODE, "staffing", initials="BZLBM",
         example="在编"),
    Spec("post_kind", ("岗位类别", "岗位类型"), columns.CODE, "post", initials="GWLBM", example="教师岗位"),
    Spec("post_grade", ("岗位等级", "岗级"), columns.CODE, "post_level"),
    Spec("title", ("职称", "职称/名称", "专业技术职务", "职称名称", "专业技术职称"), columns.CODE, "title", initials="ZYJSZWM",
         example="一级教师"),
    Spec("title_on", ("聘任日期", "职称/聘任时间", "聘任时间", "聘任开始年月", "职称聘任日期"), columns.MONTH),
    Spec("certificate", ("教师资格证", "教师资格证/证书号码", "教师资格证号", "资格证号", "证书号码", "教师资格证号码"), most=60),
    Spec("education", ("学历", "最高学历", "文化程度"), columns.CODE, "education_level", initials="XLM", example="大学本科"),
    Spec("degree", ("学位", "最高学位"), columns.CODE, "degree", initials="XWM"),
    Spec("work_since", ("参加工作时间", "参加工作年月", "参加工作日期", "工作时间"), columns.MONTH, initials="CJGZNY"),
    Spec("here_since", ("来校时间", "来校年月", "进本校年月", "来校日期", "到校时间"), columns.MONTH, initials="LXNY"),
    Spec("is_full_time_teacher", ("专任教师", "是否专任教师", "专任", "是否专任"), columns.FLAG, example="是"),
    Spec("subject_code", ("任教学科", "学科", "任课学科", "所教学科"), columns.CODE, "subject", initials="RJXKM", example="语文"),
    Spec("weekly_lessons", ("周课时", "周课时数", "每周课时"), columns.DECIMAL),
    Spec("homeroom_years", ("班主任年限", "班主任/年限", "担任班主任年限"), columns.WHOLE, most=60),
    Spec("honours", ("骨干称号", "骨干教师类型", "荣誉称号"), most=200),
    Spec("leave", ("人员状态", "在岗状态", "离岗状态", "岗位状态"), columns.CODE, "employment"),
    Spec("kind", ("教职工类别", "人员类别"), columns.SOFT, "staff_kind", initials="JZGLBM", is_asked=False),
    Spec("origin", ("教职工来源", "人员来源"), columns.SOFT, "staff_origin", initials="JZGLYM", is_asked=False),
    Spec("teaching_since", ("从教年月", "从教时间", "从教日期", "教龄起算"), columns.MONTH, initials="CJNY"),
    Spec("post_on", ("岗位聘任日期", "岗位聘任时间", "岗位聘任开始年月"), columns.MONTH, initials="GWPRRQ", is_asked=False),
    Spec("duty_on", ("任职日期", "任职时间", "任职年月"), columns.MONTH, initials="RZRQ", is_asked=False),
    Spec("stage", ("任教学段", "主要任课学段"), columns.SOFT, "stage", initials="RJXDM"),
    Spec("education_school", ("毕业院校", "毕业学校", "学历/毕业院校", "最高学历毕业院校", "获得学历的院校或机构"), most=120,
         initials="BYYX"),
    Spec("education_on", ("毕业年月", "毕业时间", "学历/毕业年月", "毕业日期"), columns.MONTH, initials="BYNY", is_asked=False),
    Spec("major", ("所学专业", "专业", "学历/专业"), most=80, initials="SXZY"),
    Spec("degree_school", ("学位授予单位", "学位授予院校", "获得学位的院校或机构"), most=120, initials="XWSYDW", is_asked=False),
    Spec("degree_on", ("学位授予年月", "学位授予日期"), columns.MONTH, initials="XWSYNY", is_asked=False),
    Spec("mandarin", ("普通话等级", "普通话水平", "普通话水平等级"), columns.SOFT, "mandarin", initials="PTHSPDJM"),
    Spec("is_normal_graduate", ("师范类专业", "是否师范类专业毕业", "是否师范类"), columns.FLAG, initials="SFSFLZYBY",
         is_asked=False),
    Spec("is_psychologist", ("心理健康教育教师", "是否心理健康教育教师"), columns.FLAG, initials="SFXLJKJYJS", is_asked=False),
    Spec("home", ("人事关系校", "人事关系单位", "人事关系所在单位", "编制所在校", "编制所在单位"), most=0,
         explanation="人事关系在外单位时填写"),
    Spec("works_at", ("任教校", "任教学校", "实际任教校", "交流去向", "任教单位"), most=0,
         explanation="在外校任教时填写，例如 松雪初级中学（交流轮岗）"),
    Spec("certificate_kind", ("教师资格证/种类", "教师资格证种类"), is_asked=False),
    Spec("certificate_subject", ("教师资格证/学科", "资格证任教学科"), is_asked=False),
    Spec("homeroom_class", ("班主任/班级", "任班主任班级"), is_asked=False),
    Spec("remark", ("备注", "说明", "remark"), is_asked=False),
)  # fmt: skip

STAFF_FACTS = (
    "establishment", "post_kind", "post_grade", "duty", "title", "title_on", "certificate", "education", "degree",
    "work_since", "here_since", "is_full_time_teacher", "subject_code", "weekly_lessons", "homeroom_years", "honours",
    "leave", "shared_kind", "home_unit_no", "kind", "origin", "teaching_since", "post_on", "duty_on", "stage",
    "education_school", "education_on", "major", "degree_school", "degree_on", "mandarin", "is_normal_graduate",
    "is_psychologist",
)  # fmt: skip
SCHEMA = (
    identity.SCHEMA
    | {name: pl.String() for name in ("is_registered", "is_present", *STAFF_FACTS)}
    | {"posts": pl.List(pl.String())}
)
STAFF = Kind("staff", "staff", STAFF_FACTS, begins="here_since")

#: A duty's words -> the acting role it brings at a school. Roles of the bureau are granted by a person only.
_DUTY_ROLES = (
    (re.compile(r"(?<!副)(?:校长|园长)|书记"), scopes.HEAD),
    (re.compile(r"副(?:校长|园长)"), scopes.HEAD),
    (re.compile(r"教务|学籍管理|数据管理|信息员|档案"), scopes.CLERK),
    (re.compile(r"教师|老师|教员|保育|班主任|教导|德育|年级组长|教研"), scopes.TEACHER),
)
#: Kinds of work at another school during which nothing is taught at home.
_AWAY = ("交流轮岗", "支教", "借调")
_AWAY_CODES = {"交流轮岗": "21", "借调": "22", "支教": "23"}
_PLACE = re.compile(r"^(?P<name>[^（(]+?)\s*(?:[（(](?P<kind>[^）)]*)[）)])?$")


class Staff:
    """The importer of staff lists in any shape."""

    name = "staff"
    title = gettext_lazy("教职工花名册")
    file_kind = "roster"
    specs = STAFF_SPECS

    def check(self, given: CheckInput) -> Checked:
        """Read, map and convert. Option: ``columns`` (fingerprint -> {letter: field})."""
        around = surroundings(unit_no=given.unit_no, importer=self.name, today=given.today)
        sheets = Sheets(given, self.specs, around)
        parts: list[Columns] = []
        if sheets.check_columns(["name"]):
            seen, done = Seen(), 0
            for part in sheets.parts:
                parts.append(self.read_part(sheets, part, seen, given, around))
                done += len(part.rows)
                sheets.tell(done)
        return Checked(
            stage={"people": identity.joined(parts, SCHEMA)},
            rows_read=sheets.total,
            faults=sheets.in_order(),
            notes=sheets.notes,
        )

    def read_part(
        self, sheets: Sheets, part: Part, seen: Seen, given: CheckInput, around: Surroundings
    ) -> Columns:
        """One table's rows."""
        names = identity.read_names(sheets, part)
        duties = sheets.column(part, "duty")
        part.labels = identity.labels(names, [duty or "" for duty in duties])
        found = identity.read_people(sheets, part, seen, given.today, names)
        for key in STAFF_FACTS:
            if key in sheets.specs:
                found[key] = duties if key == "duty" else sheets.column(part, key, special(key))
        places(sheets, part, found, around)
        found["posts"] = [
            posts_of(duty, teaches, around)
            for duty, teaches in zip(duties, found["is_full_time_teacher"], strict=True)
        ]
        return found

    def plan(self, stage: Mapping[str, pl.DataFrame], given: PlanInput) -> Plan:
        """The puts of a checked list."""
        return loading.Loader(STAFF, stage, given).plan()

    locate = staticmethod(locating.locate)

    def after_undo(self, batch_id: UUID, given: PlanInput) -> None:
        """Search follows what the undo put back."""
        loading.search_after_undo(batch_id, given.unit_no)


def special(key: str) -> values.Convert | None:
    """The converter of a field that offices write more loosely than its code table; None for the ordinary one."""
    return {"post_kind": post_kind, "subject_code": subject}.get(key)


def post_kind(cell: Cell) -> values.Value:
    """岗位类别, also with a few words more than the table has (专业技术（教师）, 工勤技能)."""
    table = codes.tables()["post"]
    text = clean(cell.text)
    bare = re.sub(r"[（(].*", "", text)
    for word in (text, f"{text}岗位", bare, f"{bare}岗位"):
        try:
            return table.find(word).code, None
        except UnknownCode:
            continue
    return values.code("post")(cell)


def subject(cell: Cell) -> values.Value:
    """任教学科: the first one where several are written."""
    first = re.split(r"[、/，,；;]", clean(cell.text))[0]
    return values.code("subject")(Cell("text", first, first))


def posts_of(duty: str | None, teaches: str | None, around: Surroundings) -> list[str]:
    """The acting roles that a duty brings at a school; none where nothing is said."""
    if around.unit_kind != "school":
        return []
    found = {role for words, role in _DUTY_ROLES if words.search(duty or "")}
    if teaches == "true":
        found.add(scopes.TEACHER)
    return sorted(found)


def places(sheets: Sheets, part: Part, found: Columns, around: Surroundings) -> None:
    """人事关系校 and 任教校: registered here or not, present here or not, and the kind of shared post."""
    count = len(part.rows)
    for key in ("is_registered", "is_present", "shared_kind", "home_unit_no"):
        found[key] = [None] * count
    homes, works = sheets.column(part, "home"), sheets.column(part, "works_at")
    own = {name for name, unit_no in around.units.items() if unit_no == around.unit_no} | {"本校", "本单位"}
    for number in range(count):
        home, place = homes[number], works[number]
        if home and home not in own:
            found["is_registered"][number] = "false"
            found["home_unit_no"][number] = unit_number(sheets, part, number, home, around)
        elif home:
            found["is_registered"][number] = "true"
        if place:
            named = [_PLACE.match(one.strip()) for one in re.split(r"[；;、]", place)]
            kinds = [match["kind"] or "" for match in named if match and match["name"] not in own]
            away = next((kind for kind in kinds if kind in _AWAY), None)
            if away:
                found["is_present"][number] = "false"
                found["shared_kind"][number] = _AWAY_CODES[away]
            elif any(kind in ("走教", "跨校兼课", "兼课") for kind in kinds):
                found["shared_kind"][number] = "34" if "走教" in kinds else "35"


def unit_number(sheets: Sheets, part: Part, number: int, name: str, around: Surroundings) -> str | None:
    """The unit of the base that a cell names; a unit outside the base is only a warning."""
    known = around.units.get(name)
    if known is None:
        place, cell = sheets.cell(part, number, "home")
        sheets.trouble(part, number, place, "home", cell, Trouble(
            "unknown_unit", _("基座里没有单位“%(name)s”") % {"name": name[:40]}, _("在区外的单位不必理会；否则请写全称"),
            severity=WARNING,
        ))  # fmt: skip
        return None
    return str(known)
