"""The China profile of OneRoster: our columns, our ext: words, and how guardians and names travel.

Explained for vendors in docs/reference/oneroster-china-profile.md; the two are compared by a test. Document
numbers and school-roll numbers have no place in it: `identifier` carries the 基座号, `sourcedId` the base's
own key.
"""

import re
from dataclasses import dataclass
from typing import Literal

import msgspec
import polars as pl

from jizuo.plain import typed

from .report import Findings, Sheet

PROFILE = "cn.jizuo/1.0"
SYSTEM_CODE = "jizuo"
PREFIX = "metadata.jizuo."

Reach = Literal["share", "base"]
"""share: may also go to outside applications; base: only from base to base."""


@dataclass(frozen=True, slots=True)
class Field:
    """`pattern`: what a value must match, None for free text. `codes`: where its codes come from."""

    zh: str
    en: str
    reach: Reach
    pattern: str | None = None
    codes: str = ""


_BOOLEAN = r"true|false"
_DATE = r"\d{4}-\d{2}-\d{2}"
_YEAR = r"(?:19|20)\d{2}"
_CODE = r"[0-9A-Za-z_]{1,16}"

FIELDS: dict[str, dict[str, Field]] = {
    "orgs": {
        "kind": Field("机构种类", "kind of organisation", "share", "unit|campus|department|grouping"),
        "typeCode": Field("办学类型代码", "type of school", "share", _CODE, "JY/T 1001"),
        "ownershipCode": Field("办别代码", "ownership", "share", _CODE, "JY/T 1001"),
        "urbanRuralCode": Field("城乡类型代码", "urban or rural", "share", _CODE, "JY/T 1001"),
        "scheme": Field("学制", "scheme of schooling", "share", r"[0-9A-Za-z_+-]{1,12}"),
        "openedOn": Field("成立日期", "opened on", "share", _DATE),
        "closedOn": Field("撤销日期（不含当日）", "closed on (exclusive)", "share", _DATE),
    },
    "academicSessions": {},
    "courses": {},
    "classes": {
        "kind": Field(
            "行政班或教学班", "class of the school or section of a course", "share", "class|section"
        ),
        "entryYear": Field("入学年份（级）", "entry year", "share", _YEAR),
        "graduationYear": Field("毕业年份（届）", "year of graduation", "share", _YEAR),
        "classNo": Field("班号", "class number", "share", r"\d{1,4}"),
        "stage": Field("学段", "stage", "share", r"[0-9A-Za-z_]{1,12}"),
        "scheme": Field("学制", "scheme of schooling", "share", r"[0-9A-Za-z_+-]{1,12}"),
        "classType": Field("班级类型代码", "type of class", "base", _CODE, "教基厅[2007]10号"),
        "parentSourcedId": Field("教学班所属行政班", "the class a section is a lesson of", "share"),
        "openedOn": Field("建班日期", "opened on", "share", _DATE),
        "closedOn": Field("撤班日期（不含当日）", "closed on (exclusive)", "share", _DATE),
    },
    "users": {
        "name": Field("姓名全称", "full name", "share"),
        "nameReading": Field("姓名读音", "reading of the name", "share"),
        "formerName": Field("曾用名", "former name", "base"),
        "latinName": Field("外文名", "name in Latin letters", "base"),
        "guardians": Field("监护人关系与权限", "guardians with relation and rights", "base"),
    },
    "roles": {
        "kind": Field("身份", "pupil, staff or guardian", "share", "pupil|staff|guardian"),
        "isPrimary": Field("主要身份", "the main affiliation of the person", "base", _BOOLEAN),
        "isRegistered": Field("在籍（学籍校或人事关系校）", "on this school's register", "base", _BOOLEAN),
        "isPresent": Field("在读或在岗（就读校或任教校）", "studies or works here", "share", _BOOLEAN),
        "endReason": Field("结束原因", "why it ended", "base", _CODE),
        "localNo": Field("校内学号或工号", "the school's own number", "base"),
        "status": Field("学生当前状态代码", "status of the pupil", "base", _CODE, "JY/T 1001"),
        "entryYear": Field("入学年份（级）", "entry year", "share", _YEAR),
        "enteredOn": Field("入学日期", "entered on", "base", _DATE),
        "entryWay": Field("入学方式代码", "way of entry", "base", _CODE, "JY/T 1001"),
        "attendance": Field("就读方式代码", "way of attendance", "base", _CODE, "教基厅[2007]10号"),
        "classRollNo": Field("班级学号", "number in the class", "base"),
        "householdPlace": Field("户籍地", "place of household registration", "base"),
        "householdKind": Field("户口性质代码", "kind of household", "base", _CODE),
        "address": Field("现住址", "address", "base"),
        "establishment": Field("编制类型代码", "kind of establishment", "base", _CODE),
        "postKind": Field("岗位类别代码", "category of post", "base", _CODE),
        "postGrade": Field("岗位等级代码", "grade of post", "base", _CODE),
        "duty": Field("职务", "duty", "share"),
        "title": Field("职称代码", "professional title", "base", _CODE, "GB/T 8561"),
        "titleOn": Field("职称聘任日期", "title since", "base", _DATE),
        "education": Field("学历代码", "level of education", "base", _CODE, "GB/T 4658"),
        "degree": Field("学位代码", "degree", "base", _CODE, "GB/T 6864"),
        "workSince": Field("参加工作日期", "at work since", "base", _DATE),
        "hereSince": Field("来校日期", "here since", "base", _DATE),
        "isFullTimeTeacher": Field("专任教师", "full-time teacher", "base", _BOOLEAN),
        "subject": Field("任教学科代码", "subject taught", "share", _CODE),
        "weeklyLessons": Field("周课时", "lessons a week", "base", r"\d{1,3}(?:\.\d)?"),
        "homeroomYears": Field("班主任年限", "years as homeroom teacher", "base", r"\d{1,2}"),
        "honours": Field("骨干称号", "honours", "base"),
        "leave": Field("离岗情况代码", "kind of leave", "base", _CODE),
        "sharedKind": Field("交流方式代码", "kind of shared post", "base", _CODE),
        "homeOrgSourcedId": Field("人事关系单位", "unit that employs the person", "base"),
    },
    "enrollments": {
        "seatNo": Field("座号", "seat number", "share", r"\d{1,4}"),
        "isHomeroomTeacher": Field("班主任", "homeroom teacher", "share", _BOOLEAN),
        "subject": Field("任教学科代码", "subject taught", "share", _CODE),
    },
    "demographics": {
        "sexCode": Field("性别代码", "sex", "base", "[0129]", "GB/T 2261.1"),
        "ethnicGroup": Field("民族代码", "ethnic group", "base", r"\d{2}", "GB/T 3304"),
        "nationality": Field("国籍代码", "nationality", "base", r"[0-9A-Z]{2,4}", "GB/T 2659"),
        "overseas": Field("港澳台侨外代码", "Hong Kong, Macao, Taiwan, overseas, foreign", "base", _CODE),
        "political": Field("政治面貌代码", "political status", "base", r"\d{2}", "GB/T 4762"),
    },
}

