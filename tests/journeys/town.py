"""The town of the journeys: the small demonstration district and the few accounts that only a journey needs.

`python -m tests.journeys.town FILE` fills the base of its environment and writes `FILE`: role -> account.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

#: Roles of the journeys beside the demonstration's own.
TEACHER_PARENT, STRANGER = "teacher_parent", "stranger"


def fill() -> dict[str, dict[str, Any]]:
    """Fill the empty base; returns role -> {name, unit, login_code, has_factor}."""
    from jizuo.ground import acting
    from jizuo.plain.demo.district import make
    from jizuo.project import demonstration
    from jizuo.project.output import Output

    shown = demonstration.fill("small", Output(as_json=True))
    found = {
        one.role: {
            "name": one.name, "unit": one.unit, "login_code": one.login_code, "has_factor": one.has_second_factor,
        }
        for one in shown
    }  # fmt: skip
    day = demonstration.school_day(acting.today())
    district = make("small", seed=demonstration.SEED, today=day)
    return found | more_accounts(district)


def more_accounts(district: Any) -> dict[str, dict[str, Any]]:
    """A teacher who is also a parent, with both roles, and a clerk of another school."""
    from jizuo.hubs.organisation.demo.oneroster import ids

    own = district.units[district.staff[district.cases["role:clerk"][0]].unit]
    clerks = [one for one in district.staff if one.duty == "教务员" and district.units[one.unit] is not own]
    members = {TEACHER_PARENT: district.cases["teacher_parent"][0], STRANGER: clerks[0].id}
    return {role: open_account(ids.staff_id(member)) for role, member in members.items()}


def open_account(source_id: str) -> dict[str, Any]:
    """An account with the demonstration's password and second factor for one member of staff, with every role that
    the person has anywhere."""
    from allauth.mfa.totp.internal.auth import TOTP
    from django.db import connection

    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import accounts, follow, passwords
    from jizuo.hubs.identity.models import Account
    from jizuo.hubs.organisation.queries.roles import acting_roles
    from jizuo.project import demonstration

    with connection.cursor() as cursor:
        cursor.execute("select unit_no from unit where kind = 'bureau'")
        (bureau,) = cursor.fetchone()
    scope = acting.base_job_scope(bureau)
    with scopes.use(scope), scopes.open_transaction("tests.account"), connection.cursor() as cursor:
        cursor.execute(
            "select a.person_id, u.name from affiliation a join unit u using (unit_no) where a.source_id = %s"
            " and a.role = 'staff'",
            [source_id],
        )
        person_id, unit = cursor.fetchone()
        roles = acting_roles(unit_nos=list(scope.units), person_ids=[person_id])
        roles = [one for one in roles if one.person_id == person_id]
        for unit_no in {one.unit_no for one in roles}:
            newcomers = [follow.newcomer(one) for one in roles if one.unit_no == unit_no]
            accounts.make_accounts(unit_no=unit_no, people=newcomers, with_slips=False)
        follow.follow_affiliations(unit_nos=list({one.unit_no for one in roles}))
        account = Account.objects.get(person_id=person_id)
        if not account.activated_at:
            passwords.store(account, demonstration.PASSWORD)
            TOTP.activate(account, demonstration.TOTP_SECRET)
    return {"name": account.display_name, "unit": unit, "login_code": account.login_code, "has_factor": True}


if __name__ == "__main__":
    from jizuo.project.start import set_up

    set_up("app")
    told = fill()
    half = Path(sys.argv[1]).with_suffix(".half")
    half.write_text(json.dumps(told, ensure_ascii=False))
    half.rename(sys.argv[1])
