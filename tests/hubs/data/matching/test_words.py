from __future__ import annotations

from django.utils import translation

from jizuo.hubs.data.matching import words
from jizuo.hubs.data.rules.matching import COMPARISONS


def test_every_level_has_words():
    assert {one.name: [level.name for level in one.levels] for one in COMPARISONS} == {
        name: list(levels) for name, levels in words.SAYS.items()
    }


def test_reasons_for_and_against_in_order(base):
    with translation.override("zh-hans"):
        speaks, against = words.reasons({"school": "else", "name": "homophone", "birth": "same"})
    assert speaks == ["姓名读音相同、用字不同", "出生日期相同"]
    assert against == ["学校不同"]
