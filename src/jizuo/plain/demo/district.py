"""The one door: ``make`` a fictional district from a size, a seed and a day."""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from jizuo.plain.demo import cases, families, roles, schools, staff, teaching, years
from jizuo.plain.demo.names import Names
from jizuo.plain.demo.numbers import Numbers
from jizuo.plain.demo.shapes import District, Grouping

TODAY = date(2026, 9, 16)
"""The day demonstrations stand at when none is given."""


@contextmanager
def not_collecting() -> Iterator[None]:
    """Keep the garbage collector still: nothing made here becomes garbage, and looking for it costs a third."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def make(size: str = "small", seed: int = 2026, today: date = TODAY) -> District:
    """A district; the same arguments give the same district on every machine.

    *size*: ``small`` (7 schools, bureau and centre, 2,500 pupils, 300 staff) or ``district`` (105 schools
    with 57,171 pupils, bureau and centre, 7,435 staff of whom 5,453 full-time teachers). *today* chooses the
    school year (2024 to 2034); within one school year only ``District.today`` differs.
    Raises ValueError for another size or year.
    """
    plan = schools.SIZES_OF_DISTRICT.get(size)
    if plan is None:
        raise ValueError(f"演示区只有 small 和 district 两种大小，没有 {size!r}")
    with not_collecting():
        return _make(plan, size, seed, today)


def _make(plan: schools.Size, size: str, seed: int, today: date) -> District:
    def stream(part: str) -> random.Random:
        return random.Random(f"{seed}/{part}")  # noqa: S311 (the same people each time)

    school_year, calendar = years.calendar(today)
    year = school_year.first
    numbers = Numbers(stream("numbers"))
    district = District(size, seed, today, year, calendar, schools.make_units(plan, stream("units")))
    district.classes, registered = schools.make_classes(plan, district.units, year, stream("classes"))
    maker = staff.Maker(district, stream("staff"), Names(stream("staff names")), numbers)
    staff.make_staff(maker, plan)
    families.make_families(district, registered, stream("families"), Names(stream("names")), numbers)
    cases.plant(district, plan, maker, stream("cases"), Names(stream("more names")), numbers)
    staff.share_posts(maker, plan)
    courses = teaching.make_courses(district)
    teaching.assign(district, stream("teaching"), courses)
    teaching.walk(maker, plan)
    roles.name_roles(district)
    district.groupings = _groupings(district)
    return district


def _groupings(district: District) -> list[Grouping]:
    begin = date(district.year - 2, 9, 1)
    groups = []
    for word in ("启明", "松雪", "柳港"):
        members = tuple(
            u.id for u in district.schools if word in u.name or (word, u.name) == ("启明", "汀兰小学")
        )
        if len(members) > 1:
            groups.append(Grouping(f"{word}教育集团", "教育集团", members[0], members, begin))
    streets: dict[int, list[int]] = {}
    for unit in district.schools:
        if unit.kind in ("primary", "junior", "nine_year"):
            streets.setdefault(unit.street // 4, []).append(unit.id)
    names = ("江北学区", "江南学区", "城北学区")
    for part, near in sorted(streets.items()):
        if len(near) > 1:
            groups.append(Grouping(names[part], "学区", near[0], tuple(near), begin))
    return groups
