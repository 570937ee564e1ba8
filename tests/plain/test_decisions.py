"""Decision tables: answers of zen and of DuckDB are the same, whatever the table and the rows."""

from __future__ import annotations

import threading
from decimal import Decimal

import duckdb
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jizuo.plain import decisions
from jizuo.plain.decision_tests import BadTest
from jizuo.plain.decisions import DecisionTable, Input, Rule
from jizuo.plain.expression import BadExpression

WHO = msgspec.convert(
    {
        "title": "谁批",
        "inputs": [{"key": "days", "of": "form.days"}, {"key": "kind", "of": "form.kind"}],
        "outputs": ["who", "limit"],
        "rules": [
            {"when": {"days": "<= 3", "kind": "sick"}, "then": {"who": "homeroom", "limit": 1}, "why": "校规第三条"},
            {"when": {"days": "(3..7]"}, "then": {"who": "head", "limit": 2}},
            {"then": {"who": "bureau", "limit": 3}, "why": "其余"},
        ],
    },
    DecisionTable,
)  # fmt: skip


def test_the_first_row_that_answers():
    assert decisions.decide(WHO, {"form": {"days": 2, "kind": "sick"}}) == {"who": "homeroom", "limit": 1}
    assert decisions.decide(WHO, {"form": {"days": Decimal("3.5"), "kind": "sick"}})["who"] == "head"
    told = decisions.weigh(WHO, {"form": {"days": None, "kind": "sick"}})
    assert (told.then["who"], told.rules, told.why) == ("bureau", (3,), ("其余",))


def test_no_row_answers():
    table = DecisionTable("t", (Input("n"),), ("x",), (Rule({"x": 1}, {"n": "> 3"}),))
    assert decisions.decide_all(table, [{"n": 1}, {}, {"n": 4}]) == [
        decisions.Decision({}, (), ()),
        decisions.Decision({}, (), ()),
        decisions.Decision({"x": 1}, (1,), ()),
    ]


def test_every_row_that_answers():
    rules = (Rule({"x": "a"}, {"n": "> 1"}, "甲"), Rule({"x": "b"}, {"n": "> 2"}, "乙"), Rule({"x": "c"}))
    table = DecisionTable("t", (Input("n"),), ("x",), rules, hit="collect")
    (answer,) = decisions.decide_all(table, [{"n": 3}])
    assert (answer.then, answer.rules, answer.why) == ({"x": ["a", "b", "c"]}, (1, 2, 3), ("甲", "乙"))
    assert decisions.decide(table, {"n": 0}) == {"x": ["c"]}


def test_a_table_is_in_force_between_its_days():
    table = msgspec.structs.replace(WHO, begin_on="2026-09-01", until_on="2027-09-01")
    told = {"form": {"days": 1, "kind": "sick"}}
    assert decisions.decide(table, {**told, "today": "2026-09-01"})["limit"] == 1
    assert decisions.decide(table, told)["limit"] == 1
    for day in ("2026-08-31", "2027-09-01"):
        with pytest.raises(BadExpression, match=day):
            decisions.decide(table, {**told, "today": day})


def test_what_cannot_be_worked_out_is_said():
    with pytest.raises(BadExpression):
        decisions.decide(WHO, {"form": {}})
    with pytest.raises(BadExpression):
        decisions.decide(WHO, {"other": {}})
    with pytest.raises(BadTest):
        decisions.decide_all(DecisionTable("t", (Input("n"),), ("x",), (Rule({"x": 1}, {"n": "~ 3"}),)), [{}])


def test_many_threads_ask_one_table():
    wrong = []

    def ask():
        for days in range(200):
            who = decisions.decide(WHO, {"form": {"days": days, "kind": "sick"}})["who"]
            if who != ("homeroom" if days <= 3 else "head" if days <= 7 else "bureau"):
                wrong.append(days)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


