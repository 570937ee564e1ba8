"""Taking back, drawn: the same as written by hand."""

from __future__ import annotations

import pytest
from tests.ground.packs.studio.given import filled
from tests.scenes import given

from jizuo.ground.packs.studio import beginning, plain
from jizuo.ground.packs.studio.drawing import flow, undoing

WRITTEN = {
    "standards/sports.yaml": """
dataset: sports
title: 运动会报名
english: sports
version: "1.0"
subject: pupil_id
class: class_id
fields:
  pupil_id: {title: 学生, english: Pupil, type: person, required: true, grade: 3}
  class_id: {title: 班级, english: Class, type: org, grade: 2}
  cancelled_on: {title: 取消日期, english: Cancelled on, type: date, grade: 2}
""",
    "flows/sports.yaml": """
title: 运动会报名
form: sports
subject: pupil_id
about: '"运动会报名"'
steps:
  - {key: keep, title: 记入运动会报名, auto: write, into: sports, set: {pupil_id: form.pupil_id, class_id: subject.class_id}}
  - {key: say, title: 告诉申请人, auto: tell, to: [applicant], words: 运动会报名已办好}
undo:
  title: 不参加了
  steps:
    - {key: qx, title: 取消, auto: write, into: sports, change: true, set: {cancelled_on: today}}
    - {key: gsqx, title: 告诉取消, auto: tell, to: [homeroom_teacher_of_subject], words: 有学生退出了}
""",
}


def begun() -> dict[str, str]:
    return beginning.files_of("sports", "运动会报名", owner="云杉小学", filled_by="guardian")


def drawn() -> dict[str, str]:
    files = filled(flow.EDITOR, begun(), "sports", h_undo="1")
    return filled(
        flow.EDITOR, files, "sports",
        **{"h_undo-title": "不参加了", "h_undo-to": "homeroom_teacher_of_subject", "h_undo-words": "有学生退出了"},
    )  # fmt: skip


def undo_of(files: dict[str, str], name: str = "sports"):
    return plain.told(files, f"flows/{name}.yaml").get("undo")


def test_drawn_and_written_are_the_same_pack(base):
    from jizuo.ground.packs import reading
    from jizuo.project import rooms

    rooms.plates()
    files = drawn()
    by_hand = {**files, **WRITTEN}
    one, other = reading.read(files), reading.read(by_hand)
    assert one.pack is not None and not one.problems and not other.problems
    assert one.pack.part("flows") == other.pack.part("flows") and one.pack == other.pack


def test_the_day_of_taking_back_is_shown_where_the_table_is(base):
    assert plain.told(drawn(), "pages/all.yaml")["blocks"][-1]["columns"][-1] == "cancelled_on"


def test_a_day_that_nobody_fills_is_taken(base):
    files = given.files_of("club")
    without = filled(flow.EDITOR, files, "join", h_undo=None)
    assert undo_of(without, "join") is None
    again = filled(flow.EDITOR, without, "join", h_undo="1")
    assert undo_of(again, "join")["steps"][0]["set"] == {"left_on": "today"}
    assert again["standards/club_member.yaml"] == files["standards/club_member.yaml"]


@pytest.mark.parametrize(
    ("typed", "kept"), [("今天", "today"), ("", "null"), ("是", "true"), ("3", "3"), ("退了", '"退了"')]
)
def test_what_becomes_of_a_field_is_typed_in_plain_words(base, typed, kept):
    files = filled(flow.EDITOR, drawn(), "sports", **{"h_undo-value": typed})
    assert undo_of(files)["steps"][0]["set"] == {"cancelled_on": kept}
    sheet = flow.EDITOR.sheet(files, "sports")
    assert next(one.value for one in sheet.head if one.name == "undo-value") == typed


def test_what_a_file_says_of_when_it_is_too_late_is_asked_about(base):
    from jizuo.ground.packs import reading

    files = drawn()
    assert "undo-say" not in {one.name for one in flow.EDITOR.sheet(files, "sports").head}
    told = plain.told(files, "flows/sports.yaml")
    told["undo"] |= {"when": "form.pupil_id != null", "say": "名单已经排好"}
    files = {**files, "flows/sports.yaml": reading.to_yaml(told)}
    files = filled(flow.EDITOR, files, "sports", **{"h_undo-say": "报名截止了"})
    assert undo_of(files) == told["undo"] | {"say": "报名截止了"}


def test_a_choice_is_typed_by_its_name(base):
    from jizuo.ground.packs.studio.drawing import data

    files = filled(
        data.EDITOR, drawn(), "sports", "add", new_title="状态", new_kind="choice", new_names="参加\n退出"
    )
    files = filled(flow.EDITOR, files, "sports", **{"h_undo-field": "zt", "h_undo-value": "退出"})
    assert undo_of(files)["steps"][0]["set"] == {"zt": '"2"'}


def test_nobody_is_told_any_more_and_then_another(base):
    files = filled(flow.EDITOR, drawn(), "sports", **{"h_undo-to": ""})
    assert [one["auto"] for one in undo_of(files)["steps"]] == ["write"]
    files = filled(flow.EDITOR, files, "sports", **{"h_undo-to": "clerk", "h_undo-words": "退了"})
    assert undo_of(files)["steps"][1]["to"] == ["clerk"]


def test_a_flow_that_keeps_nothing_is_not_asked(base):
    told = {"title": "转告", "form": "sports", "steps": [{"key": "say", "auto": "tell", "to": ["clerk"]}]}
    assert undoing.questions({}, told, []) == []
    files = given.files_of("leave")
    assert all(not one.name.startswith("undo-") for one in flow.EDITOR.sheet(files, "leave").head)
