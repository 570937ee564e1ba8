"""The expression language: what it works out, and what never reaches the library."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest

from jizuo.plain import expression
from jizuo.plain.expression import BadExpression, compile

NAMES = frozenset({"form", "settings", "subject", "steps", "today"})


def value(text, **told):
    return compile(text, NAMES).value(told)


@pytest.mark.parametrize(
    ("text", "told", "wanted"),
    [
        ("form.days > 3", {"form": {"days": 4}}, True),
        (
            "form.days > settings.long_days",
            {"form": {"days": Decimal("2.5")}, "settings": {"long_days": 3}},
            False,
        ),
        ('form.kind == "sick" && form.days >= 2', {"form": {"kind": "sick", "days": 2}}, True),
        # Sunday the 20th is worked before the October holidays.
        ("workdays(form.a, form.b)", {"form": {"a": date(2026, 9, 17), "b": date(2026, 9, 21)}}, 4),
        ("days(form.a, form.b)", {"form": {"a": "2026-09-17", "b": "2026-09-21"}}, 5),
        ("form.a >= add_days(today, -7)", {"form": {"a": "2026-09-10"}, "today": date(2026, 9, 16)}, True),
        ("total(form.lines.map(l, l.n))", {"form": {"lines": [{"n": 1}, {"n": 2.5}]}}, 3.5),
        ("form.lines.exists(l, l.n > 1)", {"form": {"lines": [{"n": 1}, {"n": 2}]}}, True),
        ("length(form.name)", {"form": {"name": "阿卜杜拉·买买提"}}, 8),
        ('"请假 " + form.a', {"form": {"a": "2026-09-17"}}, "请假 2026-09-17"),
        ("is_empty(form.note)", {"form": {"note": ""}}, True),
        ('has(form.note) ? form.note : "无"', {"form": {}}, "无"),
        ("weekday(today)", {"today": date(2026, 9, 16)}, 3),
        ("round_to(10.0 / 3.0, 2)", {}, 3.33),
    ],
)
def test_a_value(text, told, wanted):
    assert value(text, **told) == wanted


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "空"),
        ("1" + "+1" * 20_000, "太长"),
        ("(" * 30 + "1" + ")" * 30, "深"),
        ("form.a.all(x, form.b.all(y, x == y))", "一次"),
        ("[" + ",".join(["1"] * 60) + "]", "太长"),
        ("frm.days > 3", "form"),
        ("open(form.path)", "没有这个函数"),
        ("form.days.matches('a')", "没有这个函数"),
        ("form.name.size() > 2", "没有这个函数"),
        ("form.days >", "不对"),
        ("form.days > 3)", "成对"),
        ("form.days；1", "不能有"),
        ("form.days # 3", "不能有"),
    ],
)
def test_what_is_refused_says_why(text, word):
    with pytest.raises(BadExpression) as caught:
        compile(text, NAMES)
    assert word in caught.value.what + caught.value.fix


def test_what_cannot_be_worked_out_is_told_and_does_not_hold():
    found = compile("form.days > 3", NAMES)
    with pytest.raises(BadExpression):
        found.value({"form": {}})
    assert not found.holds({"form": {}})
    assert not found.holds({"form": {"days": "drei"}})


@pytest.mark.parametrize(
    "told", [{"form": {"lines": [{"n": 1}] * 501}}, {"form": {"name": "字" * 5_000}}, {"form": object()}]
)
def test_values_too_large_are_refused(told):
    with pytest.raises(BadExpression):
        compile("form.lines.all(l, l.n > 0)", NAMES).value(told)


def test_the_worst_that_is_let_through_is_quick():
    text = "form.lines.filter(l, " + " && ".join(["l.n >= 0"] * 25) + ").map(l, l.n)"
    with pytest.raises(BadExpression):
        compile(text, NAMES)
    worst = compile("form.lines.all(l, " + " && ".join(["l.n >= 0"] * 28) + ")", NAMES)
    begun = time.monotonic()
    assert worst.value({"form": {"lines": [{"n": n} for n in range(expression.MOST_ROWS)]}}) is True
    assert time.monotonic() - begun < 1


def test_it_says_what_it_reads():
    found = compile(
        "form.days > settings.long_days && subject.name != '' && form.lines.all(l, l.n > 0)", NAMES
    )
    assert found.names == {"form.days", "settings.long_days", "subject.name", "form.lines"}
