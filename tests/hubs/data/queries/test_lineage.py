"""From a number to the fields it counts, from a value to the row of the file it came from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from jizuo.ground.errors import NotAllowed, NotFound
from tests.hubs.organisation import given as town
from tests.hubs.organisation.actions.test_merging import act
from tests.hubs.organisation.importers.given import district, rows_of, school, unit_named
from tests.hubs.organisation.walking import walk

NAME = "松原中学"


@pytest.fixture(scope="module")
def place(base: Any) -> Any:
    """A school that brought its pupils from a workbook."""
    from jizuo.plain.demo.workbooks import pupils
    from jizuo.project import rooms

    rooms.plates()
    unit_no = school(base, NAME)
    account = base.account("陆晓岚")
    grant_no = base.grant(account, unit_no, "clerk")
    clerk = base.scope(unit_no, "clerk", grant_no=grant_no, account_id=account.pk)
    walked = walk(base, clerk, pupils(district(), unit_named(NAME)), "学生名册.xlsx", "pupils")
    assert walked.state == "ready", walked.problems("error")[:3]
    walked.apply()
    rows = rows_of(
        base, unit_no,
        "select a.id, a.person_id, p.address, a.name from affiliation a join pupil p on p.id = a.id"
        " where a.unit_no = %s and p.address <> '' and a.seat_no is not null order by a.sort_key, a.id limit 40", unit_no,
    )  # fmt: skip
    return SimpleNamespace(
        base=base, unit_no=unit_no, clerk=clerk, walked=walked, rows=rows, account=account, no=grant_no
    )


def test_a_number_leads_to_a_field_and_the_field_back_to_the_number(place):
    from jizuo.hubs.data.queries.lineage import field_lineage

    one = act(place.clerk, field_lineage, dataset="affiliation", field="is_registered")
    assert "registered" in [key for key, _title in one.terms]
    assert [(came.importer, came.source, came.batches) for came in one.came] == [("pupils", "school", 1)]


def test_a_value_tells_whose_it_is_and_what_was_said(place):
    from jizuo.hubs.data.queries.lineage import value_lineage

    record, _person, address, _name = place.rows[0]
    assert (
        act(place.clerk, value_lineage, dataset="pupil", record_id=record, field="address").value == address
    )
    steward = place.base.scope(place.unit_no, "district_steward")
    one = act(steward, value_lineage, dataset="pupil", record_id=record, field="address")
    assert one.is_masked and address not in one.value and all(address not in word.value for word in one.words)
    assert one.holder and [word.is_held for word in one.words] == [True]
    assert one.words[0].batch_id == place.walked.batch_id
    assert [was.until for was in one.was] == [None]
    one = act(place.clerk, value_lineage, dataset="person", record_id=place.rows[0][1], field="name")
    assert one.value == place.rows[0][3] and not one.is_masked


@pytest.mark.parametrize("dataset", ["pupil", "affiliation", "person"])
def test_a_value_leads_to_the_row_it_came_from(place, dataset):
    from jizuo.hubs.data.queries.lineage import value_origin

    field = {"pupil": "entry_way", "affiliation": "local_no", "person": "name"}[dataset]
    found = 0
    for record, person, _address, name in place.rows[:8]:
        origin = act(
            place.clerk,
            value_origin,
            dataset=dataset,
            record_id=person if dataset == "person" else record,
            field=field,
        )
        assert origin is not None and origin.batch_id == place.walked.batch_id and origin.row_no > 1
        cells = {cell.heading: cell.text for cell in origin.cells}
        assert name in cells.values(), "the row is the person's own"
        found += any(cell.is_it for cell in origin.cells)
    assert found >= (8 if dataset == "person" else 1)


def test_the_row_is_masked_by_grade(place):
    from jizuo.hubs.data.queries.lineage import value_origin

    record, _person, address, _name = place.rows[0]
    steward = place.base.scope(place.unit_no, "district_steward")
    origin = act(steward, value_origin, dataset="pupil", record_id=record, field="address")
    texts = [cell.text for cell in origin.cells]
    assert not any(address in text for text in texts)
    assert not any(sum(char.isdigit() for char in text) >= 11 for text in texts), (
        "no number of a document or a phone"
    )


def test_a_change_is_in_the_history(place):
    from jizuo.hubs.data.actions.put import put
    from jizuo.hubs.data.queries.lineage import value_lineage, value_origin

    record = place.rows[1][0]
    town.within(
        place.clerk,
        lambda: put(
            dataset="pupil",
            columns=("id", "unit_no", "blood"),
            rows=[(record, place.unit_no, "2")],
            source="school",
        ),
    )
    town.within(
        place.clerk,
        lambda: put(
            dataset="pupil",
            columns=("id", "unit_no", "blood"),
            rows=[(record, place.unit_no, "3")],
            source="school",
        ),
    )
    one = act(place.clerk, value_lineage, dataset="pupil", record_id=record, field="blood")
    assert len(one.was) >= 2 and one.was[0].until is None and one.was[1].until is not None
    assert one.words[0].batch_id != place.walked.batch_id
    assert act(place.clerk, value_origin, dataset="pupil", record_id=record, field="blood") is None


def test_another_school_s_value_does_not_exist(base, place):
    from jizuo.hubs.data.queries.lineage import batch_lineage, value_lineage, value_origin

    other = base.scope(base.unit("另一所学校"), "clerk")
    record = place.rows[0][0]
    for door in (value_lineage, value_origin):
        with pytest.raises(NotFound):
            act(other, door, dataset="pupil", record_id=record, field="entry_way")
        # The twin: its own school reads it.
        assert act(place.clerk, door, dataset="pupil", record_id=record, field="entry_way") is not None
    with pytest.raises(NotFound):
        act(other, batch_lineage, batch_id=place.walked.batch_id)


def test_what_cannot_be_told_value_by_value_is_not(place):
    from jizuo.hubs.data.queries.lineage import field_lineage, value_lineage

    with pytest.raises(NotFound):
        act(place.clerk, value_lineage, dataset="pupil", record_id=place.rows[0][0], field="person_id")
    with pytest.raises(NotFound):
        act(place.clerk, field_lineage, dataset="same_person", field="reason")
    with pytest.raises(NotAllowed):
        act(
            place.base.scope(place.unit_no, "teacher"),
            value_lineage,
            dataset="pupil",
            record_id=place.rows[0][0],
            field="blood",
        )


def test_a_batch_tells_its_lineage_without_values(place):
    from jizuo.hubs.data.queries.lineage import batch_lineage

    start, end = act(place.clerk, batch_lineage, batch_id=place.walked.batch_id)
    assert (start["eventType"], end["eventType"]) == ("START", "COMPLETE")
    assert {"person", "pupil", "affiliation"} <= {one["name"] for one in end["outputs"]}
    assert place.rows[0][3] not in str(end)


def test_a_field_leads_to_a_few_records_in_reach(place):
    from jizuo.hubs.data.queries.lineage import MOST_RECORDS, field_records

    found = act(place.clerk, field_records, dataset="pupil", field="address")
    assert len(found) == MOST_RECORDS
    assert {record for record, _label in found} <= {row[0] for row in rows_of(
        place.base, place.unit_no, "select id from affiliation where unit_no = %s", place.unit_no)}  # fmt: skip
    elsewhere = place.base.scope(place.base.unit(), "clerk")
    assert act(elsewhere, field_records, dataset="pupil", field="address") == []
    teacher = place.base.scope(place.unit_no, "teacher")
    with pytest.raises(NotAllowed):
        act(teacher, field_records, dataset="pupil", field="address")
    with pytest.raises(NotFound):
        act(place.clerk, field_records, dataset="pupil", field="nothing")
