from __future__ import annotations

import pytest

from jizuo.ground import scope as scopes
from jizuo.hubs.data.rules import catalogue as rules

ENTRIES = [
    rules.entry(rules.FIELD, "a", "学籍状态", ("学籍状态", "roll status", "XSDQZTM")),
    rules.entry(rules.DATASET, "b", "学生", ("学生", "pupil")),
    rules.entry(rules.FIELD, "c", "学生来源", ("学生来源", "source")),
    rules.entry(rules.CODES, "d", "民族", ("民族", "ethnic")),
]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("学生", ["b", "c"]),
        ("xs", ["b", "a", "c"]),
        ("xuesheng", ["b", "c"]),
        ("Roll_Status", ["a"]),
        ("minz", ["d"]),
        ("来源", ["c"]),
        ("", []),
        ("。，", []),
        ("没有", []),
    ],
)
def test_the_likeliest_first(text, keys):
    found, count = rules.find(ENTRIES, text)
    assert ([one.key for one in found], count) == (keys, len(keys))


def test_at_most_so_many_are_given_and_all_are_counted():
    assert [len(one) if isinstance(one, list) else one for one in rules.find(ENTRIES, "xs", 1)] == [1, 3]


@pytest.mark.parametrize(
    ("role", "knows"),
    [
        (scopes.GUARDIAN, {"family"}),
        (scopes.PUPIL, {"family"}),
        (scopes.TEACHER, {"family", "teacher"}),
        (scopes.CLERK, {"family", "teacher", "office"}),
        (scopes.DISTRICT_STEWARD, {"family", "teacher", "office", "district"}),
    ],
)
def test_circles_stand_inside_each_other(role, knows):
    assert {circle for circle in rules.CIRCLES if rules.may_know(role, circle)} == knows


def test_mixed_words_have_sounds_too():
    assert rules.keys_of("A类学校") == ("a类学校", "aleixuexiao", "alxx")
