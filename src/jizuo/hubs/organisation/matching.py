"""The narrow services that look past the wall: whether a document number is held, whether a person is known to
another unit, and whether two are in question already (RLS-14, RLS-16). Each is one function under its own NOLOGIN
role; nothing else of a foreign row ever comes out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection

from jizuo.ground import walls

MATCH = """
create or replace function match_identifiers(kinds text[], blinds bytea[])
returns table (kind text, blind bytea, person_id uuid)
language sql stable security definer set search_path = pg_catalog, public as $$
    select i.kind::text, i.blind, i.person_id from unnest(kinds, blinds) as w(kind, blind)
    join public.person_identifier i on i.kind = w.kind and i.blind = w.blind
$$
"""
ELSEWHERE = """
create or replace function person_is_elsewhere(person uuid, units int[]) returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
    select exists (select 1 from public.affiliation a where a.person_id = person and a.unit_no <> all (units))
$$
"""
BASE_NUMBERS = """
create or replace function base_numbers_of(people uuid[]) returns table (id uuid, base_no text)
language sql stable security definer set search_path = pg_catalog, public as $$
    select p.id, p.base_no::text from public.person p where p.id = any (people)
$$
"""
PUPILS_ELSEWHERE = """
create or replace function pupils_elsewhere(people uuid[], units int[])
returns table (person_id uuid, is_registered boolean, is_present boolean)
language sql stable security definer set search_path = pg_catalog, public as $$
    select a.person_id, bool_or(a.is_registered), bool_or(a.is_present) from public.affiliation a
    where a.person_id = any (people) and a.unit_no <> all (units) and a.role = 'pupil' and a.end_on is null
    group by a.person_id
$$
"""
IN_QUESTION = """
create or replace function pairs_in_question(lefts uuid[], rights uuid[])
returns table (left_id uuid, right_id uuid)
language sql stable security definer set search_path = pg_catalog, public as $$
    select distinct s.left_id, s.right_id from unnest(lefts, rights) as w(left_id, right_id)
    join public.same_person s on s.left_id = w.left_id and s.right_id = w.right_id
$$
"""


def register() -> None:
    """Name the functions for the walls to raise."""
    walls.definer(
        walls.Definer(
            role="matcher",
            table="person_identifier",
            columns=("person_id", "kind", "blind"),
            function="match_identifiers",
            arguments="text[], bytea[]",
            create=MATCH,
        )
    )
    walls.definer(
        walls.Definer(
            role="matcher",
            table="affiliation",
            columns=("person_id", "unit_no"),
            function="person_is_elsewhere",
            arguments="uuid, int[]",
            create=ELSEWHERE,
        )
    )
    walls.definer(
        walls.Definer(
            role="matcher",
            table="person",
            columns=("id", "base_no"),
            function="base_numbers_of",
            arguments="uuid[]",
            create=BASE_NUMBERS,
        )
    )
    walls.definer(
        walls.Definer(
            role="matcher",
            table="affiliation",
            columns=("person_id", "unit_no", "role", "is_registered", "is_present", "end_on"),
            function="pupils_elsewhere",
            arguments="uuid[], int[]",
            create=PUPILS_ELSEWHERE,
        )
    )
    walls.definer(
        walls.Definer(
            role="matcher",
            table="same_person",
            columns=("left_id", "right_id"),
            function="pairs_in_question",
            arguments="uuid[], uuid[]",
            create=IN_QUESTION,
        )
    )


def base_numbers(person_ids: Sequence[str]) -> dict[str, str]:
    """person -> 基座号, for people found by `holders` who join a unit. Inside a door only."""
    if not person_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("select id::text, base_no from base_numbers_of(%s::uuid[])", [list(person_ids)])
        return dict(cursor.fetchall())


def pupils_elsewhere(person_ids: Sequence[UUID], units: Sequence[int]) -> dict[UUID, tuple[bool, bool]]:
    """person -> (registered, present) as a pupil in any unit but `units`; who is nowhere else is left out. Inside a door
    only; never says where."""
    if not person_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("select * from pupils_elsewhere(%s, %s)", [list(person_ids), list(units)])
        return {person_id: (registered, present) for person_id, registered, present in cursor.fetchall()}


def holders(numbers: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], UUID]:
    """(kind, blind index) -> the person of the base who holds it, for the numbers that somebody holds. Inside a
    door only; the caller gives nobody's answer away to the one who typed the number."""
    if not numbers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, blind, person_id from match_identifiers(%s, %s)",
            [[kind for kind, _blind in numbers], [blind for _kind, blind in numbers]],
        )
        return {(kind, bytes(blind)): person_id for kind, blind, person_id in cursor.fetchall()}


def question(one: str, other: str) -> tuple[str, str]:
    """Two people as a pair of the queue of 疑似同一人."""
    left, right = sorted((one, other))
    return left, right


def in_question(pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of `pairs` (see `question`) that a queue of 疑似同一人 holds already, decided or not.
    Inside a door only; the caller tells nobody."""
    if not pairs:
        return set()
    lefts, rights = zip(*pairs, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "select left_id::text, right_id::text from pairs_in_question(%s::uuid[], %s::uuid[])",
            [list(lefts), list(rights)],
        )
        return set(cursor.fetchall())
