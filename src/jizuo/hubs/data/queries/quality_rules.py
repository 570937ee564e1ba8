"""Which rules are in force where: those that ship and those that stewards wrote, with what was switched."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.hubs.data import quality
from jizuo.hubs.data.rules.quality.declared import Rule
from jizuo.hubs.data.rules.quality.faults import BadRule
from jizuo.plain import typed

log = logging.getLogger(__name__)
ON, OFF, DRAFT = "on", "off", "draft"
WATCHERS = scopes.DISTRICT_ROLES | scopes.SCHOOL_ROLES | {scopes.OPERATOR}
STEWARDS = frozenset({scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD})

#: Units, the newest version of each steward's rule and the newest switch of each rule and unit, in one read.
STATE = """
select (select coalesce(jsonb_agg(jsonb_build_array(unit_no, parent_no, name)), '[]')::text from unit where unit_no > 0),
  (select coalesce(jsonb_agg(jsonb_build_array(code, version, unit_no, told, state, reason, written_at)), '[]')::text
   from (select distinct on (code) * from quality_rule order by code, version desc) r),
  (select coalesce(jsonb_agg(jsonb_build_array(rule, unit_no, is_on, reason, set_at)), '[]')::text
   from (select distinct on (rule, unit_no) * from quality_switch order by rule, unit_no, set_at desc, id desc) s)
"""


class Written(msgspec.Struct, frozen=True, array_like=True):
    """A steward's rule in its newest version. told: its declaration; unit_no: where it holds, and below."""

    code: str
    version: int
    unit_no: int
    told: dict[str, Any]
    state: str
    reason: str
    written_at: datetime


class Switch(msgspec.Struct, frozen=True, array_like=True):
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


@dataclass(frozen=True, slots=True)
class State:
    """What was said about rules. lines: unit -> itself and the units above it, the nearest first; names: unit -> name;
    written: stewards' rules by code; switches: rule -> unit -> switch."""

    lines: Mapping[int, tuple[int, ...]]
    names: Mapping[int, str]
    written: Mapping[str, Written]
    switches: Mapping[str, Mapping[int, Switch]]


def read_state() -> State:
    """As it stands, in one read."""
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        told = cursor.fetchone()
    units = typed.from_json(told[0], list[tuple[int, int | None, str]])
    written = typed.from_json(told[1], list[Written])
    switches: dict[str, dict[int, Switch]] = {}
    for one in typed.from_json(told[2], list[Switch]):
        switches.setdefault(one.rule, {})[one.unit_no] = one
    parent = {unit_no: above for unit_no, above, _name in units}
    return State(
        {unit_no: line_of(unit_no, parent) for unit_no in parent},
        {unit_no: name for unit_no, _above, name in units},
        {one.code: one for one in written},
        switches,
    )


def line_of(unit_no: int, parent: Mapping[int, int | None]) -> tuple[int, ...]:
    """A unit and those above it, the nearest first."""
    line: list[int] = []
    here: int | None = unit_no
    while here is not None and here in parent and here not in line:
        line.append(here)
        here = parent[here]
    return tuple(line)


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


def in_force(units: Iterable[int], today: date, state: State | None = None) -> list[InForce]:
    """The rules that hold at any of the units. A steward's rule that can no longer be compiled (its dataset is gone) is
    left out and logged; the page of rules says so."""
    state, wanted = state or read_state(), list(units)
    found: list[tuple[Rule, bool, int | None]] = [
        (rule, not rule.is_off, None) for rule in quality.shipped(today).values()
    ]
    for one in state.written.values():
        if one.state != ON:
            continue
        try:
            found.append((quality.compile_rule(one.told, today), True, one.unit_no))
        except BadRule as error:
            log.warning("rule %s cannot run: %s", one.code, error)
    out = []
    for rule, usually, within in found:
        told = state.switches.get(rule.code, {})
        off = frozenset(
            unit for unit in wanted
            if not is_on(state.lines.get(unit, (unit,)), told, usually=usually, within=within)
        )  # fmt: skip
        if len(off) < len(wanted):
            out.append(InForce(rule, off))
    return out


