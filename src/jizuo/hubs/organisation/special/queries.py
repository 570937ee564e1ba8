"""Duties as the bureau and a school's entrusted person see them, a duty's records, its numbers by school."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.hubs.data.codes import name_of
from jizuo.hubs.organisation import class_names
from jizuo.hubs.organisation.queries.people import CLASS_WALL
from jizuo.hubs.organisation.special import rules

COLUMNS = (
    "d.id, d.title, d.legal_basis, d.kinds, d.unit_nos, d.roles, d.begin_on, d.until, d.state, d.district_no, d.set_by,"
    " d.approved_by, d.approved_at, d.closed_at, d.close_reason"
)
#: A duty that lasts today, at the acting unit, for the acting role.
ENTRUSTED = (
    "d.state = 'live' and d.begin_on <= %(today)s and d.until > %(today)s and %(unit)s = any(d.unit_nos)"
    " and %(role)s = any(d.roles)"
)
RECORDS = """
select s.id, s.affiliation_id, s.person_id, s.kind, s.disability, s.level, s.inclusion, s.source, s.legal_basis,
       s.certificate_tail, s.expires_on, a.name, a.class_id
from special_identity s join affiliation a on a.unit_no = s.unit_no and a.id = s.affiliation_id and a.end_on is null
where s.duty_id = %(duty)s and s.unit_no = %(unit)s and s.expires_on > %(today)s
"""


class Duty(msgspec.Struct, frozen=True):
    """A duty. is_mine: the acting account set it, so another must approve; is_on: lasts today."""

    duty_id: UUID
    title: str
    legal_basis: str
    kinds: list[str]
    unit_nos: list[int]
    roles: list[str]
    begin_on: date
    until: date
    state: str
    district_no: int
    is_approved: bool
    approved_at: datetime | None
    closed_at: datetime | None
    close_reason: str
    is_mine: bool
    is_on: bool

    @property
    def kind_words(self) -> list[str]:
        """Its kinds in words."""
        return [str(rules.KINDS[key].title) for key in self.kinds if key in rules.KINDS]


class Record(msgspec.Struct, frozen=True):
    """One special identity as the entrusted person sees it; of the certificate the last four."""

    record_id: UUID
    affiliation_id: UUID
    name: str
    class_name: str
    kind: str
    kind_title: str
    detail: str
    source_title: str
    legal_basis: str
    certificate_tail: str
    expires_on: date

    @property
    def key(self) -> str:
        """Its id as text, for a page."""
        return str(self.record_id)


class Counts(msgspec.Struct, frozen=True):
    """Numbers of one kind: by school (name, count or None where the group is too small to show) and together."""

    kind: str
    title: str
    schools: list[tuple[str, int | None]]
    total: int | None


def duty_of(row: tuple[Any, ...]) -> Duty:
    """A duty from its row."""
    scope = scopes.current()
    (
        duty_id, title, basis, kinds, units, roles, begin_on, until, state, district_no, set_by, approved_by, approved_at,
        closed_at, reason,
    ) = row  # fmt: skip
    return Duty(
        duty_id, title, basis, kinds, units, roles, begin_on, until, state, district_no, approved_by is not None,
        approved_at, closed_at, reason, set_by is not None and set_by == scope.account_id,
        state == rules.LIVE and begin_on <= scope.today < until,
    )  # fmt: skip


@source(title="专责事项", roles=rules.SETTERS | {scopes.OPERATOR}, reach=API)
def duty_list() -> list[Duty]:
    """The duties that the acting bureau set, the newest first; no records."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {COLUMNS} from special_duty d where d.district_no = any(%s) order by d.set_at desc limit 200",
            [list(scope.units)],
        )
        return [duty_of(row) for row in cursor.fetchall()]


@source(title="专责事项可选的学校", roles=rules.SETTERS, reach=PAGE)
def duty_schools() -> list[tuple[int, str]]:
    """(number, short name) of the open schools of the bureau, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no, short_name from unit where unit_no = any(%s) and kind = 'school' and closed_on is null"
            ' order by sort_key collate "C", unit_no',
            [list(scopes.current().units)],
        )
        return cursor.fetchall()


@source(title="我的专责事项", roles=rules.ENTRUSTED, reach=PAGE)
def my_duties() -> list[Duty]:
    """The duties that entrust the acting role at its unit today."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {COLUMNS} from special_duty d where {ENTRUSTED} order by d.until, d.id", given()
        )
        return [duty_of(row) for row in cursor.fetchall()]


