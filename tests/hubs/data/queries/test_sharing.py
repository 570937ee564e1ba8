"""The inbox: what waits, for whom, and what ends soon."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.base import TODAY
from tests.hubs.data.sharing_given import as_, contract, town, wish


@pytest.fixture(scope="module")
def here(base):
    return town(base)


def test_each_finds_what_waits_for_it(here):
    from jizuo.hubs.data.actions import sharing as actions
    from jizuo.hubs.data.queries import sharing
    from jizuo.hubs.data.waiting import waiting

    clerk, head = here.acting(here.reader.unit_no), here.acting(here.owner.unit_no, "head")
    steward = here.acting(here.bureau, "district_steward")
    asked = as_(clerk, actions.request_share, wish=wish(here))
    assert [one.request_id for one in as_(head, sharing.share_inbox).to_examine] == [asked]
    assert [one.request_id for one in as_(clerk, sharing.share_inbox).own] == [asked]
    assert as_(head, waiting).shares == 1 and as_(clerk, waiting).shares == 0
    assert as_(replace(head, today=TODAY + timedelta(days=60)), waiting).shares_late == 1
    assert as_(steward, sharing.share_inbox).to_examine == [], "not the bureau's to examine yet"
    as_(head, actions.examine_share, request_id=asked, verb="refuse", words="不给")
    as_(clerk, actions.examine_share, request_id=asked, verb="dispute", words="要")
    assert [one.request_id for one in as_(steward, sharing.share_inbox).disputes] == [asked]
    assert as_(steward, waiting).shares == 1
    other = as_(here.acting(here.other.unit_no), sharing.share_inbox)
    assert (other.to_examine, other.own, other.disputes, other.ending) == ([], [], [], [])


def test_contracts_about_to_end_stand_with_both_sides(here):
    from jizuo.hubs.data.queries import sharing

    soon = contract(here, end_on=TODAY + timedelta(days=10))
    contract(here, end_on=TODAY + timedelta(days=300))
    for scope in (here.acting(here.reader.unit_no), here.acting(here.owner.unit_no, "head")):
        assert [one.contract_id for one in as_(scope, sharing.share_inbox).ending] == [soon]
        late = replace(scope, today=TODAY + timedelta(days=10))
        assert as_(late, sharing.share_inbox).ending == []
        states = {one.contract_id: one.state for one in as_(late, sharing.share_contracts)}
        assert states[soon] == "over"
        live = [one.contract_id for one in as_(late, sharing.share_contracts, state="live")]
        assert soon not in live and len(live) == 1


def test_what_can_be_asked_for_has_grades_and_kinds(here):
    from jizuo.hubs.data.queries import sharing

    found = {one.name: one for one in as_(here.acting(here.reader.unit_no), sharing.share_datasets)}
    pupils = {column.key: column for column in found["pupil_list"].columns}
    assert pupils["allergy"].nature == "health" and pupils["address"].grade == 4
    assert not pupils["name"].may_filter and pupils["sex"].may_filter
    assert "person_identifier" not in found and "claim" not in found
    assert not {"id_number", "number", "tail"} & set(pupils)


def test_uses_and_document_are_for_both_sides(here):
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data.queries import shared, sharing

    contract_id = contract(here)
    clerk = here.acting(here.reader.unit_no)
    as_(clerk, shared.shared_rows, contract_id=contract_id)
    for scope in (clerk, here.acting(here.owner.unit_no, "head")):
        (use,) = as_(scope, sharing.share_uses, contract_id=contract_id)
        assert (use.rows, use.is_done, use.by) == (4, True, "clerk")
        assert "DataContract" in as_(scope, sharing.share_contract_yaml, contract_id=contract_id)
    for door in (sharing.share_uses, sharing.share_contract_yaml, sharing.share_contract):
        with pytest.raises(NotFound):
            as_(here.acting(here.other.unit_no), door, contract_id=contract_id)


def test_data_that_a_role_may_not_know_of_is_not_offered_and_not_there(here, monkeypatch):
    from dataclasses import replace as changed

    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data import datasets
    from jizuo.hubs.data.actions import sharing as actions
    from jizuo.hubs.data.queries import sharing
    from jizuo.hubs.data.rules.catalogue import CIRCLES

    clerk = here.acting(here.reader.unit_no)
    monkeypatch.setitem(
        datasets._datasets, "course", changed(datasets._datasets["course"], known_to=CIRCLES[0])
    )
    names = [one.name for one in as_(clerk, sharing.share_datasets)]
    assert "org" in names and "course" not in names
    with pytest.raises(NotFound):
        as_(clerk, actions.request_share, wish=wish(here, dataset="course", fields=["title"], purposes=[]))
