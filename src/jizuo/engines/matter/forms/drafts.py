"""Forms begun and not yet handed in: one for each form and subject of an acting role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput
from jizuo.ground.ids import new_id

MOST_BYTES = 512 * 1024
SAVE = """
insert into matter_draft as d
  (id, unit_no, grant_no, person_id, scene, form, version_id, subject_id, data, taken, page, submit_key)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (unit_no, grant_no, scene, form, subject_id) do update
set data = excluded.data, taken = excluded.taken, page = excluded.page, version_id = excluded.version_id, changed_at = now()
returning d.id, d.submit_key
"""
FIND = """
select id, data::text, page, submit_key, taken from matter_draft
where unit_no = %s and grant_no = %s and scene = %s and form = %s and subject_id is not distinct from %s
"""


class Draft(msgspec.Struct, frozen=True):
    """A draft. submit_key: under which it will be handed in; taken: names of what an earlier answer filled in."""

    draft_id: UUID
    data: dict[str, Any]
    page: int
    submit_key: str
    taken: list[str] = []


def save(
    scene: str,
    form: str,
    version_id: UUID,
    data: Mapping[str, Any],
    page: int,
    subject_id: UUID | None,
    submit_key: str = "",
    taken: Sequence[str] = (),
) -> UUID:
    """Keep a draft in place of the one before; the first one's submit key stays. taken: names of what an earlier answer filled
    in. Inside a door. Raises BadInput for one that is too large."""
    scope = scopes.current()
    try:
        size = len(msgspec.json.encode(data))
    except (TypeError, ValueError, UnicodeEncodeError):
        raise BadInput(_("草稿里有不能保存的内容")) from None
    if size > MOST_BYTES:
        raise BadInput(_("内容太多，草稿存不下"), fix=_("分几次提交"))
    draft_id = new_id()
    values: list[Any] = [
        draft_id, scope.unit_no, scope.grant_no or 0, scope.person_id, scene, form, version_id, subject_id,
        Jsonb(dict(data)), list(taken), page, (submit_key or draft_id.hex)[:64],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SAVE, values)
        return cursor.fetchone()[0]


def find(scene: str, form: str, subject_id: UUID | None) -> Draft | None:
    """The acting role's draft of a form, None when there is none. Inside a door."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(FIND, [scope.unit_no, scope.grant_no or 0, scene, form, subject_id])
        row = cursor.fetchone()
    return Draft(row[0], msgspec.json.decode(row[1]), *row[2:]) if row else None


def drop(*, draft_id: UUID | None = None, submit_key: str = "") -> bool:
    """Take away an own draft by its id or submit key; False when there is none. Inside a door."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from matter_draft where unit_no = %s and grant_no = %s and (id = %s or submit_key = %s)",
            [scope.unit_no, scope.grant_no or 0, draft_id, submit_key or None],
        )
        return cursor.rowcount > 0