ORG_WORDS = {
    "ext:campus": "校区 campus of a school; its parent is the school",
    "ext:grouping": "教育集团、学区等 grouping beside the tree",
}
ROLE_WORDS = {
    "ext:clerk": "教务员 clerk",
    "ext:districtLeader": "局领导 district leader",
    "ext:districtSteward": "数据专员 district data steward",
    "ext:securityOfficer": "安全员 security officer",
}
ROLES = {
    "operator": "systemAdministrator",
    "district_admin": "districtAdministrator",
    "district_steward": "ext:districtSteward",
    "district_leader": "ext:districtLeader",
    "head": "principal",
    "clerk": "ext:clerk",
    "homeroom_teacher": "teacher",
    "teacher": "teacher",
    "pupil": "student",
    "guardian": "guardian",
    "security_officer": "ext:securityOfficer",
}
"""Role of the base -> OneRoster role."""

KINDS = {"student": "pupil", "guardian": "guardian", "parent": "guardian", "relative": "guardian"}
"""OneRoster role -> kind of affiliation, for files without metadata.jizuo.kind; every other role is staff."""

SEX_WORDS = {"1": "male", "2": "female", "9": "unspecified", "0": "unspecified"}
"""GB/T 2261.1 -> OneRoster; metadata.jizuo.sexCode carries the code itself."""

RIGHTS = {
    "legal": "法定监护人 legal guardian",
    "entrusted": "委托照护人 entrusted carer",
    "lives": "共同生活 lives with the child",
    "pickup": "可接送 may pick up",
    "view": "可查看 may see the child's data",
    "sign": "可代签 may sign for the child",
    "notify": "接收通知 receives messages",
    "barred": "禁止接触 barred from contact, whatever else is said",
}


