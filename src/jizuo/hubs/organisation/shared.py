"""What of the core libraries can be shared by contract: pupils and staff who are here now, schools, classes, courses.

Special identities and document numbers stand in no view; guardians are reached through the school alone.
"""

from __future__ import annotations

from jizuo.hubs.data import readables
from jizuo.hubs.data.readables import Named, View

_LINK = {
    key: ("affiliation", key, f"a.{key}")
    for key in ("name", "sex", "base_no", "local_no", "is_registered", "is_present")
}
_PERSON = {
    key: ("person", key, f"p.{key}")
    for key in ("former_name", "birth_on", "ethnic", "nationality", "political", "phone", "email")
}
_PUPIL = (
    "status", "entry_year", "entered_on", "entry_way", "attendance", "household_place", "household_kind", "address",
    "class_roll_no", "blood", "allergy", "is_bus_rider",
)  # fmt: skip
_CLASS = {
    "class_stage": ("org", "stage", "c.stage"),
    "class_entry_year": ("org", "entry_year", "c.entry_year"),
    "class_no": ("org", "class_no", "c.class_no"),
}
_STAFF = (
    "establishment",
    "post_kind",
    "title",
    "duty",
    "subject_code",
    "is_full_time_teacher",
    "weekly_lessons",
)


#: People are named by the unit that refers to them, as they were when they were last there.
PERSON_NAME = (
    "(select a.name from affiliation a where a.unit_no = {unit} and a.person_id = {key}"
    " order by a.end_on is not null, a.end_on desc limit 1)"
)
ORG_NAME = (
    "(select coalesce(nullif(o.name, ''), o.entry_year || '级' || o.class_no || '班') from org o"
    " where o.unit_no = {unit} and o.id = {key})"
)


def register() -> None:
    """Offer the views and tables to the data hub."""
    pupils = View(
        name="pupil_list",
        title="学生名册",
        english="Pupils on the list",
        tables="from affiliation a join person p on p.id = a.person_id"
        " left join pupil q on q.unit_no = a.unit_no and q.id = a.id"
        " left join org c on c.unit_no = a.unit_no and c.id = a.class_id",
        unit="a.unit_no",
        key="a.id",
        subject="a.person_id",
        where="a.role = 'pupil' and a.end_on is null",
        columns=_LINK
        | {"seat_no": ("affiliation", "seat_no", "a.seat_no")}
        | _CLASS
        | {key: ("pupil", key, f"q.{key}") for key in _PUPIL}
        | _PERSON,
    )
    staff = View(
        name="staff_list",
        title="教职工名册",
        english="Staff on the list",
        tables="from affiliation a join person p on p.id = a.person_id"
        " left join staff s on s.unit_no = a.unit_no and s.id = a.id",
        unit="a.unit_no",
        key="a.id",
        subject="a.person_id",
        where="a.role = 'staff' and a.end_on is null",
        columns=_LINK | {key: ("staff", key, f"s.{key}") for key in _STAFF} | _PERSON,
    )
    readables.register([pupils, staff], ["school", "org", "course"])
    readables.name_by("person", Named("affiliation", "name", PERSON_NAME))
    readables.name_by("org", Named("org", "name", ORG_NAME))