def given() -> dict[str, Any]:
    """Whose duties are asked for."""
    scope = scopes.current()
    return {"today": scope.today, "unit": scope.unit_no, "role": scope.role}


def entrusted(duty_id: UUID) -> Duty:
    """A duty that entrusts the acting role today. Inside a door. Raises NotFound, also for one that has ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {COLUMNS} from special_duty d where d.id = %(duty)s and {ENTRUSTED}",
            given() | {"duty": duty_id},
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(
            _("没有正在进行的专责事项"),
            fix=_("特殊身份只在专责事项期间登记和查看；请向区教育局数据管理员询问"),
        )
    return duty_of(row)


@source(title="专责事项的名单", roles=rules.ENTRUSTED, reach=PAGE)
def special_list(*, duty_id: UUID, kind: str = "") -> list[Record]:
    """The records of a live duty at the acting unit (a homeroom teacher: of her classes), by class and name; each look is
    written down with every child. kind: only this one. Raises NotFound."""
    scope, duty = scopes.current(), entrusted(duty_id)
    text = RECORDS
    if scope.role in scopes.CLASS_ROLES:
        text += f" and {CLASS_WALL}"
    if kind:
        text += " and s.kind = %(kind)s"
    with connection.cursor() as cursor:
        cursor.execute(
            text + ' order by a.class_id, a.sort_key collate "C", s.kind',
            given() | {"duty": duty.duty_id, "kind": kind, "orgs": list(scope.org_ids)},
        )
        rows = cursor.fetchall()
    named = class_names.of_ids({row[12] for row in rows if row[12]})
    audit.disclose({"special_identity"} if rows else (), {row[2] for row in rows}, len(rows))
    return [
        Record(
            row[0], row[1], row[11], named[row[12]].name if row[12] in named else "", row[3],
            str(rules.KINDS[row[3]].title), detail(row[4], row[5], row[6]), str(rules.SOURCES.get(row[7], row[7])), row[8],
            row[9], row[10],
        )
        for row in rows
    ]  # fmt: skip


def detail(disability: str, level: str, inclusion: str) -> str:
    """What is said beside the kind, in words."""
    words = (
        name_of("disability", disability),
        name_of("disability_level", level),
        name_of("inclusion", inclusion),
    )
    return "、".join(word for word in words if word)


@source(title="专责事项的人数", roles=rules.SETTERS, reach=PAGE)
def special_counts(*, duty_id: UUID) -> list[Counts]:
    """How many records each school has of each kind of a live duty; groups below the limit are not shown, nor a sum that
    would tell them. Raises NotFound."""
    scope = scopes.current()
    found = next((one for one in duty_list() if one.duty_id == duty_id and one.is_on), None)
    if found is None:
        raise NotFound(_("没有正在进行的专责事项"))
    with connection.cursor() as cursor:
        cursor.execute("select unit_no, short_name from unit where unit_no = any(%s)", [found.unit_nos])
        names: Mapping[int, str] = dict(cursor.fetchall())
        cursor.execute(
            "select s.kind, s.unit_no, count(distinct s.person_id) from special_identity s"
            " join affiliation a on a.unit_no = s.unit_no and a.id = s.affiliation_id and a.end_on is null"
            " where s.duty_id = %s and s.expires_on > %s group by 1, 2",
            [duty_id, scope.today],
        )
        counted: dict[str, dict[int, int]] = {}
        for kind, unit_no, count in cursor.fetchall():
            counted.setdefault(kind, {})[unit_no] = count
    told = []
    for kind in found.kinds:
        cells, total = rules.shown({unit: counted.get(kind, {}).get(unit, 0) for unit in found.unit_nos})
        schools = [(names.get(unit, str(unit)), count) for unit, count in cells.items()]
        told.append(Counts(kind, str(rules.KINDS[kind].title), schools, total))
    audit.counted(len(told))
    return told
