"""The read door of a contract: what it gives, and that nothing else is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.base import TODAY
from tests.hubs.data.sharing_given import as_, contract, town


@pytest.fixture(scope="module")
def here(base):
    return town(base)


def read(scope, contract_id, **more):
    from jizuo.hubs.data.queries import shared

    return as_(scope, shared.shared_rows, contract_id=contract_id, **more)


def names_of(base, unit_no):
    with base.owner() as owner, owner.transaction():
        owner.execute("select set_config('app.units', %s, true)", [f"{{{unit_no}}}"])
        rows = owner.execute("select name from affiliation where role = 'pupil' order by id").fetchall()
        return [name for (name,) in rows]


def test_a_contract_gives_its_columns_of_its_rows(base, here):
    contract_id = contract(here)
    found = read(here.acting(here.reader.unit_no), contract_id)
    assert [key for key, _word, _how in found.columns] == ["name", "sex", "seat_no"]
    assert [row[0] for row in found.rows] == names_of(base, here.owner.unit_no)
    assert found.next == "" and found.pulls_left == 49


def test_masks_follow_the_purpose_and_the_wish(here):
    contract_id = contract(
        here,
        fields=["name", "birth_on", "address", "base_no", "allergy"],
        purposes=["safety"],
        masked=["allergy"],
    )
    found = read(here.acting(here.reader.unit_no), contract_id)
    assert [how for _key, _word, how in found.columns] == ["name", "year", "clear", "clear", "stars"]
    name, birth, address, base_no, allergy = found.rows[0]
    assert name.endswith("＊") and len(name) == 2
    assert birth == "2019-＊＊＊" and address == "澜江路 8 号" and len(base_no) == 10 and allergy == "＊＊＊"


def test_without_a_contract_it_is_as_if_there_were_none(here):
    """Another unit, another role, before its begin, after its end, ended: one answer."""
    from jizuo.ground.errors import NotFound
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions import sharing

    live = contract(here)
    clerk = here.acting(here.reader.unit_no)
    later = contract(here, begin_on=TODAY + timedelta(days=5))
    for_head = contract(here, reader_role="head")
    ended = contract(here)
    as_(clerk, sharing.end_contract, contract_id=ended, reason="用完了")
    said = set()
    for scope, contract_id in (
        (clerk, new_id()),
        (here.acting(here.other.unit_no), live),
        (here.acting(here.owner.unit_no), live),
        (here.acting(here.bureau, "district_steward"), live),
        (here.acting(here.reader.unit_no, "teacher"), live),
        (clerk, for_head),
        (clerk, later),
        (clerk, ended),
        (replace(clerk, today=TODAY + timedelta(days=30)), live),
    ):
        with pytest.raises(NotFound) as caught:
            read(scope, contract_id)
        said.add((str(caught.value.detail), str(caught.value.fix)))
    assert len(said) == 1
    assert read(clerk, live).rows
    assert read(here.acting(here.reader.unit_no, "head"), for_head).rows
    assert read(replace(clerk, today=TODAY + timedelta(days=29)), live).rows


def test_a_column_outside_the_contract_does_not_exist(here):
    from jizuo.ground.errors import BadInput

    contract_id = contract(here)
    clerk = here.acting(here.reader.unit_no)
    answers = []
    for column in ("address", "no_such_column", 'name"; drop table affiliation; --'):
        with pytest.raises(BadInput) as caught:
            read(clerk, contract_id, columns=["name", column])
        answers.append([(problem.what, problem.fix) for problem in caught.value.problems])
    assert answers[0] == answers[1] == answers[2]
    assert [key for key, *_rest in read(clerk, contract_id, columns=["sex"]).columns] == ["sex"]


def test_rows_of_other_units_stay_away(base, here):
    """A bureau's contract narrowed to one school gives that school's rows; without it those of all below."""
    wide = contract(here, owner_no=here.bureau)
    narrow = contract(here, owner_no=here.bureau, unit_nos=[here.other.unit_no])
    clerk = here.acting(here.reader.unit_no)
    assert len(read(clerk, wide).rows) == 12
    assert [row[0] for row in read(clerk, narrow).rows] == names_of(base, here.other.unit_no)


def test_a_declared_choice_of_rows_holds(here):
    contract_id = contract(here, filters=[{"column": "sex", "op": "eq", "value": "2"}])
    found = read(here.acting(here.reader.unit_no), contract_id)
    assert len(found.rows) == 2 and {row[1] for row in found.rows} == {"2"}


def test_twin_without_the_contracts_own_test_the_rows_would_be_there(base, here, monkeypatch):
    """What the tests above would see if the door did not ask whose contract it is and whether it is live."""
    from jizuo.hubs.data.actions import sharing
    from jizuo.hubs.data.queries import shared

    contract_id = contract(here)
    as_(here.acting(here.reader.unit_no), sharing.end_contract, contract_id=contract_id, reason="用完了")
    monkeypatch.setattr(shared.Contract, "is_live", lambda self, today: True)
    monkeypatch.setattr(shared.Contract, "is_readers", lambda self, scope: True)
    found = read(here.acting(here.other.unit_no), contract_id)
    assert [row[0] for row in found.rows] == names_of(base, here.owner.unit_no)


def test_twin_with_the_readers_own_reach_there_is_nothing(here, monkeypatch):
    """Row security stands behind the contract: under the reader's own units the same statement finds no row."""
    from jizuo.ground import doors
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data import readables
    from jizuo.hubs.data.queries import shared

    contract_id = contract(here)
    with scopes.use(here.acting(here.reader.unit_no)), scopes.open_transaction("test"):
        found = shared.contract(contract_id)
        rows = shared.read(found, readables.find(found.dataset), ["name"], "", 10, TODAY)
    assert rows == []
    assert doors.all_doors()["data.shared_rows"].under is shared.reach_of


