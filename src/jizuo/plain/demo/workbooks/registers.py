"""Look-alikes of what the national pupil register and the national staff register export.

The headings are from memory and to be checked against real exports; the shape (one header row, every cell
text, one sheet) is theirs.
"""

from __future__ import annotations

from jizuo.plain.demo import subjects
from jizuo.plain.demo.labels import grade_name
from jizuo.plain.demo.places import CITY, DISTRICT, DIVISIONS
from jizuo.plain.demo.shapes import STAGES, District, Pupil, Unit
from jizuo.plain.demo.workbooks import words
from jizuo.plain.demo.workbooks.sheet import Book
from jizuo.plain.idnumber import DOCUMENT_NAMES, DocumentKind

_PUPIL_HEADINGS = (
    "学校标识码 学校名称 年级 班级 班内学号 学籍号 学籍辅号 姓名 性别 出生日期 出生地行政区划码 籍贯 "
    "民族 国籍/地区 身份证件类型 身份证件号 港澳台侨外 政治面貌 健康状况 姓名拼音 曾用名 血型 户口性质 "
    "户口所在地行政区划码 户口所在地详细地址 入学年月 入学方式 学生来源 就读方式 现住址 通信地址 "
    "家庭地址 联系电话 邮政编码 学生类别 学生当前状态 是否学籍在读一致 成员1姓名 成员1关系 "
    "成员1是否监护人 成员1身份证件类型 成员1身份证件号 成员1民族 成员1联系电话 成员2姓名 成员2关系 "
    "成员2是否监护人 成员2身份证件类型 成员2身份证件号 成员2民族 成员2联系电话"
)
_STAFF_HEADINGS = (
    "学校标识码 学校名称 教职工号 姓名 曾用名 性别 出生日期 国籍/地区 身份证件类型 身份证件号 民族 "
    "政治面貌 参加工作年月 进本校年月 教职工类别 是否在编 用人形式 学历 学位 岗位类别 岗位等级 "
    "专业技术职务 聘任开始年月 是否专任教师 任教学段 任教学科 周课时 教师资格证种类 资格证任教学科 "
    "证书号码 骨干教师类型 手机 人员状态"
)
PUPIL_HEADINGS = tuple(_PUPIL_HEADINGS.split())
STAFF_HEADINGS = tuple(_STAFF_HEADINGS.split())
_WIDE = {"身份证件号": 21, "学籍号": 22, "现住址": 34, "家庭地址": 34, "通信地址": 34, "学校名称": 20}
_CATEGORY = {
    "kindergarten": "幼儿",
    "primary": "普通小学生",
    "junior": "普通初中学生",
    "senior": "普通高中学生",
    "vocational": "职业高中学生",
}


def pupil_register(district: District, unit: Unit) -> bytes:
    """The pupils in 在籍 at *unit*, as the pupil register would export them. Raises ValueError without
    pupils.
    """
    if not unit.is_school:
        raise ValueError(f"{unit.name} 没有学生")
    rows = [_pupil(district, unit, district.pupils[i]) for i in unit.pupils]
    book = Book(district.today)
    book.table("学生基础信息", "", [(h, "", _WIDE.get(h, 11)) for h in PUPIL_HEADINGS], rows)
    return book.bytes()


def _pupil(district: District, unit: Unit, pupil: Pupil) -> list[str]:
    klass = district.classes[pupil.register_class]
    kind = DocumentKind(pupil.id_kind)
    ties = [t for t in (district.guardianships[i] for i in pupil.guardians) if not t.no_contact][:2]
    row = [
        unit.code,
        unit.name,
        grade_name(klass),
        f"{klass.number}班",
        f"{pupil.roll:02d}",
        pupil.register_no if pupil.register_no.startswith("G") else "",
        "" if pupil.register_no.startswith("G") else pupil.register_no,
        pupil.name,
        words.SEX[pupil.sex],
        f"{pupil.birth_on:%Y%m%d}",
        pupil.region,
        DIVISIONS[pupil.region][0] if pupil.region else "",
        words.ETHNIC[pupil.ethnic],
        words.COUNTRIES[pupil.nationality],
        DOCUMENT_NAMES[kind] if kind is not DocumentKind.NONE else "",
        pupil.id_number,
        pupil.overseas or "非港澳台侨外",
        "共青团员" if klass.grade >= 10 and pupil.id % 4 == 0 else "群众",
        "健康或良好",
        "",
        pupil.former_name,
        f"{pupil.blood}型" if pupil.blood else "未知血型",
        pupil.household,
        pupil.region,
        pupil.household_address,
        f"{pupil.entry_on:%Y%m}",
        pupil.entry_way,
        "正常入学" if pupil.entry_way != "转入" else "转入",
        pupil.boarding,
        pupil.address,
        pupil.address,
        pupil.address,
        district.guardians[ties[0].guardian].phone if ties else "",
        "",
        _CATEGORY[klass.stage],
        words.STATUS[pupil.status],
        "是" if pupil.attend == pupil.unit else "否",
    ]
    for tie in ties:
        adult = district.guardians[tie.guardian]
        row += [
            adult.name,
            words.RELATIONS[tie.relation],
            "是" if tie.is_legal else "否",
            DOCUMENT_NAMES[DocumentKind(adult.id_kind)],
            adult.id_number,
            words.ETHNIC[adult.ethnic],
            adult.phone,
        ]
    return row + [""] * (len(PUPIL_HEADINGS) - len(row))


def staff_register(district: District, unit: Unit) -> bytes:
    """The staff whose 人事关系 is at *unit*, as the staff register would export them."""
    rows = []
    for member in (district.staff[i] for i in unit.staff):
        rows.append(
            [
                unit.code,
                unit.name if unit.is_school else f"{CITY}{DISTRICT}{unit.short}",
                member.number,
                member.name,
                "",
                words.SEX[member.sex],
                f"{member.birth_on:%Y%m%d}",
                "中国",
                "居民身份证",
                member.id_number,
                words.ETHNIC[member.ethnic],
                words.POLITICAL[member.political],
                f"{member.worked_from:%Y%m}",
                f"{member.joined_on:%Y%m}",
                "专任教师"
                if member.is_full_time
                else "工勤人员"
                if member.post_kind == "工勤技能"
                else "行政教辅人员",
                "是" if member.employment == "在编" else "否",
                member.employment,
                words.EDUCATION[member.education],
                words.DEGREES[member.degree],
                member.post_kind,
                member.post_grade,
                member.title,
                f"{member.title_on:%Y%m}" if member.title_on else "",
                "是" if member.is_full_time else "否",
                STAGES[member.stage] if member.stage else "",
                subjects.said(member.subject, member.stage) if member.subject else "",
                str(member.periods) if member.periods else "",
                member.certificate_stage,
                member.certificate_subject,
                member.certificate,
                member.honour,
                member.phone,
                {"在岗": "在职", "返聘": "返聘"}.get(member.status, member.status),
            ]
        )
    book = Book(district.today)
    book.table("教职工基础信息", "", [(h, "", _WIDE.get(h, 11)) for h in STAFF_HEADINGS], rows)
    return book.bytes()
