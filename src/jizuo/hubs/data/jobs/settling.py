"""A group of differences decided as a job, some at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground.jobs import Run
from jizuo.hubs.data.actions.settling import SETTLED_AT_ONCE, Group, settle_some


def settle(run: Run, *, group: dict[str, str], verdict: str, rule_id: str) -> dict[str, Any]:
    """Decide until none of the group is open; a run that broke off goes on with what is left."""
    asked = Group(**group)
    done = 0
    while True:
        count = settle_some(
            group=asked, verdict=verdict, rule_id=UUID(rule_id) if rule_id else None, most=SETTLED_AT_ONCE
        )
        done += count
        run.tell(done, None, _("处"))
        if count < SETTLED_AT_ONCE:
            return {"settled": done}
