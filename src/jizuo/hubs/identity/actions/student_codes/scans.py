"""What was scanned: told by scanners, seen by the pupil and the guardian alone, forgotten after a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action, source
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions.student_codes import keys, settings
from jizuo.hubs.identity.actions.student_codes.devices import Device
from jizuo.hubs.identity.rules import student_codes as rules
from jizuo.hubs.identity.rules.student_codes import CardEnd
from jizuo.hubs.identity.student_code_shapes import MyScans, ScanSeen, ScanTold
from jizuo.hubs.organisation.queries import family
from jizuo.plain import student_code

KEEP = """
insert into student_scan (id, unit_no, person_id, place_id, device_id, purpose, kind, result, at, is_late)
select t.id, %(unit)s, c.person_id, p.id, %(device)s, p.purpose, 'card', t.result, t.at, t.at < %(late)s
from unnest(%(ids)s::uuid[], %(numbers)s::bytea[], %(results)s::text[], %(times)s::timestamptz[])
  as t (id, number, result, at)
join student_card c on c.unit_no = %(unit)s and c.number = t.number
join scan_place p on p.unit_no = %(unit)s and p.id = %(place)s
on conflict (id) do nothing
"""
#: A scan told so long after it was made came from the queue of a scanner without network.
LATE = timedelta(minutes=1)
MOST_SHOWN = 500


@action(title="上交刷码记录", roles=[scopes.SCANNER])
def keep_scans(*, device: Device, scans: Sequence[ScanTold]) -> int:
    """Keep scans of cards that a device tells, each once however often it is told; returns how many were new. A code that
    this school did not sign, or a time that cannot be right, is left out. At most `rules.MOST_SENT`."""
    now, unit_no = entry.now(), device.unit_no
    points = keys.points(unit_no, now)
    keep = timedelta(days=settings.held(unit_no).keep_days)
    ids, numbers, results, times = [], [], [], []
    for one in scans[: rules.MOST_SENT]:
        at = rules.scan_time(one.at, now, keep)
        number = number_of(one.code, points)
        if at is not None and number is not None and one.result in rules.KEPT_RESULTS:
            ids.append(one.scan_id)
            numbers.append(number)
            results.append(one.result)
            times.append(at)
    with connection.cursor() as cursor:
        cursor.execute("update scanner_device set seen_at = %s where id = %s", [now, device.device_id])
        cursor.execute(
            KEEP,
            {
                "unit": unit_no, "device": device.device_id, "place": device.place_id, "late": now - LATE,
                "ids": ids, "numbers": numbers, "results": results, "times": times,
            },
        )  # fmt: skip
        return cursor.rowcount


def number_of(code: str, points: dict[bytes, bytes]) -> bytes | None:
    """The card number behind a code that one of these keys signed, on whatever day; None for another."""
    try:
        card, _signed, _signature = student_code.split(code)
        return student_code.check(code, points, on=card.valid_from).number
    except student_code.BadCode as error:
        # A card of no day at all is read like any other: whether it passed, the scanner says.
        return card.number if error.reason == "expired" else None


@source(title="刷码记录", roles=scopes.FAMILY_ROLES, reach=PAGE)
def my_scans(*, child_id: UUID | None = None) -> MyScans:
    """The scans of the pupil, or of a guardian's child, at the own school, the newest first. Nobody else reads them by
    person. Raises NotFound for one who is not the family's."""
    found = family.children()
    child = family.chosen(found, child_id)
    unit_no = scopes.current().unit_no
    keep_days = settings.held(unit_no).keep_days
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.at, p.name, s.purpose, s.kind, s.result from student_scan s"
            " join scan_place p on p.unit_no = s.unit_no and p.id = s.place_id"
            " where s.unit_no = %s and s.person_id = %s and s.at > %s order by s.at desc, s.id limit %s",
            [unit_no, child.person_id, entry.now() - timedelta(days=keep_days), MOST_SHOWN],
        )
        seen = tuple(ScanSeen(*row) for row in cursor.fetchall())
    return MyScans(
        child.person_id, child.name, seen, keep_days, tuple((one.person_id, one.name) for one in found)
    )


FORGET = """
delete from student_scan s where s.at < %(now)s - make_interval(days => coalesce(
  (select x.keep_days from student_code_setting x where x.unit_no = s.unit_no), %(days)s))
"""
LEFT = """
update student_card c set ended_at = %(now)s, why = %(left)s, changed_at = now()
where c.ended_at is null and not exists (select 1 from affiliation a where a.unit_no = c.unit_no
  and a.person_id = c.person_id and a.role = 'pupil' and a.end_on is null)
"""
PHOTOS = """
delete from student_photo p where not exists (select 1 from affiliation a where a.unit_no = p.unit_no
  and a.person_id = p.person_id and a.role = 'pupil' and a.end_on is null)
"""


def forget_old(now: datetime) -> int:
    """Forget scans past their days, end the cards of those who left and remove their portraits, and old cards; returns
    how many scans went. In a scope that reaches every school."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"now": now, "days": rules.KEEP_DAYS})
        count = cursor.rowcount
        cursor.execute(LEFT, {"now": now, "left": CardEnd.LEFT})
        cursor.execute(PHOTOS)
        cursor.execute("delete from student_card where ended_at is not null and valid_to < %s", [now.date()])
        cursor.execute("select distinct unit_no from student_code_key")
        units = [unit_no for (unit_no,) in cursor.fetchall()]
        cursor.execute("delete from student_code_key where expires_at < %s", [now])
    for unit_no in units:
        keys.make_due(unit_no, now)
    return count
