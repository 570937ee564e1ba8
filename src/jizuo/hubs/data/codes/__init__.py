"""The code tables as they ship: one CSV a table, listed in index.yaml with standard, edition and source."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jizuo.plain.codes import CodeTable, load


@cache
def tables() -> dict[str, CodeTable]:
    """Every code table by its id."""
    return load(Path(__file__).parent)


def name_of(table: str, code: str) -> str:
    """The name of a code, or the code itself where the table does not know it."""
    found = tables()[table].get(code) if code else None
    return found.name if found else code


def short_name_of(table: str, code: str) -> str:
    """What schools call a code in a list: its first other name where that is shorter (男 for 男性), else its name."""
    found = tables()[table].get(code) if code else None
    return min(found.name, *found.aliases[:1], key=len) if found else code
