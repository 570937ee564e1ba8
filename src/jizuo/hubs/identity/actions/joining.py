"""One person, one account: what becomes of two accounts when the organisation says that two people are one.

The account in use stays and belongs to the kept person; the other closes, its sessions end, its unused codes are
void. Roles given by hand, bindings and ways in from elsewhere go over; roles of affiliations follow by themselves.
What went over is kept on the closed account, so that a merge that is taken back gives both accounts back as they
were.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.facts import Told
from jizuo.ground.grants import BY_HAND
from jizuo.hubs.identity.actions import sessions
from jizuo.hubs.identity.actions.follow import follow_affiliations
from jizuo.hubs.identity.models import Account, GuardianBinding, OneTimeCode, OutsideSignIn

UNITS = """
select unit_no from acting_grant where account_id = any(%(accounts)s)
union select unit_no from affiliation where person_id = any(%(people)s)
union select a.unit_no from guardian_of k join affiliation a on a.person_id = k.child_id
where k.guardian_id = any(%(people)s) or k.child_id = any(%(people)s)
"""
MOVE_GRANTS = """
update acting_grant g set account_id = %(to)s where account_id = %(from)s and origin = %(by_hand)s
and (g.end_on is null or g.end_on > %(day)s) and not exists (select 1 from acting_grant k where k.account_id = %(to)s
and k.unit_no = g.unit_no and k.role = g.role and k.affiliation_id is not distinct from g.affiliation_id)
returning no
"""


@action(title="合并账号", roles=[scopes.OPERATOR])
def join_accounts(*, kept: UUID, dropped: UUID) -> bool:
    """Leave one account to two people who are one; False when there was nothing to do. Done again it does nothing."""
    held = accounts_of(kept, dropped)
    other = held.get(dropped)
    if other is None or other.joined is not None:
        return False
    own = held.get(kept)
    if own is None:
        other.joined = {"person": str(dropped)}
        other.person_id = kept
        other.save(update_fields=["person_id", "joined"])
    else:
        stays, closes = (other, own) if in_use(other) and not in_use(own) else (own, other)
        close(closes, stays, person_id=dropped)
        if stays is other:
            stays.joined = {"person": str(dropped)}
        stays.person_id = kept
        stays.save(update_fields=["person_id", "joined"])
    follow_units([one.pk for one in held.values()], [kept, dropped])
    audit.note(f"accounts of {dropped} joined to {kept}")
    return True


def accounts_of(*person_ids: UUID) -> dict[UUID, Account]:
    """person -> account, kept from others until the transaction ends."""
    found = Account.objects.select_for_update().filter(person_id__in=person_ids).order_by("pk")
    return {one.person_id: one for one in found if one.person_id is not None}


def in_use(account: Account) -> bool:
    """Whether somebody signs in with it."""
    return account.is_active and account.activated_at is not None


def close(account: Account, stays: Account, *, person_id: UUID) -> None:
    """Close an account in favour of another; from now on it stands for `person_id`, who is dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            MOVE_GRANTS,
            {"from": account.pk, "to": stays.pk, "by_hand": BY_HAND, "day": scopes.current().today},
        )
        grant_nos = [no for (no,) in cursor.fetchall()]
    bindings = GuardianBinding.objects.select_for_update().filter(account_id=account.pk)
    binding_ids = list(bindings.values_list("pk", flat=True))
    GuardianBinding.objects.filter(pk__in=binding_ids).update(account_id=stays.pk)
    ways = OutsideSignIn.objects.filter(account_id=account.pk).exclude(
        source_id__in=OutsideSignIn.objects.filter(account_id=stays.pk).values("source_id")
    )
    way_ids = list(ways.values_list("pk", flat=True))
    OutsideSignIn.objects.filter(pk__in=way_ids).update(account_id=stays.pk)
    OneTimeCode.objects.filter(account_id=account.pk, used_at=None).delete()
    sessions.end_all(account_id=account.pk, why="merged")
    joined: dict[str, Any] = {
        "person": str(account.person_id), "to": str(stays.pk), "was_active": account.is_active,
        "grants": grant_nos, "bindings": [str(one) for one in binding_ids], "ways": [str(one) for one in way_ids],
    }  # fmt: skip
    # A person has one account: the other one must let go of the person first.
    Account.objects.filter(pk=stays.pk).update(person_id=None)
    account.joined, account.person_id, account.is_active = joined, person_id, False
    account.save(update_fields=["joined", "person_id", "is_active"])


@action(title="撤销账号合并", roles=[scopes.OPERATOR])
def part_accounts(*, kept: UUID, dropped: UUID) -> bool:
    """Give two people who were taken for one their accounts back; False when there was nothing to do."""
    found = [one for one in accounts_of(kept, dropped).values() if one.joined is not None]
    told = {one.pk: one.joined or {} for one in found}
    if not any(UUID(one["person"]) == dropped for one in told.values()):
        return False
    Account.objects.filter(pk__in=told).update(person_id=None)
    with connection.cursor() as cursor:
        for account in found:
            was = told[account.pk]
            if "to" in was:
                account.is_active = was["was_active"]
                cursor.execute(
                    "update acting_grant set account_id = %s where no = any(%s) and account_id = %s",
                    [account.pk, was["grants"], was["to"]],
                )
                moved = GuardianBinding.objects.filter(pk__in=was["bindings"], account_id=was["to"])
                moved.update(account_id=account.pk)
                ways = OutsideSignIn.objects.filter(pk__in=was.get("ways", []), account_id=was["to"])
                ways.update(account_id=account.pk)
            account.person_id, account.joined = UUID(was["person"]), None
            account.save(update_fields=["person_id", "is_active", "joined"])
    follow_units(list(told), [kept, dropped])
    audit.note(f"accounts of {dropped} parted from {kept}")
    return True


def follow_units(account_ids: list[UUID], person_ids: list[UUID]) -> None:
    """Let the roles follow in every unit where these accounts or people are."""
    with connection.cursor() as cursor:
        cursor.execute(UNITS, {"accounts": account_ids, "people": person_ids})
        reach = set(scopes.current().units)
        units = sorted({unit for (unit,) in cursor.fetchall()} & reach - {scopes.BASE_UNIT})
    follow_affiliations(unit_nos=units)


def on_merged(fact: Told) -> None:
    """The district said that two people are one."""
    join_accounts(kept=UUID(fact.payload["kept"]), dropped=UUID(fact.payload["dropped"]))


def on_parted(fact: Told) -> None:
    """The district took a merge back."""
    part_accounts(kept=UUID(fact.payload["kept"]), dropped=UUID(fact.payload["dropped"]))
