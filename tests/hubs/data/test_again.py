"""The same file once more is compared only when something has moved."""

from __future__ import annotations

import pytest

from tests.hubs.organisation.importers.rosters import roster, zipped
from tests.hubs.organisation.importers.test_oneroster import District

CHOICES = {"open_units": True}


@pytest.fixture(scope="module", autouse=True)
def plates(base):
    from jizuo.project import rooms

    rooms.plates()


@pytest.fixture
def zip_file():
    return zipped(roster(), "bulk")


@pytest.fixture
def filled(base, zip_file):
    district = District(base)
    district.first_walk = district.apply(zip_file, options=CHOICES)
    return district


@pytest.fixture
def plans(monkeypatch):
    """How often a zip is planned: a plan is the whole comparison."""
    from jizuo.hubs.organisation.importers.oneroster import OneRoster

    seen = []
    plan = OneRoster.plan
    monkeypatch.setattr(OneRoster, "plan", lambda self, *given: seen.append(1) or plan(self, *given))
    return seen


def test_the_same_bytes_are_not_compared_again(filled, zip_file, plans):
    before = filled.hash()
    first = filled.first_walk.batch
    again = filled.bring(zip_file, options=CHOICES)
    assert again.state == "applied" and again.batch.receipt["is_nothing"] is True and not plans
    said = {name: count["new"] for name, count in first.counts.items()}
    assert {name: count["same"] for name, count in again.batch.counts.items()} == said
    assert all(
        count["new"] == count["changed"] == count["gone"] == 0 for count in again.batch.counts.values()
    )
    assert filled.hash() == before
    third = filled.bring(zip_file, options=CHOICES)
    assert third.batch.receipt["is_nothing"] is True and not plans


@pytest.mark.parametrize(
    "moved",
    [
        "update affiliation set local_no = '7' where source_id = 'p010'",
        "delete from enrolment where id = (select min(id::text)::uuid from enrolment)",
        "update org set location = '三楼' where kind = 'class'",
    ],
)
def test_what_moved_is_compared(filled, zip_file, plans, moved):
    with filled.base.owner() as owner:
        units = "{" + ",".join(map(str, filled.scope.units)) + "}"
        owner.execute("select set_config('app.units', %s, false)", [units])
        assert owner.execute(moved).rowcount
        owner.commit()
    filled.bring(zip_file, options=CHOICES)
    assert plans


def test_after_an_undo_the_same_bytes_come_in_again(filled, zip_file, plans):
    filled.first_walk.scope = filled.scope
    filled.first_walk.undo()
    plans.clear()
    again = filled.bring(zip_file, options=CHOICES)
    assert again.state == "ready" and plans


def test_another_choice_or_other_bytes_are_compared(filled, zip_file, plans):
    filled.bring(zip_file, options={**CHOICES, "note": "x"})
    assert len(plans) == 1
    filled.bring(zipped(roster(pupils=7), "bulk"), options=CHOICES)
    assert len(plans) == 2
