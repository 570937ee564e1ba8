"""Movements that go on by themselves: on the day they were agreed for, and when the register's import shows what they
asked for."""

from __future__ import annotations

from dataclasses import replace

from django.db import connection

from jizuo.ground import facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.facts import Told
from jizuo.hubs.organisation import movements
from jizuo.hubs.organisation.actions.movement_rows import HELD, Held, write, write_step
from jizuo.hubs.organisation.actions.moving_effects import BY_REGISTER, close, is_elsewhere, take_effect
from jizuo.hubs.organisation.movements import AGREED, CLOSED, KINDS, REGISTERED, SENT, Standing

STANDING = """
select a.end_on is null, a.is_registered, coalesce(p.status, ''), p.entry_year, o.entry_year
from movement m left join affiliation a on a.unit_no = m.unit_no and a.id = m.affiliation_id
left join pupil p on p.unit_no = m.unit_no and p.id = m.affiliation_id
left join org o on o.unit_no = m.unit_no and o.id = m.to_class_id
where m.id = %s
"""
#: One pupil of this name who came since: the one a 转入 waits for.
CAME = """
select (array_agg(a.id))[1] from affiliation a join movement m on m.id = %s and m.unit_no = a.unit_no
where a.role = 'pupil' and a.end_on is null and a.name = m.name and a.begin_on >= m.asked_on - 60
having count(*) = 1
"""


@action(title="按学籍导入办结", roles=[scopes.OPERATOR])
def settle_by_register(*, unit_no: int) -> int:
    """After an import of the pupil register: close what it shows as done; returns how many closed."""
    closed = 0
    with connection.cursor() as cursor:
        cursor.execute(
            HELD + "unit_no = %s and state = any(%s) order by id for update",
            [unit_no, [AGREED, SENT, REGISTERED]],
        )
        for row in cursor.fetchall():
            found = Held(*row)
            if found.kind == movements.TRANSFER_IN and found.link is None:
                cursor.execute(CAME, [found.id])
                came = cursor.fetchone()
                if came is None:
                    continue
                write(found.id, affiliation_id=came[0])
                found = replace(found, link=came[0])
            cursor.execute(STANDING, [found.id])
            now = Standing(*cursor.fetchone())
            if not movements.is_done_in_register(found.kind, now):
                continue
            if found.kind == movements.TRANSFER_IN and is_elsewhere(found):
                continue
            close_by_register(found)
            closed += 1
    return closed


def close_by_register(found: Held) -> None:
    """The register's import shows what the movement asked for."""
    if not found.is_done and not KINDS[found.kind].ends:
        take_effect(found)
    write_step(found.id, found.unit_no, found.state, CLOSED, "")
    close(found, BY_REGISTER)


@action(title="异动到日生效", roles=[scopes.OPERATOR])
def take_due_effect() -> int:
    """What was agreed for today or earlier and has not taken effect; returns how many did."""
    with connection.cursor() as cursor:
        cursor.execute(
            HELD + "state = any(%s) and effect_on <= %s and done_at is null order by id for update",
            [[AGREED, SENT, REGISTERED], scopes.current().today],
        )
        due = [Held(*row) for row in cursor.fetchall()]
    for found in due:
        take_effect(found)
    return len(due)


def on_refreshed(fact: Told) -> None:
    """An import of the pupil register was applied."""
    if fact.payload.get("importer") == "pupil_register":
        settle_by_register(unit_no=fact.unit_no)


def register() -> None:
    """Name the handler; called on the room's plate."""
    facts.on("DatasetRefreshed", "organisation.movements", on_refreshed)
