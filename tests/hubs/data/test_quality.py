"""The register of quality: everything that ships compiles, and names records where a room says how."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jizuo.hubs.data.rules.quality.faults import BadRule


def test_all_that_ships_compiles_and_is_about_what_is_checked(base: Any) -> None:
    from jizuo.hubs.data import quality
    from jizuo.hubs.data.rules.quality.declared import DIMENSIONS, KINDS
    from jizuo.project import rooms

    rooms.plates()
    rules = quality.shipped(date(2026, 9, 16))
    assert len(rules) >= 60
    assert {one.dataset for one in rules.values()} == set(quality.checked())
    assert {one.kind for one in rules.values()} == set(KINDS)
    assert {one.dimension for one in rules.values()} == set(DIMENSIONS)
    assert all(one.english and one.fix_english and one.source for one in rules.values())
    assert all(quality.title_of(name) for name in quality.checked())


def test_what_nobody_checks_is_refused(base: Any) -> None:
    from jizuo.hubs.data import quality

    for name in ("nothing", "person_identifier"):
        with pytest.raises(BadRule):
            quality.subject_of(name, date(2026, 9, 16))
    assert quality.subject_of("course", date(2026, 9, 16)).names["id"].db_type == "uuid"
    assert quality.places_of("course", []) == {}


def test_two_rules_of_one_code_are_refused(base: Any, tmp_path: Any) -> None:
    from jizuo.hubs.data import quality

    (tmp_path / "more.yaml").write_text("- {code: seat_range, kind: required}", encoding="utf-8")
    with pytest.raises(ValueError, match="seat_range"):
        quality.register_folder(tmp_path)


def test_a_record_that_no_room_names_goes_by_its_dataset_s_label(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data import quality
    from tests.hubs.data.tables.given import bring, workbook
    from tests.hubs.organisation.importers.given import rows_of

    unit_no = base.unit()
    bring(base, unit_no, workbook([["课程代码", "课程名称"], ["A1", "剪纸"]])).apply()
    ((record,),) = rows_of(base, unit_no, "select id from course where unit_no = %s", unit_no)
    with scopes.use(base.scope(unit_no, "clerk")), scopes.open_transaction("test"):
        (place,) = quality.places_of("course", [record]).values()
        assert "剪纸" in place.name and place.href == "collect/table?dataset=course"
    with scopes.use(base.scope(base.unit(), "clerk")), scopes.open_transaction("test"):
        assert quality.places_of("course", [record]) == {}
