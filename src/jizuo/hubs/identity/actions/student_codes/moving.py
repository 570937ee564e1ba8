"""The code on a phone: shown anew every half minute, used up by the first scanner that checks it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from jizuo.ground import prepared
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions.student_codes.cards import unsealed
from jizuo.hubs.identity.actions.student_codes.devices import Device
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.rules import codes
from jizuo.hubs.identity.rules import student_codes as rules
from jizuo.hubs.identity.rules.student_codes import ScanResult
from jizuo.hubs.identity.student_code_shapes import Checked, MovingShown
from jizuo.hubs.organisation.queries import family

MOVING = "moving"
PUT = """
insert into moving_code (id, unit_no, person_id, account_id, code_hash, expires_at) values (%s, %s, %s, %s, %s, %s)
on conflict (unit_no, person_id, account_id) do update set code_hash = excluded.code_hash,
expires_at = excluded.expires_at, used_at = null, changed_at = now()
"""
#: One statement: of two scanners at once the second waits for the first and then finds the code used. The scan is of this
#: school's pupils only, for the wall stands round every table here.
CHECK = """
with code as (
  select id, expires_at, used_at from moving_code where unit_no = %(unit)s and code_hash = %(hash)s::bytea
), taken as (
  update moving_code m set used_at = %(now)s::timestamptz from code
  where m.id = code.id and m.used_at is null and m.expires_at > %(now)s::timestamptz returning m.person_id
), who as (
  select a.person_id, a.name, a.class_id, p.id as place_id, p.purpose,
         p.class_ids = '{}' or a.class_id = any(p.class_ids) as may_pass
  from taken t join affiliation a on a.unit_no = %(unit)s and a.person_id = t.person_id and a.role = 'pupil'
    and a.end_on is null
  join scan_place p on p.unit_no = %(unit)s and p.id = %(place)s and p.ended_at is null
), kept as (
  insert into student_scan (id, unit_no, person_id, place_id, device_id, purpose, kind, result, at, is_late)
  select %(scan)s, %(unit)s, person_id, place_id, %(device)s, purpose, 'moving',
         case when may_pass then 'passed' else 'elsewhere' end, %(now)s::timestamptz, false from who
)
select c.expires_at, c.used_at, w.person_id, w.name, w.class_id, w.may_pass, s.sealed
from code c left join who w on true
left join student_photo s on s.unit_no = %(unit)s and s.person_id = w.person_id
"""
#: The answer to a scan whose first answer was lost on the way: the same again.
AGAIN = """
select a.person_id, a.name, a.class_id, x.result, s.sealed
from student_scan x join moving_code m on m.unit_no = x.unit_no and m.person_id = x.person_id and m.code_hash = %(hash)s
join affiliation a on a.unit_no = x.unit_no and a.person_id = x.person_id and a.role = 'pupil' and a.end_on is null
left join student_photo s on s.unit_no = x.unit_no and s.person_id = x.person_id
where x.id = %(scan)s and x.unit_no = %(unit)s and x.device_id = %(device)s
"""


@action(title="出示学码", roles=scopes.FAMILY_ROLES, reach=PAGE)
def show_moving(*, child_id: UUID | None = None) -> MovingShown:
    """A new code for the pupil, or for a guardian's child; the one shown before on this account is void. Raises NotFound
    for one who is not the family's."""
    scope, now = scopes.current(), entry.now()
    found = family.children()
    child = family.chosen(found, child_id)
    code = rules.MOVING + codes.draw(rules.MOVING_LENGTH)
    expires_at = now + rules.MOVING_LIFE
    with connection.cursor() as cursor:
        cursor.execute(
            PUT, [new_id(), scope.unit_no, child.person_id, scope.account_id, _hash(code), expires_at]
        )
        cursor.execute(
            "select valid_to from student_card where unit_no = %s and person_id = %s and ended_at is null",
            [scope.unit_no, child.person_id],
        )
        card = cursor.fetchone()
    family_of = tuple((one.person_id, one.name) for one in found)
    return MovingShown(code, expires_at, child.person_id, child.name, card[0] if card else None, family_of)


@action(title="查学码", roles=[scopes.SCANNER])
def check_moving(*, device: Device, scan_id: UUID, code: Secret) -> Checked:
    """What a code from a phone comes to at the place of `device`; the first check uses it up. scan_id: drawn by the
    scanner; sent again with the same code it gets the same answer."""
    now: datetime = entry.now()
    if not code.reveal.startswith(rules.MOVING) or len(code.reveal) > 64:
        return Checked(ScanResult.UNKNOWN)
    values: dict[str, Any] = {
        "unit": device.unit_no,
        "hash": _hash(code.reveal),
        "now": now,
        "place": device.place_id,
        "scan": scan_id,
        "device": device.device_id,
    }
    rows = prepared.rows(CHECK, values)
    if not rows:
        return Checked(ScanResult.UNKNOWN)
    ((expires_at, used_at, person_id, name, class_id, may_pass, sealed),) = rows
    if person_id is not None:
        result = ScanResult.PASSED if may_pass else ScanResult.ELSEWHERE
        return _told(result, person_id, name, class_id, sealed)
    if used_at is not None:
        with connection.cursor() as cursor:
            cursor.execute(AGAIN, values)
            row = cursor.fetchone()
        if row is not None:
            again_id, name, class_id, result, sealed = row
            return _told(ScanResult(result), again_id, name, class_id, sealed)
    return Checked(rules.moving_state(now, expires_at, used_at, is_taken=False))


def _told(
    result: ScanResult, person_id: UUID, name: str, class_id: UUID | None, sealed: bytes | None
) -> Checked:
    """The answer for whoever stands at the place: who a pupil is only where that pupil may pass."""
    if result != ScanResult.PASSED:
        return Checked(result)
    return Checked(result, name, class_id, unsealed(person_id, sealed) if sealed else b"")


def _hash(code: str) -> bytes:
    return entry.code_hash(MOVING, code)


def forget_old(now: datetime) -> int:
    """Remove codes that nobody can use; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("delete from moving_code where expires_at < %s", [now - rules.MOVING_LIFE])
        return cursor.rowcount
