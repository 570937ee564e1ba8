"""Which rules are in force where: those that ship and those that stewards wrote, with what was switched."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.hubs.data import quality
from jizuo.hubs.data.rules.quality.declared import Rule
from jizuo.hubs.data.rules.quality.faults import BadRule

log = logging.getLogger(__name__)
ON, OFF, DRAFT = "on", "off", "draft"
WATCHERS = scopes.DISTRICT_ROLES | scopes.SCHOOL_ROLES | {scopes.OPERATOR}
STEWARDS = frozenset({scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD})

NEWEST = """
select distinct on (code) code, version, unit_no, told::text, state, reason, written_at from quality_rule
order by code, version desc
"""
SWITCHED = """
select distinct on (rule, unit_no) rule, unit_no, is_on, reason, set_at from quality_switch
order by rule, unit_no, set_at desc, id desc
"""


class Written(msgspec.Struct, frozen=True):
    """A steward's rule in its newest version. told: its declaration; unit_no: where it holds, and below."""

    code: str
    version: int
    unit_no: int
    told: dict[str, Any]
    state: str
    reason: str
    written_at: datetime


class Switch(msgspec.Struct, frozen=True):
    """A rule switched on or off at a unit and below."""

    rule: str
    unit_no: int
    is_on: bool
    reason: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class InForce:
    """A rule that runs, and the units among those asked for where it does not hold."""

    rule: Rule
    off: frozenset[int]


def written_rules() -> dict[str, Written]:
    """Every steward's rule by code, newest version."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        return {
            code: Written(code, version, unit_no, msgspec.json.decode(told), state, reason, at)
            for code, version, unit_no, told, state, reason, at in cursor.fetchall()
        }


def switches() -> dict[str, dict[int, Switch]]:
    """rule -> unit -> its newest switch."""
    found: dict[str, dict[int, Switch]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SWITCHED)
        for row in cursor.fetchall():
            found.setdefault(row[0], {})[row[1]] = Switch(*row)
    return found


def above() -> dict[int, tuple[int, ...]]:
    """unit -> itself and the units above it, the nearest first."""
    with connection.cursor() as cursor:
        cursor.execute("select unit_no, parent_no from unit where unit_no > 0")
        parent = dict(cursor.fetchall())
    found = {}
    for unit_no in parent:
        line: list[int] = []
        here: int | None = unit_no
        while here is not None and here in parent and here not in line:
            line.append(here)
            here = parent[here]
        found[unit_no] = tuple(line)
    return found


def is_on(
    line: Iterable[int], told: Mapping[int, Switch], *, usually: bool, within: int | None = None
) -> bool:
    """Whether a rule holds at the first unit of `line` (it and those above): the nearest switch decides, else the
    rule's own state; a rule of a unit holds below it only."""
    units = list(line)
    if within is not None and within not in units:
        return False
    near = next((told[unit] for unit in units if unit in told), None)
    return usually if near is None else near.is_on


def in_force(units: Iterable[int], today: date) -> list[InForce]:
    """The rules that hold at any of the units. A steward's rule that can no longer be compiled (its dataset is gone) is
    left out and logged; the page of rules says so."""
    lines, told, wanted = above(), switches(), list(units)
    found: list[tuple[Rule, bool, int | None]] = [
        (rule, not rule.is_off, None) for rule in quality.shipped(today).values()
    ]
    for one in written_rules().values():
        if one.state != ON:
            continue
        try:
            found.append((quality.compile_rule(one.told, today), True, one.unit_no))
        except BadRule as error:
            log.warning("rule %s cannot run: %s", one.code, error)
    out = []
    for rule, usually, within in found:
        off = frozenset(
            unit for unit in wanted
            if not is_on(lines.get(unit, (unit,)), told.get(rule.code, {}), usually=usually, within=within)
        )  # fmt: skip
        if len(off) < len(wanted):
            out.append(InForce(rule, off))
    return out


@source(title="在用的质量规则", roles=WATCHERS | {scopes.HOMEROOM_TEACHER}, reach=PAGE)
def rules_here() -> dict[str, Rule]:
    """The rules that hold at any unit in reach, by code."""
    scope = scopes.current()
    return {one.rule.code: one.rule for one in in_force([u for u in scope.units if u], scope.today)}
