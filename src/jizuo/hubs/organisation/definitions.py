"""What each number means, read from definitions.yaml: one home for a page's "?", the list of definitions and the
briefing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
from django.utils.translation import get_language

from jizuo.plain import declared, typed

FILE = Path(__file__).with_name("definitions.yaml")
#: A group smaller than this is not shown outside its own school.
SMALLEST_GROUP = 5


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One number: its formula in words, unit, who counts, where the values come from. list: the page behind it,
    below the acting role's address. counts: ``dataset.field`` of what it is worked out from."""

    key: str
    title: str
    english: str
    formula: str
    formula_english: str
    unit: str
    unit_english: str
    population: str
    population_english: str
    source: str
    source_english: str
    list: str
    counts: tuple[str, ...]

    def say(self, part: str) -> str:
        """`part` (title, formula, unit, population, source) in the language in force."""
        if (get_language() or "zh").startswith("zh"):
            return getattr(self, part)
        return getattr(self, "english" if part == "title" else f"{part}_english")


@cache
def all_definitions() -> dict[str, Definition]:
    """Every definition by key, in the file's order. Raises msgspec.ValidationError naming what is missing."""
    told = declared.read(FILE)
    return {key: typed.convert({"key": key, **entry}, Definition) for key, entry in told.items()}
