"""Rosters out: who took what stands in the audit, and more than a hundred people ask a second factor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import NotAllowed
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.organisation.protocols.oneroster.profile import for_outside
from jizuo.hubs.organisation.protocols.oneroster.write import write
from jizuo.hubs.organisation.queries.oneroster import oneroster_tables

PEOPLE_WITHOUT_SECOND_FACTOR = 100
DISCLOSED = ("name", "birth_on", "sex", "phone", "address", "guardians")


@action(title="导出 OneRoster", roles=IMPORTING_ROLES)
def export_oneroster(*, path: Path, unit_nos: Sequence[int], is_for_outside: bool = True) -> dict[str, int]:
    """Write a OneRoster 1.2 zip of the units to `path`; returns rows per file.

    is_for_outside: leave out the columns that only travel between bases. The whole population of the export is
    named in one audit entry. Raises NotAllowed (step_up) over 100 people without a second factor, except on the
    machine's own command line.
    """
    tables = oneroster_tables(unit_nos=unit_nos)
    scope = scopes.current()
    if (
        tables["users"].height > PEOPLE_WITHOUT_SECOND_FACTOR
        and scope.grant_no is not None
        and not scope.stepped_up
    ):
        raise NotAllowed(
            _("导出超过 100 人需要再验证一次身份"), fix=_("请输入动态验证码后继续"), step_up=True
        )
    subjects = [UUID(person) for person in tables["users"]["sourcedId"]]
    audit.disclose(DISCLOSED, subjects)
    audit.note(f"oneroster {path.name}")
    return write(path, for_outside(tables) if is_for_outside else tables, "jizuo")
