from __future__ import annotations

from typing import Any

from tests.hubs.organisation.actions.test_graduating import Two
from tests.hubs.organisation.actions.test_turning import act, run


def test_graduates_stand_class_by_class_under_their_last_name(base: Any) -> None:
    two = Two(base)
    found = two.graduates()
    assert [one.class_name for one in found] == ["五（1）班"] * 4 + ["五（2）班"] * 4
    assert {one.stage for one in found} == {"primary"} and {one.sex_word for one in found} == {"男", "女"}


def test_another_year_and_another_school_have_none(base: Any) -> None:
    from jizuo.hubs.organisation.queries.graduating import graduate_list

    two = Two(base)
    assert act(two.sender, graduate_list, school_year=2026) == []
    assert act(two.receiver, graduate_list, school_year=2027) == []


def test_receivers_are_the_open_schools_of_one_s_own_tree(base: Any) -> None:
    from jizuo.hubs.organisation.queries.graduating import receivers

    two = Two(base)
    assert set(act(two.sender, receivers)) == {two.there.unit_no}
    with base.owner() as owner:
        owner.execute("update unit set closed_on = '2027-01-01' where unit_no = %s", [two.there.unit_no])
    assert act(two.sender, receivers) == {}


def test_a_file_of_graduates_is_written_down(base: Any) -> None:
    from jizuo.hubs.organisation.queries.graduating import export_graduates

    two = Two(base)
    two.destine(two.links[:3], to_unit_no=two.there.unit_no)
    assert len(act(two.sender, export_graduates, school_year=2027)) == 8
    assert len(act(two.sender, export_graduates, school_year=2027, to_unit_no=two.there.unit_no)) == 3
    assert run(
        two.sender,
        "select row_count from audit_entry where door = 'organisation.export_graduates' order by at",
    ) == [(8,), (3,)]
