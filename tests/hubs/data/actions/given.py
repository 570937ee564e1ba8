"""People written past the pages, and what is kept of them."""

from __future__ import annotations

from datetime import date
from uuid import uuid4


def newcomer(typist, name="陈以宁", source="school", unit_no=None, at=None, **fields):
    """A person with an open affiliation; (person id, affiliation id)."""
    unit_no = unit_no or typist.unit_no
    person, link = uuid4(), uuid4()
    columns = ("id", "base_no", "name", *fields)
    number = str(person.int)[:10]
    typist.put("person", columns, [(person, number, name, *fields.values())], source, at=at)
    typist.put(
        "affiliation",
        ("id", "unit_no", "person_id", "role", "begin_on", "name", "sort_key", "base_no"),
        [(link, unit_no, person, "pupil", date(2026, 9, 1), name, "k", number)],
        source,
        at=at,
    )
    return person, link


def person_of(typist, person, *fields):
    return typist.rows(f"select {', '.join(fields)} from person where id = %s", person)[0]


def conflicts(typist, record):
    return typist.rows(
        "select field, owner, held, source, claimed, state from field_conflict where record_id = %s order by field, source",
        record,
    )


def claims(typist, record):
    return dict(typist.rows("select source, fields from claim where record_id = %s", record))


def held_by(typist, person):
    return person_of(typist, person, "held_by")[0]