class Guardian(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One adult of one child. `relation`: GB/T 4761 code, "" unknown. `order`: emergency order from 1, 0
    none.

    `begin`, `end`: ISO days, half-open, "" open.
    """

    id: str
    relation: str = ""
    rights: tuple[str, ...] = ()
    order: int = 0
    begin: str = ""
    end: str = ""


_RELATION = re.compile(r"\d{1,2}")
_DAY = re.compile(_DATE)


def write_guardians(guardians: list[Guardian], on: str) -> tuple[str, str]:
    """(agentSourcedIds, metadata.jizuo.guardians) of one child as of the ISO day `on`.

    Outside programs give every agent access to the child, so agents are only those who may view, are not
    barred, and whose time is now. Order: emergency order first (0 last), then id. ValueError for a right or
    relation that is not one of ours.
    """
    ordered = sorted(guardians, key=lambda g: (g.order == 0, g.order, g.id))
    for guardian in ordered:
        if fault := _fault(guardian):
            raise ValueError(fault)
    agents = [g.id for g in ordered if _may_view(g) and g.begin <= on and (not g.end or on < g.end)]
    return ",".join(agents), msgspec.json.encode(ordered).decode() if ordered else ""


def _may_view(guardian: Guardian) -> bool:
    return "view" in guardian.rights and "barred" not in guardian.rights


def read_guardians(text: str) -> list[Guardian]:
    """The guardians of one child. ValueError with the reason when the text is not what `write_guardians`
    makes.
    """
    if not text:
        return []
    try:
        guardians = typed.from_json(text, list[Guardian])
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None
    for guardian in guardians:
        if fault := _fault(guardian):
            raise ValueError(fault)
    return guardians


def _fault(guardian: Guardian) -> str:
    if not guardian.id or "," in guardian.id:
        return "id"
    if guardian.relation and not _RELATION.fullmatch(guardian.relation):
        return f"relation {guardian.relation}"
    if unknown := set(guardian.rights) - RIGHTS.keys():
        return f"rights {sorted(unknown)}"
    if any(day and not _DAY.fullmatch(day) for day in (guardian.begin, guardian.end)):
        return "begin, end"
    return ""


def for_outside(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The same tables without the columns that only travel from base to base."""
    return {
        name: table.drop(
            [PREFIX + f for f, field in FIELDS.get(name, {}).items() if field.reach == "base"], strict=False
        )
        for name, table in tables.items()
    }


def check_profile(sheet: Sheet, findings: Findings) -> None:
    """Our own columns, when the file has any: known names, well-formed values, guardians that agree."""
    known = FIELDS.get(sheet.name, {})
    for column in sheet.frame.columns:
        if not column.startswith(PREFIX):
            continue
        field = known.get(column.removeprefix(PREFIX))
        if field is None:
            findings.note("profile_unknown", f"{sheet.name}.csv", column, line=1, value=column)
        elif field.pattern:
            values = sheet.frame[column].unique()
            bad = values.filter((values != "") & ~values.str.contains(rf"^(?:{field.pattern})$"))
            rows = sheet.frame[column].is_in(bad.implode()).arg_true() if len(bad) else bad.head(0)
            findings.rows("profile_value", sheet, column, rows, expected=field.zh)
    if PREFIX + "guardians" in sheet.frame.columns and sheet.name == "users":
        _check_guardians(sheet, findings)


def _check_guardians(sheet: Sheet, findings: Findings) -> None:
    column = PREFIX + "guardians"
    given = sheet.frame.select("agentSourcedIds", column).with_row_index("i").filter(pl.col(column) != "")
    broken, differing = [], []
    for index, agents, text in given.select("i", "agentSourcedIds", column).iter_rows():
        try:
            guardians = read_guardians(text)
        except ValueError:
            broken.append(index)
            continue
        named = {agent.strip() for agent in agents.split(",") if agent.strip()}
        viewing = [guardian for guardian in guardians if _may_view(guardian)]
        # Whose time is bounded may or may not be an agent on the day of the export.
        always = {g.id for g in viewing if not g.begin and not g.end}
        if not always <= named <= {g.id for g in viewing}:
            differing.append(index)
    findings.rows(
        "profile_value",
        sheet,
        column,
        pl.Series(broken, dtype=pl.UInt32),
        expected=FIELDS["users"]["guardians"].zh,
    )
    findings.rows("agents_differ", sheet, "agentSourcedIds", pl.Series(differing, dtype=pl.UInt32))