NUMBERS = st.integers(-40, 40).map(lambda n: Decimal(n) / 4)
DAYS = st.dates(
    min_value=__import__("datetime").date(2026, 8, 28), max_value=__import__("datetime").date(2026, 9, 5)
)
TEXTS = st.sampled_from(["a", "b", "it's", "病假", "1", ""])


def _cells(values, written):
    one = values.map(written)
    few = st.lists(one, min_size=1, max_size=3).map(", ".join)
    ordered = st.tuples(st.sampled_from("[("), values, values, st.sampled_from("])")).map(
        lambda s: f"{s[0]}{written(min(s[1:3]))}..{written(max(s[1:3]))}{s[3]}"
    )
    compared = st.tuples(st.sampled_from(["<=", "<", ">", ">=", "=", "!="]), one).map(" ".join)
    return st.one_of(st.just(""), few, few.map("not ".__add__), ordered, compared)


CELLS = {
    "number": _cells(NUMBERS, lambda n: format(n, "f")),
    "date": _cells(DAYS, lambda day: day.isoformat()),
    "text": st.one_of(
        st.just(""),
        st.lists(TEXTS.map(lambda t: f'"{t}"'), min_size=1, max_size=3).map(", ".join),
        TEXTS.map(lambda t: f'!= "{t}"'),
    ),
    "yes_no": st.sampled_from(["", True, False, "not true"]),
}
VALUES = {"number": NUMBERS, "date": DAYS, "text": TEXTS, "yes_no": st.booleans()}
TYPES = {"number": "decimal(12, 2)", "date": "date", "text": "varchar", "yes_no": "boolean"}


@st.composite
def _tables(draw):
    kinds = draw(st.lists(st.sampled_from(list(CELLS)), min_size=1, max_size=4))
    keys = [f"k{number}" for number in range(len(kinds))]
    rules = draw(
        st.lists(
            st.builds(
                Rule,
                st.fixed_dictionaries({"x": TEXTS, "y": st.integers(-5, 5)}),
                st.fixed_dictionaries({key: CELLS[kind] for key, kind in zip(keys, kinds, strict=True)}),
            ),
            min_size=1,
            max_size=6,
        )
    )
    table = DecisionTable(
        "t",
        tuple(map(Input, keys)),
        ("x", "y"),
        tuple(rules),
        hit=draw(st.sampled_from(["first", "collect"])),
    )
    row = st.tuples(*(st.none() | VALUES[kind] for kind in kinds))
    return table, kinds, draw(st.lists(row, min_size=1, max_size=12))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_tables())
def test_duckdb_answers_as_zen(made):
    table, kinds, rows = made
    keys = [one.key for one in table.inputs]
    with duckdb.connect() as base:
        columns = ", ".join(f"{key} {TYPES[kind]}" for key, kind in zip(keys, kinds, strict=True))
        base.execute(f"create table rows (id integer, {columns})")
        base.executemany(
            f"insert into rows values (?{', ?' * len(keys)})",
            [[number, *row] for number, row in enumerate(rows)],
        )
        statement = decisions.to_sql(table, "rows", keep=["id"])
        found = base.execute(f"{statement} order by id").fetchall()
    expected = decisions.decide_all(table, [dict(zip(keys, row, strict=True)) for row in rows])
    for (_id, x, y, hits), answer in zip(found, expected, strict=True):
        assert (tuple(hits) if isinstance(hits, list) else (hits,) if hits else ()) == answer.rules
        if table.hit == "collect":
            assert {"x": x, "y": y} == answer.then
        else:
            assert {"x": x, "y": y} == (answer.then or {"x": None, "y": None})


def test_columns_of_the_relation_under_other_names():
    with duckdb.connect() as base:
        statement = decisions.to_sql(
            WHO, "(select 5 as n, 'sick' as why, 7 as id)", {"days": "n", "kind": "upper(why)"}, keep=["id"]
        )
        assert base.execute(statement).fetchall() == [(7, "head", 2, 2)]
