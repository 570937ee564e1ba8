"""What a unit has to mend and its failing rows: for the unit itself, never for who oversees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.ground.pages.asks import Ask, cut
from jizuo.hubs.data import quality
from jizuo.hubs.data.queries.quality_rules import State, in_force
from jizuo.hubs.data.rules.quality.declared import Rule

#: Who works on failing rows: the unit itself, never who oversees it.
MENDERS = scopes.SCHOOL_ROLES | {scopes.HOMEROOM_TEACHER}
MOST_ROWS = 20_000

TASKS = """
select rule, count(*), min(due_on), count(*) filter (where due_on < %(today)s) from quality_failure
where unit_no = %(unit)s and state = 'open' and (%(orgs)s::uuid[] is null or org_id = any(%(orgs)s))
group by 1
"""
ROWS = """
select id, record_id, first_seen_at, opened_at, due_on, state, times, source, reason from quality_failure
where unit_no = %(unit)s and rule = %(rule)s and state = any(%(states)s)
  and (%(orgs)s::uuid[] is null or org_id = any(%(orgs)s))
"""
EXPORTED = """
select rule, id, record_id, first_seen_at, opened_at, due_on, state, times, source, reason from quality_failure
where unit_no = %(unit)s and rule = any(%(rules)s) and state = 'open' order by rule, due_on, id limit %(most)s
"""


class QualityTask(msgspec.Struct, frozen=True):
    """Work of the acting school: so many records fail a rule, the first due on a day."""

    code: str
    title: str
    fix: str
    dataset: str
    dataset_title: str
    severity: str
    owner: str
    count: int
    due_on: date
    late: int


@source(title="数据质量待办", roles=MENDERS, reach=API)
def quality_tasks() -> list[QualityTask]:
    """What the acting unit has to mend, by rule, the late first. A homeroom teacher gets what falls to her in her own
    classes."""
    return tasks_of()


def tasks_of(state: State | None = None) -> list[QualityTask]:
    """What the acting unit has to mend, with the rules as they stand; they are read only where a rule is no shipped
    one."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(TASKS, {"unit": scope.unit_no, "today": scope.today, "orgs": own_orgs()})
        rows = cursor.fetchall()
    known = quality.shipped(scope.today)
    if any(code not in known for code, *_rest in rows):
        known = {one.rule.code: one.rule for one in in_force([scope.unit_no], scope.today, state)}
    rules = mine(known)
    found = [
        QualityTask(
            code, rules[code].word, rules[code].mend, rules[code].dataset, quality.title_of(rules[code].dataset),
            rules[code].severity, rules[code].owner, count, due_on, late,
        )
        for code, count, due_on, late in rows
        if code in rules
    ]  # fmt: skip
    grave = {"block": 0, "error": 1, "warn": 2}
    return sorted(found, key=lambda one: (not one.late, grave[one.severity], one.due_on, -one.count))


def own_orgs() -> list[UUID] | None:
    """The classes of a homeroom teacher; None for who works for the whole unit."""
    scope = scopes.current()
    return list(scope.org_ids) if scope.role == scopes.HOMEROOM_TEACHER else None


