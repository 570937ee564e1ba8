"""Failing records are called by name and lead to where they are mended, in their own school only."""

from __future__ import annotations

from typing import Any

from tests.hubs.organisation.given import fill, within


def test_each_library_says_who_and_where(base: Any) -> None:
    from django.db import connection

    from jizuo.hubs.data import quality
    from jizuo.project import rooms

    rooms.plates()
    school, other = (fill(base, base.unit()) for _ in range(2))
    person, link = school.pupils[0]

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select id from guardian_of where child_id = %s", [person])
            guardianship = cursor.fetchone()[0]
            cursor.execute("select id from enrolment where unit_no = %s", [school.unit_no])
            teaching = cursor.fetchone()[0]
            cursor.execute("select id from school where unit_no = %s", [school.unit_no])
            own = cursor.fetchone()[0]
        for dataset, key in (
            ("pupil", link),
            ("affiliation", link),
            ("person", person),
            ("guardian_of", guardianship),
        ):
            place = quality.places_of(dataset, [key])[key]
            assert (place.href, place.person_id) == (f"people/{link}", person) and place.name and place.where
        assert quality.places_of("enrolment", [teaching])[teaching].href == f"people/{school.staff[0][1]}"
        assert (
            quality.places_of("org", school.classes)[school.classes[0]].href == f"classes/{school.classes[0]}"
        )
        assert quality.places_of("school", [own])[own].name
        assert quality.places_of("pupil", [other.pupils[0][1]]) == {}

    within(base.scope(school.unit_no), look)
