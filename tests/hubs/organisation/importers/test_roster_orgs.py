"""What a OneRoster zip says of units and classes, and what an undo leaves of them."""

from __future__ import annotations

import pytest

from tests.hubs.organisation.importers.rosters import only, roster


def test_a_delta_closes_a_class(filled):
    told = only(roster(), classes={"c02"})
    told["classes"][0]["status"] = "tobedeleted"
    filled.apply(told, "delta")
    assert filled.rows("select closed_on is not null from org where source_id = 'c02'") == [(True,)]


def test_undo_of_the_first_zip_leaves_empty_units(district):
    walked = district.apply(roster(), options={"open_units": True})
    walked.undo()
    # Units are opened by the check and stay, with nobody in them.
    assert {table: n for table, (n, _hash) in district.hash().items() if n} == {}


@pytest.mark.parametrize(("text", "year"), [("2027", 2026), ("2026-2027", 2026)])
def test_a_school_year_is_named_by_its_end_or_by_both(text, year):
    from jizuo.hubs.organisation.importers.roster_orgs import first_year

    assert first_year(text) == year
