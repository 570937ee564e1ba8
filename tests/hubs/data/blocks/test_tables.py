"""Rows as a table, a list and a record: order, filters, pages, one by its id."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ground.packs.blocks import pack
from tests.hubs.data.blocks.given import ask
from tests.hubs.organisation import given


@pytest.fixture(scope="module")
def town(base: Any) -> given.District:
    """Five pupils out today, three yesterday."""
    found = pack.town(base, rows=5)
    pack.put(base, found.schools[0], 3, days=1)
    return found


def texts(table: Any) -> list[list[str]]:
    return [[cell["text"] for cell in line["cells"]] for line in table.lines]


def test_a_table_narrows_and_sorts_by_what_is_seen_in_clear(base: Any, town: given.District) -> None:
    unit_no = town.schools[0].unit_no
    table = ask(base, unit_no, "head", "today", 1)["table"]
    assert table.total == 8 and [one.key for one in table.filters] == ["state"]
    back = ask(base, unit_no, "head", "today", 1, "f.state=back")["table"]
    assert {line[2] for line in texts(back)} == {"已回"} and back.total == 2
    falling = ask(base, unit_no, "head", "today", 1, "sort=-hours")["table"]
    hours = [line[4] for line in texts(falling)]
    assert hours == sorted(hours, reverse=True)


def test_a_wrong_address_is_refused(base: Any, town: given.District) -> None:
    from jizuo.ground.errors import BadInput

    for query in ("sort=pupil_id", "f.state=away", "after=x"):
        with pytest.raises(BadInput):
            ask(base, town.schools[0].unit_no, "head", "today", 1, query)


def test_a_district_sees_which_school(base: Any) -> None:
    found = pack.town(base, is_for_below=True)
    table = ask(base, found.unit_no, "district_steward", "today", 1)["table"]
    assert table.columns[0].key == "unit_no_word"
    assert all(line[0] for line in texts(table)) and len(texts(table)) == 2


def test_a_list_goes_on_behind_its_last_row(base: Any, town: given.District) -> None:
    found = ask(base, town.schools[0].unit_no, "head", "today", 2)
    assert len(found["lines"]) == 8 and not found["next"]
    assert all(line["words"] and line["details"] for line in found["lines"])


def test_a_record_is_one_row_and_only_within_reach(base: Any, town: given.District) -> None:
    from jizuo.ground.errors import NotFound

    school = town.schools[0]
    (row_id,) = pack.put(base, school, 1, days=9)
    found = ask(base, school.unit_no, "head", "all", 2, f"id={row_id}")
    values = {entry.label: entry.value for entry in found["entries"]}
    assert values["状态"] == "已回" and values["症状"] == "＊＊＊"
    elsewhere = {"org_ids": tuple(school.classes[1:])}
    with pytest.raises(NotFound):
        ask(base, school.unit_no, "homeroom_teacher", "all", 2, f"id={row_id}", **elsewhere)
    for wrong in ("x", str(school.classes[0])):
        with pytest.raises(NotFound):
            ask(base, school.unit_no, "head", "all", 2, f"id={wrong}")
