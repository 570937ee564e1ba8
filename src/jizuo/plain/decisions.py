"""Decision tables: rows of tests and what follows from them, as data.

A table is worked out by zen-engine from content compiled once, and over a whole dataset as one statement of DuckDB; both
give the same answers (`decision_tests` says how values compare).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

import msgspec

from jizuo.plain import decision_tests as tests
from jizuo.plain import expression, typed
from jizuo.plain.decision_tests import BadTest, Kind, Test
from jizuo.plain.expression import BadExpression

_FIELD = "rule"


class Input(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One column that is tested. key: its name in the rules; of: expression of its value, the key itself when left out."""

    key: str
    title: str = ""
    of: str = ""


class Rule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One row. when: input -> test (``<= 3``, ``[3..5]``, ``"a", "b"``, empty for any); then: output -> value; why: the rule
    it follows from, shown to who asks."""

    then: dict[str, str | int | float | bool]
    when: dict[str, str | int | float | bool] = {}
    why: str = ""


class DecisionTable(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """decisions/*.yaml. hit: the first row that answers, or all of them. begin_on, until_on: days it is in force, the last
    one not included."""

    title: str
    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]
    english: str = ""
    hit: Literal["first", "collect"] = "first"
    source: str = ""
    begin_on: str = ""
    until_on: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a table says. then: output -> value, of `collect` output -> list of values; empty when no rule answered (first).
    rules: numbers of the rules that answered, from 1; why: what they follow from."""

    then: dict[str, Any]
    rules: tuple[int, ...]
    why: tuple[str, ...]


def decide(table: DecisionTable, told: Mapping[str, Any]) -> dict[str, Any]:
    """What the table says over what expressions read (``form``, ``steps``, ``today`` ...): output -> value.

    Raises BadExpression for a value that cannot be worked out and for a table that is not in force on `today`.
    """
    return weigh(table, told).then


def weigh(table: DecisionTable, told: Mapping[str, Any]) -> Decision:
    """As `decide`, with the rules that answered and why."""
    today = str(told.get("today") or "")[:10]
    if today and not (table.begin_on or today) <= today < (table.until_on or "9999-12-32"):
        raise BadExpression(f"决策表“{table.title}”在 {today} 不适用", "换用现行的表，或改它的起止日期")
    row = {}
    for one in table.inputs:
        if one.of and one.of not in told:
            row[one.key] = _worked_out(one.of, told)
        else:
            row[one.key] = told.get(one.of or one.key)
    return decide_all(table, [row])[0]


def decide_all(table: DecisionTable, rows: Iterable[Mapping[str, Any]]) -> list[Decision]:
    """What the table says of each row (input -> value). Raises BadTest for a table that cannot be read."""
    compiled = _compiled(msgspec.msgpack.encode(table))
    decisions = []
    for row in rows:
        context = {
            place: tests.plain_of(tests.value_of(row.get(key), kind)) for place, key, kind in compiled.inputs
        }
        answer = compiled.engine.evaluate(_FIELD, context)["result"]
        hits = answer if isinstance(answer, list) else [answer] if answer else []
        decisions.append(_decision(table, [int(hit[_FIELD]) for hit in hits]))
    return decisions


def to_zen(table: DecisionTable) -> dict[str, Any]:
    """The table in zen's JSON format; each row answers with its number. Raises BadTest."""
    keys = {one.key: f"i{place}" for place, one in enumerate(table.inputs)}
    cells = cells_of(table)
    rules = [
        {"_id": f"r{number}", "o0": str(number), **{keys[key]: test.zen() for key, test in row.items()}}
        for number, row in enumerate(cells, 1)
    ]
    node = {
        "hitPolicy": table.hit,
        "inputs": [
            {"id": place, "name": key, "field": place, "type": "expression"} for key, place in keys.items()
        ],
        "outputs": [{"id": "o0", "name": _FIELD, "field": _FIELD, "type": "expression"}],
        "rules": rules,
    }
    spot = {"position": {"x": 0, "y": 0}}
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", **spot},
            {"id": "table", "type": "decisionTableNode", "name": "table", "content": node, **spot},
            {"id": "out", "type": "outputNode", "name": "out", **spot},
        ],
        "edges": [
            {"id": "a", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "b", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }


def to_sql(
    table: DecisionTable, relation: str, columns: Mapping[str, str] | None = None, keep: Sequence[str] = ()
) -> str:
    """The table as one statement of DuckDB over a relation: the columns to `keep`, each output, and ``rule``, the number of
    the rule (0 for none). Of a table that collects, outputs are lists and ``rules`` the numbers.

    columns: input -> column or expression of the relation, the key itself where not named; `relation`, `columns` and `keep`
    are SQL of the caller's own. Raises BadTest.
    """
    columns = columns or {}
    kinds = kinds_of(table)
    place = {one.key: f"_i{number}" for number, one in enumerate(table.inputs)}
    kept = "".join(f"{one}, " for one in keep)
    casts = ", ".join(
        f"{tests.cast_of(columns.get(key, _name(key)), kind)} as {place[key]}" for key, kind in kinds.items()
    )
    conditions = []
    for row in cells_of(table):
        parts = [test.sql(place[key]) for key, test in row.items()]
        conditions.append(" and ".join(f"({part})" for part in parts if part) or "true")
    inner = f"select {kept}{casts} from {relation}"
    if table.hit == "collect":
        hits = ", ".join(f"case when {test} then {number} end" for number, test in enumerate(conditions, 1))
        middle = f"select {kept}list_filter([{hits}], lambda r: r is not null) as _r from ({inner})"
        outputs = "".join(
            f"list_transform(_r, lambda r: {_list(table, output)}[r]) as {_name(output)}, "
            for output in table.outputs
        )
        return f"select {kept}{outputs}_r as rules from ({middle})"
    hit = " ".join(f"when {test} then {number}" for number, test in enumerate(conditions, 1))
    middle = f"select {kept}case {hit} else 0 end as _r from ({inner})"
    outputs = "".join(f"{_list(table, output)}[_r] as {_name(output)}, " for output in table.outputs)
    return f"select {kept}{outputs}_r as rule from ({middle})"


def cells_of(table: DecisionTable) -> list[dict[str, Test]]:
    """What each row tests, by input; inputs left out are any value. Raises BadTest."""
    return [{one.key: tests.read(rule.when.get(one.key, "")) for one in table.inputs} for rule in table.rules]


def kinds_of(table: DecisionTable) -> dict[str, Kind]:
    """The kind of each input, from what its cells say. Raises BadTest where they differ."""
    kinds: dict[str, Kind] = {}
    for one in table.inputs:
        found = {tests.read(rule.when.get(one.key, "")).kind for rule in table.rules} - {"any"}
        if len(found) > 1:
            raise BadTest(
                f"“{one.title or one.key}”一列混用了文字、数字和日期",
                "同一列用同一种值；像数字的代码加双引号",
            )
        kinds[one.key] = found.pop() if found else "any"
    return kinds


@dataclass(frozen=True, slots=True)
class _Compiled:
    engine: Any
    inputs: tuple[tuple[str, str, Kind], ...]


@lru_cache(maxsize=256)
def _compiled(said: bytes) -> _Compiled:
    table = typed.from_msgpack(said, DecisionTable)
    import zen

    content = zen.ZenDecisionContent(msgspec.json.encode(to_zen(table)).decode())
    engine = zen.ZenEngine({"loader": lambda key: content})
    kinds = kinds_of(table)
    inputs = [(f"i{place}", one.key, kinds[one.key]) for place, one in enumerate(table.inputs)]
    return _Compiled(engine, tuple(inputs))


def _worked_out(text: str, told: Mapping[str, Any]) -> Any:
    return expression.compile(text, frozenset(told)).value(told)


def _decision(table: DecisionTable, numbers: list[int]) -> Decision:
    rules = [table.rules[number - 1] for number in numbers]
    why = tuple(rule.why for rule in rules if rule.why)
    if table.hit == "collect":
        then: dict[str, Any] = {
            key: [rule.then[key] for rule in rules if key in rule.then] for key in table.outputs
        }
    else:
        then = dict(rules[0].then) if rules else {}
    return Decision(then, tuple(numbers), why)


def _list(table: DecisionTable, output: str) -> str:
    return f"[{', '.join(_constant(rule.then.get(output)) for rule in table.rules)}]"


def _constant(value: str | int | float | bool | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return tests.quoted(value) if isinstance(value, str) else format(Decimal(str(value)), "f")


def _name(key: str) -> str:
    return '"' + key.replace('"', '""') + '"'
