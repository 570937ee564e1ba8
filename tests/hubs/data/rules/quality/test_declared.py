"""Rules as they are declared: each kind means its condition, and what is wrong is said with its place."""

from __future__ import annotations

from typing import Any

import pytest

from jizuo.hubs.data.rules.quality.declared import DIMENSIONS, KINDS, declare, dimension_word
from jizuo.hubs.data.rules.quality.faults import BadRule
from jizuo.hubs.data.rules.quality.subjects import plain
from tests.hubs.data.rules.quality.given import CODES, TABLES, dataset_of, says

HEAD = {"code": "a_rule", "title": "要满足什么", "fix": "怎么改"}


def made(**told: Any) -> Any:
    return declare({**HEAD, **told}, plain(TABLES["pupil"]), dataset_of, CODES)


@pytest.fixture(scope="module")
def line(base: Any) -> Any:
    with base.owner() as found:
        yield found


MEANS = [
    ({"kind": "required", "fields": ["name", "sex"]}, {"name": "张三", "sex": ""}, True),
    ({"kind": "required", "field": "name"}, {"name": "张三"}, False),
    ({"kind": "pattern", "field": "name", "matches": "[一-龥]+"}, {"name": "a"}, True),
    ({"kind": "pattern", "field": "name", "matches": "[一-龥]+"}, {"name": ""}, False),
    ({"kind": "range", "field": "seat_no", "at_least": 1, "at_most": 9}, {"seat_no": 10}, True),
    ({"kind": "code", "field": "sex"}, {"sex": "7"}, True),
    ({"kind": "code", "field": "name", "table": "sex"}, {"name": "1"}, False),
    ({"kind": "freshness", "field": "born", "within": 30}, {"born": "2026-08-01"}, True),
    ({"kind": "freshness", "field": "born", "within": 30}, {"born": "2026-09-01"}, False),
    ({"kind": "condition", "must": {"field": "seat_no", "more": 0}}, {"seat_no": 0}, True),
    ({"kind": "condition", "must": {"field": "seat_no", "more": 0}, "when": {"field": "is_here", "is": True}},
     {"seat_no": 0, "is_here": False}, False),
    ({"kind": "condition", "must": {"field": "seat_no", "more": 0}, "when": [{"field": "is_here", "is": True}]},
     {"seat_no": 0, "is_here": True}, True),
    ({"kind": "balance", "field": "seat_no", "against": "score"}, {"seat_no": 2, "score": 3}, True),
    ({"kind": "balance", "field": "seat_no", "against": "score", "tolerance": 1}, {"seat_no": 2, "score": 3}, False),
]  # fmt: skip


@pytest.mark.parametrize(("told", "row", "fails"), MEANS)
def test_a_rule_fails_where_it_says(
    line: Any, told: dict[str, Any], row: dict[str, Any], fails: bool
) -> None:
    assert says(line, made(**told).fails, row) is fails


WRONG = [
    ({"kind": "sql"}, "kind"), ({"kind": "required", "field": "nothing"}, "must[0].field"),
    ({"kind": "required"}, "field"), ({"kind": "range", "field": "seat_no"}, "at_least"),
    ({"kind": "range", "field": "seat_no", "at_least": 5, "at_most": 1}, "must"),
    ({"kind": "pattern", "field": "name", "matches": "(a"}, "must.matches"),
    ({"kind": "code", "field": "name"}, "must.code"), ({"kind": "freshness", "field": "born", "within": 0}, "within"),
    ({"kind": "condition"}, "must"), ({"kind": "balance", "field": "seat_no"}, "against"),
    ({"kind": "balance", "field": "seat_no", "against": "score", "tolerance": -1}, "tolerance"),
    ({"kind": "reference", "field": "class_id", "to": "nothing"}, "to.dataset"),
    ({"kind": "unique", "fields": ["nothing"]}, "fields[0]"),
    ({"kind": "required", "field": "name", "code": "A"}, "code"), ({"kind": "required", "field": "name", "days": 0}, "days"),
    ({"kind": "required", "field": "name", "owner": "pupil"}, "owner"),
    ({"kind": "required", "field": "name", "severity": "fatal"}, "severity"),
    ({"kind": "required", "field": "name", "dimension": "beauty"}, "dimension"),
    ({"kind": "required", "field": "name", "fix": ""}, "fix"), ({"kind": "required", "field": "name", "more": 1}, "more"),
    ({"kind": "condition", "must": {"field": "sex", "is": "1"}, "when": {"field": "sex", "is": "2"}}, "must"),
    ({"kind": "condition", "must": {"calc": {"divide": [1, 0]}, "is": 1}}, "must.calc.divide"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "where"), WRONG)
def test_what_is_wrong_is_said_with_its_place(base: Any, told: dict[str, Any], where: str) -> None:
    with pytest.raises(BadRule) as refused:
        made(**told)
    assert where in [one.where for one in refused.value.problems], refused.value.problems


def test_a_rule_that_is_no_mapping_is_refused(base: Any) -> None:
    with pytest.raises(BadRule):
        declare([], plain(TABLES["pupil"]), dataset_of, CODES)  # type: ignore[arg-type]


def test_each_kind_has_a_dimension_that_is_called_something(base: Any) -> None:
    assert set(KINDS.values()) <= set(DIMENSIONS)
    assert dimension_word("accuracy") == "准确性"


def test_a_rule_keeps_what_people_read(base: Any) -> None:
    rule = made(kind="required", field="name", english="It holds", owner="head", days=3)
    assert (rule.word, rule.mend, rule.owner, rule.days, rule.severity) == (
        "要满足什么",
        "怎么改",
        "head",
        3,
        "error",
    )
    assert not rule.is_daily and made(kind="freshness", field="born", within=3).is_daily


def test_unique_follows_which_records_count(base: Any) -> None:
    """What counts may hang on a record that belongs to it; on many, it cannot."""
    from jizuo.hubs.data.rules.quality.subjects import subject
    from tests.hubs.data.rules.quality.test_subjects import ADULTS, CLASS

    told = {"dataset": "pupil", "relations": {"class": CLASS, "adults": ADULTS}}
    once = {**HEAD, "kind": "unique", "fields": ["name", "sex"]}
    found = declare(once, subject({**told, "where": {"field": "class.closed", "filled": False}}, dataset_of, CODES),
                    dataset_of, CODES)  # fmt: skip
    ((made, _names),) = found.brought
    assert [one.name for one in made.inner] == ["class"] and "same_a_rule.n" in found.names
    with pytest.raises(BadRule):
        declare(
            once,
            subject({**told, "where": {"field": "adults.phones", "more": 0}}, dataset_of, CODES),
            dataset_of,
            CODES,
        )
