"""Writing a rule without code, trying it, and switching rules on and off where they do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.types.json import Jsonb

from jizuo.ground import audit, facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action, source
from jizuo.ground.errors import BadInput, Conflict, NotFound
from jizuo.ground.ids import new_id
from jizuo.hubs.data import quality
from jizuo.hubs.data.actions import quality_asking
from jizuo.hubs.data.actions.quality_checking import plan_for
from jizuo.hubs.data.queries.quality_rules import DRAFT, OFF, ON, STEWARDS, in_force, read_state
from jizuo.hubs.data.rules.quality import asking
from jizuo.hubs.data.rules.quality.declared import Rule
from jizuo.hubs.data.rules.quality.faults import BadRule

#: A try-out that takes longer is no rule for every night.
MOST_SECONDS = 20

CLOSE_OFF = """
update quality_failure set state = 'closed', closed_at = now(), changed_at = now()
where rule = %s and unit_no = any(%s) and state in ('open', 'waived')
"""


class TriedUnit(msgspec.Struct, frozen=True):
    """What a rule would find at one unit."""

    unit_no: int
    name: str
    records: int
    failing: int


class Tried(msgspec.Struct, frozen=True):
    """What a rule would find: units with failing records first."""

    records: int
    failing: int
    units: list[TriedUnit]


def compiled(told: Mapping[str, Any]) -> Rule:
    """The rule of a declaration. Raises BadInput naming each place that is wrong."""
    try:
        return quality.compile_rule(told, scopes.current().today)
    except BadRule as error:
        raise BadInput(_("规则还不能用"), fix=_("按提示修改"), problems=error.problems) from error


@source(title="试算质量规则", roles=STEWARDS, reach=API)
def try_quality_rule(*, told: dict[str, Any]) -> Tried:
    """How many records would fail a rule, by unit in reach; nothing is kept. Raises BadInput."""
    rule = compiled(told)
    scope = scopes.current()
    subject = quality.subject_of(rule.dataset, scope.today).beside(rule.brought)
    day = asking.day_of(scope.today, settings.TIME_ZONE)
    with connection.cursor() as cursor:
        cursor.execute("set local jit = off")
        cursor.execute(f"set local statement_timeout = '{MOST_SECONDS}s'")
        plan_for(cursor, asking.WHOLE)
        cursor.execute(
            sql.SQL(
                "select x.unit_no, u.name, x.records, x.failing from (select {unit} as unit_no, count(*) as records,"
                " count(*) filter (where {fails}) as failing {rows} group by 1) x join unit u on u.unit_no = x.unit_no"
                " order by x.failing desc, u.sort_key, x.unit_no"
            ).format(
                unit=subject.unit, fails=rule.fails,
                rows=asking.records(subject, rule.names, mode=asking.WHOLE, day=day, with_source=False),
            )
        )  # fmt: skip
        units = [TriedUnit(*row) for row in cursor.fetchall()]
        cursor.execute("set local statement_timeout = 0")
    return Tried(sum(one.records for one in units), sum(one.failing for one in units), units)


@action(title="写质量规则", roles=STEWARDS, reach=API)
def write_quality_rule(*, told: dict[str, Any], state: str = DRAFT) -> int:
    """Keep a rule for the acting unit and those below; returns its version. state: draft or on. Raises BadInput for a
    rule that cannot be used, Conflict for a code that a shipped rule or another unit's has."""
    if state not in (DRAFT, ON):
        raise BadInput(_("规则先存成草稿，或直接启用"))
    rule = compiled(told)
    scope = scopes.current()
    if rule.code in quality.shipped(scope.today):
        raise Conflict(_("自带的规则已经用了这个代号"), fix=_("换一个代号"))
    held = read_state().written.get(rule.code)
    if held is not None and held.unit_no != scope.unit_no:
        raise Conflict(_("这个代号已经有人用了"), fix=_("换一个代号"))
    version = keep(rule.code, scope.unit_no, told, state, "", 1 if held is None else held.version + 1)
    if state == ON or (held is not None and held.state == ON):
        let_go(rule.code)
        check_again()
    return version


def keep(code: str, unit_no: int, told: Mapping[str, Any], state: str, reason: str, version: int) -> int:
    """One more version of a rule."""
    given: list[Any] = [
        new_id(),
        code,
        version,
        unit_no,
        Jsonb(told),
        state,
        reason,
        scopes.current().grant_no,
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into quality_rule (id, code, version, unit_no, told, state, reason, written_by)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            given,
        )
    audit.note(f"rule {code} {version} {state}")
    return version


def let_go(code: str) -> None:
    """Close what a rule found at the units in reach where it no longer holds: nobody is to mend it there."""
    scope = scopes.current()
    reach = [unit for unit in scope.units if unit != scopes.BASE_UNIT]
    held = next((one.off for one in in_force(reach, scope.today) if one.rule.code == code), frozenset(reach))
    if held:
        with connection.cursor() as cursor:
            cursor.execute(CLOSE_OFF, [code, sorted(held)])


def check_again() -> None:
    """A rule changed: what it finds is to be known."""
    for root in quality_asking.roots_of(scopes.current().unit_no):
        facts.tell(quality_asking.DUE, unit_no=root)


@action(title="启用或停用质量规则", roles=STEWARDS, reach=API)
def switch_quality_rule(*, code: str, is_on: bool, reason: str, unit_no: int | None = None) -> None:
    """Switch a rule on or off at a unit in reach and below (default: the acting unit), with the reason. A rule of one's
    own is switched as a whole when no unit is named. Raises NotFound, BadInput without a reason."""
    scope = scopes.current()
    if len(reason.strip()) < 2:
        raise BadInput(_("要写明原因"), fix=_("例如：本区没有幼儿园"))
    held = read_state().written.get(code)
    is_own = held is not None and held.unit_no == scope.unit_no
    if (unit_no is not None and unit_no not in scope.units) or (
        code not in quality.shipped(scope.today) and (held is None or not (is_own or unit_no is not None))
    ):
        raise NotFound(_("没有这条规则"))
    if is_own and unit_no is None and held is not None:
        keep(code, held.unit_no, held.told, ON if is_on else OFF, reason.strip()[:300], held.version + 1)
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into quality_switch (id, rule, unit_no, is_on, reason, set_by) values (%s, %s, %s, %s, %s, %s)",
                [
                    new_id(),
                    code,
                    scope.unit_no if unit_no is None else unit_no,
                    is_on,
                    reason.strip()[:300],
                    scope.grant_no,
                ],
            )
        audit.note(f"rule {code} {'on' if is_on else 'off'}")
    let_go(code)
    check_again()