def mine(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """Of the rules those that fall to the acting role."""
    if scopes.current().role != scopes.HOMEROOM_TEACHER:
        return dict(rules)
    return {code: rule for code, rule in rules.items() if rule.owner == scopes.HOMEROOM_TEACHER}


class FailingRow(msgspec.Struct, frozen=True):
    """One failing record of the acting school. href: the page where it is mended, below the acting role's address."""

    failure_id: UUID
    record_id: UUID
    name: str
    where: str
    href: str
    first_seen_at: datetime
    due_on: date
    state: str
    times: int
    source: str
    reason: str


class FailingRows(msgspec.Struct, frozen=True):
    """One page of failing records of a rule (`rules.quality.declared.Rule`). count: all that answer."""

    rule: Any
    slice: Any
    count: int


def rule_of(code: str) -> Rule:
    """A rule that holds at the acting unit and falls to the acting role. Raises NotFound."""
    scope = scopes.current()
    rule = mine({one.rule.code: one.rule for one in in_force([scope.unit_no], scope.today)}).get(code)
    if rule is None:
        raise NotFound(_("没有这条规则"))
    return rule


@source(title="质量不合格的记录", roles=MENDERS, reach=PAGE)
def failing_rows(*, code: str, ask: Ask) -> FailingRows:
    """Records of the acting unit that fail a rule, by the day they are due. ask.filters: state. Raises NotFound."""
    rule = rule_of(code)
    states = [ask.filters.get("state", "open")]
    given: dict[str, Any] = {
        "unit": scopes.current().unit_no, "rule": code, "states": states, "orgs": own_orgs(), "size": ask.size + 1,
    }  # fmt: skip
    step, way = "true", "asc"
    place = ask.before or ask.after
    is_falling = ask.is_descending != (ask.before is not None)
    if place is not None:
        given["value"], given["last"] = place
        step = f"(due_on, id) {'<' if is_falling else '>'} (%(value)s::date, %(last)s::uuid)"
    way = "desc" if is_falling else "asc"
    with connection.cursor() as cursor:
        cursor.execute(
            f"with hit as ({ROWS}) select hit.*, (select count(*) from hit) from hit where {step}"
            f" order by due_on {way}, id {way} limit %(size)s",
            given,
        )
        rows = cursor.fetchall()
    lines = lines_of(rule, rows)
    audit.counted(min(len(lines), ask.size))
    return FailingRows(
        rule, cut(lines, ask, sort_key="due_on", id_key="failure_id"), rows[0][-1] if rows else 0
    )


def lines_of(
    rule: Rule, rows: Iterable[tuple[Any, ...]], places: Mapping[UUID, quality.Place] | None = None
) -> list[FailingRow]:
    """The rows with what their records are called and where they are mended."""
    kept = list(rows)
    if places is None:
        places = quality.places_of(rule.dataset, [row[1] for row in kept])
    nameless = quality.Place(_("（记录已不在名单里）"))
    out = []
    for failure_id, record_id, seen_at, _opened, due_on, state, times, source_, reason, *_rest in kept:
        place = places.get(record_id, nameless)
        out.append(
            FailingRow(
                failure_id,
                record_id,
                place.name,
                place.where,
                place.href,
                seen_at,
                due_on,
                state,
                times,
                source_,
                reason,
            )
        )
    return out


@source(title="下载质量不合格的记录", roles=scopes.SCHOOL_ROLES, reach=PAGE)
def export_failing(*, code: str = "") -> list[tuple[Rule, FailingRow]]:
    """Every open failing record of the acting unit, of one rule or of all, at most 20,000; who is named is disclosed.
    Raises NotFound for a rule that does not hold here."""
    scope = scopes.current()
    held = {one.rule.code: one.rule for one in in_force([scope.unit_no], scope.today)}
    if code and code not in held:
        raise NotFound(_("没有这条规则"))
    out: list[tuple[Rule, FailingRow]] = []
    with connection.cursor() as cursor:
        cursor.execute(
            EXPORTED, {"unit": scope.unit_no, "rules": [code] if code else list(held), "most": MOST_ROWS}
        )
        rows = cursor.fetchall()
    of_rule: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    of_dataset: dict[str, list[UUID]] = defaultdict(list)
    for rule_code, *row in rows:
        of_rule[rule_code].append(tuple(row))
        of_dataset[held[rule_code].dataset].append(row[1])
    places = {name: quality.places_of(name, dict.fromkeys(ids)) for name, ids in of_dataset.items()}
    for rule_code, some in of_rule.items():
        rule = held[rule_code]
        out += [(rule, line) for line in lines_of(rule, some, places[rule.dataset])]
    people = {one.person_id for found in places.values() for one in found.values() if one.person_id}
    audit.disclose(("name",), people, len(out))
    audit.note(f"quality {code or 'all'}")
    return out
