"""Counting a unit anew after its people changed: the numbers that pages read, so that no page counts by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action
from jizuo.ground.errors import NotFound
from jizuo.ground.facts import Told
from jizuo.ground.ids import new_id
from jizuo.hubs.organisation import tallies
from jizuo.hubs.organisation.tallies import Cell, ClassFact, PupilGroup, StaffGroup
from jizuo.plain.school_year import Calendar

COUNTERS = frozenset(
    {scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD, scopes.HEAD, scopes.CLERK}
)
DUE = "UnitCountDue"
#: Datasets whose news change a number.
COUNTED = frozenset({"affiliation", "pupil", "staff", "org", "person", "guardian_of", "enrolment", "school"})

CLASSES = """
select o.id, o.stage, coalesce(nullif(o.scheme, ''), x.scheme, s.scheme, ''), o.entry_year
from org o left join schooling x on x.unit_no = o.unit_no and x.entry_year = o.entry_year
left join school s on s.unit_no = o.unit_no
where o.unit_no = %s and o.kind = 'class' and o.closed_on is null
"""
PUPILS = """
select class_id, sex, is_registered, is_present, count(*) from affiliation
where unit_no = %s and role = 'pupil' and end_on is null group by 1, 2, 3, 4
"""
STAFF = """
select coalesce(s.establishment, ''), a.is_registered, coalesce(s.is_full_time_teacher, false), count(*)
from affiliation a left join staff s on s.unit_no = a.unit_no and s.id = a.id
where a.unit_no = %s and a.role = 'staff' and a.end_on is null group by 1, 2, 3
"""
#: Guardians live with the base, so a guardian's phone is seen behind the guardian's own affiliation.
MISSING = """
select count(*) filter (where g.guardians = 0), count(*) filter (where g.guardians > 0 and g.phones = 0)
from affiliation a cross join lateral (
    select count(*) as guardians, count(nullif(p.phone, '')) as phones from guardian_of k
    left join person p on p.id = k.guardian_id
    where k.child_id = a.person_id and not k.is_no_contact and (k.end_on is null or k.end_on > %(today)s)) g
where a.unit_no = %(unit)s and a.role = 'pupil' and a.end_on is null and a.is_present
"""
EVER = """
select exists (select 1 from affiliation where unit_no = %(unit)s and role = 'pupil'),
       exists (select 1 from affiliation where unit_no = %(unit)s and role = 'staff')
"""
SUMMARY_COLUMNS = (*tallies.NUMBERS, "pupils_per_teacher", "without_guardian", "without_phone")


def count_unit(unit_no: int, *, is_refreshed: bool = False) -> None:
    """Count one unit anew, inside a door that reaches it. is_refreshed: a batch was applied just now."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('count unit'), %s)", [unit_no])
        cursor.execute(CLASSES, [unit_no])
        classes = [ClassFact(*row) for row in cursor.fetchall()]
        cursor.execute(PUPILS, [unit_no])
        pupils = [PupilGroup(*row) for row in cursor.fetchall()]
        cursor.execute(STAFF, [unit_no])
        staff = [StaffGroup(*row) for row in cursor.fetchall()]
        cursor.execute(EVER, {"unit": unit_no})
        had_pupils, had_staff = cursor.fetchone()
        missing: tuple[int | None, int | None] = (None, None)
        if had_pupils:
            cursor.execute(MISSING, {"unit": unit_no, "today": scopes.current().today})
            missing = cursor.fetchone()
        cells = tallies.tally(classes, pupils, staff, Calendar().year_of(scopes.current().today))
        numbers = tallies.summary(
            cells, has_classes=bool(classes), has_pupils=had_pupils, has_staff=had_staff
        )
        write(cursor, unit_no, cells, numbers, missing, is_refreshed)


def write(
    cursor: Any,
    unit_no: int,
    cells: Mapping[Cell, int],
    numbers: Mapping[str, int | None],
    missing: tuple[int | None, int | None],
    is_refreshed: bool,
) -> None:
    """Put the counted cells and the summary row in place of the old ones."""
    cursor.execute("delete from unit_tally where unit_no = %s", [unit_no])
    kept = [(cell, value) for cell, value in cells.items() if value]
    if kept:
        cursor.execute(
            "insert into unit_tally (id, unit_no, number, stage, grade, sex, kind, value)"
            " select gen_random_uuid(), %s, * from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[],"
            " %s::int[])",
            [unit_no, *map(list, zip(*[(*cell, value) for cell, value in kept], strict=True))],
        )
    values = [
        *(numbers[name] for name in tallies.NUMBERS),
        tallies.per_teacher(numbers["present"], numbers["full_time"]),
        *missing,
    ]
    cursor.execute(
        f"insert into unit_summary as u (id, unit_no, {', '.join(SUMMARY_COLUMNS)}, counted_at, refreshed_at)"
        f" values (%s, %s, {', '.join(['%s'] * len(values))}, now(), case when %s then now() end)"
        " on conflict (unit_no) do update set"
        f" {', '.join(f'{name} = excluded.{name}' for name in SUMMARY_COLUMNS)}, counted_at = excluded.counted_at,"
        " refreshed_at = coalesce(excluded.refreshed_at, u.refreshed_at), changed_at = now()",
        [new_id(), unit_no, *values, is_refreshed],
    )


@action(title="重新统计", roles=COUNTERS, reach=PAGE)
def recount(*, unit_no: int) -> None:
    """Count a unit and, for a bureau, ask for all below it to be counted. Raises NotFound out of reach."""
    scope = scopes.current()
    if unit_no not in scope.units:
        raise NotFound(_("没有这个单位"))
    count_unit(unit_no)
    for below in scope.units:
        if below not in (unit_no, scopes.BASE_UNIT):
            facts.tell(DUE, unit_no=below, is_refreshed=False)


def on_refreshed(fact: Told) -> None:
    """A batch was applied or undone: count its unit, or every unit below a bureau, each in its own turn."""
    if not COUNTED & set(fact.payload.get("datasets", ())):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "with recursive below (unit_no) as (select unit_no from unit where parent_no = %s"
            " union select u.unit_no from unit u join below b on u.parent_no = b.unit_no) select unit_no from below",
            [fact.unit_no],
        )
        units = [unit_no for (unit_no,) in cursor.fetchall()]
    if fact.unit_no != scopes.BASE_UNIT:
        count_unit(fact.unit_no, is_refreshed=True)
    for unit_no in units:
        facts.tell(DUE, unit_no=unit_no, is_refreshed=True)


def on_due(fact: Told) -> None:
    """Count the unit of the fact."""
    count_unit(fact.unit_no, is_refreshed=bool(fact.payload.get("is_refreshed")))


def on_family_changed(fact: Told) -> None:
    """A guardian came or went: the unit's missing guardians are counted anew."""
    count_unit(fact.unit_no)


def register() -> None:
    """Name the handlers; called on the room's plate."""
    facts.on("DatasetRefreshed", "organisation.count", on_refreshed)
    facts.on(DUE, "organisation.count_due", on_due)
    for name in ("GuardianConfirmed", "GuardianEnded"):
        facts.on(name, "organisation.count_family", on_family_changed)
