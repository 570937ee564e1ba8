"""What a role sees of differences, and who is registered twice by the base itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jizuo.ground.errors import BadInput, NotAllowed
from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_comparing import HEADS, compare, people, register
from tests.hubs.organisation.actions.test_turning import act
from tests.hubs.organisation.importers.given import school, sheet
from tests.hubs.organisation.importers.test_pupils import number
from tests.hubs.organisation.walking import clerk, walk


def test_values_are_shown_by_the_duty_of_who_looks(base):
    from jizuo.hubs.organisation.queries import comparing as queries

    unit_no = school(base)
    scope = clerk(base, unit_no)
    heads = [*HEADS, "学生当前状态", "学籍号"]
    rows = [[*one, "在读", ""] for one in people()]
    rows[0][-1] = f"G{rows[0][3]}"
    walk(base, scope, sheet([heads, *rows]), "校.xlsx", "pupils").apply()
    rows[0][-2:] = ["休学", f"G{number('2017-10-23', 40)}"]
    rows[1][-1] = f"G{rows[1][3]}"
    found = compare(scope, register(base, scope, [heads, *rows]))

    def told(role: str) -> dict[str, tuple[str, str]]:
        who = replace(scope, role=role)
        lines = act(who, queries.comparison_lines, comparison_id=found.comparison_id, kind="differing")
        return {one.field: (one.here, one.there) for one in lines}

    seen = told("clerk")
    assert seen["status"] == ("在读", "休学")
    # A number that only the register has is counted and not listed; one that differs shows its end.
    assert found.counts["empty"]["roll_no"] == 1
    assert seen["roll_no"] == (f"＊＊＊{rows[0][3][-4:]}", f"＊＊＊{rows[0][-1][-4:]}")
    assert told("district_admin")["status"] == ("＊＊＊", "＊＊＊")
    with pytest.raises(NotAllowed):
        told("homeroom_teacher")
    with pytest.raises(BadInput):
        act(scope, queries.comparison_lines, comparison_id=found.comparison_id, kind="nonsense")


def test_two_registrations_of_one_pupil_are_the_district_s_to_see(base):
    from django.db import connection

    from jizuo.hubs.organisation.queries import comparing as queries

    town = given.district(base, schools=2)
    left, right = town.schools
    person, _link = left.pupils[3]

    def register_twice() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into affiliation (id, unit_no, person_id, role, begin_on, name, sort_key, base_no, is_registered,"
                " is_present, is_primary, end_reason, sex, local_no, posts, source_id) select gen_random_uuid(), %s,"
                " person_id, role, begin_on, name, sort_key, base_no, true, true, true, '', sex, '', posts, ''"
                " from affiliation where person_id = %s",
                [right.unit_no, person],
            )

    given.within(town.scope(), register_twice)
    (twice,) = act(town.scope(), queries.doubled_registrations)
    assert (twice.person_id, twice.unit_no, twice.other_no) == (person, left.unit_no, right.unit_no)
    assert not twice.by_register
