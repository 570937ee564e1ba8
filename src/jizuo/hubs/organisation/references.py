"""Whom and which class a cell of any sheet names: the answers that the data hub asks this room for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground.doors import source
from jizuo.hubs.data import references
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.references import Part, Resolved, Resolver
from jizuo.hubs.organisation.importers.classes import Classes
from jizuo.hubs.organisation.importers.surroundings import surroundings
from jizuo.plain import names
from jizuo.plain.cleaning import Unclean
from jizuo.plain.workbook.cells import make_cell

PEOPLE_PARTS = (
    Part("base_no", ("基座号",), "JZH", is_enough=True),
    Part("local_no", ("学号", "工号", "校内学号", "职工号", "教工号"), "XH", is_enough=True),
    Part("name", ("姓名", "学生姓名", "教师姓名", "名字"), "XM", is_enough=True),
    Part("class", ("班级", "所在班级", "班级名称", "班别"), "BJ"),
)
CLASS_PARTS = (Part("name", ("班级", "班级名称", "所在班级", "班别"), "BJ", is_enough=True),)
#: Whoever is at the unit now, by any of the three ways to name one; a family's people are not named by a school's sheet.
PEOPLE = """
select person_id::text, base_no, local_no, name, coalesce(class_id::text, '') from affiliation
where unit_no = %s and end_on is null and role in ('pupil', 'staff')
  and (base_no = any(%s) or (local_no <> '' and local_no = any(%s)) or name = any(%s))
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the unit as a sheet may name them."""

    person_id: str
    base_no: str
    local_no: str
    name: str
    class_id: str


@dataclass(slots=True)
class Known:
    """The people a file may mean, by each way of naming them."""

    base_no: dict[str, set[Person]] = field(default_factory=lambda: defaultdict(set))
    local_no: dict[str, set[Person]] = field(default_factory=lambda: defaultdict(set))
    name: dict[str, set[Person]] = field(default_factory=lambda: defaultdict(set))


def offer() -> None:
    """Answer for people and classes; called on the room's plate."""
    references.offer("person", Resolver(gettext_lazy("人"), PEOPLE_PARTS, people))
    references.offer("org", Resolver(gettext_lazy("班级"), CLASS_PARTS, classes))


@source(title="按号码或姓名找本单位的人", roles=IMPORTING_ROLES)
def people_named(
    *, unit_no: int, base_nos: list[str], local_nos: list[str], person_names: list[str]
) -> list[Person]:
    """The people of a unit whom any of these may mean."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [unit_no, base_nos, local_nos, person_names])
        return [Person(*row) for row in cursor.fetchall()]


def people(unit_no: int, today: date, rows: Sequence[Mapping[str, str | None]]) -> Sequence[Resolved]:
    """The person each row means: by base number, else local number, else name within the class. What else a row says
    must agree."""
    written = {row.get("name") or "": names.normalise(row.get("name") or "") for row in rows}
    found = people_named(
        unit_no=unit_no,
        base_nos=values(rows, "base_no"),
        local_nos=values(rows, "local_no"),
        person_names=sorted({name for name in written.values() if name}),
    )
    known = Known()
    for one in found:
        known.base_no[one.base_no].add(one)
        known.local_no[one.local_no].add(one)
        known.name[names.match_key(one.name)].add(one)
    class_of = classes_of(unit_no, today, values(rows, "class"))
    return [person(row, known, class_of, written[row.get("name") or ""]) for row in rows]


def values(rows: Iterable[Mapping[str, str | None]], key: str) -> list[str]:
    """The different texts of one part."""
    return sorted({text for row in rows if (text := row.get(key))})


def person(
    row: Mapping[str, str | None], known: Known, class_of: Mapping[str, Resolved], name: str
) -> Resolved:
    """The one person a row means, or why none."""
    written = row.get("class") or ""
    klass = class_of[written] if written else None
    if klass is not None and klass.fault:
        return Resolved(None, klass.fault, "class")
    for part, title in (("base_no", _("基座号")), ("local_no", _("学号或工号"))):
        text = row.get(part)
        if not text:
            continue
        who = getattr(known, part).get(text, set())
        if not who:
            return Resolved(None, Unclean(
                "unknown_person", _("本单位没有%(title)s“%(text)s”的人") % {"title": title, "text": text[:20]},
                _("请核对号码；这个人要先在本单位的名册里"),
            ), part)  # fmt: skip
        alike = {one for one in who if not name or names.match_key(one.name) == names.match_key(name)}
        if not alike:
            return Resolved(None, Unclean(
                "other_name", _("%(title)s与姓名对不上") % {"title": title}, _("请核对：号码是一个人，姓名是另一个人"),
            ), part)  # fmt: skip
        return one_of(alike, klass, part)
    if not name:
        return Resolved(None, Unclean("no_person", _("没有写是谁"), _("请填写基座号、学号或姓名")), "name")
    who = known.name.get(names.match_key(name), set())
    if not who:
        return Resolved(None, Unclean(
            "unknown_person", _("本单位没有叫“%(name)s”的人") % {"name": name[:20]},
            _("请核对姓名；这个人要先在本单位的名册里"),
        ), "name")  # fmt: skip
    return one_of(who, klass, "name")


def one_of(who: set[Person], klass: Resolved | None, part: str) -> Resolved:
    """The only one of several, by the class that the row names."""
    in_class = {one for one in who if klass is None or one.class_id == klass.id}
    people_meant = {one.person_id for one in in_class}
    if len(people_meant) == 1:
        (one,) = list(in_class)[:1]
        return Resolved(one.person_id, label=one.name)
    if not in_class:
        return Resolved(None, Unclean(
            "other_class", _("这个班里没有这个人"), _("请核对班级；转过班的请写现在的班"), ), "class")  # fmt: skip
    fix = _("请补上学号、基座号或班级") if klass is None else _("请补上学号或基座号")
    return Resolved(None, Unclean(
        "namesake", _("有 %(n)s 个人叫这个名字") % {"n": len(people_meant)}, fix), part)  # fmt: skip


def classes_of(unit_no: int, today: date, written: Sequence[str]) -> dict[str, Resolved]:
    """Text -> the class it means."""
    if not written:
        return {}
    around = surroundings(unit_no=unit_no, importer="table", today=today)
    known = Classes(around, may_make=False)
    found = {}
    for text in written:
        org_id, trouble = known.find(make_cell(text))
        fault = Unclean(trouble.code, trouble.reason, trouble.fix, trouble.suggestion) if trouble else None
        found[text] = Resolved(org_id, fault, "name", known.name_of.get(org_id or "", ""))
    return found


def classes(unit_no: int, today: date, rows: Sequence[Mapping[str, str | None]]) -> Sequence[Resolved]:
    """The class each row means."""
    class_of = classes_of(unit_no, today, values(rows, "name"))
    nothing = Resolved(None, Unclean("no_class", _("没有写班级"), _("请填写班级，例如 三（2）班")), "name")
    return [class_of.get(row.get("name") or "", nothing) for row in rows]
