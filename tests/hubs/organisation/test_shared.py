"""What of the core libraries can be shared."""

from __future__ import annotations

import pytest

from tests.hubs.organisation import given


@pytest.fixture(scope="module")
def school(base):
    from jizuo.project import rooms

    rooms.plates()
    return given.fill(base, base.unit(), classes=1, pupils=3, staff=2)


@pytest.mark.parametrize(("name", "count"), [("pupil_list", 3), ("staff_list", 2)])
def test_a_view_gives_who_is_here_now(base, school, name, count):
    from django.db import connection

    from jizuo.hubs.data import readables

    view = readables.find(name)
    listed = ", ".join(text for _field, text in view.columns.values())

    def read():
        with connection.cursor() as cursor:
            cursor.execute(
                f"select {view.subject}, {listed} {view.tables} where {view.unit} = any(%s) and {view.where}",
                [[school.unit_no]],
            )
            return cursor.fetchall()

    rows = given.within(base.scope(school.unit_no), read)
    people = school.pupils if name == "pupil_list" else school.staff
    assert len(rows) == count and {row[0] for row in rows} == {person for person, _link in people}


def test_no_view_holds_what_must_not_leave(school):
    from jizuo.hubs.data import readables

    for name in ("pupil_list", "staff_list"):
        keys = set(readables.find(name).columns)
        assert not keys & {"blind", "sealed", "tail", "guardian_id", "person_id", "identity"}
