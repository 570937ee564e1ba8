"""A unit takes its rows along."""

from __future__ import annotations

from typing import Any

from tests.ground.packs.blocks import pack


def test_the_rows_come_as_a_workbook_to_who_manages(base: Any) -> None:
    school = pack.town(base).schools[0]
    client, grant = pack.acting(base, school.unit_no, "teacher")
    assert client.get(f"/as/{grant}/scenes/of/outing/rows.xlsx").status_code == 403
    client, grant = pack.acting(base, school.unit_no, "head")
    answer = client.get(f"/as/{grant}/scenes/of/outing/rows.xlsx")
    assert answer.status_code in (200, 302), "a second factor is asked for where people are named"
    assert client.get(f"/as/{grant}/scenes/of/nothing/rows.xlsx").status_code == 404
