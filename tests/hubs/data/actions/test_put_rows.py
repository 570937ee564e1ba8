"""A few rows written: new, by natural key, by id, and never out of reach."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import BadInput, NotFound
from tests.hubs.data.queries.test_scene_rows import place, seen  # noqa: F401


def write(base, unit_no, role, rows, **more):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put_rows import put_scene_rows

    with scopes.use(base.scope(unit_no, role, **more)):
        return put_scene_rows(scene="sport", dataset="sport", rows=rows)


def test_the_same_key_is_the_same_row(place):  # noqa: F811
    base, _bureau, school, _other = place
    row = {"pupil_id": str(school.pupils[0][0]), "event": "jump"}
    first = write(base, school.unit_no, "clerk", [row | {"symptom": "无"}])
    assert write(base, school.unit_no, "clerk", [row | {"on": "2026-09-18"}]) == first
    assert write(base, school.unit_no, "clerk", [{"id": str(first[0]), "on": "2026-09-19"}]) == first
    found = [one for one in seen(base, school.unit_no, "clerk") if one["event"] == "jump"]
    assert [str(one["on"]) for one in found] == ["2026-09-19"]


def test_a_class_teacher_writes_in_her_class_only(place):  # noqa: F811
    base, _bureau, school, other = place
    mine, theirs = school.classes
    scope = {"org_ids": (mine,)}
    row = {"pupil_id": str(school.pupils[1][0]), "event": "jump"}
    (row_id,) = write(base, school.unit_no, "homeroom_teacher", [row], **scope)
    found = {one["id"]: one for one in seen(base, school.unit_no, "clerk")}
    assert found[row_id]["class_id"] == mine
    with pytest.raises(NotFound):
        write(base, school.unit_no, "homeroom_teacher", [row | {"class_id": str(theirs)}], **scope)
    foreign = next(one for one in seen(base, school.unit_no, "clerk") if one["class_id"] == theirs)
    with pytest.raises(NotFound):
        write(
            base, school.unit_no, "homeroom_teacher", [{"id": str(foreign["id"]), "event": "jump"}], **scope
        )
    with pytest.raises(NotFound):
        write(base, other.unit_no, "clerk", [{"id": str(foreign["id"]), "event": "jump"}])
    with pytest.raises(NotFound):
        write(base, school.unit_no, "head", [row])


def test_wrong_values_name_row_and_column(place):  # noqa: F811
    base, _bureau, school, _other = place
    rows = [{"pupil_id": str(school.pupils[0][0]), "event": "swim"}, {"event": "run", "on": "昨天"}]
    with pytest.raises(BadInput) as caught:
        write(base, school.unit_no, "clerk", rows)
    assert [one.where for one in caught.value.problems] == ["1.event"]
    with pytest.raises(BadInput) as caught:
        write(base, school.unit_no, "clerk", rows[1:])
    assert {one.where for one in caught.value.problems} == {"1.on", "1.pupil_id"}


def test_a_shared_person_whom_a_scene_names_is_referred_to(place):  # noqa: F811
    from django.db import connection
    from psycopg import sql

    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.undo import referred

    base, _bureau, school, _other = place
    named, unnamed = school.pupils[0][0], school.pupils[-1][0]
    write(base, school.unit_no, "clerk", [{"pupil_id": str(named), "event": "jump"}])
    with (
        scopes.use(base.scope(school.unit_no, "clerk")),
        scopes.open_transaction("test.undo"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            sql.SQL("select t.id from person t where t.id = any({}) and ({})").format(
                sql.Literal([named, unnamed]), referred(cursor, "person", sql.Literal(None))
            )
        )
        assert named in {row[0] for row in cursor.fetchall()}


def test_a_place_is_taken_once(place):  # noqa: F811
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put_rows import put_rows

    base, _bureau, school, other = place
    first, second = (str(person) for person, _link in school.pupils[:2])

    def book(*rows, unit_no=school.unit_no):
        with scopes.use(base.scope(unit_no, "clerk")), scopes.open_transaction("test"):
            return put_rows(dataset="sport", rows=rows, free_by=("on", "event"))

    row = {"pupil_id": first, "event": "jump", "on": "2027-01-04"}
    (row_id,) = book(row)
    for late in ([row | {"pupil_id": second}], [row]):
        with pytest.raises(BadInput) as caught:
            book(*late)
        assert caught.value.problems[0].where == "1.on" and caught.value.problems[0].fix
    with pytest.raises(BadInput) as caught:
        book(row | {"on": "2027-01-05"}, row | {"pupil_id": second, "on": "2027-01-05"})
    assert caught.value.problems[0].where == "2.on"
    # The row itself may be written again, an empty place takes none, another school has its own.
    assert book({"id": str(row_id), "on": "2027-01-04", "event": "jump"}) == [row_id]
    assert book({"pupil_id": second, "event": "jump"})
    assert book(
        {"pupil_id": str(other.pupils[0][0]), "event": "jump", "on": "2027-01-04"}, unit_no=other.unit_no
    )
