"""A table drawn from nothing says the same as files written by hand."""

from __future__ import annotations

import pytest
from tests.ground.packs.studio.given import filled
from tests.scenes import given

from jizuo.ground.packs import checking
from jizuo.ground.packs.studio import beginning, options, plain
from jizuo.ground.packs.studio.drawing.sheets import beside

WRITTEN = {
    "standards/sports.yaml": """
dataset: sports
title: 运动会报名
english: sports
version: "1.0"
subject: pupil_id
class: class_id
key: [pupil_id, ssxm]
fields:
  pupil_id: {title: 学生, english: Pupil, type: person, required: true, grade: 3}
  class_id: {title: 班级, english: Class, type: org, grade: 2}
  ssxm: {title: 参赛项目, type: code, grade: 2, required: true, code: sports_ssxm}
  bz: {title: 备注, type: text, length: 500, grade: 2}
""",
    "codes/sports_ssxm.csv": "# 参赛项目\ncode,name,english\n1,100米,\n2,跳远,\n",
    "forms/sports.yaml": """
title: 运动会报名
over: sports
pages:
  - title: 运动会报名
    fields:
      - {key: pupil_id, of: pupil, prefill: child}
      - ssxm
      - {key: proof, kind: photo, of: web, title: 照片, grade: 2, when: 'form.ssxm == "2"'}
      - {key: bz, kind: long_text, hint: 可以不写}
print: official
done: 已提交，办好会告诉您。
""",
}


@pytest.fixture
def data(base):
    from jizuo.ground.packs.studio.drawing import data

    return data


def drawn(data):
    files = beginning.files_of(
        "sports", "运动会报名", owner="云杉小学", filled_by="guardian", approved_by="head"
    )
    editor = data.EDITOR
    files = filled(
        editor,
        files,
        "sports",
        "add",
        new_title="参赛项目",
        new_kind="choice",
        new_names="100米\n跳远",
        new_required="1",
    )
    files = filled(editor, files, "sports", "add", new_title="备注", new_kind="long_text")
    files = filled(editor, files, "sports", "add", new_title="照片", new_kind="photo")
    sheet = editor.sheet(files, "sports")
    place = [row.title for row in sheet.rows].index("照片")
    key = next(one for one in sheet.rows[place].marks if one.startswith("standards/")).rpartition(".")[2]
    files = {path: text.replace(f"key: {key}", "key: proof") for path, text in files.items()}
    files = filled(editor, files, "sports", f"up:{place}")
    place -= 1
    return filled(
        editor, files, "sports",
        **{f"r{place}_when-field": "form.ssxm", f"r{place}_when-op": "eq", f"r{place}_when-value": "跳远",
           f"r{place}_web": "1", f"r{place + 1}_hint": "可以不写", "h_key": ["pupil_id", "ssxm"]},
    )  # fmt: skip


def test_drawn_and_written_are_the_same_pack(data):
    from jizuo.ground.packs import reading
    from jizuo.project import rooms

    rooms.plates()
    files = drawn(data)
    by_hand = {**files, **WRITTEN}
    assert {path for path in WRITTEN if files[path] != by_hand[path]}
    one, other = reading.read(files), reading.read(by_hand)
    assert one.pack is not None and not one.problems and not other.problems
    for folder in ("standards", "codes", "forms"):
        assert one.pack.part(folder) == other.pack.part(folder)
    assert one.pack == other.pack


def test_what_is_drawn_is_kept_and_listed(data):
    files = drawn(data)
    step = next(one for one in plain.told(files, "flows/sports.yaml")["steps"] if one.get("auto") == "write")
    assert step["set"]["ssxm"] == "form.ssxm" and "proof" not in step["set"]
    table = plain.told(files, "pages/all.yaml")["blocks"][-1]
    assert table["columns"] == ["pupil_id", "class_id", "ssxm", "bz"]
    place = [row.title for row in data.sheet(files, "sports").rows].index("参赛项目")
    after = filled(data.EDITOR, files, "sports", f"remove:{place}")
    assert "ssxm" not in plain.elements(after, "sports")
    assert "ssxm" not in plain.told(after, "pages/all.yaml")["blocks"][-1]["columns"]
    revised = {**files, "scene.yaml": files["scene.yaml"].replace("'1.0'", "'1.1'")}
    assert plain.told(revised, "scene.yaml")["version"] == "1.1"
    after = filled(data.EDITOR, revised, "sports", f"remove:{place}")
    assert plain.elements(after, "sports")["ssxm"]["is_retired"] is True


