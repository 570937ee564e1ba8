"""A page by its blocks."""

from __future__ import annotations

from tests.ground.packs.studio.given import filled
from tests.scenes import given

from jizuo.ground.packs.studio import plain
from jizuo.ground.packs.studio.drawing import page


def blocks(files, name):
    return plain.told(files, f"pages/{name}.yaml")["blocks"]


def test_blocks_are_added_filtered_and_moved(base):
    files = given.files_of("leave")
    files |= page.begin(files, "sick", "病假")
    assert blocks(files, "sick")[0]["kind"] == "table"
    files = filled(page.EDITOR, files, "sick", **{
        "r0_data": "leave", "r0_columns": ["pupil_id", "kind"], "r0_w0-column": "kind", "r0_w0-op": "eq",
        "r0_w0-value": "sick", "r0_order": "from_on", "r0_newest": "1", "r0_empty": "没有",
    })  # fmt: skip
    files = filled(page.EDITOR, files, "sick", **{
        "r0_columns": ["pupil_id", "kind"], "r0_w0-value": "病假", "r0_w1-column": "to_on", "r0_w1-op": "ge",
        "r0_w1-value": "今天",
    })  # fmt: skip
    told = blocks(files, "sick")[0]
    assert told["where"] == [["kind", "eq", "sick"], ["to_on", "ge", "$today"]]
    assert (told["data"], told["order"], told["newest"], told["empty"]) == ("leave", "from_on", True, "没有")
    for kind, of, word in (
        ("number", "indicators/on_leave", "number"), ("form", "forms/leave", "form"), ("todo", "flows/leave", "flow"),
        ("chart", "indicators/on_leave", "by"), ("text", "", "text"), ("calendar", "standards/leave", "day"),
    ):  # fmt: skip
        files = filled(page.EDITOR, files, "sick", "add", new_kind=kind, new_of=of)
        assert blocks(files, "sick")[-1]["kind"] == kind and blocks(files, "sick")[-1][word]
    files = filled(page.EDITOR, files, "sick", "up:1", h_place="home")
    assert blocks(files, "sick")[0]["kind"] == "number"
    assert plain.told(files, "pages/sick.yaml")["place"] == "home"


def test_what_a_number_is_divided_by_is_said_in_words(base):
    files = given.files_of("leave")
    block = {"number": "on_leave"}
    assert page.by_word(files, block, "unit") == "学校" and page.by_word(files, block, "class_id") == "班级"
    assert ("flows/leave", "流程：学生请假") in page.things(files)
