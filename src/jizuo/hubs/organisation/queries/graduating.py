"""Graduates of a year with certificate and destination, and the batches between schools."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import NotFound
from jizuo.ground.shapes import Year
from jizuo.hubs.data.codes import short_name_of
from jizuo.hubs.organisation import class_names, turns
from jizuo.plain.class_name import ClassKey, shown
from jizuo.plain.school_year import SCHEMES, Placement, SchoolYear

OFFICE = frozenset({scopes.CLERK, scopes.HEAD})


class Graduate(msgspec.Struct, frozen=True):
    """A graduate of the acting school. class_name: as it was called in the last year; stage: the one she finished;
    to_name: the next school in words, '' when not known."""

    affiliation_id: UUID
    person_id: UUID
    name: str
    sex: str
    base_no: str
    class_id: UUID | None
    class_name: str
    stage: str
    left_on: date
    certificate_no: str
    to_unit_no: int | None
    to_name: str
    handover_id: UUID | None

    @property
    def sex_word(self) -> str:
        """男, 女."""
        return short_name_of("sex", self.sex)


class HandoverView(msgspec.Struct, frozen=True):
    """A batch of graduates as one side sees it. way: out | in; state: sent | taken | returned."""

    handover_id: UUID
    batch_no: UUID
    way: str
    other_unit_no: int
    other_name: str
    school_year: int
    stage: str
    state: str
    pupils: int
    note: str
    sent_at: datetime
    settled_at: datetime | None


class HandedPupil(msgspec.Struct, frozen=True):
    """One pupil of a batch: what the next school gets."""

    person_id: UUID
    name: str
    sex: str
    base_no: str
    class_name: str
    certificate_no: str


class CertificateRuleView(msgspec.Struct, frozen=True):
    """How a stage's certificates are numbered, with the next number."""

    stage: str
    prefix: str
    digits: int


GRADUATES = """
select a.id, a.person_id, a.name, a.sex, a.base_no, a.class_id, a.end_on, coalesce(g.certificate_no, ''), g.to_unit_no,
       coalesce(v.short_name, g.to_text, ''), g.handover_id
from affiliation a left join graduation g on g.unit_no = a.unit_no and g.affiliation_id = a.id
left join unit v on v.unit_no = g.to_unit_no
where a.unit_no = %(unit)s and a.role = 'pupil' and a.end_reason = %(graduated)s
  and a.end_on >= make_date(%(year)s, 3, 1) and a.end_on < make_date(%(year)s + 1, 3, 1)
order by a.class_id, a.seat_no nulls last, a.sort_key collate "C", a.id
"""
HANDOVER = (
    "h.id, h.batch_no, h.way, h.other_unit_no, u.name, h.school_year, h.stage, h.state, h.pupils, h.note, h.sent_at,"
    " h.settled_at from handover h join unit u on u.unit_no = h.other_unit_no"
)


ROOT = """
with recursive up (unit_no, parent_no) as (
    select unit_no, parent_no from unit where unit_no = %(own)s
    union select u.unit_no, u.parent_no from unit u join up on u.unit_no = up.parent_no)
select max(unit_no) filter (where parent_no is null) from up
"""
BELOW = """
with recursive below (unit_no) as (select unit_no from unit where unit_no = %(root)s
    union select u.unit_no from unit u join below b on u.parent_no = b.unit_no)
select u.unit_no, u.short_name from unit u join below using (unit_no)
where u.kind = 'school' and u.unit_no <> %(own)s and u.closed_on is null order by u.sort_key collate "C", u.unit_no
"""


def root_of(unit_no: int) -> int:
    """The unit at the top of the tree that a unit stands in: what reaches both sides of a handover."""
    with connection.cursor() as cursor:
        cursor.execute(ROOT, {"own": unit_no})
        return cursor.fetchone()[0]


