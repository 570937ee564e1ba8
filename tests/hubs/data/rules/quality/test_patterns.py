"""Patterns: what re2 takes, PostgreSQL takes; what could explode is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jizuo.hubs.data.rules.quality.faults import BadRule
from jizuo.hubs.data.rules.quality.patterns import matches, to_postgres


@pytest.fixture(scope="module")
def line(base: Any) -> Any:
    with base.owner() as found:
        yield found


@pytest.mark.parametrize(
    ("pattern", "good", "wrong"),
    [
        ("1[3-9][0-9]{9}", "13900001234", "23900001234"),
        ("[一-龥·]{2,20}", "阿卜杜拉·买买提", "a1"),
        (r"\d{17}[\dXx]", "11010519491231002X", "1101051949123100"),
        ("(?:a|bc)+", "abcbca", "abcb"),
        ("a.b", "a字b", "a\nb"),
        (r"[^\d]+", "张三", "张3"),
        (r"\w+@[\w.]+", "a_1@b.cn", "a b@c"),
        ("x?", "", "xx"),
        (r"a\.b\[c\]", "a.b[c]", "aXb[c]"),
        ("[a\\-z]+", "a-z", "b"),
    ],
)
def test_both_engines_take_the_same(line: Any, base: Any, pattern: str, good: str, wrong: str) -> None:
    written = to_postgres(pattern)
    for text, is_taken in ((good, True), (wrong, False)):
        assert matches(pattern, text) is is_taken
        assert line.execute("select %s::text ~ %s", [text, written]).fetchone() == (is_taken,)


@pytest.mark.parametrize(
    "pattern",
    ["", "a" * 201, "(a", r"(a)\1", "(?=a)b", "(?<!a)b", "(?i)a", "a*?", "^a$", r"\bx", "(a{200}){200}", "a{1000}",
     "a\x00", "((((a{50}){50}){2}))", r"\p{Han}"],
)  # fmt: skip
def test_what_cannot_be_run_is_refused_with_words(base: Any, pattern: str) -> None:
    with pytest.raises(BadRule) as refused:
        to_postgres(pattern, "matches")
    assert refused.value.problems[0].what


ATOMS = st.sampled_from(
    [
        "a",
        "b",
        "1",
        "张",
        "·",
        ".",
        r"\d",
        r"\w",
        r"\s",
        "[ab]",
        "[^a]",
        "[一-龥]",
        "[0-9a]",
        r"\.",
        "-",
        "'",
        '"',
        "$$"[:0],
    ]
)
PATTERNS = st.recursive(
    ATOMS.filter(bool),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda some: f"({'|'.join(some)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}"])).map(
            lambda p: f"(?:{p[0]}){p[1]}"
        ),
    ),
    max_leaves=8,
)
TEXTS = st.text(alphabet="ab1张三· .-'\"\n\\x_é", max_size=8)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pattern=PATTERNS, texts=st.lists(TEXTS, min_size=1, max_size=6))
def test_any_pattern_means_the_same_in_both(line: Any, pattern: str, texts: list[str]) -> None:
    try:
        written = to_postgres(pattern)
    except BadRule:
        return
    found = line.execute(
        "select t ~ %s from unnest(%s::text[]) with ordinality as u(t, n) order by n", [written, texts]
    )
    assert [taken for (taken,) in found.fetchall()] == [matches(pattern, text) for text in texts]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pattern=st.text(alphabet="ab()[]{}|*+?^$.\\-,123<>=!:张'\";", max_size=24), text=TEXTS)
def test_what_a_person_types_is_refused_or_runs(line: Any, pattern: str, text: str) -> None:
    try:
        written = to_postgres(pattern)
    except BadRule:
        return
    assert line.execute("select %s::text ~ %s", [text, written]).fetchone() == (matches(pattern, text),)
