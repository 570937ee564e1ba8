"""Columns as a person draws them: keyed, named where they are wrong, refused where the base holds them."""

from __future__ import annotations

WORDS = {"number:present": "在校学生数"}


def read(*columns):
    from jizuo.engines.matter.forms import drawn

    held = {
        drawn.plain_title("在校生数"): [
            drawn.Held("unit_summary", "present", "学校概况 · 在校", "number:present")
        ]
    }
    return drawn.read_columns("columns", list(columns), held, {}, WORDS)


def test_columns_get_keys_and_keep_them():
    from jizuo.engines.matter.forms import drawn

    columns, problems = read(
        {"title": "甲"}, {"title": "乙", "key": "c1"}, {"title": ""}, {"title": "丙", "key": "x"}
    )
    assert not problems and [one["key"] for one in columns] == ["c2", "c1", "c3"]
    assert [one.title for one in drawn.columns_of([*columns, {"bad": 1}, "x"])] == ["甲", "乙", "丙"]


def test_a_held_column_is_refused_unless_the_base_fills_it():
    _columns, problems = read({"title": "在校 生数"})
    assert (
        problems[0].where == "columns[0].title"
        and "学校概况" in problems[0].what
        and "在校学生数" in problems[0].fix
    )
    assert read({"title": "在校生数", "known": "number:present"})[1] == []


def test_what_is_wrong_is_named():
    from jizuo.engines.matter.forms import drawn

    wheres = {
        one.where
        for one in read({"title": "等级", "kind": "choice"}, {"title": "等级"}, {"title": "很" * 40}, 5)[1]
    }
    assert wheres == {"columns[0].options", "columns[1].title", "columns[2].title", "columns[3]"}
    assert read(*[{"title": f"列{n}"} for n in range(61)])[1][0].where == "columns"
    assert drawn.read_columns("columns", {"a": 1}, {}, {}, {})[1] and read()[1]
