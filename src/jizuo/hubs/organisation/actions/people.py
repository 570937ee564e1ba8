"""Writes about single people from their page: a document number revealed, a value called wrong."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, strength
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action
from jizuo.ground.errors import BadInput, NotAllowed, NotFound, Problem
from jizuo.hubs.data.actions.corrections import ask_correction
from jizuo.hubs.organisation.importers import numbers
from jizuo.hubs.organisation.queries.people import OFFICE_ROLES, PUPIL_ROLES, UNTOLD, reachable
from jizuo.hubs.organisation.subjects import CORRECTABLE

MOST_AN_HOUR = 20
SHORTEST_REASON, LONGEST_REASON = 4, 120


def count_this_hour(door: str) -> int:
    """How often the acting account has come through `door` in the last hour. Inside a door only."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"{door} {scope.account_id}"])
        cursor.execute(
            "select count(*) from audit_entry where unit_no = %s and at > now() - interval '1 hour' and door = %s"
            " and account_id = %s and result = 'done'",
            [scope.unit_no, door, scope.account_id],
        )
        return cursor.fetchone()[0]


def check_hour(door: str, most: int = MOST_AN_HOUR) -> None:
    """Raise NotAllowed when the acting account has used up its hour at `door`."""
    if count_this_hour(door) >= most:
        raise NotAllowed(
            _("一小时内已看过 %(n)s 个号码") % {"n": most},
            fix=_("请一小时后再来；成批核对请用导入，不必逐个看"),
        )


@action(
    title="显示完整证件号", roles=OFFICE_ROLES, reach=PAGE, level=strength.needed(strength.For.SEE, grade=4)
)
def reveal_number(*, affiliation_id: UUID, identifier_id: UUID, reason: str) -> str:
    """One document number in full. The reason, who and when are kept; at most 20 an hour. Raises BadInput for a
    reason that says nothing, NotAllowed past the hour's measure, NotFound."""
    told = reason.strip()
    if not SHORTEST_REASON <= len(told) <= LONGEST_REASON:
        raise BadInput(
            _("请写明为什么要看"),
            problems=[
                Problem(_("理由"), _("写 %(a)s 到 %(b)s 个字") % {"a": SHORTEST_REASON, "b": LONGEST_REASON},
                        _("例如 核对户口簿"))
            ],
        )  # fmt: skip
    person_id = reachable(affiliation_id)
    check_hour("organisation.reveal_number")
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, blind, sealed from person_identifier where id = %s and person_id = %s",
            [identifier_id, person_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个证件号"))
    audit.disclose(["person_identifier.sealed"], [person_id], 1)
    audit.note(told)
    return numbers.unseal(row[0], bytes(row[1]), bytes(row[2]))


@action(title="这里不对", roles=PUPIL_ROLES, reach=PAGE)
def doubt_value(*, affiliation_id: UUID, dataset: str, field: str, says: str = "", wanted: str = "") -> UUID:
    """Say that a value held of a person in reach is wrong, what it should be, and on which grounds; its owner's people
    answer in time. Raises BadInput, NotFound."""
    if dataset not in CORRECTABLE or field in UNTOLD:
        raise BadInput(_("没有这一项"), problems=[Problem("dataset", dataset[:60])])
    person_id = reachable(affiliation_id)
    with connection.cursor() as cursor:
        cursor.execute("select unit_no from affiliation where id = %s", [affiliation_id])
        (unit_no,) = cursor.fetchone()
    return ask_correction(
        dataset=dataset,
        record_id=person_id if dataset == "person" else affiliation_id,
        subject_id=person_id,
        field=field,
        says=says,
        wanted=wanted,
        unit_no=unit_no,
    )