@source(title="可以移交的学校", roles=OFFICE, reach=API)
def receivers() -> dict[int, str]:
    """unit -> name of the other open schools of the same tree."""
    own = scopes.current().unit_no
    with connection.cursor() as cursor:
        cursor.execute(BELOW, {"own": own, "root": root_of(own)})
        return dict(cursor.fetchall())


def graduates_of(school_year: Year) -> list[Graduate]:
    """Who graduated from the acting school before `school_year` began, in the order of classes and seats. Inside a door
    only."""
    year = SchoolYear(school_year)
    with connection.cursor() as cursor:
        cursor.execute(
            GRADUATES, {"unit": scopes.current().unit_no, "year": school_year, "graduated": turns.GRADUATED}
        )
        rows = cursor.fetchall()
    views = class_names.of_ids([row[5] for row in rows if row[5]])
    places: dict[UUID, tuple[str, str, tuple[Any, ...]]] = {}
    for key, view in views.items():
        last = turns.place(view.scheme, view.entry_year, year.shift(-1))
        stage, name = view.stage, view.name
        if view.scheme in SCHEMES:
            stage = SCHEMES[view.scheme].steps[-1].stage.value
        if isinstance(last, Placement) and view.entry_year and view.class_no:
            stage = last.stage.value
            name = shown(ClassKey(view.scheme, view.entry_year, view.class_no), year.shift(-1))
        places[key] = (name, stage, (stage, view.entry_year or 0, view.class_no or 0))
    found = [Graduate(*[*row[:6], *places.get(row[5], ("", "", ()))[:2], *row[6:]]) for row in rows]
    order = {key: place[2] for key, place in places.items()}
    return sorted(found, key=lambda one: order.get(one.class_id or UUID(int=0), ("", 0, 0)))


@source(title="毕业生", roles=OFFICE, reach=API)
def graduate_list(*, school_year: Year) -> list[Graduate]:
    """Graduates of the acting school of a year (by the autumn), class by class."""
    found = graduates_of(school_year)
    audit.counted(len(found))
    return found


@source(title="毕业生名单文件", roles=OFFICE, reach=API)
def export_graduates(*, school_year: Year, to_unit_no: int | None = None) -> list[Graduate]:
    """The same for a document that leaves the base; who took whose names is written down."""
    found = [one for one in graduates_of(school_year) if to_unit_no is None or one.to_unit_no == to_unit_no]
    audit.disclose(["name", "sex", "certificate_no"], [one.person_id for one in found])
    return found


@source(title="证书编号规则", roles=OFFICE, reach=API)
def certificate_rules() -> list[CertificateRuleView]:
    """The acting school's rules by stage."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select stage, prefix, digits from certificate_rule where unit_no = %s order by stage",
            [scopes.current().unit_no],
        )
        return [CertificateRuleView(*row) for row in cursor.fetchall()]


@source(title="毕业生移交", roles=OFFICE, reach=API)
def handovers(*, way: str = "", state: str = "") -> list[HandoverView]:
    """Batches of graduates the acting school sent (``out``) or got (``in``), newest first; at most 200."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {HANDOVER} where h.unit_no = %s and (%s = '' or h.way = %s) and (%s = '' or h.state = %s)"
            " order by h.sent_at desc, h.id limit 200",
            [scopes.current().unit_no, way, way, state, state],
        )
        return [HandoverView(*row) for row in cursor.fetchall()]


@source(title="移交名单", roles=OFFICE, reach=API)
def handover_pupils(*, batch_no: UUID) -> list[HandedPupil]:
    """The pupils of a batch of the acting school, sent or got, in order. Raises NotFound."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from handover where unit_no = %s and batch_no = %s", [scope.unit_no, batch_no]
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这一批毕业生"))
        cursor.execute(
            "select person_id, name, sex, base_no, class_name, certificate_no from handover_line where unit_no = %s"
            " and handover_id = %s order by ordinal",
            [scope.unit_no, row[0]],
        )
        found = [HandedPupil(*one) for one in cursor.fetchall()]
    audit.disclose(["name", "sex"], [one.person_id for one in found])
    return found
