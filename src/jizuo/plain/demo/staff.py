"""Staff: full-time teachers with their subjects, heads, clerks and all who keep a school running; posts."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import date, timedelta

from jizuo.plain.demo import places, subjects
from jizuo.plain.demo.names import READINGS, Names
from jizuo.plain.demo.numbers import Numbers
from jizuo.plain.demo.schools import Size, share_out, teacher_counts
from jizuo.plain.demo.shapes import District, Post, Staff, Unit

_STAGE_TITLES = {
    "kindergarten": "幼儿园",
    "primary": "小学",
    "junior": "初级中学",
    "senior": "高级中学",
    "vocational": "中等职业学校",
}
_WOMEN = {"kindergarten": 0.97, "primary": 0.78, "junior": 0.66, "senior": 0.56, "vocational": 0.55}
# (duty, how many a school of 40 classes has beside one, kind of post)
_DUTIES = (
    ("校长", 0, "管理"),
    ("教务员", 0.5, "管理"),
    ("副校长", 2, "管理"),
    ("教导主任", 2, "管理"),
    ("总务主任", 1, "管理"),
    ("会计", 1, "专业技术"),
    ("校医", 1, "专业技术"),
    ("图书管理员", 1, "专业技术"),
    ("代课教师", 1, "专业技术"),
    ("工勤", 8, "工勤技能"),
)
_KINDERGARTEN_DUTIES = {"校长": "园长", "副校长": "副园长", "教导主任": "保教主任", "校医": "保健教师"}
_TITLES = (("三级教师", 22), ("二级教师", 25), ("一级教师", 33), ("高级教师", 46), ("正高级教师", 52))
_GRADES = {
    "三级教师": "专业技术十三级",
    "二级教师": "专业技术十二级",
    "一级教师": "专业技术十级",
    "高级教师": "专业技术七级",
    "正高级教师": "专业技术四级",
    "": "",
}
_ETHNIC = [
    ("01", 955),
    ("03", 12),
    ("11", 8),
    ("22", 7),
    ("15", 5),
    ("06", 4),
    ("08", 4),
    ("02", 3),
    ("10", 2),
]


def ethnic_tail(rng: random.Random) -> str:
    """An ethnic code (GB/T 3304) of a person with a Han-like name: mostly 01."""
    x = rng.random() * 1000
    for code, weight in _ETHNIC:
        x -= weight
        if x < 0:
            return code
    return "01"


class Maker:
    """Makes members of staff one by one and keeps the lists of the district and of its units."""

    def __init__(self, district: District, rng: random.Random, names: Names, numbers: Numbers) -> None:
        self.district, self.rng, self.names, self.numbers = district, rng, names, numbers
        self._numbers_of: Counter[int] = Counter()

    def add(
        self,
        unit: Unit,
        duty: str,
        *,
        stage: str = "",
        subject: str = "",
        full_time: bool = False,
        post_kind: str = "专业技术",
        sex: str = "",
        age: int = 0,
    ) -> Staff:
        """One more member of staff of *unit* with one primary post there."""
        rng, year = self.rng, self.district.year
        pick = rng.random
        if not sex:
            women = _WOMEN.get(stage or (unit.stages[0][0] if unit.stages else ""), 0.5)
            sex = "2" if pick() < (women if full_time else min(women, 0.7)) else "1"
        age = age or 23 + int(pick() ** 1.15 * 36)
        birth = date(year - age, 1, 1) + timedelta(days=int(pick() * 240))
        if sex == "2" and age > 55:
            birth = _in_year(birth, birth.year + 6)
            age -= 6
        surname = self.names.surname()
        employment = "临聘" if duty == "代课教师" else _employment(pick(), post_kind, unit)
        began = age - (0 if duty == "工勤" else int(pick() * (age - 22))) if age > 22 else age
        worked = date(birth.year + min(22 + int(pick() * 4), began, age), 8, 1)
        joined = worked.replace(year=worked.year + int(pick() * max(1, year - worked.year)))
        joined = max(joined, date(min(unit.founded_on.year, year), 8, 1))
        title, titled = _title(rng, full_time, duty, age, worked, year)
        masters = full_time and age < 36 and pick() < 0.35
        education = "14" if masters else "21" if full_time or post_kind != "工勤技能" else "61"
        if education == "21" and age > 50 and pick() < 0.3:
            education = "31"
        self._numbers_of[unit.id] += 1
        number = len(self.district.staff)
        said = subjects.said(subject, stage) if subject else ""
        member = Staff(
            id=number,
            name=surname + self.names.given(birth.year, sex),
            surname=surname,
            reading=READINGS.get(surname, ""),
            sex=sex,
            birth_on=birth,
            id_kind="resident",
            id_number=self.numbers.resident(
                places.DISTRICT_CODE if pick() < 0.6 else _elsewhere(pick()), birth, sex
            ),
            ethnic=ethnic_tail(rng),
            political="01" if pick() < 0.34 else "03" if age < 28 and pick() < 0.6 else "13",
            phone=self.numbers.phone(),
            unit=unit.id,
            number=f"{unit.id:03d}{self._numbers_of[unit.id]:04d}",
            duty=duty,
            stage=stage,
            subject=subject,
            is_full_time=full_time,
            employment=employment,
            post_kind=post_kind,
            post_grade=_GRADES.get(title, "") if post_kind == "专业技术" else _other_grade(duty, pick()),
            title=title,
            title_on=titled,
            certificate=f"{max(1996, birth.year + 22)}9904{number:08d}" if full_time else "",
            certificate_stage=_STAGE_TITLES[stage] if full_time else "",
            certificate_subject=("幼儿园" if stage == "kindergarten" else said) if full_time else "",
            education=education,
            degree={"14": "3", "21": "4"}.get(education, ""),
            worked_from=worked,
            joined_on=joined,
            status="在岗",
            honour=_honour(pick(), age) if full_time else "",
            homeroom_years=int(pick() * min(18, age - 22)) if full_time else 0,
        )
        self.district.staff.append(member)
        unit.staff.append(number)
        self.post(member, unit.id, "本校", joined, primary=True)
        return member

    def post(
        self, member: Staff, unit: int, kind: str, begin: date, *, primary: bool, end: date | None = None
    ) -> None:
        """One more post of *member*."""
        post = Post(len(self.district.posts), member.id, unit, kind, primary, begin, end)
        self.district.posts.append(post)
        member.posts.append(post.id)


def make_staff(maker: Maker, size: Size) -> None:
    """All staff of the district; the teachers of each school cover its subjects."""
    district = maker.district
    for unit, count in zip(district.units[:2], size.offices, strict=True):
        _office(maker, unit, count)
    teachers = teacher_counts(size, district.units, district.classes)
    schools = district.schools
    weights = [len(u.classes) * (2.4 if u.kind == "kindergarten" else 1.0) + 4 for u in schools]
    others = dict(zip((u.id for u in schools), share_out(size.others, weights, 4), strict=True))
    for unit in schools:
        _others(maker, unit, others[unit.id])
        for stage, _, _ in unit.stages:
            for subject, n in subject_counts(district, unit, stage, teachers[unit.id, stage]).items():
                for _ in range(n):
                    maker.add(unit, "教师", stage=stage, subject=subject, full_time=True)
        _leave(maker, unit)


def weekly(district: District, unit: Unit, stage: str) -> dict[str, float]:
    """Subject -> periods a week in one stage of a school, electives counted at half of the classes."""
    totals: dict[str, float] = defaultdict(float)
    for c in unit.classes:
        klass = district.classes[c]
        if klass.stage != stage:
            continue
        for subject, n in subjects.periods(stage, klass.grade).items():
            totals[subject] += n
        if stage == "senior" and klass.grade > 10:
            for subject in subjects.ELECTIVES:
                totals[subject] += subjects.ELECTIVE_PERIODS / 2
    return dict(totals)


def subject_counts(district: District, unit: Unit, stage: str, teachers: int) -> dict[str, int]:
    """Subject -> number of its teachers; a subject too small for one is left to its partner subject."""
    load = weekly(district, unit, stage)
    while True:
        whole = sum(load.values())
        small = min(load, key=lambda s: (load[s], s))
        if len(load) == 1 or load[small] * teachers / whole >= 0.6:
            break
        # the partner may itself have been merged already: then the largest takes it
        partner = subjects.PARTNER[small]
        target = partner if partner in load and partner != small else max(load, key=lambda s: (load[s], s))
        if target == small:
            break
        load[target] += load.pop(small)
    return dict(zip(load, share_out(teachers, list(load.values()), 1), strict=True))


def share_posts(maker: Maker, size: Size) -> None:
    """交流轮岗 (in pairs, so that no school loses a teacher), 支教 and 借调 for this school year."""
    district, rng = maker.district, maker.rng
    begin, end = date(district.year, 9, 1), date(district.year + 1, 7, 1)
    pool = [s.id for s in district.staff if s.is_full_time and s.status == "在岗" and s.subject != "kid"]
    rng.shuffle(pool)
    by_subject: dict[tuple[str, str], list[int]] = defaultdict(list)
    used: set[int] = set()

    def send(one: int, unit: int, kind: str) -> None:
        member = district.staff[one]
        district.posts[member.posts[0]].is_primary = False
        maker.post(member, unit, kind, begin, primary=True, end=end)
        used.add(one)

    wanted = size.shared["交流轮岗"] // 2
    for one in pool:
        member = district.staff[one]
        waiting = by_subject[member.stage, member.subject]
        other = next((w for w in waiting if district.staff[w].unit != member.unit), None)
        if other is None:
            waiting.append(one)
            continue
        waiting.remove(other)
        send(one, district.staff[other].unit, "交流轮岗")
        send(other, member.unit, "交流轮岗")
        wanted -= 1
        if not wanted:
            break
    free = [one for one in pool if one not in used]
    taken: Counter[int] = Counter()
    for kind in ("支教", "借调"):
        left = size.shared[kind]
        for one in free:
            if not left:
                break
            member = district.staff[one]
            # no school gives two, and none gives the only teacher of a subject
            if one in used or taken[member.unit] >= 1 + len(district.units) // 60:
                continue
            mates = sum(
                1
                for i in district.units[member.unit].staff
                if (district.staff[i].stage, district.staff[i].subject) == (member.stage, member.subject)
            )
            targets = [0, 1] if kind == "借调" else _towns(district, member)
            if mates < 3 or not targets:
                continue
            send(one, targets[int(rng.random() * len(targets))], kind)
            taken[member.unit] += 1
            left -= 1


def teaching_unit(district: District, member: Staff) -> int:
    """The unit of the primary post: where a teacher teaches this year (任教校)."""
    return next(district.posts[p].unit for p in member.posts if district.posts[p].is_primary)


def _towns(district: District, member: Staff) -> list[int]:
    far = [
        u.id
        for u in district.schools
        if u.id != member.unit and any(s == member.stage for s, _, _ in u.stages)
    ]
    return [u for u in far if district.units[u].street >= 9] or far


def _office(maker: Maker, unit: Unit, count: int) -> None:
    duties = (
        ["局长", "数据管理员", "副局长", "科长"]
        if unit.kind == "bureau"
        else ["院长", "副院长", "办公室主任"]
    )
    for n in range(count):
        duty = duties[n] if n < len(duties) else "科员" if unit.kind == "bureau" else "教研员"
        maker.add(
            unit,
            duty,
            post_kind="专业技术" if duty == "教研员" else "管理",
            age=0 if n >= len(duties) else 34 + n * 5,
        )


def _others(maker: Maker, unit: Unit, count: int) -> None:
    scale = len(unit.classes) / 40
    small = unit.kind == "kindergarten"
    plan: list[tuple[str, str]] = []
    for duty, extra, kind in _DUTIES:
        said = _KINDERGARTEN_DUTIES.get(duty, duty) if small else duty
        plan += [(said, kind)] * (1 + int(extra * scale))
    head, rest = plan[:2], plan[2:]
    if small:
        rest = rest[:1] + [("保育员", "工勤技能")] * max(0, count - 2 - len(rest)) + rest[1:]
    rest += [("工勤", "工勤技能")] * (count - 2 - len(rest))
    for duty, kind in (head + rest)[:count]:
        age = 42 + int(maker.rng.random() * 16) if duty in ("校长", "园长") else 0
        maker.add(unit, duty, post_kind=kind, age=age, stage="", sex="2" if duty == "保育员" else "")


def _leave(maker: Maker, unit: Unit) -> None:
    """Some teachers are on leave and one of the bigger schools' retired ones is back."""
    rng, district = maker.rng, maker.district
    for i in unit.staff:
        member = district.staff[i]
        if not member.is_full_time:
            continue
        age = district.year - member.birth_on.year
        x = rng.random()
        if member.sex == "2" and 26 <= age <= 40 and x < 0.018:
            member.status = "产假"
        elif x > 0.995:
            member.status = "病假"
    for i in unit.staff:
        member = district.staff[i]
        if member.duty == "代课教师":
            away = [district.staff[j] for j in unit.staff if district.staff[j].status in ("产假", "病假")]
            model = away[0] if away else None
            stage = model.stage if model else unit.stages[0][0]
            member.stage = stage
            member.subject = model.subject if model else ("kid" if stage == "kindergarten" else "chi")
            if rng.random() < 0.25:
                member.status, member.birth_on = "返聘", _in_year(member.birth_on, district.year - 62)
                member.id_number = maker.numbers.resident(places.DISTRICT_CODE, member.birth_on, member.sex)
                member.name = member.surname + maker.names.given(member.birth_on.year, member.sex)
                member.worked_from = date(member.birth_on.year + 22, 8, 1)
                member.joined_on = max(date(district.year - 1, 9, 1), member.worked_from)
                member.title, member.title_on = "高级教师", date(member.birth_on.year + 42, 12, 1)
                member.post_grade = _GRADES["高级教师"]
                district.posts[member.posts[0]].begin_on = member.joined_on


