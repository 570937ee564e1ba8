"""Three words and the expression, both ways."""

from __future__ import annotations

import pytest

from jizuo.ground.packs.studio.conditions import Condition, read, where_value, where_words, write

KNOWN = {"form.kind": {"1": "接力", "2": "跳远"}}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('form.kind == "1"', Condition("form.kind", "eq", "接力")),
        ('applicant.role != "homeroom_teacher"', Condition("applicant.role", "ne", "homeroom_teacher")),
        ("form.days > settings.long_days", Condition("form.days", "gt", "settings.long_days")),
        ("form.days >= 2.5", Condition("form.days", "ge", "2.5")),
        ("form.agreed == true", Condition("form.agreed", "eq", "是")),
        ("form.a && form.b", Condition(text="form.a && form.b")),
        ("workdays(form.a, form.b) > 2", Condition(text="workdays(form.a, form.b) > 2")),
        ("", Condition()),
    ],
)
def test_a_condition_and_back(text, told):
    assert read(text, KNOWN).text == told.text
    if text:
        assert read(text, KNOWN) == told
    assert write(told, KNOWN) == text


def test_a_text_that_looks_like_more_stays_a_text():
    said = write(Condition("form.why", "eq", 'a" || true || "'))
    assert said == 'form.why == "a\\" || true || \\""'
    assert write(Condition("form.kind", "eq", "7"), KNOWN) == 'form.kind == "7"'


def test_values_of_filters():
    names = {"1": "接力"}
    for text, op, kind, told in (
        ("今天", "le", "date", "$today"), ("接力", "eq", "code", "1"), ("接力、2", "in", "code", ["1", "2"]),
        ("3", "ge", "integer", 3), ("3", "eq", "text", "3"), ("否", "empty", "text", False), ("是", "eq", "boolean", True),
    ):  # fmt: skip
        assert where_value(text, op, kind, names) == told
        assert where_value(where_words(told, names), op, kind, names) == told