def test_kinds_turn_and_names_keep_their_codes(data):
    files = drawn(data)
    place = [row.title for row in data.sheet(files, "sports").rows].index("参赛项目")
    after = filled(data.EDITOR, files, "sports", **{f"r{place}_names": "跳远\n接力"})
    assert options.of_code(after, "sports_ssxm") == {"2": "跳远", "3": "接力"}
    place = [row.title for row in data.sheet(files, "sports").rows].index("备注")
    after = filled(data.EDITOR, files, "sports", **{f"r{place}_kind": "decimal"})
    assert plain.elements(after, "sports")["bz"] == {
        "title": "备注", "grade": 2, "type": "decimal", "precision": 10, "scale": 2,
    }  # fmt: skip
    marked = filled(data.EDITOR, files, "sports", "add", new_title="过敏史", new_kind="text")
    assert plain.elements(marked, "sports")["gms"]["grade"] == 4


def test_an_answer_of_another_time_is_drawn_as_it_is_written(data):
    """照上次的填 and 每次重新填, against files that say `again` and `fresh`."""
    from jizuo.ground.packs import reading
    from jizuo.project import rooms

    rooms.plates()
    files = filled(data.EDITOR, drawn(data), "sports", h_again="own")
    sheet = data.EDITOR.sheet(files, "sports")
    place = [row.title for row in sheet.rows].index("备注")
    asked = [{one.name for one in row.asked} for row in sheet.rows]
    assert "fresh" in asked[place] and "fresh" not in asked[[row.title for row in sheet.rows].index("照片")]
    files = filled(data.EDITOR, files, "sports", **{f"r{place}_fresh": "1"})
    written = WRITTEN["forms/sports.yaml"].replace("hint: 可以不写", "hint: 可以不写, fresh: true")
    one, other = reading.read(files), reading.read({**files, "forms/sports.yaml": f"{written}again: own\n"})
    assert one.pack is not None and not one.problems and not other.problems
    assert one.pack == other.pack
    assert one.pack.part("forms")["sports"].again == "own"
    back = filled(data.EDITOR, files, "sports", h_again="never")
    back = filled(data.EDITOR, back, "sports", **{f"r{place}_fresh": None})
    assert reading.read(back).pack == reading.read(drawn(data)).pack


def test_a_second_table_begins_empty(data):
    begun = data.begin({}, "sports_team", "队伍")
    files = filled(data.EDITOR, begun, "sports_team", "add", new_title="领队", new_kind="staff")
    assert plain.elements(files, "sports_team")["staff_id"]["type"] == "person"
    assert plain.form_fields(plain.told(files, "forms/sports_team.yaml")) == [
        {"key": "staff_id", "of": "staff"}
    ]
    assert data.form_of(files, "other") == "" and data.kind_of({"kind": "table"}, None) == ""


def pictures(files):
    (found,) = [
        one for one in plain.form_fields(plain.told(files, "forms/news.yaml")) if one["key"] == "pictures"
    ]
    return found


def test_a_picture_for_everybody_is_ticked_and_stays_as_it_is_written(data):
    files = given.files_of("news")
    sheet = data.EDITOR.sheet(files, "news")
    place = next(n for n, row in enumerate(sheet.rows) if row.title == "图片")
    (asked,) = [one for one in sheet.rows[place].asked if one.name == "web"]
    assert asked.value is True and "可以公开" in asked.hint
    assert filled(data.EDITOR, files, "news") == files
    after = filled(data.EDITOR, files, "news", **{f"r{place}_web": None})
    assert pictures(after) == {key: value for key, value in pictures(files).items() if key != "of"}
    assert pictures(filled(data.EDITOR, after, "news", **{f"r{place}_web": "1"}))["of"] == "web"
    turned = filled(data.EDITOR, files, "news", **{f"r{place}_kind": "file"})
    assert pictures(turned)["kind"] == "file" and "of" not in pictures(turned)


def test_a_word_that_is_none_stays_until_it_is_mended(data):
    files = given.files_of("news")
    files["forms/news.yaml"] = files["forms/news.yaml"].replace("of: web", "of: everybody")
    assert filled(data.EDITOR, files, "news") == files
    problems = [one for one in checking.check_files(files)[1] if one.where.startswith("forms/news.yaml")]
    assert any("everybody" in one.what and "给所有人看" in one.fix for one in problems)
    sheet = data.EDITOR.sheet(files, "news")
    place = next(n for n, row in enumerate(sheet.rows) if row.title == "图片")
    assert beside(problems, sheet)[1][place], "beside the field"
    assert pictures(filled(data.EDITOR, files, "news", **{f"r{place}_web": "1"}))["of"] == "web"
