"""What a person's record offers for comparison, and how a likely pair comes into the queue of 疑似同一人."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import polars as pl
from django.db import connection
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action, source
from jizuo.ground.ids import new_id
from jizuo.hubs.data.matching import offers
from jizuo.hubs.data.matching.offers import Alike, Offer
from jizuo.hubs.data.matching.records import OFFERED
from jizuo.hubs.data.queries.matching import MATCHERS
from jizuo.hubs.organisation.actions.merging import OPEN

REASON = "compared"
#: Somebody's last place in one role; people of one unit are different people. Who left still counts: a pupil who went to
#: another school without a number is there twice. Phones and kin are the guardians' for a child and the children's for a
#: guardian.
PEOPLE = """
with place as (
    select distinct on (a.person_id) a.person_id, a.unit_no, a.class_id, a.id as affiliation_id from affiliation a
    where a.role = %(role)s order by a.person_id, a.end_on is not null, a.begin_on desc, a.id),
kin as ({kin})
select p.id::text, place.unit_no, p.name, p.former_name, p.sex, p.birth_on,
       array_remove(array_prepend(right(p.phone, 4), coalesce(kin.phones, '{{}}')), ''),
       coalesce(pupil.address, ''), place.unit_no::text, coalesce(o.entry_year || '-' || o.class_no, ''),
       coalesce(kin.names, '{{}}')
from place join person p on p.id = place.person_id and p.merged_into is null
left join pupil on pupil.id = place.affiliation_id left join org o on o.id = place.class_id
left join kin on kin.person_id = p.id
"""
KIN = {
    "pupil": "select g.child_id as person_id, array_agg(distinct right(q.phone, 4)) as phones,"
    " array_agg(distinct q.name) as names from guardian_of g join person q on q.id = g.guardian_id group by 1",
    "guardian": "select g.guardian_id as person_id, '{{}}'::text[] as phones,"
    " array_agg(distinct q.name) as names from guardian_of g join person q on q.id = g.child_id group by 1",
    "staff": "select null::uuid as person_id, null::text[] as phones, null::text[] as names where false",
}
#: Not put: two with different numbers of one document, two who are at one unit in one role at the same time.
PROPOSE = """
insert into same_person as s (id, unit_no, left_id, right_id, reason, evidence, state)
select w.id, %(unit)s, w.left_id, w.right_id, %(reason)s, w.evidence, %(open)s
from unnest(%(ids)s::uuid[], %(lefts)s::uuid[], %(rights)s::uuid[], %(evidence)s::jsonb[])
     as w(id, left_id, right_id, evidence)
where not exists (
    select from person_identifier i join person_identifier j on j.kind = i.kind and j.blind <> i.blind
    where i.person_id = w.left_id and j.person_id = w.right_id and i.kind like 'id:%%')
and not exists (
    select from affiliation a join affiliation b on b.unit_no = a.unit_no and b.role = a.role and b.end_on is null
    where a.person_id = w.left_id and b.person_id = w.right_id and a.end_on is null)
on conflict (unit_no, left_id, right_id) do update set evidence = s.evidence || excluded.evidence, changed_at = now()
where s.state = %(open)s and not s.evidence @> excluded.evidence
returning xmax = 0
"""


def people_of(role: str) -> pl.DataFrame:
    """Everybody of the reach in `role`, as `records.OFFERED`; inside a door."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE.format(kin=KIN[role]), {"role": role})
        rows = cursor.fetchall()
    # Nobody reads them: they go into the comparison and no further.
    audit.counted(len(rows))
    return pl.DataFrame(rows, schema=OFFERED, orient="row")


@source(title="读学生以比对", roles=MATCHERS)
def pupils_to_compare() -> pl.DataFrame:
    """Pupils of the reach, present and past, as `records.OFFERED`."""
    return people_of("pupil")


@source(title="读教职工以比对", roles=MATCHERS)
def staff_to_compare() -> pl.DataFrame:
    """Staff of the reach, present and past, as `records.OFFERED`."""
    return people_of("staff")


@source(title="读家长以比对", roles=MATCHERS)
def guardians_to_compare() -> pl.DataFrame:
    """Guardians of the reach, present and past, as `records.OFFERED`."""
    return people_of("guardian")


@action(title="提出疑似同一人", roles=MATCHERS)
def propose_same(*, run_id: UUID, pairs: Sequence[Alike]) -> int:
    """Put pairs into the queue of the own unit; what was decided stays decided, what waits gets the better reasons.
    Returns how many are new."""
    with connection.cursor() as cursor:
        cursor.execute(
            PROPOSE,
            {
                "unit": scopes.current().unit_no,
                "reason": REASON,
                "open": OPEN,
                "ids": [new_id() for _pair in pairs],
                "lefts": [pair.left_id for pair in pairs],
                "rights": [pair.right_id for pair in pairs],
                "evidence": [
                    Jsonb({"run_id": str(run_id), "probability": pair.probability, "levels": pair.levels})
                    for pair in pairs
                ],
            },
        )
        return sum(is_new for (is_new,) in cursor.fetchall())


def offer() -> None:
    """Name the three kinds of people; called on the room's plate."""
    for kind, title, records in (
        ("pupil", _("学生"), pupils_to_compare),
        ("staff", _("教职工"), staff_to_compare),
        ("guardian", _("家长"), guardians_to_compare),
    ):
        offers.offer(Offer(kind, title, records, propose_same, "same-people"))
