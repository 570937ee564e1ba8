"""The cases that a role sees: those of the rows it reads in the scene."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.engines.monitoring import rules
from jizuo.engines.monitoring.shapes import Alert
from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.packs import reach, versions
from jizuo.ground.packs.blocks import word_of
from jizuo.ground.packs.versions import Installed
from jizuo.ground.shapes import Page
from jizuo.hubs.data import naming
from jizuo.hubs.organisation.queries import contacts

MOST = 100
STATES = ("open", "closed")
#: Who is given the phones of a child's adults to call.
CALLERS = scopes.SCHOOL_ROLES | {scopes.HOMEROOM_TEACHER}
LIST = """
select c.id, c.unit_no, c.scene, c.alert, c.subject_id, c.org_id, c.key, c.state, c.stage, c.since, c.closed_at, c.note
from alert_case c where c.unit_no = any(%(units)s) and {state} and ({may}) and (c.since, c.id) < ({since}, {id})
order by c.since desc, c.id desc limit %(limit)s
"""


class CaseLine(msgspec.Struct, frozen=True):
    """A case. what: who or what it is about, in words; adults: (name, relation, phone) to call in order, for those who call;
    state: open | told | closed; note: what was done."""

    case_id: UUID
    unit_no: int
    scene: str
    scene_title: str
    alert: str
    title: str
    what: str
    class_name: str
    state: str
    since: datetime
    closed_at: datetime | None
    note: str
    adults: tuple[tuple[str, str, str], ...] = ()


def seen() -> dict[tuple[str, str], tuple[Installed, Alert, str]]:
    """(scene, alert) -> pack, alert, reach (``unit`` or ``class``) of the alerts whose rows the acting role reads."""
    found = {}
    for scene, installed in versions.all_in_use(scopes.current().unit_no).items():
        alerts = installed.pack.part("alerts")
        use = reach.uses_of(installed) if alerts else None
        for name, alert in alerts.items():
            how = use.read.get(alert.of, "") if use else ""
            if how in ("unit", "class"):
                found[scene, name] = (installed, alert, how)
    return found


def may_see(known: Mapping[tuple[str, str], tuple[Installed, Alert, str]], given: dict[str, Any]) -> str:
    """SQL of which cases the acting role sees; values go into `given`."""
    parts = []
    for place, ((scene, name), (_installed, _alert, how)) in enumerate(known.items()):
        given |= {f"s{place}": scene, f"a{place}": name}
        test = f"c.scene = %(s{place})s and c.alert = %(a{place})s"
        parts.append(f"({test} and c.org_id = any(%(orgs)s))" if how == "class" else f"({test})")
    return " or ".join(parts) or "false"


@source(title="预警和电话名单", roles=scopes.STAFF_ROLES, reach=API)
def case_list(
    *, scene: str = "", state: str = "open", after: str = "", limit: int = 50, to_call: bool = False
) -> Page[CaseLine]:
    """The cases within the acting role's reach, newest first. state: open (told or not) or closed; scene: of one only;
    to_call: only those that stand on the phone list, with the adults to call for those who call. Raises BadInput."""
    if state not in STATES or not 1 <= limit <= MOST:
        raise BadInput(_("列不出来"), problems=[Problem("state", _("没有这一种"), "open / closed")])
    known = {place: told for place, told in seen().items() if scene in ("", place[0])}
    given: dict[str, Any] = {
        "units": list(scopes.current().units), "orgs": list(scopes.current().org_ids), "limit": limit + 1,
    }  # fmt: skip
    edge = {"since": "'infinity'::timestamptz", "id": "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid"}
    if after:
        since, _bar, case_id = after.partition("|")
        given |= {"since": since, "after": case_id}
        edge = {"since": "%(since)s::timestamptz", "id": "%(after)s::uuid"}
    sql = LIST.format(
        state="c.state <> 'closed'" if state == "open" else "c.state = 'closed'", may=may_see(known, given), **edge
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        rows = cursor.fetchall()
    following = f"{rows[limit - 1][9].isoformat()}|{rows[limit - 1][0]}" if len(rows) > limit else ""
    kept = [row for row in rows[:limit] if not to_call or rules.is_to_call(known[row[2], row[3]][1], row[8])]
    return Page(lines_of(kept, known, with_adults=to_call), following)


def lines_of(
    rows: list[tuple[Any, ...]],
    known: Mapping[tuple[str, str], tuple[Installed, Alert, str]],
    *,
    with_adults: bool,
) -> list[CaseLine]:
    """The rows of `LIST` in words: three reads at most."""
    people = naming.names_of("person", {row[4] for row in rows if row[4]})
    classes = naming.names_of("org", {row[5] for row in rows if row[5]})
    adults: dict[UUID, list[tuple[str, str, str]]] = {}
    if with_adults and people and scopes.current().role in CALLERS:
        for one in contacts.adults_of(child_ids=list(people)):
            adults.setdefault(one.child_id, []).append((one.name, one.relation, one.phone))
        audit.disclose(["guardian.phone"], list(people), len(rows))
    found = []
    for row in rows:
        installed, alert, _how = known[row[2], row[3]]
        what = people.get(row[4], "") if row[4] else classes.get(row[5], "") if row[5] else row[6]
        found.append(
            CaseLine(
                row[0], row[1], row[2], word_of(installed.pack.head.title, installed.pack.head.english), row[3],
                word_of(alert.title, alert.english), what or row[6], classes.get(row[5], "") if row[4] else "",
                row[7], row[9], row[10], row[11], tuple(adults.get(row[4], ())),
            )
        )  # fmt: skip
    return found


def case_in_reach(case_id: UUID) -> UUID | None:
    """The case of an id if the acting role sees it and it is open. Inside a door."""
    given: dict[str, Any] = {
        "units": list(scopes.current().units), "orgs": list(scopes.current().org_ids), "id": case_id,
    }  # fmt: skip
    may = may_see(seen(), given)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select c.id from alert_case c where c.unit_no = any(%(units)s) and c.id = %(id)s and ({may})"
            " and c.state <> 'closed'",
            given,
        )
        row = cursor.fetchone()
    return row[0] if row else None
