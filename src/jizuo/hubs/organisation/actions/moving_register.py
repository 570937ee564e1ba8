"""Movements that go on by themselves: on the day they were agreed for, and when the register's import shows what they
asked for."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.facts import Told
from jizuo.hubs.organisation import movements, people
from jizuo.hubs.organisation.actions.movement_rows import HELD, Held, write, write_step
from jizuo.hubs.organisation.actions.moving_effects import (
    BY_REGISTER,
    close,
    is_elsewhere,
    take_back,
    take_effect,
    tell_moved,
)
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

#: The state before the last closing, and whether the register was ahead of the movement's own day, so that it took effect
#: with its closing only.
CLOSING = """
select s.was, m.effect_on > m.closed_on from movement m
join movement_step s on s.unit_no = m.unit_no and s.movement_id = m.id and s.state = %s
where m.id = %s order by s.id desc limit 1
"""
#: Who left because a movement closed is there again; whom the import itself ended, its undo has brought back.
COME_BACK = """
update affiliation set end_on = null, end_reason = '', changed_at = now()
where id = %s and end_reason = %s and end_on is not null and batch_id is null
"""


@action(title="按学籍导入办结", roles=[scopes.OPERATOR])
def settle_by_register(*, unit_no: int, batch_id: UUID | None = None) -> int:
    """After an import of the pupil register: close what it shows as done; returns how many closed. batch_id: the import,
    whose undo opens them again."""
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
            close_by_register(found, batch_id)
            closed += 1
    return closed


def close_by_register(found: Held, batch_id: UUID | None) -> None:
    """The register's import shows what the movement asked for."""
    if not found.is_done and not KINDS[found.kind].ends:
        take_effect(found)
    write_step(found.id, found.unit_no, found.state, CLOSED, "")
    close(found, BY_REGISTER)
    write(found.id, batch_id=batch_id)


def reopen_by_register(batch_id: UUID) -> int:
    """The import that closed movements was taken back: each is where it was, and what closing it did is undone; returns
    how many. Inside the undo's door, once the import's rows are back."""
    with connection.cursor() as cursor:
        cursor.execute(HELD + "state = %s and closed_by = %s and batch_id = %s order by id for update",
                       [CLOSED, BY_REGISTER, batch_id])  # fmt: skip
        closed = [Held(*row) for row in cursor.fetchall()]
        for found in closed:
            cursor.execute(CLOSING, [CLOSED, found.id])
            was, is_early = cursor.fetchone()
            if is_early and not KINDS[found.kind].ends:
                take_back(found)
            if KINDS[found.kind].ends:
                cursor.execute(COME_BACK, [found.link, KINDS[found.kind].code])
            cursor.execute(
                "update movement m set state = %s, closed_by = '', closed_on = null, batch_id = null, changed_at = now(),"
                " done_at = case when %s then null else done_at end, affiliation_id = (select a.id from affiliation a"
                "  where a.unit_no = m.unit_no and a.id = m.affiliation_id) where id = %s",
                [was, is_early, found.id],
            )
            write_step(found.id, found.unit_no, CLOSED, was, _("学籍导入已撤销"))
            tell_moved(found)
    people.refresh_search(affiliation_ids=[found.link for found in closed if found.link])
    return len(closed)


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
        settle_by_register(unit_no=fact.unit_no, batch_id=UUID(fact.payload["batch_id"]))


def register() -> None:
    """Name the handler; called on the room's plate."""
    facts.on("DatasetRefreshed", "organisation.movements", on_refreshed)
