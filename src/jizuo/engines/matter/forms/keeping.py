"""Files that came with a form: they belong to its matter, and open to who sees all of its answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from jizuo.engines.matter.forms.reading import UPLOADS
from jizuo.engines.matter.forms.standing import FILES, file_ids
from jizuo.ground import scope as scopes
from jizuo.ground.errors import NotFound
from jizuo.ground.files import queries as file_queries
from jizuo.ground.files import uploads
from jizuo.ground.scope import Scope


def own_files(matter_id: UUID, answers: Mapping[str, Any]) -> None:
    """Let the files in these answers belong to a matter. Inside a door; one statement when there are any."""
    ids = [UUID(one) for one in file_ids(answers)]
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(
                "update stored_file set owner_id = %s where unit_no = %s and id = any(%s) and owner_dataset = %s"
                " and owner_id is null",
                [matter_id, scopes.current().unit_no, ids, FILES],
            )


def may_open(_scope: Scope, matter_id: UUID | None) -> bool:
    """Whether the acting role opens the files of a matter: its own, or one that it decides or runs. Inside a door."""
    from jizuo.engines.matter import seeing
    from jizuo.engines.matter.queries.matters import read

    if matter_id is None:
        return False
    try:
        case, _rating, _note = read(matter_id)
        return seeing.of(case, [task.person_id for task in case.tasks]).is_open
    except NotFound:
        return False


def offer() -> None:
    """Guard the files, and bound what a form uploads; called on the plate."""
    file_queries.guard(FILES, may_open)
    for ending, kind in UPLOADS.items():
        uploads.bound(f".{ending}", kind)
