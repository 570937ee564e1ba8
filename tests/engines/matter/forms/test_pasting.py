"""A block of a spreadsheet pasted into the rows of a form."""

from __future__ import annotations

import pytest

from tests.engines.matter.forms.given import PACK, place_of
from tests.engines.matter.forms.test_opening import fields

ROWS = """
title: 名单
english: List
pages:
  - fields:
      - key: lines
        kind: table
        title: 明细
        required: false
        most: 4
        fields:
          - {key: thing, kind: text, title: 物品, length: 10}
          - {key: count, kind: number, title: 数量, least: 1}
          - {key: sum, kind: computed, title: 两倍, compute: 'row.count * 2'}
          - {key: is_new, kind: yes_no, title: 新的, required: false}
          - {key: kind, kind: code, code: rows_kind, title: 类别, required: false}
          - {key: size, kind: choice, options: [大, 小], title: 大小, required: false}
          - {key: keeper, kind: person, of: staff, title: 保管人, required: false}
          - {key: room, kind: org, title: 班级, required: false}
"""


@pytest.fixture(scope="module")
def place(base):
    files = {
        path.replace("field_day", "rows"): told.replace("field_day", "rows") for path, told in PACK.items()
    }
    return place_of(
        base,
        {
            **files,
            "forms/list.yaml": ROWS,
            "flows/list.yaml": "title: 名单\nform: list\nsteps:\n  - {key: seen, title: 看, who: [clerk], do: read}\n",
            "roles.yaml": files["roles.yaml"].replace(
                "clerk: {start: [plan, consent]", "clerk: {start: [plan, list]"
            ),
        },
    )


def pasted(place, at, text, data=None):
    from jizuo.engines.matter.forms import opening
    from jizuo.ground import scope as scopes

    with scopes.use(place.scope("clerk")):
        view = opening.look_over(scene="rows", form="list", data=data or {}, pasted=text, pasted_at=at)
    rows = fields(view)["lines"].rows
    return [{cell.key: cell.value for cell in row} for row in rows], view.problems


def test_a_block_fills_rows_and_columns_from_its_cell(place):
    rows, problems = pasted(place, "lines[0].thing", "水\t3\r\n帽子\t12\r\n")
    assert [(one["thing"], one["count"], one["sum"]) for one in rows] == [("水", "3", 6), ("帽子", "12", 24)]
    assert problems == []
    told = {"lines": [{"thing": "旗", "count": "1"}, {"thing": "绳"}]}
    rows, problems = pasted(place, "lines[1].count", "5\n6", told)
    assert [(one["thing"], one["count"]) for one in rows] == [
        ("旗", "1"),
        ("绳", "5"),
        (None, "6"),
    ] and not problems


def test_computed_columns_are_passed_over_and_words_become_values(place):
    staff, room = str(place.first.staff[0][0]), str(place.first.classes[0])
    from jizuo.engines.matter.forms import choosing
    from tests.hubs.organisation.given import within

    name = within(place.scope("clerk"), lambda: choosing.people("staff", ids=[staff]))[0][0].word
    classes = {one.value: one.word for one in within(place.scope("clerk"), lambda: choosing.orgs("class"))}
    text = f"水\t3\t是\t农场\t大\t{name}\t{classes[room]}\n帽\t1\t否\tmuseum\t\t没有的人\t"
    rows, problems = pasted(place, "lines[0].thing", text)
    assert (rows[0]["is_new"], rows[0]["kind"], rows[0]["size"], rows[0]["keeper"], rows[0]["room"]) == (
        "yes", "farm", "大", staff, room,
    )  # fmt: skip
    assert [(one.where, one.what) for one in problems] == [("lines[1].keeper", "第 2 行：找不到“没有的人”")]
    assert rows[1]["kind"] == "museum"


def test_a_head_line_is_left_out_and_quotes_hold_breaks(place):
    rows, problems = pasted(place, "lines[0].thing", '物品\t数量\n"大\n水"\t2\n')
    assert [(one["thing"], one["count"]) for one in rows] == [("大\n水", "2")] and problems == []


def test_what_is_wrong_is_named_by_its_row(place):
    rows, problems = pasted(place, "lines[0].thing", "水\t三\n帽子\t0\n很长很长很长很长很长很长\t1")
    assert [(one.where, one.what.partition("：")[0]) for one in problems] == [
        ("lines[0].count", "第 1 行"), ("lines[1].count", "第 2 行"), ("lines[2].thing", "第 3 行"),
    ]  # fmt: skip
    assert rows[0]["count"] == "三", "what was pasted stays to be mended"


def test_more_rows_or_columns_than_there_are_say_from_where(place):
    rows, problems = pasted(place, "lines[2].thing", "甲\t1\n乙\t2\n丙\t3")
    assert len(rows) == 4 and rows[3]["thing"] == "乙"
    assert "最多 4 行" in problems[0].what and "丙" in problems[0].what
    rows, problems = pasted(place, "lines[0].room", "\t多\n")
    assert "只有 1 列" in problems[0].what


def test_an_unknown_place_changes_nothing(place):
    for at in ("nothing[0].x", "lines[0].sum", "lines", "lines[99999].thing", "lines[0].unknown"):
        rows, problems = pasted(place, at, "a\tb")
        assert len(rows) == 1 and not any(rows[0].values()) and problems == []
