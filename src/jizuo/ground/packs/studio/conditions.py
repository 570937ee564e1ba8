"""Conditions and filters as three words each: field, comparison, value; and back from what a file says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jizuo.ground.packs.studio import plain
from jizuo.ground.packs.studio.words import MOMENTS

_SIGNS = {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_SAID = re.compile(
    r"^\s*(?P<field>(?:form|settings|applicant|subject|steps)(?:\.[a-z][a-z0-9_]*)+)\s*(?P<sign>==|!=|>=|<=|>|<)\s*"
    r"""(?P<value>"[^"\\]*"|'[^'\\]*'|-?\d+(?:\.\d+)?|true|false|(?:settings|form)\.[a-z][a-z0-9_]*)\s*$"""
)
_WORDS = {sign: key for key, sign in _SIGNS.items()}
_TRUTHS = {"是": "true", "否": "false"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. field: ``form.days``; value: as a person types it; text: the expression, when it is no comparison."""

    field: str = ""
    op: str = "eq"
    value: str = ""
    text: str = ""


def read(text: str, options: Mapping[str, Mapping[str, str]] | None = None) -> Condition:
    """A condition from its expression. options: field -> code -> name, shown instead of codes."""
    match = _SAID.match(text)
    if match is None:
        return Condition(text=text)
    value = words_of(match["value"], (options or {}).get(match["field"], {}))
    return Condition(match["field"], _WORDS[match["sign"]], value)


def write(told: Condition, options: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """The expression of a condition: numbers and truths bare, names of codes as codes, everything else a text."""
    if told.text.strip():
        return told.text.strip()
    if not told.field:
        return ""
    said = value_of(told.value.strip(), (options or {}).get(told.field))
    return f"{told.field} {_SIGNS.get(told.op, '==')} {said}"


def words_of(said: str, names: Mapping[str, str]) -> str:
    """A bare value of an expression as a person types it. names: code -> name, shown instead of codes."""
    if said[:1] in ('"', "'"):
        return names.get(said[1:-1], said[1:-1])
    return {truth: word for word, truth in _TRUTHS.items()}.get(said, said)


def value_of(text: str, names: Mapping[str, str] | None = None) -> str:
    """The expression of a typed value: see `write`. names: code -> name where it is one of a list."""
    codes = {name: code for code, name in (names or {}).items()}
    if text in codes:
        return json.dumps(codes[text], ensure_ascii=False)
    if names is None and text in _TRUTHS:
        return _TRUTHS[text]
    if names is None and re.fullmatch(r"-?\d+(\.\d+)?|(settings|form)\.[a-z][a-z0-9_]*", text):
        return text
    return json.dumps(text, ensure_ascii=False)


def where_words(value: Any, names: Mapping[str, str]) -> str:
    """The value of a filter as a person reads it. names: code -> name of the column's codes."""
    if isinstance(value, list):
        return "、".join(where_words(one, names) for one in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    said = str(value)
    return {told: word for word, told in MOMENTS.items()}.get(said, names.get(said, said))


def where_value(text: str, op: str, kind: str, names: Mapping[str, str]) -> Any:
    """The value of a filter as a file says it. kind: type of the column."""
    if op == "in":
        return [
            where_value(one, "eq", kind, names) for one in re.split(r"[、,，;；]\s*", text) if one.strip()
        ]
    said = text.strip()
    if op == "empty" or kind == "boolean":
        return said not in ("否", "false", "不", "0")
    if said in MOMENTS:
        return MOMENTS[said]
    codes = {name: code for code, name in names.items()}
    if said in codes:
        return codes[said]
    if kind in ("integer", "decimal") and re.fullmatch(r"-?\d+(\.\d+)?", said):
        return plain.number_of(said)
    return said
