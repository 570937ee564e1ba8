"""Places where codes are scanned: a gate, a study trip's roll, a library's desk; who was there today and no more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action, source
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions.student_codes import keys
from jizuo.hubs.identity.rules.student_codes import ScanPurpose
from jizuo.hubs.identity.student_code_shapes import PlaceLine, Present
from jizuo.hubs.organisation import class_names

#: A clerk keeps every place of the school; a homeroom teacher the rolls of trips of the own classes.
KEEPERS = (scopes.CLERK, scopes.HOMEROOM_TEACHER)
LOOKERS = (scopes.CLERK, scopes.HEAD, scopes.HOMEROOM_TEACHER)
PLACES = """
select p.id, p.name, p.purpose, p.class_ids, p.ended_at,
       (select count(distinct s.person_id) from student_scan s where s.place_id = p.id and s.at >= %(since)s
        and s.result = 'passed')
from scan_place p where p.unit_no = %(unit)s and p.ended_at is null
  and (%(own)s::uuid[] is null or (p.purpose = 'trip' and p.class_ids <> '{}' and p.class_ids <@ %(own)s))
order by p.purpose, p.name, p.id
"""
PRESENT = """
select a.person_id, a.name, a.class_id,
       exists (select 1 from student_scan s where s.unit_no = a.unit_no and s.person_id = a.person_id
         and s.place_id = %(place)s and s.at >= %(since)s and s.result = 'passed')
from affiliation a where a.unit_no = %(unit)s and a.role = 'pupil' and a.end_on is null
  and (%(classes)s::uuid[] is null or a.class_id = any(%(classes)s))
order by a.class_id, a.seat_no nulls last, a.sort_key, a.id
"""


def own_classes() -> list[UUID] | None:
    """The classes of a homeroom teacher; None for who looks after the whole school."""
    scope = scopes.current()
    return class_names.own_classes(scope.org_ids) if scope.role == scopes.HOMEROOM_TEACHER else None


def day_begin() -> datetime:
    """The instant at which today began, where the base stands."""
    return timezone.make_aware(datetime.combine(scopes.current().today, time()))


@source(title="扫码地点", roles=LOOKERS, reach=PAGE)
def scan_places() -> list[PlaceLine]:
    """The open places, each with how many passed there today. A homeroom teacher: the trips of the own classes."""
    values = {"unit": scopes.current().unit_no, "own": own_classes(), "since": day_begin()}
    with connection.cursor() as cursor:
        cursor.execute(PLACES, values)
        rows = cursor.fetchall()
    names = class_names.of_ids([one for row in rows for one in row[3]])
    return [
        PlaceLine(
            row[0],
            row[1],
            row[2],
            tuple(row[3]),
            in_order(names[one] for one in row[3] if one in names),
            row[5],
        )
        for row in rows
    ]


def in_order(classes: Iterable[class_names.ClassView]) -> tuple[str, ...]:
    """The names of classes as a school counts them: by stage, year and number."""
    return tuple(one.name for one in sorted(classes, key=lambda one: one.order))


def place_in_reach(place_id: UUID) -> PlaceLine:
    """The open place; raises NotFound for one out of reach."""
    for one in scan_places():
        if one.place_id == place_id:
            return one
    raise NotFound(_("没有这个地点"), fix=_("可能已经关闭，请从列表中选择"))


@action(title="设扫码地点", roles=KEEPERS, reach=PAGE)
def open_place(*, name: str, purpose: str, class_ids: list[UUID]) -> UUID:
    """Set a place up; returns its id. class_ids: whose pupils pass there, none for the whole school. A homeroom teacher
    sets up trips of the own classes. Raises BadInput, NotFound."""
    scope, own = scopes.current(), own_classes()
    problems = []
    if not name.strip() or len(name.strip()) > 40:
        problems.append(Problem("name", _("请写地点的名字，40 字以内"), _("如“东门”“图书馆”“科技馆一日”")))
    if purpose not in set(ScanPurpose):
        problems.append(Problem("purpose", _("请选用途")))
    elif own is not None and (purpose != ScanPurpose.TRIP or not class_ids):
        problems.append(Problem("purpose", _("班主任可以设本班的研学点名"), _("校门和图书馆请教务员设")))
    if problems:
        raise BadInput(_("没有设成"), problems=problems)
    known = {one.org_id for one in class_names.of_units([scope.unit_no])}
    allowed = known if own is None else known & set(own)
    if not set(class_ids) <= allowed:
        raise NotFound(_("没有这个班"), fix=_("请从班级列表中选择"))
    place_id = new_id()
    keys.make_due(scope.unit_no, entry.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into scan_place (id, unit_no, name, purpose, class_ids, made_at)"
            " values (%s, %s, %s, %s, %s::uuid[], %s)",
            [place_id, scope.unit_no, name.strip(), purpose, sorted(set(class_ids)), entry.now()],
        )
    return place_id


@action(title="关闭扫码地点", roles=KEEPERS, reach=PAGE)
def close_place(*, place_id: UUID) -> None:
    """Close a place; its scanners are out at once. Raises NotFound."""
    place_in_reach(place_id)
    now = entry.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "update scan_place set ended_at = %s, changed_at = now() where id = %s", [now, place_id]
        )
        cursor.execute(
            "update scanner_device set ended_at = %s where unit_no = %s and place_id = %s and ended_at is null",
            [now, scopes.current().unit_no, place_id],
        )


@source(title="今天到了谁", roles=LOOKERS, reach=PAGE)
def present_today(*, place_id: UUID) -> Present:
    """Who passed at one place today and who did not, without times: a list of one place, no trail of a person. Raises
    NotFound."""
    place = place_in_reach(place_id)
    values: dict[str, Any] = {
        "unit": scopes.current().unit_no, "place": place_id, "since": day_begin(),
        "classes": list(place.class_ids) or None,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PRESENT, values)
        rows = cursor.fetchall()
    names = class_names.of_ids({row[2] for row in rows})
    # By class in the order of a school, within one as they came: by seat.
    rows.sort(key=lambda row: (row[2] not in names, names[row[2]].order if row[2] in names else ()))
    told = [
        (bool(was), name, names[class_id].name if class_id in names else "")
        for _p, name, class_id, was in rows
    ]
    present = tuple((name, class_name) for was, name, class_name in told if was)
    # Whose whole school is due at a gate or desk is not called missing there.
    missing = (
        tuple((name, class_name) for was, name, class_name in told if not was)
        if place.purpose == ScanPurpose.TRIP
        else ()
    )
    audit.disclose(["student_scan.place_id"], [row[0] for row in rows if row[3]])
    return Present(place, present, missing, len(rows))
