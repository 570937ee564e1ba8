"""Rosters out: who took what stands in the audit, and a roster asks a second factor."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground import audit, jobs, strength
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import NotAllowed, NotFound
from jizuo.ground.files import actions as files
from jizuo.ground.shapes import JobRef
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.datasets import SENSITIVE
from jizuo.hubs.organisation.protocols.oneroster.profile import for_outside
from jizuo.hubs.organisation.protocols.oneroster.write import write
from jizuo.hubs.organisation.queries.oneroster import oneroster_tables

DISCLOSED = ("name", "birth_on", "sex", "phone", "address", "guardians")


#: Where columns that only travel between bases may be asked for.
BETWEEN_BASES_ROLES = frozenset({scopes.OPERATOR, scopes.DISTRICT_ADMIN})
JOB = "organisation.export_oneroster"


@action(title="导出 OneRoster", roles=IMPORTING_ROLES, reach=API, level=strength.needed(strength.For.MANY))
def start_oneroster_export(*, unit_nos: list[int], is_for_outside: bool = True) -> JobRef:
    """Start writing a OneRoster 1.2 zip of the units; the job's result names the file.

    is_for_outside: leave out the columns that only travel between bases; the others are for district admins.
    Raises NotFound for a unit out of reach, NotAllowed (step_up) without a second factor.
    """
    scope = scopes.current()
    if not unit_nos or set(unit_nos) - set(scope.units):
        raise NotFound(_("没有这个单位"))
    if not is_for_outside and scope.role not in BETWEEN_BASES_ROLES:
        raise NotAllowed(_("只有区管理员可以导出基座之间传递的列"), fix=_("去掉这个选项，或请区管理员导出"))
    audit.note(f"oneroster of {len(unit_nos)} units")
    return jobs.start(JOB, _("导出 OneRoster"), unit_nos=unit_nos, is_for_outside=is_for_outside)


def write_export(run: jobs.Run, *, unit_nos: list[int], is_for_outside: bool) -> dict[str, Any]:
    """The job: write the zip and keep it as a file of whoever asked."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "oneroster-1.2.zip"
        counts = export_oneroster(path=path, unit_nos=unit_nos, is_for_outside=is_for_outside)
        run.tell(counts["users"], counts["users"], _("人"), now=True)
        with path.open("rb") as stream:
            kept = files.keep(stream, name=path.name, kind="export", grade=SENSITIVE, owner_dataset="export")
    return {"file_id": str(kept.file_id), "size": kept.size, "rows": counts}


@action(title="写出 OneRoster", roles=IMPORTING_ROLES)
def export_oneroster(*, path: Path, unit_nos: Sequence[int], is_for_outside: bool = True) -> dict[str, int]:
    """Write a OneRoster 1.2 zip of the units to `path`; returns rows per file. Everybody in it is named in one
    audit entry. For the export job, which was asked with a second factor, and the machine's own command line."""
    tables = oneroster_tables(unit_nos=unit_nos)
    audit.disclose(DISCLOSED, [UUID(person) for person in tables["users"]["sourcedId"]])
    audit.note(f"oneroster {path.name}")
    return write(path, for_outside(tables) if is_for_outside else tables, "jizuo")