class RuleLine(msgspec.Struct, frozen=True):
    """A rule in the list. is_on: it holds at the acting unit; off_at: names of units in reach where it does not;
    is_own: written here; wrong: why it cannot run, '' when it can."""

    code: str
    title: str
    fix: str
    kind: str
    dataset: str
    dataset_title: str
    dimension: str
    severity: str
    owner: str
    days: int
    source: str
    is_on: bool
    off_at: list[str]
    is_own: bool
    version: int
    state: str
    wrong: str
    reason: str


@source(title="质量规则", roles=WATCHERS, reach=API)
def quality_rule_list() -> list[RuleLine]:
    """Every rule that ships and every one that holds at the acting unit or was written by it, on or off."""
    return rule_lines(read_state())


class RulesPage(msgspec.Struct, frozen=True):
    """What the page of rules shows. units: those in reach by name, for setting a rule at one of them."""

    rules: list[RuleLine]
    units: list[tuple[int, str]]


@source(title="质量规则一览", roles=WATCHERS, reach=PAGE)
def rules_page() -> RulesPage:
    """Every rule, and for who may switch them the units in reach."""
    scope = scopes.current()
    return RulesPage(rule_lines(read_state()), named_units() if scope.role in STEWARDS else [])


def rule_lines(state: State) -> list[RuleLine]:
    """Every rule as the acting unit sees it."""
    scope = scopes.current()
    reach = [unit for unit in scope.units if unit]
    lines = [
        line(rule, state, reach, usually=not rule.is_off) for rule in quality.shipped(scope.today).values()
    ]
    for one in state.written.values():
        if one.unit_no not in (*state.lines.get(scope.unit_no, ()), *reach):
            continue
        try:
            rule = quality.compile_rule(one.told, scope.today)
        except BadRule as error:
            told = {"title": one.code, "fix": "", "kind": "", "dataset": "", **one.told}
            lines.append(
                RuleLine(
                    one.code,
                    str(told["title"]),
                    str(told["fix"]),
                    str(told["kind"]),
                    str(told["dataset"]),
                    "",
                    "",
                    "",
                    "",
                    0,
                    "",
                    False,
                    [],
                    one.unit_no == scope.unit_no,
                    one.version,
                    one.state,
                    str(error),
                    one.reason,
                )
            )
            continue
        lines.append(line(rule, state, reach, usually=one.state == ON, written=one))
    return lines


def line(
    rule: Rule, state: State, reach: Iterable[int], *, usually: bool, written: Written | None = None
) -> RuleLine:
    """A rule as the acting unit sees it."""
    scope = scopes.current()
    told = state.switches.get(rule.code, {})
    within = written.unit_no if written else None

    def holds(unit: int) -> bool:
        return is_on(state.lines.get(unit, (unit,)), told, usually=usually, within=within)

    here = holds(scope.unit_no)
    off_at = [state.names.get(unit, str(unit)) for unit in reach if here and not holds(unit)]
    near = next((told[unit] for unit in state.lines.get(scope.unit_no, ()) if unit in told), None)
    return RuleLine(
        rule.code, rule.word, rule.mend, rule.kind, rule.dataset, quality.title_of(rule.dataset), rule.dimension,
        rule.severity, rule.owner, rule.days, rule.source, here, off_at,
        written is not None and written.unit_no == scope.unit_no, written.version if written else 0,
        written.state if written else (ON if here else OFF), "", near.reason if near else written.reason if written else "",
    )  # fmt: skip


@source(title="自己写的质量规则", roles=STEWARDS, reach=API)
def written_rule(*, code: str) -> Written:
    """A rule that the acting unit wrote, in its newest version. Raises NotFound."""
    found = read_state().written.get(code)
    if found is None or found.unit_no != scopes.current().unit_no:
        raise NotFound(_("没有这条规则"))
    return found


def named_units() -> list[tuple[int, str]]:
    """Units in reach with their names, in the order of names."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no, name from unit where unit_no = any(%s) and unit_no > 0 order by sort_key, unit_no",
            [list(scopes.current().units)],
        )
        return cursor.fetchall()
