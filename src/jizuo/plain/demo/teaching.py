"""Who teaches what to whom: homeroom teachers, the 任课表 and the teaching classes of the higher stages."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from itertools import accumulate, combinations

from jizuo.plain.demo import subjects
from jizuo.plain.demo.labels import class_name
from jizuo.plain.demo.schools import Size
from jizuo.plain.demo.shapes import STAGES, Class, Course, District, Staff, Teaching, TeachingClass, Unit
from jizuo.plain.demo.staff import Maker, teaching_unit

_HIGHER = ("junior", "senior", "vocational")
_COMBINATIONS = list(combinations(subjects.ELECTIVES, 3))
_ELECTIVE_CLASS = 40


def make_courses(district: District) -> dict[tuple[str, str], int]:
    """One course for each subject at each stage; returns (stage, subject) -> course id."""
    grades: dict[tuple[str, str], list[int]] = defaultdict(list)
    spans = {
        "kindergarten": (-2, 0),
        "primary": (1, 6),
        "junior": (6, 9),
        "senior": (10, 12),
        "vocational": (10, 12),
    }
    for stage in STAGES:
        first, last = spans[stage]
        for grade in range(first, last + 1):
            own = list(subjects.periods(stage, grade))
            if stage == "senior" and grade > 10:
                own += subjects.ELECTIVES
            for subject in own:
                grades[stage, subject].append(grade)
    district.courses = [Course(i, s, k, tuple(g)) for i, ((s, k), g) in enumerate(grades.items())]
    return {(c.stage, c.subject): c.id for c in district.courses}


def assign(district: District, rng: random.Random, courses: dict[tuple[str, str], int]) -> None:
    """Fill the 任课表 of every school, name homeroom teachers and make the teaching classes."""
    pools: dict[int, list[Staff]] = defaultdict(list)
    for member in district.staff:
        if member.subject and member.status in ("在岗", "返聘"):
            pools[teaching_unit(district, member)].append(member)
    for unit in district.schools:
        for stage, _, _ in unit.stages:
            classes = [district.classes[c] for c in unit.classes if district.classes[c].stage == stage]
            pool = [m for m in pools[unit.id] if m.stage == stage]
            if stage == "kindergarten":
                _kindergarten(district, classes, pool)
                continue
            table = _assign_stage(district, classes, pool, stage)
            _homerooms(classes, table)
            if stage in _HIGHER:
                _teaching_classes(district, unit, classes, table, courses, stage)
                if stage == "senior":
                    _electives(district, unit, classes, pool, courses, rng)


def _kindergarten(district: District, classes: list[Class], pool: list[Staff]) -> None:
    for i, klass in enumerate(classes):
        pair = [pool[(2 * i + k) % len(pool)] for k in (0, 1)]
        klass.homeroom, klass.deputy = pair[0].id, pair[1].id
        for member in pair:
            district.teachings.append(Teaching(klass.id, "kid", member.id, 20))
            member.periods += 20


def _teachers_of(pool: list[Staff], subject: str) -> list[Staff]:
    seen = set()
    while subject not in seen:
        found = [m for m in pool if m.subject == subject]
        if found:
            return found
        seen.add(subject)
        subject = subjects.PARTNER[subject]
    return pool


def _assign_stage(
    district: District, classes: list[Class], pool: list[Staff], stage: str
) -> dict[int, dict[str, Teaching]]:
    table: dict[int, dict[str, Teaching]] = {c.id: {} for c in classes}
    by_subject: dict[str, list[Class]] = defaultdict(list)
    for klass in classes:
        for subject in subjects.periods(stage, klass.grade):
            by_subject[subject].append(klass)
    for subject, taking in by_subject.items():
        teachers = _teachers_of(pool, subject)
        if teachers[0].subject == subject:
            # neighbours in a year share a teacher: the list of classes is cut into even runs
            chosen = [teachers[i * len(teachers) // len(taking)] for i in range(len(taking))]
        else:
            chosen = []
        for i, klass in enumerate(taking):
            n = subjects.periods(stage, klass.grade)[subject]
            if chosen:
                member = chosen[i]
            else:
                own = [t.staff for t in table[klass.id].values()]
                near = [m for m in teachers if m.id in own and m.periods + n <= 18]
                member = min(near or teachers, key=lambda m: (m.periods, m.id))
            member.periods += n
            teaching = Teaching(klass.id, subject, member.id, n)
            table[klass.id][subject] = teaching
            district.teachings.append(teaching)
    return table


def _homerooms(classes: list[Class], table: dict[int, dict[str, Teaching]]) -> None:
    taken: set[int] = set()
    for klass in classes:
        row = table[klass.id]
        order = ["chi", "mat", "eng", *(s for s in row if s not in ("chi", "mat", "eng"))]
        order = order[klass.number % 3 :] + order[: klass.number % 3] if klass.number > 2 else order
        candidates = [row[s].staff for s in order if s in row]
        klass.homeroom = next((c for c in candidates if c not in taken), candidates[0])
        taken.add(klass.homeroom)


def _teaching_classes(
    district: District,
    unit: Unit,
    classes: list[Class],
    table: dict[int, dict[str, Teaching]],
    courses: dict[tuple[str, str], int],
    stage: str,
) -> None:
    for klass in classes:
        label = class_name(klass)
        for subject, teaching in table[klass.id].items():
            district.teaching_classes.append(
                TeachingClass(
                    id=len(district.teaching_classes),
                    unit=unit.id,
                    course=courses[stage, subject],
                    grade=klass.grade,
                    name=f"{label}{subjects.said(subject, stage)}",
                    klass=klass.id,
                    staff=teaching.staff,
                    periods=teaching.periods,
                    pupils=klass.pupils,
                )
            )


def _electives(
    district: District,
    unit: Unit,
    classes: list[Class],
    pool: list[Staff],
    courses: dict[tuple[str, str], int],
    rng: random.Random,
) -> None:
    weights = list(accumulate(rng.random() + (1.5 if "phy" in c else 0.4) for c in _COMBINATIONS))
    for grade, year in ((11, "高二"), (12, "高三")):
        pupils = [p for c in classes if c.grade == grade for p in c.pupils]
        taking: dict[str, list[int]] = defaultdict(list)
        for p, chosen in zip(
            pupils, rng.choices(_COMBINATIONS, cum_weights=weights, k=len(pupils)), strict=True
        ):
            for subject in chosen:
                taking[subject].append(p)
        for subject in subjects.ELECTIVES:
            members = taking[subject]
            if not members:
                continue
            groups = max(1, round(len(members) / _ELECTIVE_CLASS))
            teachers = _teachers_of(pool, subject)
            for n in range(groups):
                own = members[n * len(members) // groups : (n + 1) * len(members) // groups]
                member = min(teachers, key=lambda m: (m.periods, m.id))
                member.periods += subjects.ELECTIVE_PERIODS
                district.teaching_classes.append(
                    TeachingClass(
                        id=len(district.teaching_classes),
                        unit=unit.id,
                        course=courses["senior", subject],
                        grade=grade,
                        name=f"{year}{subjects.said(subject, 'senior')}走班{n + 1}",
                        klass=-1,
                        staff=member.id,
                        periods=subjects.ELECTIVE_PERIODS,
                        pupils=own,
                    )
                )


def walk(maker: Maker, size: Size) -> None:
    """走教: teachers of small subjects take some classes of another school of the same stage."""
    district, rng = maker.district, maker.rng
    shared = {p.staff for p in district.posts if p.kind != "本校"}
    visitors: dict[tuple[str, str], list[Staff]] = defaultdict(list)
    for member in district.staff:
        if member.is_full_time and member.status == "在岗" and member.id not in shared:
            visitors[member.stage, member.subject].append(member)
    rows: dict[tuple[int, str, str], list[Teaching]] = defaultdict(list)
    for teaching in district.teachings:
        if teaching.subject in ("mus", "art", "ict", "sci", "spo", "his", "geo"):
            klass = district.classes[teaching.klass]
            if klass.homeroom != teaching.staff:
                rows[klass.unit, klass.stage, teaching.subject].append(teaching)
    taught = {(t.klass, t.course): t for t in district.teaching_classes if t.klass >= 0}
    courses = {(c.stage, c.subject): c.id for c in district.courses}
    keys = list(rows)
    rng.shuffle(keys)
    left = size.shared["走教"]
    for unit, stage, subject in keys * 4:
        if not left:
            return
        group = rows[unit, stage, subject]
        free = [m for m in visitors[stage, subject] if m.unit != unit and m.id not in shared]
        if len(group) < 2 or not free:
            continue
        visitor = min(
            free, key=lambda m: (abs(district.units[m.unit].street - district.units[unit].street), m.id)
        )
        maker.post(
            visitor, unit, "走教", date(district.year, 9, 1), primary=False, end=date(district.year + 1, 7, 1)
        )
        shared.add(visitor.id)
        for teaching in (group.pop(), group.pop()):
            klass = district.classes[teaching.klass]
            district.staff[teaching.staff].periods -= teaching.periods
            visitor.periods += teaching.periods
            teaching.staff = visitor.id
            group_class = taught.get((klass.id, courses[stage, subject]))
            if group_class:
                group_class.staff = visitor.id
        left -= 1
