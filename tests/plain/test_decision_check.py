"""What is wrong with a decision table is said, and a sound one passes."""

from __future__ import annotations

import time

import msgspec
import pytest

from jizuo.plain.decision_check import check
from jizuo.plain.decisions import DecisionTable, Input, Rule


def table(*rules, inputs=("n", "k"), outputs=("x",), **more):
    """Rules as (when, then) pairs; a bare value stands for ``{"x": value}``."""
    made = [Rule(then if isinstance(then, dict) else {"x": then}, when) for when, then in rules]
    return DecisionTable("t", tuple(map(Input, inputs)), tuple(outputs), tuple(made), **more)


SOUND = [
    table(({"n": "<= 3"}, 1), ({"n": "> 3"}, 2), ({}, 3)),
    # An exception above what usually holds.
    table(({"n": "<= 3", "k": "a"}, 1), ({"n": "<= 3"}, 2), ({}, 3)),
    # Two rows that meet and say the same.
    table(({"n": "<= 3"}, 1), ({"k": "a"}, 1), ({}, 3)),
    table(({"n": "<= 3"}, 1), ({"n": "<= 5"}, 2), hit="collect"),
    table(({"n": "[2026-09-01..2026-09-02)"}, 1), ({"n": "[2026-09-02..)"}, 2), ({}, 3)),
]


@pytest.mark.parametrize("sound", SOUND)
def test_a_sound_table(sound):
    assert check(sound) == []


@pytest.mark.parametrize(
    ("wrong", "where", "word"),
    [
        (table(({"n": "=> 3"}, 1), ({}, 2)), "rules[0].when.n", "读不懂"),
        (table(({"m": "3"}, 1), ({}, 2)), "rules[0].when.m", "没有这一列"),
        (table(({"n": "3"}, 1), ({"n": "a"}, 2), ({}, 3)), "inputs", "混用"),
        (table(({"n": "<= 3"}, 1)), "rules", "没有一行回答"),
        (table(({"k": "true"}, 1), ({"k": "false"}, 2)), "rules", "没有一行回答"),
        (table(({}, 1), ({"n": "3"}, 2)), "rules[1]", "轮不到"),
        # Two halves together leave nothing to the third.
        (table(({"n": "<= 3"}, 1), ({"n": "> 3"}, 2), ({"n": "!= 9"}, 3), ({}, 4)), "rules[2]", "轮不到"),
        (table(({"n": "<= 3"}, 1), ({"n": ">= 3"}, 2), ({}, 3)), "rules[1]", "重合"),
        (table(({"n": "<= 3"}, 1), ({"k": "a"}, 2), ({}, 3)), "rules[1]", "重合"),
        (table(({"n": "(3..3)"}, 1), ({}, 3)), "rules[0]", "没有值"),
        (table(({"n": "3"}, {"y": 1}), ({}, 2)), "rules[0].then", "没有这个结果"),
        (table(({"n": "3"}, {}), ({}, 2)), "rules[0].then", "缺结果"),
        (table(({"n": "3"}, "a"), ({}, 2)), "rules[1].then.x", "不是一种值"),
        (table(({"n": "3"}, "a" * 500), ({}, "b")), "rules[0].then.x", "太长"),
        (table(({}, 1), inputs=("n", "n")), "inputs", "重复"),
        (table(({}, 1), inputs=('a"b',)), "inputs", "不能作名字"),
        (table(), "rules", "0 个"),
        (table(({}, 1), begin_on="2026-13-01"), "begin_on", "没有这一天"),
        (table(({}, 1), begin_on="2026-09-01", until_on="2026-09-01"), "until_on", "之前"),
    ],
)
def test_what_is_wrong_is_said(wrong, where, word):
    found = check(wrong)
    assert [flaw for flaw in found if flaw.where == where and word in flaw.what and flaw.fix], found


def test_a_large_table_is_checked_quickly():
    inputs = [f"i{number}" for number in range(12)]
    rules = [
        ({key: f"!= {(row * 7 + place) % 50}" for place, key in enumerate(inputs)}, row % 5)
        for row in range(199)
    ]
    begun = time.perf_counter()
    check(table(*rules, ({}, 9), inputs=inputs))
    assert time.perf_counter() - begun < 5


def test_the_shipped_tables_are_sound():
    from pathlib import Path

    import yaml

    import jizuo

    for path in (Path(jizuo.__file__).parent / "scenes").glob("*/decisions/*.yaml"):
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert check(msgspec.convert(told, DecisionTable)) == [], path
