"""The code tables in force: as they ship (one CSV a table, listed in index.yaml with standard, edition and source), and
over them the editions that stewards published, each from its day on.

A process keeps the tables until a door meets a newer state of the catalogue, so that asking costs a look at a dict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path

from django.db import connection

from jizuo.ground import acting, catalogue_state
from jizuo.hubs.data.rules.code_tables import Local, UnitTable
from jizuo.plain import typed
from jizuo.plain.codes import Code, CodeTable, load

EDITIONS = """
select distinct on (code_table) code_table, title, edition, rows::text, standard, source, to_check from code_edition
where state = 'published' and effective_on <= %(day)s and (until_on is null or until_on > %(day)s)
order by code_table, effective_on desc
"""
#: Days other than today whose tables a process keeps at once.
MOST_DAYS = 8

_kept: tuple[str, dict[date, dict[str, CodeTable]]] = ("", {})


@cache
def shipped() -> dict[str, CodeTable]:
    """Every code table as it ships, by its id."""
    return load(Path(__file__).parent)


class _OfUnit:
    """A unit's own codes for the length of a block, and the tables made with them."""

    def __init__(self, local: Mapping[str, Mapping[str, Local]]) -> None:
        self.local = local
        self.made: dict[tuple[str, date], dict[str, CodeTable]] = {}


_of_unit: ContextVar[_OfUnit | None] = ContextVar("jizuo_local_codes", default=None)


@contextmanager
def using(local: Mapping[str, Mapping[str, Local]]) -> Iterator[None]:
    """Let `tables` know a unit's own codes (table -> code -> local code) for the length of the block: while its files are
    read."""
    token = _of_unit.set(_OfUnit(local) if local else None)
    try:
        yield
    finally:
        _of_unit.reset(token)


def tables(on: date | None = None) -> dict[str, CodeTable]:
    """Every code table by its id, as of a day (default: today)."""
    day, own = on or acting.today(), _of_unit.get()
    known = _of_base(day)
    if own is None:
        return known
    place = (_kept[0], day)
    if place not in own.made:
        own.made[place] = known | {
            table: UnitTable(known[table], codes) for table, codes in own.local.items() if table in known
        }
    return own.made[place]


def _of_base(day: date) -> dict[str, CodeTable]:
    global _kept
    state = catalogue_state.seen()
    if state != _kept[0] or len(_kept[1]) > MOST_DAYS:
        _kept = (state, {})
    days = _kept[1]
    if day not in days:
        days[day] = {**shipped(), **(_editions(day) if state else {})}
    return days[day]


def _editions(day: date) -> dict[str, CodeTable]:
    with connection.cursor() as cursor:
        cursor.execute(EDITIONS, {"day": day})
        found = cursor.fetchall()
    return {
        table: CodeTable(
            table, title, rows_of(rows), standard=standard, edition=edition, source=source, to_check=to_check
        )
        for table, title, edition, rows, standard, source, to_check in found
    }


def rows_of(text: str) -> list[Code]:
    """The rows of an edition as the base keeps them."""
    return typed.from_json(text, list[Code])


def name_of(table: str, code: str) -> str:
    """The name of a code, or the code itself where the table does not know it."""
    found = tables()[table].get(code) if code else None
    return found.name if found else code


def short_name_of(table: str, code: str) -> str:
    """What schools call a code in a list: its first other name where that is shorter (男 for 男性), else its name."""
    found = tables()[table].get(code) if code else None
    return min(found.name, *found.aliases[:1], key=len) if found else code