def _in_year(day: date, year: int) -> date:
    # 29 February has no place in most years
    return date(year, day.month, min(day.day, 28))


def _employment(x: float, post_kind: str, unit: Unit) -> str:
    if unit.ownership_code == "12":
        return "合同"
    if post_kind == "工勤技能":
        return "派遣" if x < 0.62 else "临聘" if x < 0.8 else "在编"
    return "在编" if x < 0.87 else "备案" if x < 0.94 else "合同" if x < 0.985 else "派遣"


def _title(
    rng: random.Random, full_time: bool, duty: str, age: int, worked: date, year: int
) -> tuple[str, date | None]:
    if not full_time and duty not in ("校长", "副校长", "园长", "副园长", "教研员", "代课教师"):
        return "", None
    served = age - int(rng.random() * 9) + 1
    reached = [(name, at) for name, at in _TITLES if served >= at]
    if not reached or worked.year >= year - 1:
        return "", None
    name, at = reached[-1]
    if name == "正高级教师" and rng.random() > 0.03:
        name, at = reached[-2]
    if name == "高级教师" and rng.random() > 0.45:
        name, at = reached[[n for n, _ in reached].index("一级教师")]
    got = min(year - 1, max(worked.year + 1, year - (served - at)))
    return name, date(got, 12, 1)


def _other_grade(duty: str, x: float) -> str:
    if duty in ("工勤", "保育员"):
        return "技术工三级" if x < 0.4 else "技术工四级"
    return {"校长": "五级职员", "园长": "六级职员", "局长": "四级职员"}.get(duty, "七级职员")


def _honour(x: float, age: int) -> str:
    if age < 32:
        return "区教坛新秀" if x < 0.05 else ""
    return "市学科带头人" if x < 0.006 else "区学科带头人" if x < 0.03 else "区骨干教师" if x < 0.13 else ""


def _elsewhere(x: float) -> str:
    codes = [c for c in places.DIVISIONS if c != places.DISTRICT_CODE]
    return codes[int(x * len(codes))]
