"""Accounts in batches, and the slips that open them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, grants, strength
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import NotAllowed, NotFound
from jizuo.ground.grants import NewGrant
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import sessions
from jizuo.hubs.identity.models import Account, OneTimeCode
from jizuo.hubs.identity.queries import SLIP_GIVERS, may_reset
from jizuo.hubs.identity.rules import codes, limits
from jizuo.hubs.identity.rules.limits import Purpose
from jizuo.hubs.identity.shapes import Newcomer, Slip
from jizuo.hubs.organisation import class_names

CHUNK = 5000
#: Roles with their classes; a guardian's are those of her children, `about` says who they are.
HELD = """
select g.account_id, g.role, g.unit_no, case when g.role <> 'guardian' then g.org_ids else array(
    select c.class_id from affiliation c where c.unit_no = g.unit_no and c.person_id = any(g.child_ids)
    and c.role = 'pupil' and c.end_on is null and c.class_id is not null order by 1) end, g.about
from acting_grant g
where g.account_id = any(%s) and (g.end_on is null or g.end_on > %s)
"""


@action(title="开通账号", roles=[scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.CLERK])
def make_accounts(*, unit_no: int, people: Sequence[Newcomer], with_slips: bool = True) -> list[Slip]:
    """Give each person an account and the role, and a slip to activate it; slips in the order given.

    Somebody who has an account keeps it and only gets the role: an active one's slip carries no code. Codes stand
    on the slips in clear and nowhere else. with_slips False makes no codes and returns []. Raises NotFound for
    a unit out of reach, NotAllowed for a role that the acting role may not hand out.
    """
    scope = scopes.current()
    if unit_no not in scope.units:
        raise NotFound(_("没有这个单位"), fix=_("请从单位列表中选择"))
    beyond = {person.role for person in people} - may_reset(scope.role)
    if beyond:
        raise NotAllowed(_("您的身份不能开通这些身份的账号"), fix=_("校长和教务员的账号请区管理员开通"))
    # One person may be asked for in two roles at once; the account is one.
    one_each = {person.person_id: person for person in people}
    accounts = {
        account.person_id: account for account in Account.objects.filter(person_id__in=list(one_each))
    }
    fresh = [person for person in one_each.values() if person.person_id not in accounts]
    for person, login_code in zip(fresh, free_login_codes(len(fresh)), strict=True):
        accounts[person.person_id] = Account(
            id=new_id(),
            login_code=login_code,
            person_id=person.person_id,
            display_name=person.name,
            password="",
            created_at=entry.now(),
        )
    Account.objects.bulk_create([accounts[person.person_id] for person in fresh], batch_size=CHUNK)
    grants.give_many(
        NewGrant(
            account_id=accounts[person.person_id].pk,
            unit_no=unit_no,
            role=person.role,
            person_id=person.person_id,
            affiliation_id=person.affiliation_id,
            org_ids=(person.org_id,) if person.org_id else (),
            child_ids=person.child_ids,
            about=person.about,
        )
        for person in people
    )
    audit.counted(len(people))
    if not with_slips:
        return []
    return give_slips(
        [(accounts[person.person_id], person.role, person.org_name) for person in one_each.values()],
        unit_no,
        Purpose.ACTIVATE,
    )


def free_login_codes(count: int) -> list[str]:
    """`count` login codes that nobody has."""
    found: set[str] = set()
    while len(found) < count:
        drawn = {codes.draw(codes.LOGIN_LENGTH) for _place in range(count - len(found))}
        taken = set(Account.objects.filter(login_code__in=drawn).values_list("login_code", flat=True))
        found |= drawn - taken
    return list(found)


def give_slips(people: Sequence[tuple[Account, str, str]], unit_no: int, purpose: Purpose) -> list[Slip]:
    """Slips for (account, role, group) inside a running action; earlier unused ones of the same kind are void.

    An active account gets no activation code: its owner knows the password or asks for a reset.
    """
    scope, now = scopes.current(), entry.now()
    due = [
        account
        for account, _role, _group in people
        if purpose != Purpose.ACTIVATE or not account.activated_at
    ]
    slip_purposes = [Purpose.ACTIVATE, Purpose.RESET] if purpose != Purpose.PAPER else [Purpose.PAPER]
    OneTimeCode.objects.filter(
        account_id__in=[account.pk for account in due], purpose__in=slip_purposes, used_at=None
    ).delete()
    code_of = {account.pk: codes.draw(codes.SLIP_LENGTH) for account in due}
    expires_at = now + limits.LIFE[purpose]
    OneTimeCode.objects.bulk_create(
        [
            OneTimeCode(
                purpose=purpose,
                code_hash=entry.paper_hash(code),
                account_id=account_id,
                unit_no=unit_no,
                made_at=now,
                expires_at=expires_at,
                given_by=scope.grant_no,
            )
            for account_id, code in code_of.items()
        ],
        batch_size=CHUNK,
    )
    unit_name = unit_title(unit_no)
    return [
        Slip(
            account_id=account.pk,
            name=account.display_name,
            login_code=account.login_code,
            code=code_of.get(account.pk, ""),
            purpose=purpose,
            unit_name=unit_name,
            group=group,
            role=role,
            expires_at=expires_at if account.pk in code_of else None,
        )
        for account, role, group in people
    ]


def unit_title(unit_no: int) -> str:
    """The name of a unit; empty for an unknown one."""
    with connection.cursor() as cursor:
        cursor.execute("select name from unit where unit_no = %s", [unit_no])
        row = cursor.fetchone()
    return row[0] if row else ""


@action(title="发放纸条", roles=SLIP_GIVERS)
def reset_accounts(*, account_ids: Sequence[UUID], purpose: Purpose) -> list[Slip]:
    """Slips for accounts within reach: activate (never used yet), reset (new password) or paper (signs in once);
    each says the class by which its account is within reach, a guardian's each child of hers there with its class.

    An activation is printed for whoever has no password yet, whatever was asked for. With a reset or a paper code
    the open sessions stay: whoever finds a slip must not be able to end them. Raises NotFound when one account is
    out of reach, NotAllowed when one also holds a role beyond the acting one's: that slip would open more than
    the giver may reach.
    """
    scope = scopes.current()
    within = check_reach(account_ids)
    named = class_names.of_ids(org_id for _role, ways in within.values() for org_id, _about in ways if org_id)
    accounts = {account.pk: account for account in Account.objects.filter(pk__in=account_ids, is_active=True)}
    audit.counted(len(accounts))
    chosen = []
    for account_id in dict.fromkeys(account_ids):
        role, ways = within[account_id]
        if account_id in accounts:
            told = [(named[org_id].name if org_id in named else "", about) for org_id, about in ways]
            if role != scopes.GUARDIAN:
                del told[1:]
            group = _("、").join(sorted({" ".join(filter(None, pair)) for pair in told}))
            chosen.append((accounts[account_id], role, group))
    slips: dict[UUID, Slip] = {}
    for is_new in (True, False):
        some = [one for one in chosen if (one[0].activated_at is None) == is_new]
        kind = Purpose.ACTIVATE if is_new else purpose if purpose != Purpose.ACTIVATE else Purpose.RESET
        slips |= {slip.account_id: slip for slip in give_slips(some, scope.unit_no, kind)}
    return [slips[account.pk] for account, _role, _group in chosen]


def check_reach(account_ids: Sequence[UUID]) -> dict[UUID, tuple[str, list[tuple[UUID | None, str]]]]:
    """account id -> the role by which it is within reach, and for each way in which it holds that role the first class
    and a guardian's child by name. Raises as `reset_accounts` does."""
    scope = scopes.current()
    allowed = may_reset(scope.role)
    within: dict[UUID, tuple[str, list[tuple[UUID | None, str]]]] = {}
    beyond: set[UUID] = set()
    with connection.cursor() as cursor:
        cursor.execute(HELD, [list(account_ids), scope.today])
        for account_id, role, unit_no, org_ids, about in cursor.fetchall():
            is_mine = unit_no in scope.units and role in allowed
            if scope.role == scopes.HOMEROOM_TEACHER:
                is_mine = is_mine and bool(set(org_ids) & set(scope.org_ids))
            if is_mine:
                by_role, ways = within.setdefault(account_id, (role, []))
                if by_role == role:
                    ways.append((org_ids[0] if org_ids else None, about))
            elif role not in scopes.FAMILY_ROLES:
                beyond.add(account_id)
    if set(account_ids) - within.keys():
        raise NotFound(_("有账号不在您的范围内"), fix=_("请刷新名单再选"))
    if beyond & within.keys():
        raise NotAllowed(
            _("有 %(count)s 个账号还有别处的任职身份，不能由您重置") % {"count": len(beyond & within.keys())},
            fix=_("请本人用手机或邮箱找回，或由区管理员重置"),
        )
    return within


@action(
    title="停用账号",
    roles=[scopes.OPERATOR, scopes.DISTRICT_ADMIN],
    level=strength.needed(strength.For.ADMINISTER),
)
def turn_off_account(*, account_id: UUID, reason: str) -> None:
    """Close an account within reach: its sessions end and it signs in no more. Raises NotFound, NotAllowed."""
    check_reach([account_id])
    Account.objects.filter(pk=account_id).update(is_active=False)
    sessions.end_all(account_id=account_id, why="turned_off")
    audit.note(f"account {account_id}: {reason.strip()[:150]}")
