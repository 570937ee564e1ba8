"""A batch that was applied, or a person, has the whole tree checked, once."""

from __future__ import annotations

from typing import Any

from jizuo.ground import scope as scopes
from tests.hubs.organisation.given import within


def waiting(base: Any, unit_no: int) -> int:
    from django.db import connection

    def read() -> int:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from job where kind = 'data.quality' and unit_no = %s", [unit_no])
            return int(cursor.fetchone()[0])

    return within(base.scope(unit_no, "district_admin"), read)


def test_an_arrival_at_a_school_has_its_tree_checked_once(base: Any) -> None:
    from jizuo.ground import facts
    from jizuo.hubs.data.actions import quality_asking
    from jizuo.project import rooms

    rooms.plates()
    bureau = base.unit("区教育局", kind="bureau")
    schools = [base.unit(parent=bureau) for _ in range(2)]
    assert quality_asking.roots_of(schools[0]) == [bureau] == quality_asking.roots_of(bureau)
    assert bureau in quality_asking.roots_of(0)
    for unit_no in schools:
        within(base.scope(unit_no), lambda unit_no=unit_no: facts.tell(
            "DatasetRefreshed", unit_no=unit_no, batch_id="0" * 32, importer="x", datasets=["pupil"]))  # fmt: skip
        with scopes.use(base.scope(unit_no, "clerk")):
            quality_asking.ask_check()
    for _round in range(4):
        facts.deliver_due()
    assert waiting(base, bureau) == 1
