"""What a check knows of its unit."""

from __future__ import annotations

from datetime import date

from jizuo.plain.school_year import SchoolYear
from tests.hubs.organisation.importers.given import school
from tests.hubs.organisation.walking import clerk


def test_a_check_knows_its_classes_schemes_and_year(base):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.importers.surroundings import surroundings

    unit_no = school(base, "澜江实验九年一贯制学校")
    with scopes.use(clerk(base, unit_no)):
        around = surroundings(unit_no=unit_no, importer="pupils", today=date(2026, 8, 31))
    assert set(around.schemes) == {"5", "4"}
    assert len(around.classes) == 14
    assert around.year == SchoolYear(2025)
    assert not around.is_demo
    assert around.units["澜江实验九年一贯制学校"]


def test_the_unit_s_own_calendar_decides_the_year(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put
    from jizuo.hubs.organisation.importers.surroundings import surroundings

    unit_no = base.unit()
    with scopes.use(scopes.base_scope((unit_no,))), scopes.open_transaction("given"):
        put(
            dataset="academic_session", columns=("id", "unit_no", "title", "kind", "begin_on", "end_on", "school_year"),
            rows=[(new_id(), unit_no, "2025学年", "schoolYear", "2025-09-01", "2026-09-07", 2025)], source="school",
        )  # fmt: skip
    with scopes.use(base.scope(unit_no)):
        around = surroundings(unit_no=unit_no, importer="pupils", today=date(2026, 9, 3))
    assert around.year == SchoolYear(2025)
