"""What this room tells the data hub of the people behind a correction: who, where, who sees a field, how it is mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import facts
from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, NotFound
from jizuo.hubs.data import behind, datasets
from jizuo.hubs.data.actions.put import put
from jizuo.hubs.data.behind import Behind, Kept, Subject
from jizuo.hubs.organisation import class_names, masks, people
from jizuo.hubs.organisation.queries import family
from jizuo.hubs.organisation.queries.people import CLASS_WALL, UNTOLD
from jizuo.plain import pinyin

CORRECTABLE = ("person", "affiliation", "pupil", "staff")
#: Given by the base or moved by flows of their own; no correction writes them.
FIXED = UNTOLD | {"base_no", "is_registered"}
#: Fields by which people are found.
SEARCHED = frozenset({"local_no", "name", "name_reading"})
SUBJECTS = f"""
select distinct on (a.person_id) a.person_id, a.unit_no, a.id, a.name, a.role, u.short_name, {class_names.COLUMNS}
from affiliation a join unit u using (unit_no) left join org o on o.unit_no = a.unit_no and o.id = a.class_id
where a.person_id = any(%(ids)s) and a.role in ('pupil', 'staff')
"""


def subjects(ids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    """Those of these people whom the acting role reaches, each at one unit in reach. Inside a door."""
    scope = scopes.current()
    text = SUBJECTS
    if scope.role in scopes.CLASS_ROLES:
        text += f" and a.role = 'pupil' and a.end_on is null and {CLASS_WALL}"
    with connection.cursor() as cursor:
        cursor.execute(
            text + " order by a.person_id, a.end_on is not null, a.is_primary desc",
            {"ids": list(ids), "today": scope.today, "orgs": list(scope.org_ids)},
        )
        rows = cursor.fetchall()
    return {
        person_id: Subject(
            person_id, unit_no, name, role, f"people/{link_id}",
            class_names.view(tuple(klass), scope.today).name if klass[0] else place,
        )
        for person_id, unit_no, link_id, name, role, place, *klass in rows
    }  # fmt: skip


def keeps(asked: Sequence[Kept]) -> set[Kept]:
    """What a person who once asked may still see: a family while the tie lets her look, field by field; staff while the
    person is in reach."""
    scope = scopes.current()
    if scope.role not in scopes.FAMILY_ROLES:
        there = subjects(list({one[0] for one in asked}))
        return {one for one in asked if one[0] in there}
    try:
        children = family.children()
    except NotFound:
        return set()
    shown = {
        (child.person_id, dataset, field.key)
        for child in children
        for dataset, field in family.told_fields(child)
    }
    return {one for one in asked if one in shown}


def mend(dataset: str, record_id: UUID, unit_no: int, key: str, stored: str, source: str) -> None:
    """Write one value of one record as `source` says it. Raises BadInput for a field no correction may write."""
    if key in FIXED or dataset not in CORRECTABLE:
        raise BadInput(_("这一项不能在这里改"), fix=_("请用异动或导入"))
    write(dataset, record_id, unit_no, {key: stored}, source)


def write(dataset: str, record_id: UUID, unit_no: int, values: Mapping[str, str], source: str) -> None:
    """Write values of one record, as text, as `source` says them; search and counts follow. Inside a door."""
    known = datasets.get(dataset)
    told = [value if value or known.fields[key].is_text else None for key, value in values.items()]
    named, ids = (("id", "unit_no"), (record_id, unit_no)) if known.has_unit else (("id",), (record_id,))
    put(dataset=dataset, columns=(*named, *values), rows=[(*ids, *told)], source=source)
    if dataset == "person":
        follow_name(record_id, source)
    if SEARCHED & values.keys():
        with connection.cursor() as cursor:
            cursor.execute(
                "select id from affiliation where id = %s or person_id = %s", [record_id, record_id]
            )
            people.refresh_search(affiliation_ids=[one for (one,) in cursor.fetchall()])
    facts.tell(
        "DatasetRefreshed", unit_no=unit_no, batch_id=str(record_id), importer="mend", datasets=[dataset]
    )


def follow_name(person_id: UUID, source: str) -> None:
    """Lists carry name and sex of their own: bring them to what the person holds now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.id, a.unit_no, p.name, p.sex from affiliation a join person p on p.id = a.person_id"
            " where p.id = %s and (a.name, a.sex) is distinct from (p.name, p.sex)",
            [person_id],
        )
        rows = [
            (one, unit, name, pinyin.sort_key(name)[:160], sex) for one, unit, name, sex in cursor.fetchall()
        ]
    if rows:
        put(
            dataset="affiliation",
            columns=("id", "unit_no", "name", "sort_key", "sex"),
            rows=rows,
            source=source,
        )


def register() -> None:
    """Offer it to the data hub; called on the room's plate."""
    behind.offer(CORRECTABLE, Behind(subjects, masks.is_open, mend, keeps))
