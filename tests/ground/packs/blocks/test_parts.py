"""Wrong pages are refused by name, and right ones are shown with invented values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ground.packs.blocks import pack


def read(base: Any, page: str = "") -> Any:
    from jizuo.ground.packs import reading
    from jizuo.project import rooms

    rooms.plates()
    files = pack.FILES | ({"pages/today.yaml": page} if page else {})
    told = reading.read(files)
    assert told.pack is not None, told.problems
    return told.pack


def problems(base: Any, block: str, *, place: str = "menu") -> list[str]:
    from jizuo.ground.packs.blocks import parts

    page = f"title: 页\nplace: {place}\nblocks:\n  - {block}\n"
    return [f"{one.where} {one.what} {one.fix}" for one in parts.check(read(base, page))]


def test_a_right_pack_has_none(base: Any) -> None:
    from jizuo.ground.packs.blocks import parts

    assert parts.check(read(base)) == []


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("{kind: tabel, data: outing}", "table"),
        ("{kind: table, data: outings}", "outing"),
        ("{kind: table, data: outing, columns: [pupil]}", "pupil_id"),
        ("{kind: table, data: outing, lane: state}", "用不到 lane"),
        ("{kind: table, data: outing, where: [[state, eq, away]]}", "away"),
        ("{kind: table, data: outing, where: [[from_on, le, $me]]}", "$me"),
        ("{kind: table, data: outing, where: [[hours, ge, many]]}", "数字"),
        ("{kind: table, data: outing, order: name}", "name"),
        ("{kind: table, data: outing, to: nowhere}", "nowhere"),
        ("{kind: table, data: outing, limit: 5000}", "100"),
        ("{kind: board, data: outing, lane: class_id, columns: [pupil_id]}", "代码"),
        ("{kind: board, data: outing, lane: state, columns: [pupil_id, note]}", "一群人"),
        ("{kind: calendar, data: outing, day: state}", "日期"),
        ("{kind: form, form: leave}", "leave"),
        ('{kind: text, text: ""}', "文字"),
        ("{kind: number, number: many}", "many"),
        ("{kind: chart, number: many, by: state}", "many"),
    ],
)
def test_a_wrong_block_says_where_and_what(base: Any, block: str, words: str) -> None:
    found = problems(base, block)
    assert any(words in one and "blocks[0]" in one for one in found), found


@pytest.mark.parametrize("place", ["screen", "public"])
def test_a_marked_field_is_shown_to_no_group(base: Any, place: str) -> None:
    assert any(
        "一群人" in one for one in problems(base, "{kind: table, data: outing, columns: [note]}", place=place)
    )
    wheres = "{kind: table, data: outing, columns: [class_id], where: [[note, eq, 发热]]}"
    assert any("一群人" in one for one in problems(base, wheres, place=place)), "nor by a filter"


def test_a_screen_takes_no_board_and_no_form(base: Any) -> None:
    found = problems(base, "{kind: board, data: outing, lane: state, columns: [pupil_id]}", place="screen")
    assert any("大屏" in one for one in found)


def test_a_page_that_nobody_opens_is_said(base: Any) -> None:
    from jizuo.ground.packs import reading
    from jizuo.ground.packs.blocks import parts

    read(base)
    told = reading.read(pack.FILES | {"pages/lost.yaml": "title: 丢\nblocks: [{kind: text, text: 字}]\n"})
    assert any("pages/lost.yaml" in one.where for one in parts.check(told.pack))


def test_a_page_is_shown_with_invented_values(base: Any) -> None:
    from jizuo.ground.packs.blocks import parts

    told = read(base)
    shown = parts.preview(told, "today", "head")
    assert "陈以宁" in shown and "在外" in shown and "发热" not in shown
    assert parts.preview(told, "today", "guardian") == "" and parts.preview(told, "none", "head") == ""
    assert "马小川" in parts.preview(told, "all", "head")
