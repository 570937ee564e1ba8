"""How the records of the core libraries are called where they fail a rule, and at which page they are mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.hubs.data import quality
from jizuo.hubs.data.quality import Place
from jizuo.hubs.organisation import class_names

#: kind of key -> (record id, affiliation id, name, class id, person id) of the acting unit's people.
OF_PEOPLE = {
    "id": "select a.id, a.id, a.name, a.class_id, a.person_id from affiliation a where a.unit_no = %s and a.id = any(%s)",
    "person": (
        "select distinct on (a.person_id) a.person_id, a.id, a.name, a.class_id, a.person_id from affiliation a"
        " where a.unit_no = %s and a.person_id = any(%s) order by a.person_id, a.end_on nulls first, a.role = 'guardian'"
    ),
    "guardian": (
        "select distinct on (g.id) g.id, a.id, a.name, a.class_id, a.person_id from guardian_of g"
        " join affiliation a on a.person_id = g.child_id and a.role = 'pupil'"
        " where a.unit_no = %s and g.id = any(%s) order by g.id, a.end_on nulls first"
    ),
    "enrolment": (
        "select e.id, a.id, a.name, e.org_id, a.person_id from enrolment e"
        " join affiliation a on a.unit_no = e.unit_no and a.id = e.affiliation_id where e.unit_no = %s and e.id = any(%s)"
    ),
}


def people(kind: str, ids: Iterable[UUID]) -> Mapping[UUID, Place]:
    """People of the acting unit by the key of a dataset; whoever is elsewhere is left out."""
    with connection.cursor() as cursor:
        cursor.execute(OF_PEOPLE[kind], [scopes.current().unit_no, list(ids)])
        rows = cursor.fetchall()
    classes = class_names.of_ids(class_id for _id, _at, _name, class_id, _person in rows)
    return {
        record_id: Place(
            name, classes[class_id].name if class_id in classes else "", f"people/{at_id}", person_id
        )
        for record_id, at_id, name, class_id, person_id in rows
    }


def classes(ids: Iterable[UUID]) -> Mapping[UUID, Place]:
    """Classes by id."""
    return {
        class_id: Place(one.name, one.grade, f"classes/{class_id}")
        for class_id, one in class_names.of_ids(ids).items()
    }


def schools(ids: Iterable[UUID]) -> Mapping[UUID, Place]:
    """The acting unit as a school; its own numbers stand on the start page."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.id, u.name from school s join unit u on u.unit_no = s.unit_no where s.unit_no = %s and s.id = any(%s)",
            [scopes.current().unit_no, list(ids)],
        )
        return {record_id: Place(name) for record_id, name in cursor.fetchall()}


def register() -> None:
    """Offer them to the data hub; called on the room's plate."""
    for dataset, kind in (
        ("affiliation", "id"), ("pupil", "id"), ("staff", "id"), ("person", "person"), ("guardian_of", "guardian"),
        ("enrolment", "enrolment"),
    ):  # fmt: skip
        quality.places_by(dataset, lambda ids, kind=kind: people(kind, ids))  # type: ignore[misc]
    quality.places_by("org", classes)
    quality.places_by("school", schools)
