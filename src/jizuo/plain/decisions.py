"""Decision tables: rows of tests and what follows from them, as data."""

from __future__ import annotations

from typing import Literal

import msgspec


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
    """decisions/*.yaml. hit: the first row that answers, or all of them. begin_on, until_on: days it is in force."""

    title: str
    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]
    english: str = ""
    hit: Literal["first", "collect"] = "first"
    source: str = ""
    begin_on: str = ""
    until_on: str = ""
