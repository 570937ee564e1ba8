"""Whom and what each role may choose."""

from __future__ import annotations

from jizuo.engines.matter.forms import choosing


def test_people_by_role(field_day, within):
    def chosen(role, of, **more):
        return {one.value for one, _key in within(field_day.scope(role), lambda: choosing.people(of, **more))}

    pupils = [str(person) for person, _link in field_day.first.pupils]
    staff = {str(person) for person, _link in field_day.first.staff}
    assert chosen("guardian", "child") == {pupils[0]} and chosen("guardian", "staff") == set()
    assert chosen("homeroom_teacher", "pupil") == set(pupils[:3]) and chosen("clerk", "staff") == staff
    assert chosen("clerk", "pupil", ids=[pupils[0], "x", str(field_day.second.pupils[0][0])]) == {pupils[0]}


def test_a_list_goes_on_after_its_last(field_day, within):
    clerk = field_day.scope("clerk")
    first = within(clerk, lambda: choosing.people("pupil", most=4))
    rest = within(clerk, lambda: choosing.people("pupil", after=first[-1][1]))
    assert len(first) == 4 and len({one.value for one, _key in [*first, *rest]}) == 6


def test_classes_and_schools(field_day, within):
    assert len(within(field_day.scope("clerk"), lambda: choosing.orgs("class"))) == 2
    assert len(within(field_day.scope("guardian"), lambda: choosing.orgs("class"))) == 1
    assert len(within(field_day.scope("homeroom_teacher"), lambda: choosing.orgs("own_class"))) == 1
    bureau = field_day.base.scope(field_day.bureau, "district_steward")
    assert {one.value for one in within(bureau, choosing.units)} == {
        str(field_day.first.unit_no),
        str(field_day.second.unit_no),
    }
