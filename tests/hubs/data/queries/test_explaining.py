"""Who may be asked about, and by whom; the answers themselves are held to the doors in the organisation hub."""

from __future__ import annotations

import pytest

from tests.hubs.data.sharing_given import as_, contract, town


@pytest.fixture(scope="module")
def here(base):
    return town(base)


def test_readers_and_people_are_those_in_reach(here):
    from jizuo.hubs.data.queries import explaining

    grant_no = here.base.grant(here.base.account("顾明"), here.owner.unit_no, "teacher")
    steward, stranger = here.acting(here.bureau, "district_steward"), here.acting(here.other.unit_no)
    assert grant_no in [no for no, *_rest in as_(steward, explaining.readers_in_reach, text="顾明")]
    assert as_(stranger, explaining.readers_in_reach, text="顾明") == []
    assert len(as_(steward, explaining.people_in_reach, text="陈以宁")) == 3
    assert len(as_(stranger, explaining.people_in_reach, text="陈以宁")) == 1
    assert as_(steward, explaining.people_in_reach, text=" ") == []


def test_a_contract_answers_for_its_reader(here):
    from jizuo.hubs.data.queries import explaining

    contract_id = contract(here, fields=["name", "birth_on"], purposes=["roster"])
    asker = here.acting(here.owner.unit_no, "head")
    record = here.owner.pupils[0][1]

    def why(dataset, field, record_id=record):
        (answer,) = as_(
            asker, explaining.why_visible, dataset=dataset, field=field, record_id=record_id, contract_id=contract_id
        )  # fmt: skip
        return answer

    assert why("pupil_list", "name").how == "clear" and why("affiliation", "name").how == "clear"
    assert why("person", "birth_on").how == "year"
    assert why("pupil", "address").how == "nothing"
    assert "GX2026-" in why("person", "birth_on").reasons[0].words
    assert why("person", "birth_on", None).is_seen


def test_a_grant_that_has_ended_is_no_reader(here):
    from datetime import date

    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data.queries import explaining

    ended = here.base.grant(here.base.account(), here.owner.unit_no, "teacher", end_on=date(2026, 9, 1))
    with pytest.raises(NotFound):
        as_(
            here.acting(here.bureau, "district_steward"), explaining.why_visible, dataset="pupil", field="address",
            grant_no=ended,
        )  # fmt: skip