def test_a_pull_goes_on_page_by_page_and_counts_once(base, here):
    from jizuo.ground.errors import BadInput, Conflict

    contract_id = contract(here, most_pulls=1)
    clerk = here.acting(here.reader.unit_no)
    first = read(clerk, contract_id, limit=3)
    again = read(clerk, contract_id, limit=3, after=first.next)
    assert len(first.rows) == 3 and len(again.rows) == 1 and again.next == ""
    assert [row[0] for row in first.rows + again.rows] == names_of(base, here.owner.unit_no)
    assert read(clerk, contract_id, limit=3, after=first.next).rows == again.rows, "a page that broke off"
    for after in ("x", f"{first.next}9", first.next.replace(".1", ".0"), first.next.replace(".1", ".2")):
        with pytest.raises(BadInput):
            read(clerk, contract_id, after=after)
    with pytest.raises(BadInput):
        read(here.acting(here.reader.unit_no, "head"), contract_id, after=first.next)
    with pytest.raises(Conflict) as caught:
        read(clerk, contract_id)
    assert "1 次" in str(caught.value.detail) and "2026-09-17" in str(caught.value.fix)
    assert read(replace(clerk, today=TODAY + timedelta(days=1)), contract_id).rows
    with base.owner() as owner:
        used = owner.execute(
            "select row_count, is_done from share_use where contract_id = %s order by day", [contract_id]
        ).fetchall()
    assert used == [(4, True), (4, True)]


def test_each_page_is_audited_at_the_owner_with_its_subjects(base, here):
    contract_id = contract(here)
    clerk = here.acting(here.reader.unit_no)
    read(clerk, contract_id, columns=["seat_no"])
    read(clerk, contract_id)
    with base.owner() as owner, owner.transaction():
        owner.execute("select set_config('app.units', %s, true)", [f"{{{here.owner.unit_no}}}"])
        entries = owner.execute(
            "select e.id, e.role, e.grant_no, e.columns, e.row_count, e.note from audit_entry e"
            " where e.door = 'data.shared_rows' and e.grant_no = %s order by e.id",
            [clerk.grant_no],
        ).fetchall()
        subjects = owner.execute(
            "select count(distinct subject_id) from audit_subject where entry_id = %s", [entries[1][0]]
        ).fetchone()[0]
    assert [(role, rows) for _id, role, _no, _columns, rows, _note in entries] == [
        ("reader", 4),
        ("reader", 4),
    ]
    assert entries[0][3] == [] and entries[1][3] == ["name", "sex"]
    assert "GX2026-" in entries[1][5] and subjects == 4


def test_many_rows_in_clear_want_a_second_factor(base, here, monkeypatch):
    from jizuo.ground.errors import NotAllowed
    from jizuo.hubs.data.rules import sharing as rules

    contract_id = contract(here)
    clerk = here.acting(here.reader.unit_no)
    monkeypatch.setattr(rules, "ROWS_BEFORE_FACTOR", 3)
    with pytest.raises(NotAllowed) as caught:
        read(clerk, contract_id)
    assert caught.value.step_up
    assert len(read(clerk, contract_id, columns=["seat_no"]).rows) == 4
    assert len(read(replace(clerk, stepped_up=True), contract_id).rows) == 4


def test_the_quality_floor_is_held(base, here):
    from jizuo.ground.errors import Conflict
    from jizuo.ground.ids import new_id

    contract_id = contract(here, quality_floor=90)
    clerk = here.acting(here.reader.unit_no)
    with pytest.raises(Conflict) as caught:
        read(clerk, contract_id)
    assert "还没有评过分" in str(caught.value.detail)
    with base.owner() as owner, owner.transaction():
        owner.execute("select set_config('app.units', %s, true)", [f"{{{here.owner.unit_no}}}"])
        for day, score in ((TODAY - timedelta(days=1), 95), (TODAY, 82)):
            owner.execute(
                "insert into quality_score (id, unit_no, day, dataset, source, dimension, records, failed, warned, score)"
                " values (%s, %s, %s, 'affiliation', '', '', 4, 0, 0, %s)",
                [new_id(), here.owner.unit_no, day, score],
            )
    with pytest.raises(Conflict) as caught:
        read(clerk, contract_id)
    assert "82.0" in str(caught.value.detail) and "90" in str(caught.value.detail)
