"""The condition language: what it means, what it refuses, and that nothing a person writes can break out or fail."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jizuo.hubs.data.rules.quality.conditions import condition
from jizuo.hubs.data.rules.quality.faults import BadRule
from tests.hubs.data.rules.quality.given import CODES, NAMES, says
from tests.hubs.data.rules.quality.test_patterns import PATTERNS


@pytest.fixture(scope="module")
def line(base: Any) -> Any:
    with base.owner() as found:
        yield found


ONE = "01890a5d-ac96-774b-bcce-b302099a8057"
MEANS = [
    ({"field": "seat_no", "at_least": 1, "at_most": 50}, {"seat_no": 50}, True),
    ({"field": "seat_no", "at_least": 1, "at_most": 50}, {"seat_no": 51}, False),
    ({"field": "seat_no", "more": 1}, {}, None),
    ({"field": "name", "filled": True}, {"name": ""}, False),
    ({"field": "name", "filled": False}, {"name": ""}, True),
    ({"field": "name", "is": "张三"}, {"name": "张三"}, True),
    ({"field": "name", "is_not": "张三"}, {"name": ""}, None),
    ({"field": "sex", "code": True}, {"sex": "3"}, False),
    ({"field": "sex", "code": "sex"}, {"sex": "1"}, True),
    ({"field": "sex", "in": ["1", "2"]}, {"sex": "9"}, False),
    ({"field": "sex", "not_in": ["1", "2"]}, {"sex": "9"}, True),
    ({"field": "name", "matches": "[一-龥]{2}"}, {"name": "张三"}, True),
    ({"field": "tags", "has": "head"}, {"tags": ["head", "clerk"]}, True),
    ({"field": "tags", "filled": True}, {"tags": []}, False),
    ({"field": "is_here", "is": True}, {"is_here": False}, False),
    ({"field": "person_id", "is": ONE}, {"person_id": ONE}, True),
    ({"field": "person_id", "is_not": {"field": "class_id"}}, {"person_id": ONE, "class_id": ONE}, False),
    ({"field": "born", "at_most": {"today": 0}}, {"born": date(2026, 9, 17)}, False),
    ({"field": "born", "is": "2019-05-04"}, {"born": date(2019, 5, 4)}, True),
    ({"field": "seen", "at_least": {"today": -1}}, {"seen": "2026-09-14 20:00+00"}, True),
    ({"calc": {"age": {"field": "born"}}, "is": 7}, {"born": date(2019, 9, 16)}, True),
    ({"calc": {"year": {"field": "born"}}, "is": 2019}, {"born": date(2019, 9, 16)}, True),
    ({"calc": {"month": {"field": "born"}}, "is": 9}, {"born": date(2019, 9, 16)}, True),
    ({"calc": {"school_year": {"field": "born"}}, "is": 2018}, {"born": date(2019, 8, 31)}, True),
    ({"calc": {"days": [{"field": "born"}, {"today": 0}]}, "is": 2}, {"born": date(2026, 9, 14)}, True),
    ({"calc": {"later": [{"field": "born"}, 2]}, "is": {"today": 0}}, {"born": date(2026, 9, 14)}, True),
    ({"calc": {"divide": [{"field": "seat_no"}, {"field": "score"}]}, "is": 2}, {"seat_no": 4, "score": 2}, True),
    ({"calc": {"divide": [{"field": "seat_no"}, {"field": "score"}]}, "is": 2}, {"seat_no": 4, "score": 0}, None),
    ({"calc": {"times": [{"field": "seat_no"}, 2, 3]}, "is": 24}, {"seat_no": 4}, True),
    ({"calc": {"plus": [{"field": "seat_no"}, 0.5]}, "is": 4.5}, {"seat_no": 4}, True),
    ({"calc": {"length": {"field": "name"}}, "is": 2}, {"name": "张三"}, True),
    ({"calc": {"part": [{"field": "name"}, 2, 1]}, "is": "三"}, {"name": "张三"}, True),
    ({"any": [{"field": "seat_no", "is": 1}, {"field": "seat_no", "is": 2}]}, {"seat_no": 2}, True),
    ({"not": {"field": "seat_no", "is": 1}}, {"seat_no": 2}, True),
    ([{"field": "seat_no", "more": 0}, {"field": "sex", "is": "1"}], {"seat_no": 1, "sex": "2"}, False),
    ({"field": "score", "less": 5}, {"score": "NaN"}, None),
    ({"field": "seen", "less": {"today": 0}}, {"seen": "infinity"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("told", "row", "means"), MEANS)
def test_a_condition_means(line: Any, base: Any, told: Any, row: dict[str, Any], means: bool | None) -> None:
    assert says(line, condition(told, NAMES, CODES).sql, row) is means


REFUSED = [
    ({}, "要一个条件"), ([], "至少一项"), ("seat_no > 1", "要一个条件"), ({"field": "seat_no"}, "没有写怎么比"),
    ({"field": "nothing", "is": 1}, "没有叫“nothing”的字段"), ({"field": "seat_no; drop table pupil", "is": 1}, "没有叫"),
    ({"field": "seat_no", "like": "%"}, "没有这种比较"), ({"field": "seat_no", "is": "一"}, "不是一类"),
    ({"field": "seat_no", "is": True}, "不能和"), ({"field": "name", "less": "张"}, "没有大小先后"),
    ({"field": "seat_no", "in": []}, "一列值"), ({"field": "seat_no", "in": ["一"]}, "不是一类"),
    ({"calc": {"divide": [{"field": "seat_no"}, 0]}, "is": 1}, "不能除以 0"),
    ({"calc": {"sql": "1"}, "is": 1}, "没有叫“sql”的算法"), ({"calc": {"today": 10**9}, "is": {"today": 0}}, "整数"),
    ({"field": "seat_no", "is": {"year": ["2026-09-01", {"field": "born"}]}}, "这里要写 1 项"),
    ({"calc": {"length": [{"field": "name"}, {"field": "sex"}]}, "is": 1}, "这里要写 1 项"),
    ({"calc": {"age": []}, "is": 1}, "这里要写 1 项"),
    ({"calc": 1, "is": 1}, "定值"), ({"field": "seat_no", "is": {"field": "seat_no"}}, "自己"),
    ({"field": "sex", "code": "nowhere"}, "没有这张代码表"), ({"field": "name", "code": True}, "代码表"),
    ({"field": "extra", "filled": True}, "不能用在条件里"), ({"field": "name", "matches": "(a"}, "写得不对"),
    ({"field": "name", "filled": 1}, "true 或 false"), ({"all": [{"field": "sex", "is": "1"}], "x": 1}, "不能再写别的"),
    ({"field": "seat_no", "is": 10**15}, "太大"), ({"field": "name", "is": "a\x00"}, "不能保存"),
    ({"field": "born", "is": "2026-13-01"}, "不是一类"), ({"field": "person_id", "is": "x"}, "不是一类"),
    ([{"field": "seat_no", "is": 1}] * 61, "条件太多"),
    ({"field": "seat_no", "at_least": 10, "at_most": 5}, "没有哪个值"),
    ([{"field": "seat_no", "at_least": 10}, {"all": [{"field": "seat_no", "less": 10}]}], "没有哪个值"),
    ([{"field": "sex", "is": "1"}, {"field": "sex", "is": "2"}], "没有哪个值"),
    ([{"field": "sex", "in": ["1", "2"]}, {"field": "sex", "not_in": ["1", "2"]}], "没有哪个值"),
    ([{"field": "sex", "filled": False}, {"field": "sex", "is": "2"}], "没有哪个值"),
    ({"any": [{"field": "seat_no", "more": 3, "less": 3}, {"field": "seat_no", "more": 4, "less": 4}]}, "没有哪个值"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "what"), REFUSED)
def test_what_cannot_be_meant_is_refused_with_words(base: Any, told: Any, what: str) -> None:
    with pytest.raises(BadRule) as refused:
        condition(told, NAMES, CODES)
    assert any(what in problem.what for problem in refused.value.problems), refused.value.problems


def test_a_condition_nested_without_end_is_refused(base: Any) -> None:
    deep: Any = {"field": "seat_no", "is": 1}
    for _level in range(40):
        deep = {"not": deep}
    with pytest.raises(BadRule):
        condition(deep, NAMES, CODES)


LITERALS = st.one_of(
    st.integers(-(10**13), 10**13), st.floats(), st.booleans(), st.dates(), st.none(),
    st.text(alphabet="'\";-%\\)(a1张\x00{}$:/*", max_size=12), st.sampled_from([ONE, "2026-09-01", "'); drop table unit; --"]),
)  # fmt: skip
FIELDS = st.sampled_from([*NAMES, "nothing", '"; select 1; --', "t.id"])
VALUES = st.recursive(
    st.one_of(LITERALS, FIELDS.map(lambda key: {"field": key}), st.integers(-(10**6), 10**6).map(lambda n: {"today": n})),
    lambda inner: st.one_of(
        st.tuples(
            st.sampled_from(["plus", "minus", "times", "divide", "days", "part", "later", "length", "year", "month", "age",
                             "school_year", "nothing"]),
            st.one_of(inner, st.lists(inner, max_size=3)),
        ).map(lambda pair: {pair[0]: pair[1]}),
        st.tuples(FIELDS, st.integers(-(10**5), 10**5)).map(lambda pair: {"later": [{"field": pair[0]}, pair[1]]}),
    ),
    max_leaves=5,
)  # fmt: skip
OPS = st.sampled_from(
    [
        "is",
        "is_not",
        "less",
        "at_most",
        "more",
        "at_least",
        "in",
        "not_in",
        "filled",
        "matches",
        "code",
        "has",
    ]
)
TESTS = st.one_of(
    st.tuples(FIELDS, OPS, st.one_of(VALUES, st.lists(LITERALS, max_size=3))).map(
        lambda one: {"field": one[0], one[1]: one[2]}
    ),
    st.tuples(VALUES, OPS, VALUES).map(lambda one: {"calc": one[0], one[1]: one[2]}),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.lists(inner, max_size=3).map(lambda some: {"all": some}),
        st.lists(inner, max_size=3).map(lambda some: {"any": some}), inner.map(lambda one: {"not": one}),
    ),
    max_leaves=4,
)  # fmt: skip
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "seat_no": st.integers(-(2**31), 2**31 - 1),
        "name": st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20),
        "sex": st.sampled_from(["", "1", "x"]),
        "born": st.sampled_from(["0001-01-01", "9999-12-31", "infinity", "-infinity", "4713-01-01 BC",
                                 "5874897-12-31", "2019-02-28"]),
        "seen": st.sampled_from(["infinity", "-infinity", "4713-01-01 BC", "294276-12-31", "2026-09-14 20:00+00"]),
        "score": st.sampled_from(["NaN", "Infinity", "-Infinity", "1e308", "0", "-0", "2.5"]),
        "is_here": st.booleans(), "person_id": st.just(ONE), "tags": st.lists(st.sampled_from(["head", "a'b"]), max_size=2),
    },
)  # fmt: skip


@settings(
    max_examples=600,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=CONDITIONS, row=ROWS)
def test_whatever_is_written_is_refused_or_runs(line: Any, told: Any, row: dict[str, Any]) -> None:
    """Never a statement of its own, never an error of the database, on any row that a table can hold."""
    try:
        made = condition(told, NAMES, CODES)
    except BadRule:
        return
    try:
        found = says(line, made.sql, row)
    except psycopg.Error as error:
        raise AssertionError(f"{told} {row}: {error}") from error
    assert found in (True, False, None)


NUMBERS = st.recursive(
    st.one_of(
        st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9, allow_subnormal=False).map(lambda n: round(n, 3)),
        st.sampled_from([{"field": "seat_no"}, {"field": "score"}, {"length": {"field": "name"}}]),
        st.deferred(lambda: DAYS).flatmap(
            lambda day: st.sampled_from(["year", "month", "age", "school_year"]).map(lambda word: {word: day})),
        st.deferred(lambda: st.tuples(DAYS, DAYS)).map(lambda pair: {"days": list(pair)}),
    ),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["plus", "minus", "times"]), st.lists(inner, min_size=1, max_size=4)).map(
            lambda pair: {pair[0]: pair[1]}),
        st.tuples(inner, inner).map(lambda pair: {"divide": list(pair)}),
    ),
    max_leaves=6,
)  # fmt: skip
PLAIN_DAYS = st.one_of(
    st.sampled_from([{"field": "born"}, {"field": "seen"}]), st.dates(),
    st.integers(-100_000, 100_000).map(lambda n: {"today": n})
)  # fmt: skip
DAYS = st.one_of(
    PLAIN_DAYS, st.tuples(PLAIN_DAYS, st.integers(-100_000, 100_000)).map(lambda pair: {"later": list(pair)})
)
WORDS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12),
    st.sampled_from([{"field": "name"}, {"field": "sex"}, "'); drop table unit; --", "%s %(x)s {}"]),
    st.tuples(st.integers(1, 200), st.integers(1, 200)).map(lambda pair: {"part": [{"field": "name"}, *pair]}),
)  # fmt: skip
SENSIBLE_TESTS = st.one_of(
    *(
        st.tuples(side, st.sampled_from(ops), side).map(lambda one: {"calc": one[0], one[1]: one[2]})
        for side, ops in (
            (NUMBERS, ["is", "is_not", "less", "at_most", "more", "at_least"]),
            (DAYS, ["is", "is_not", "less", "at_most", "more", "at_least"]), (WORDS, ["is", "is_not"]),
        )
    ),
    st.tuples(st.sampled_from(list(NAMES)), st.booleans()).map(lambda one: {"field": one[0], "filled": one[1]}),
    st.lists(WORDS.filter(lambda one: isinstance(one, str)), min_size=1, max_size=4).map(
        lambda some: {"field": "name", "in": some}
    ),
    PATTERNS.map(lambda one: {"field": "name", "matches": one}),
)  # fmt: skip
SENSIBLE = st.recursive(
    SENSIBLE_TESTS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3), st.lists(inner, min_size=1, max_size=3).map(lambda some: {"any": some}),
        inner.map(lambda one: {"not": one}),
    ),
    max_leaves=3,
)  # fmt: skip


@settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=SENSIBLE, row=ROWS)
def test_what_makes_sense_runs_on_every_row(line: Any, told: Any, row: dict[str, Any]) -> None:
    try:
        made = condition(told, NAMES, CODES)
    except BadRule as refused:
        # Refused are two fixed sides, a field held against itself, a division by a plain nought, and what is too much.
        reject_unless(refused)
        return
    assert says(line, made.sql, row) in (True, False, None)


def reject_unless(refused: BadRule) -> None:
    known = (
        "定值",
        "自己",
        "除以 0",
        "条件太多",
        "不能用在条件里",
        "套得太深",
        "写得不对",
        "太多",
        "太大",
        "没有哪个值",
    )
    assert any(word in problem.what for problem in refused.problems for word in known), refused.problems
