"""Who sees special identities: the roles of a live duty at its schools, and nobody else, by no other door."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import NotAllowed, NotFound


@pytest.fixture(scope="module")
def duty_id(town):
    found = town.live(roles=["clerk", "homeroom_teacher"])
    town.bring(town.act("clerk"), found, *(town.line(place) for place in range(6)), town.line(12))
    return found


def test_the_entrusted_see_the_list_and_the_homeroom_teacher_her_classes(town, duty_id):
    assert len(town.do(town.act("clerk"), "special_list", duty_id=duty_id)) == 7
    homeroom = town.act("homeroom_teacher", org_ids=(town.schools[0].classes[1],))
    assert len(town.do(homeroom, "special_list", duty_id=duty_id)) == 1
    assert [one.duty_id for one in town.do(homeroom, "my_duties")] == [duty_id]


@pytest.mark.parametrize(
    "role", ["head", "district_steward", "district_admin", "teacher", "guardian", "pupil"]
)
def test_no_other_role_does(town, duty_id, role):
    with pytest.raises((NotAllowed, NotFound)):
        town.do(town.act(role), "special_list", duty_id=duty_id)


def test_another_school_sees_nothing_and_knows_of_no_duty(town, duty_id):
    other = town.act("clerk", town.schools[1].unit_no)
    with pytest.raises(NotFound):
        town.do(other, "special_list", duty_id=duty_id)
    assert town.do(other, "my_duties") == []
    assert town.do(town.act("clerk"), "my_duties")


def test_the_bureau_chooses_among_its_schools_alone(town):
    found = town.do(town.act("district_steward"), "duty_schools")
    assert {one.unit_no for one in town.schools} <= {unit_no for unit_no, _name in found}
    assert town.district.unit_no not in {unit_no for unit_no, _name in found}


def test_each_look_is_written_down_with_every_child(town, duty_id):
    clerk = town.act("clerk")
    town.do(clerk, "special_list", duty_id=duty_id)
    columns, count = town.rows(
        "select columns, row_count from audit_entry where grant_no = %s order by id desc limit 1",
        clerk.grant_no,
    )[0]
    assert columns == ["special_identity"] and count == 7


def test_the_bureau_sees_numbers_above_the_limit_and_no_child(town, duty_id):
    counts = {
        one.kind: one for one in town.do(town.act("district_steward"), "special_counts", duty_id=duty_id)
    }
    assert counts["minimum"].schools[0][1] == 7 and counts["minimum"].total == 7
    few = town.live(title="少数", unit_nos=[one.unit_no for one in town.schools])
    town.bring(town.act("clerk"), few, town.line(0), town.line(1))
    told = {one.kind: one for one in town.do(town.act("district_admin"), "special_counts", duty_id=few)}
    assert {count for _name, count in told["minimum"].schools} == {None, 0} and told["minimum"].total is None
    with pytest.raises(NotFound):
        town.do(town.act("district_steward", town.base.unit(kind="bureau")), "special_counts", duty_id=few)


def test_no_dataset_list_search_or_export_knows_of_them(town, duty_id):
    """Whatever every other door is asked, none of the tables is named by a dataset or a standard."""
    from jizuo.hubs.data import datasets

    assert not [name for name in datasets.all_datasets() if name.startswith("special")]
    for dataset in datasets.all_datasets().values():
        assert not dataset.table.startswith("special")
    page = town.base.client
    account = town.base.account("沈知远")
    no = town.base.grant(account, town.schools[0].unit_no, "clerk")
    client = page(account)
    link = town.schools[0].pupils[0][1]
    for path in ("people/pupils", "search?q=低保", f"people/{link}", f"people/{link}/history", "exports"):
        shown = client.get(f"/as/{no}/{path}")
        assert shown.status_code == 200 and "低保" not in shown.content.decode().replace('value="低保"', "").replace(
            "“低保”", ""
        ), path  # fmt: skip
