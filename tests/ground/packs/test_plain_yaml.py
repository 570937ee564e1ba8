"""YAML made strict: what is not taken, and what stays a word."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def words(base):
    """Problems are told in the language in force."""


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a: &x 1\nb: *x", "引用"),
        ("a: !!python/object/apply:os.system ['x']", "标记"),
        ("a: 1\na: 2", "两次"),
        ("a: " + "[" * 20 + "]" * 20, "套得太深"),
        ("a: [" + "1," * 30_000 + "]", "太多"),
        ("a: b: c", ""),
        ("{", ""),
        ("a: 1\n---\nb: 2", "一份"),
        ("? [a, b]\n: 1", "两次"),
    ],
)
def test_yaml_that_is_not_taken(text, word):
    from jizuo.ground.packs import files, plain_yaml

    with pytest.raises(files.BadPack) as caught:
        plain_yaml.of_yaml(text)
    assert word in caught.value.problems[0].what and caught.value.problems[0].where


def test_words_stay_words():
    from jizuo.ground.packs import plain_yaml

    told = {
        "on": "off",
        "day": "2026-09-01",
        "yes": True,
        "n": 3,
        "time": "08:30",
        "list": ["a", 1.5],
        "text": "甲：乙\n丙",
    }
    assert plain_yaml.of_yaml("on: off\nday: 2026-09-01\nyes: true\n") == {
        "on": "off",
        "day": "2026-09-01",
        "yes": True,
    }
    assert plain_yaml.of_yaml(plain_yaml.to_yaml(told)) == told


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10:30", "10:30"), ("007", "007"), ("1_000", "1_000"), ("0x1f", "0x1f"), ("1e5", "1e5"), (".5", ".5"), ("+3", "+3"),
        ("yes", "yes"), ("On", "On"), ("True", "True"), ("2026-09-01", "2026-09-01"), ("9" * 30, "9" * 30),
        ("-12", -12), ("0", 0), ("1.50", 1.5), ("true", True), ("null", None), ("~", None), ("", None), ("\"12\"", "12"),
        ("'true'", "true"), ("|\n  12", "12"), ("<<", "<<"), (".inf", ".inf"),
    ],
)  # fmt: skip
def test_a_word_is_a_number_only_where_it_is_plainly_one(text, value):
    from jizuo.ground.packs import plain_yaml

    told = plain_yaml.of_yaml(f"a: {text}")["a"]
    assert told == value and type(told) is type(value)
    assert plain_yaml.of_yaml(plain_yaml.to_yaml({"a": value})) == {"a": value}
