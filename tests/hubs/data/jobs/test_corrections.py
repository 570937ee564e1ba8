"""The night's work on corrections goes over every root of the tree."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.organisation import given
from tests.project.commands.test_correction import ask


@pytest.fixture(scope="module")
def towns(base: Any) -> list[Any]:
    from jizuo.project import rooms

    rooms.plates()
    return [given.district(base, schools=1, classes=1, pupils=2) for _each in range(2)]


def test_what_is_late_goes_up_in_every_bureau(base, towns):
    from django.db import connection

    from jizuo.hubs.data.jobs.corrections import chase
    from tests.hubs.organisation.importers.given import rows_of

    told = [ask(town) for town in towns]
    for town in towns:
        with base.owner() as owner:
            owner.execute("select set_config('app.units', %s, false)", [f"{{{town.schools[0].unit_no}}}"])
            owner.execute("update correction set due_on = '2026-01-01'")
    assert chase(0) >= 2
    connection.connect()
    for town, correction_id in zip(towns, told, strict=True):
        found = rows_of(
            base, town.schools[0].unit_no, "select level from correction where id = %s", correction_id
        )
        assert found == [("district",)]
