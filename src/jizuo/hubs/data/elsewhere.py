"""The narrow service that lets a merge hear what was said of a shared person at units out of reach (RLS-16).

A person belongs to the base, and each unit's claims stand behind its own wall. To tell whose word a field of the
person is, all of them must be held against each other; the words come out only for people whom the caller sees
anyhow, without the unit that said them.
"""

from __future__ import annotations

from jizuo.ground import walls

IS_HERE = """
create or replace function person_is_here(person uuid, units int[]) returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
    select exists (select 1 from public.affiliation a where a.person_id = person and a.unit_no = any (units))
$$
"""
CLAIMS = """
create or replace function claims_elsewhere(dataset_name text, records uuid[], units int[])
returns table (record_id uuid, source text, as_of timestamptz, fields jsonb)
language sql stable security definer set search_path = pg_catalog, public as $$
    select c.record_id, c.source::text, c.as_of, c.fields from public.claim c
    where c.record_id = any (records) and c.dataset = dataset_name and c.unit_no <> all (units)
      and public.person_is_here(c.record_id, units)
$$
"""


def register() -> None:
    """Name the functions for the walls to raise."""
    walls.definer(
        walls.Definer(
            role="merger",
            table="affiliation",
            columns=("person_id", "unit_no"),
            function="person_is_here",
            arguments="uuid, int[]",
            create=IS_HERE,
        )
    )
    walls.definer(
        walls.Definer(
            role="merger",
            table="claim",
            columns=("unit_no", "dataset", "record_id", "source", "as_of", "fields"),
            function="claims_elsewhere",
            arguments="text, uuid[], int[]",
            create=CLAIMS,
        )
    )
