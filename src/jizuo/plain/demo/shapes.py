"""What a fictional district is made of. ``id`` is always the record's place in its list of ``District``.

-1 as a reference and "" as a text mean none. Codes are texts of the national tables named at the field.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from jizuo.plain.school_year import Calendar, Term

STAGES = {
    "kindergarten": "幼儿园",
    "primary": "小学",
    "junior": "初中",
    "senior": "高中",
    "vocational": "中职",
}
"""Stage key -> Chinese name, lowest first. Grades: -2, -1, 0 小班 中班 大班; 1 to 9; 10 to 12 senior and
vocational.
"""


@dataclass(slots=True)
class Unit:
    """A legal body: a school (it has ``stages``), the bureau or a centre."""

    id: int
    code: str  # 标识码, ten digits, invented
    name: str
    short: str
    # bureau, centre, kindergarten, primary, junior, nine_year, twelve_year, complete, senior, vocational
    kind: str
    type_code: str  # JY/T 1001 办学类型
    ownership_code: str  # JY/T 1001 学校办别
    area_code: str  # JY/T 1001 城乡类型
    system: str  # 学制 as said: 六三, 五四, 九年一贯（五四）, 完中 ...
    stages: tuple[tuple[str, int, int], ...]  # (stage, first grade, last grade)
    street: int  # place in places.STREETS
    address: str
    phone: str
    founded_on: date
    campuses: tuple[str, ...]  # names of the 校区; one "" when there is only the main one
    classes: list[int] = field(default_factory=list)
    staff: list[int] = field(default_factory=list)  # by 人事关系校
    pupils: list[int] = field(default_factory=list)  # by 学籍校 (在籍)

    @property
    def is_school(self) -> bool:
        """Whether it has pupils."""
        return bool(self.stages)


@dataclass(slots=True)
class Class:
    """An administrative class, fixed by unit, scheme, entry year and number."""

    id: int
    unit: int
    stage: str
    scheme: str  # a code of school_year.SCHEMES, of this stage alone
    year: int  # the district's school year
    entry_year: int  # 级
    leaving_year: int  # 届
    number: int  # 1 upwards within its year
    grade: int  # in the district's school year
    campus: int  # place in Unit.campuses
    homeroom: int = -1  # staff
    deputy: int = -1  # staff; kindergartens' second teacher
    room: str = ""
    pupils: list[int] = field(default_factory=list)  # who study in it (在读), in order of 座号


@dataclass(slots=True)
class Pupil:
    """A pupil in 在籍 or, with ``unit`` -1, borrowed from elsewhere (借入)."""

    id: int
    name: str
    surname: str  # "" for names with · or without surname
    reading: str  # of the surname, where it is not the common one
    former_name: str
    sex: str  # GB/T 2261.1
    birth_on: date
    id_kind: str  # idnumber.DocumentKind
    id_number: str
    register_no: str  # 学籍号; "" in kindergarten
    nationality: str  # GB/T 2659 three letters
    overseas: str  # 港澳台侨外: "", 香港, 澳门, 台湾, 外籍
    ethnic: str  # GB/T 3304; "" for foreigners
    region: str  # 户籍地, a key of places.DIVISIONS; "" for foreigners
    household: str  # 户口性质
    household_address: str
    address: str
    unit: int  # 学籍校
    register_class: int  # class in the 学籍校
    attend: int  # 就读校; -1: outside the district (借出)
    klass: int  # class in the 就读校; -1 when outside
    elsewhere: str  # name of the outside school of a borrowed or lent pupil
    seat: int  # 座号
    roll: int  # 班级学号
    school_no: str  # the school's own 学号
    entry_on: date
    entry_way: str  # 入学方式
    boarding: str  # 走读, 住校
    bus: str  # route of the school bus
    blood: str
    allergy: str
    status: str  # student_status: 01 在读, 02 休学
    family: int
    guardians: list[int] = field(default_factory=list)  # guardianships, in emergency order


@dataclass(slots=True)
class Guardian:
    """An adult; ``staff`` is the same person among the staff."""

    id: int
    name: str
    surname: str
    reading: str
    sex: str
    birth_on: date
    id_kind: str
    id_number: str
    phone: str
    address: str
    ethnic: str
    staff: int


@dataclass(slots=True)
class Guardianship:
    """What one adult is to one child."""

    id: int
    pupil: int
    guardian: int
    relation: str  # GB/T 4761: 51 父亲, 52 母亲, 61-64 grandparents, 99 other
    is_legal: bool  # 法定监护人
    is_delegate: bool  # 委托照护人
    lives_with: bool
    may_pick_up: bool
    may_view: bool
    may_sign: bool
    gets_notices: bool
    order: int  # emergency order, 1 first; 0 never to be called
    no_contact: bool  # 禁止接触


@dataclass(slots=True)
class Staff:
    """A member of staff, counted once, at the ``unit`` of 人事关系."""

    id: int
    name: str
    surname: str
    reading: str
    sex: str
    birth_on: date
    id_kind: str
    id_number: str
    ethnic: str
    political: str  # GB/T 4762
    phone: str
    unit: int
    number: str  # 工号
    duty: str  # 校长, 副校长, 教师, 教务员, 保育员 ...
    stage: str  # where a teacher teaches
    subject: str  # a key of subjects.SUBJECTS
    is_full_time: bool  # 专任
    employment: str  # 编制类型: 在编, 备案, 合同, 派遣, 临聘
    post_kind: str  # 岗位类别
    post_grade: str  # 岗位等级
    title: str  # 职称
    title_on: date | None
    certificate: str  # 教师资格证 number
    certificate_stage: str
    certificate_subject: str
    education: str  # GB/T 4658
    degree: str  # GB/T 6864 level digit
    worked_from: date  # 参加工作
    joined_on: date  # 来校
    status: str  # 在岗, 产假, 病假, 返聘
    honour: str  # 骨干称号
    homeroom_years: int
    periods: int = 0  # 周课时, all schools together
    posts: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Post:
    """Where a member of staff works: one primary post each, further ones for shared teachers."""

    id: int
    staff: int
    unit: int
    kind: str  # 本校, 交流轮岗, 支教, 借调, 走教
    is_primary: bool
    begin_on: date
    end_on: date | None


@dataclass(slots=True)
class Course:
    """A subject at one stage, with the grades that take it."""

    id: int
    stage: str
    subject: str
    grades: tuple[int, ...]


@dataclass(slots=True)
class Teaching:
    """One cell of the 任课表: who teaches *subject* to the administrative class *klass*."""

    klass: int
    subject: str
    staff: int
    periods: int  # a week


@dataclass(slots=True)
class TeachingClass:
    """A 教学班 of junior, senior and vocational schools; ``klass`` -1 when pupils of several classes mix
    (走班).
    """

    id: int
    unit: int
    course: int
    grade: int
    name: str
    klass: int
    staff: int
    periods: int
    pupils: list[int]


@dataclass(slots=True)
class Grouping:
    """A 教育集团 or 学区 beside the administrative tree."""

    name: str
    kind: str
    lead: int
    members: tuple[int, ...]
    begin_on: date


@dataclass(slots=True)
class District:
    """Everything, each list indexed by ``id``. ``cases``: oddity -> ids, see cases.py."""

    size: str
    seed: int
    today: date
    year: int  # the school year, by the year it begins in
    calendar: Calendar
    units: list[Unit]
    classes: list[Class] = field(default_factory=list)
    pupils: list[Pupil] = field(default_factory=list)
    guardians: list[Guardian] = field(default_factory=list)
    guardianships: list[Guardianship] = field(default_factory=list)
    staff: list[Staff] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    teachings: list[Teaching] = field(default_factory=list)
    teaching_classes: list[TeachingClass] = field(default_factory=list)
    groupings: list[Grouping] = field(default_factory=list)
    cases: dict[str, list[int]] = field(default_factory=dict)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms of the school year, in order."""
        return self.calendar.terms

    @property
    def schools(self) -> list[Unit]:
        """The units with pupils, in order."""
        return [unit for unit in self.units if unit.stages]
