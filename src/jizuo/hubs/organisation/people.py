"""What every way in shares about people: new 基座号 and the search keys that follow an affiliation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from jizuo.hubs.organisation.rules import base_no
from jizuo.plain import pinyin

SEARCHED_ROLES = ("pupil", "staff")


def new_base_numbers(count: int) -> Iterator[str]:
    """`count` fresh 基座号 in one statement. A number taken and not used is lost, never given twice."""
    if not count:
        return iter(())
    with connection.cursor() as cursor:
        cursor.execute("select nextval('base_no_seq') from generate_series(1, %s)", [count])
        return iter([base_no(number) for (number,) in cursor.fetchall()])


def person_keys(name: str, reading: str, base_number: str, local_no: str) -> set[str]:
    """The prefix keys a person is found by."""
    keys = set(pinyin.search_keys(name, reading or None))
    keys.add(base_number)
    if local_no:
        keys.add(local_no.lower())
    return keys


def refresh_search(batch_id: UUID | None = None, affiliation_ids: Iterable[UUID] = ()) -> int:
    """Write the search keys of the affiliations a batch wrote (or of the named ones) anew; returns how many
    keys stand. Ended affiliations and guardians have none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table search_who on commit drop as"
            " select a.id, a.unit_no, a.name, a.base_no, a.local_no, a.role, a.end_on, p.name_reading"
            " from affiliation a join person p on p.id = a.person_id"
            " where a.batch_id = %s or a.id = any(%s)",
            [batch_id, list(affiliation_ids)],
        )
        cursor.execute(
            "delete from search_key k using search_who w where k.unit_no = w.unit_no and k.ref_id = w.id"
        )
        cursor.execute(
            "select id, unit_no, name, base_no, local_no, name_reading from search_who"
            " where role = any(%s) and end_on is null",
            [list(SEARCHED_ROLES)],
        )
        found = cursor.fetchall()
        cursor.execute("create temporary table search_in (unit_no int, key text, ref_id uuid) on commit drop")
        count = 0
        with cursor.copy("copy search_in (unit_no, key, ref_id) from stdin") as copy:
            for ref_id, unit_no, name, base_number, local_no, reading in found:
                ref = str(ref_id)
                for key in person_keys(name, reading, base_number, local_no):
                    copy.write_row((unit_no, key[:160], ref))
                    count += 1
        cursor.execute(
            "insert into search_key (unit_no, kind, key, ref_id) select unit_no, 'person', key, ref_id from search_in"
        )
        cursor.execute("drop table search_who, search_in")
    return count


def org_keys(name: str, entry_year: int | None, class_no: int | None) -> set[str]:
    """The prefix keys of a class or group that no school year changes: its own name, 2024级2班. What a class is called
    this year is worked out when it is looked for."""
    keys = set(pinyin.search_keys(name)) if name else set()
    if entry_year and class_no:
        keys.add(f"{entry_year}级{class_no}班")
    return keys


def refresh_org_search(batch_id: UUID | None = None, org_ids: Iterable[UUID] = ()) -> int:
    """Write the search keys of the classes, sections and groups a batch wrote (or of the named ones) anew; returns how
    many keys stand. Closed ones have none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, unit_no, name, entry_year, class_no, closed_on from org"
            " where kind in ('class', 'section', 'group') and (batch_id = %s or id = any(%s))",
            [batch_id, list(org_ids)],
        )
        found = cursor.fetchall()
        cursor.execute(
            "delete from search_key k using unnest(%s::int[], %s::uuid[]) as w(unit_no, id)"
            " where k.unit_no = w.unit_no and k.ref_id = w.id and k.kind = 'org'",
            [[row[1] for row in found], [row[0] for row in found]],
        )
        rows = [
            (unit_no, key[:160], org_id)
            for org_id, unit_no, name, entry_year, class_no, closed_on in found
            if closed_on is None
            for key in org_keys(name, entry_year, class_no)
        ]
        cursor.execute(
            "insert into search_key (unit_no, kind, key, ref_id)"
            " select unit_no, 'org', key, id from unnest(%s::int[], %s::text[], %s::uuid[]) as w(unit_no, key, id)",
            [[row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]],
        )
    return len(rows)


def note_orgs(payload: Mapping[str, Any]) -> None:
    """Follow a batch that wrote orgs (fact ``DatasetRefreshed``)."""
    if "org" in payload.get("datasets", ()):
        refresh_org_search(UUID(payload["batch_id"]))


def sweep_search(unit_nos: Iterable[int]) -> None:
    """Drop keys of affiliations and orgs that are gone (after an undo)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from search_key k where k.unit_no = any(%s) and k.kind = 'person' and not exists"
            " (select 1 from affiliation a where a.unit_no = k.unit_no and a.id = k.ref_id and a.end_on is null)",
            [list(unit_nos)],
        )
        cursor.execute(
            "delete from search_key k where k.unit_no = any(%s) and k.kind = 'org' and not exists"
            " (select 1 from org o where o.unit_no = k.unit_no and o.id = k.ref_id and o.closed_on is null)",
            [list(unit_nos)],
        )
