"""A movement and its pupil as rows: read for a deed, kept from others, written with a line of the movement's own
history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.columns import write_columns
from jizuo.ground.errors import NotFound

LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Pupil:
    """Whom a movement is about: the open affiliation with its class."""

    link: UUID
    person_id: UUID
    unit_no: int
    name: str
    class_id: UUID | None
    is_registered: bool
    is_present: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A movement, kept from others for this transaction."""

    id: UUID
    unit_no: int
    kind: str
    state: str
    link: UUID | None
    name: str
    from_class_id: UUID | None
    to_class_id: UUID | None
    effect_on: date
    papers: list[str]
    register_no: str
    asked_by: int | None
    is_done: bool


HELD = (
    "select id, unit_no, kind, state, affiliation_id, name, from_class_id, to_class_id, effect_on, papers, register_no,"
    " asked_by, done_at is not null from movement where "
)
PUPIL = (
    "select id, person_id, unit_no, name, class_id, is_registered, is_present from affiliation"
    " where id = %s and role = 'pupil' and end_on is null"
)


def pupil_of(link: UUID) -> Pupil:
    """The pupil behind an open affiliation. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(PUPIL, [link])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有找到这名学生"), fix=_("可能已经离开，或不在您的范围内"))
    return Pupil(*row)


def held(movement_id: UUID) -> Held:
    """A movement of the acting role's reach, locked. Raises NotFound; a homeroom teacher reaches her own."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(HELD + "id = %s for update", [movement_id])
        row = cursor.fetchone()
    found = Held(*row) if row else None
    is_own = found is not None and (scope.role != scopes.HOMEROOM_TEACHER or found.asked_by == scope.grant_no)
    if found is None or not is_own:
        raise NotFound(_("没有这项异动"), fix=_("请刷新页面"))
    return found


def write(movement_id: UUID, **values: Any) -> None:
    """Write columns of a movement."""
    write_columns("movement", [movement_id], **values)


def write_step(movement_id: UUID, unit_no: int, was: str, state: str, note: str) -> None:
    """One line of a movement's own history."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into movement_step (unit_no, movement_id, was, state, note, grant_no) values (%s, %s, %s, %s, %s, %s)",
            [unit_no, movement_id, was, state, note.strip()[:LONGEST_NOTE], scopes.current().grant_no],
        )
