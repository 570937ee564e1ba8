"""What the base holds, by the titles under which people ask for it again."""

from __future__ import annotations


def test_numbers_and_elements_are_held_and_ordinary_words_are_not(field_day, within):
    from jizuo.engines.matter.forms import holding
    from jizuo.engines.matter.forms.drawn import plain_title

    held = within(field_day.scope("clerk"), holding.by_title)
    assert held[plain_title("班级数")][0].word == "number:classes"
    assert held[plain_title("学校名称")][0].word == "school.name" and plain_title("民族") in held
    assert not {plain_title(one) for one in ("备注", "日期", "年级", "本周请假人次")} & set(held)
    assert set(holding.words()) >= {"number:present", "school.name"}
