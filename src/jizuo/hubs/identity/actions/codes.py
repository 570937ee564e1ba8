"""One-time codes: sent by SMS or mail, or printed; each works once."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, keys
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry, jobs
from jizuo.hubs.identity.actions import events, sessions, tallies, watching
from jizuo.hubs.identity.actions.passwords import refuse_weak, store
from jizuo.hubs.identity.actions.signin import or_bad_input
from jizuo.hubs.identity.entry import SELF, VISITOR, Secret
from jizuo.hubs.identity.models import Account, OneTimeCode
from jizuo.hubs.identity.queries import roles_of
from jizuo.hubs.identity.rules import codes, limits, strength
from jizuo.hubs.identity.rules.anomalies import Outcome, What
from jizuo.hubs.identity.rules.codes import NameKind, SignInName
from jizuo.hubs.identity.rules.limits import Purpose
from jizuo.hubs.identity.shapes import Attempt, SlipSeen
from jizuo.plain import typed

PHONE, EMAIL = "phone", "email"


class Sealed(msgspec.Struct):
    """What a code still to be sent needs: the code, and where it goes."""

    code: str
    kind: str
    target: str


@action(title="发送验证码", roles=[VISITOR, SELF])
def ask_code(*, purpose: Purpose, target: Secret, kind: str, address: str) -> UUID:
    """Make a six-digit code for a phone or an e-mail address and let the worker send it; returns its id.

    kind: phone or email; target in the form of `rules.codes`. For sign-in and recovery a target that nobody has
    is treated the same in every step and only the sending is left out. Raises BadInput when asked too often.
    """
    now = entry.now()
    target_key, address_key = entry.target_hash(kind, target.reveal), entry.address_hash(address)
    hour = now - timedelta(hours=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), max(made_at) from one_time_code where target = %s and made_at > %s",
            [target_key, hour],
        )
        to_target, last_at = cursor.fetchone()
        cursor.execute(
            "select count(*) from one_time_code where address = %s and made_at > %s and target is not null",
            [address_key, hour],
        )
        (from_address,) = cursor.fetchone()
    if last_at is not None and now - last_at < limits.SENT_GAP:
        raise _too_often(_("刚刚发过一次"), _("请等一分钟再要"))
    if to_target >= limits.SENT_TO_TARGET or from_address >= limits.SENT_FROM_ADDRESS:
        raise _too_often(_("这一小时里要得太多了"), _("请过一小时再试，或向学校要一次性纸条码"))
    held_by = holders(kind, target_key, target.reveal)
    code = f"{secrets.randbelow(10**6):06d}"
    code_id = new_id()
    sealed = keys.ring().seal(
        keys.Purpose.IDENTIFIERS,
        msgspec.json.encode(Sealed(code, kind, target.reveal)),
        bound_to=code_id.bytes,
    )
    OneTimeCode.objects.create(
        id=code_id,
        purpose=purpose,
        code_hash=entry.code_hash(str(code_id), code),
        kind=kind,
        account_id=scopes.current().account_id or (held_by[0].pk if kind == EMAIL and held_by else None),
        target=target_key,
        target_tail=target.reveal[-4:] if kind == PHONE else codes.mask_email(target.reveal),
        address=address_key,
        sealed=sealed,
        made_at=now,
        expires_at=now + limits.LIFE[purpose],
    )
    jobs.defer_sending(code_id)
    watching.after_code(address)
    return code_id


def _too_often(what: str, fix: str) -> BadInput:
    return BadInput(what, fix=fix, problems=[Problem("target", what, fix)])


def to_send(code_id: UUID) -> Sealed | None:
    """What to send for a code, taken once; None when it was sent, has expired, or nobody has the target."""
    row = OneTimeCode.objects.select_for_update().filter(pk=code_id).first()
    if row is None or row.sealed is None:
        return None
    told = typed.from_json(
        keys.ring().unseal(keys.Purpose.IDENTIFIERS, bytes(row.sealed), bound_to=code_id.bytes), Sealed
    )
    row.sealed = None
    row.save(update_fields=["sealed"])
    if row.expires_at <= entry.now():
        return None
    if row.purpose in (Purpose.SIGN_IN, Purpose.RECOVER) and not holders_of(row):
        return None
    return told


def holders(kind: str, target_key: bytes, target: str) -> list[Account]:
    """Active accounts that a proven phone or e-mail address belongs to, oldest first."""
    live = Account.objects.filter(is_active=True, activated_at__isnull=False).order_by("created_at")
    return list((live.filter(phone_blind=target_key) if kind == PHONE else live.filter(email=target))[:6])


def holders_of(row: OneTimeCode) -> list[Account]:
    """The accounts a sent code may open."""
    if row.kind == PHONE:
        return holders(PHONE, bytes(row.target or b""), "")
    if row.account_id is None:
        return []
    return list(Account.objects.filter(pk=row.account_id, is_active=True, activated_at__isnull=False))


def take_sent(code_id: UUID, code: str, purposes: Collection[Purpose]) -> OneTimeCode | None:
    """The row of a sent code if `code` is it, now used up; None when it is wrong, used, expired or worn out.

    Inside a running action. A wrong try is counted, so the caller must return and not raise.
    """
    row = OneTimeCode.objects.select_for_update().filter(pk=code_id).first()
    if row is None or row.purpose not in purposes or row.used_at is not None or row.expires_at <= entry.now():
        return None
    if row.tries >= limits.SENT_TRIES:
        return None
    row.tries += 1
    is_right = secrets.compare_digest(bytes(row.code_hash), entry.code_hash(str(code_id), code.strip()))
    row.used_at = entry.now() if is_right else None
    row.save(update_fields=["tries", "used_at"])
    return row if is_right else None


@action(title="用短信验证码登录", roles=[VISITOR])
def sign_in_by_sent_code(*, code_id: UUID, code: Secret, address: str) -> Attempt:
    """Sign in with the code sent to a phone. More than one account: a shared phone, let the person choose."""
    row = take_sent(code_id, code.reveal, [Purpose.SIGN_IN])
    found = holders_of(row) if row else []
    if not found:
        events.note(What.SIGN_IN, Outcome.WRONG, None, strength.SMS)
        tallies.count_at_address(address, entry.now())
        return Attempt()
    audit.note(f"sms code right, accounts {len(found)}")
    return Attempt(account_ids=tuple(account.pk for account in found))


@action(title="用纸条码登录", roles=[VISITOR])
def sign_in_by_paper(*, code: Secret, address: str, form_age_seconds: float) -> Attempt:
    """Sign in with a code the school printed; it is used up. A slip of another kind signs nobody in."""
    now = entry.now()
    wait = tallies.wait_seconds(address, now)
    if form_age_seconds < wait:
        return Attempt(wait_seconds=wait)
    row = _paper(code.reveal, lock=True)
    if (
        row is None
        or row.purpose != Purpose.PAPER
        or row.used_at
        or row.expires_at <= now
        or not row.account_id
    ):
        events.note(What.SIGN_IN, Outcome.WRONG, row.account_id if row else None, strength.PAPER)
        tallies.count_at_address(address, now)
        return Attempt()
    use_up(row)
    audit.note(f"paper code, account {row.account_id}")
    return Attempt(account_ids=(row.account_id,))


def _paper(code: str, *, lock: bool = False) -> OneTimeCode | None:
    found = OneTimeCode.objects.filter(code_hash=entry.paper_hash(code))
    return (found.select_for_update() if lock else found).first()


def paper_row(code: str, purposes: Collection[Purpose]) -> OneTimeCode:
    """The row of a good, unused paper code, kept from others until the transaction ends.

    Raises BadInput that says plainly whether it is unknown, used, expired, or for something else.
    """
    row = _paper(or_bad_input("code", codes.read, code, codes.SLIP_LENGTH), lock=True)
    if row is None or row.purpose not in purposes:
        raise _bad_code(_("没有这个码"), _("请与纸条逐位核对；仍不对，请向学校要一张新的"))
    if row.used_at is not None:
        raise _bad_code(
            _("这个码已经用过了，每个码只能用一次"),
            _("如果不是您用的，请马上告诉班主任或教务员；需要时可再要一张"),
        )
    if row.expires_at <= entry.now():
        raise _bad_code(_("这个码已过期"), _("请向学校要一张新的"))
    return row


def _bad_code(what: str, fix: str) -> BadInput:
    return BadInput(what, fix=fix, problems=[Problem("code", what, fix)])


def use_up(row: OneTimeCode) -> None:
    """Mark a held code as used."""
    row.used_at = entry.now()
    row.save(update_fields=["used_at"])


@action(title="查看纸条", roles=[VISITOR, SELF])
def look_at_slip(*, code: Secret) -> SlipSeen:
    """What a slip is for, without using it. Raises BadInput."""
    row = paper_row(code.reveal, limits.ON_PAPER)
    account = row.account
    roles = roles_of(account.pk) if account else ()
    return SlipSeen(
        purpose=row.purpose,
        account_id=row.account_id,
        name=account.display_name if account else "",
        login_code=account.login_code if account else "",
        shortest=limits.shortest_password(roles),
        expires_at=row.expires_at,
    )


@action(title="启用账号", roles=[VISITOR])
def activate(*, code: Secret, password: Secret) -> UUID:
    """Set the first password, or a new one, with a slip; returns the account. The slip is used up, and sessions
    begun with the old password end. Raises BadInput."""
    row = paper_row(code.reveal, [Purpose.ACTIVATE, Purpose.RESET])
    account = row.account
    if account is None or not account.is_active:
        raise _bad_code(_("这个账号已停用"), _("请向学校询问"))
    refuse_weak(password.reveal, roles=roles_of(account.pk), about=account)
    use_up(row)
    store(account, password.reveal)
    sessions.end_all(account_id=account.pk, why="reset")
    audit.note(f"account {account.pk} by {row.purpose}")
    return account.pk


@action(title="找回密码", roles=[VISITOR])
def recover(
    *, code_id: UUID, code: Secret, password: Secret, account_id: UUID | None, address: str
) -> Attempt:
    """Set a new password with a sent code. No account in the answer: the code is wrong. Several: choose one and
    send it again with `account_id`; the code is not used up by that. Raises BadInput for a weak password."""
    row = OneTimeCode.objects.filter(pk=code_id, purpose=Purpose.RECOVER).first()
    found = [] if row is None else holders_of(row)
    if account_id is not None:
        found = [account for account in found if account.pk == account_id]
    if len(found) == 1:
        refuse_weak(password.reveal, roles=roles_of(found[0].pk), about=found[0])
    else:
        refuse_weak(password.reveal, roles=(), about=None)
    taken = take_sent(code_id, code.reveal, [Purpose.RECOVER])
    if taken is None or not holders_of(taken):
        tallies.count_at_address(address, entry.now())
        return Attempt()
    if not found:
        what = _("请从列出的账号里选一个")
        raise BadInput(what, problems=[Problem("account", what)])
    if len(found) > 1:
        taken.used_at = None
        taken.save(update_fields=["used_at"])
        return Attempt(account_ids=tuple(account.pk for account in found))
    store(found[0], password.reveal)
    sessions.end_all(account_id=found[0].pk, why="reset")
    audit.note(f"account {found[0].pk} recovered")
    return Attempt(account_ids=(found[0].pk,))


@action(title="登记手机或邮箱", roles=[SELF])
def prove_target(*, account_id: UUID, code_id: UUID, code: Secret, email: str = "") -> bool:
    """Put the phone or e-mail address that a code was just sent to on one's own account; False when the code is
    wrong. email: the address again, which is kept nowhere meanwhile. Raises BadInput when the address belongs
    to another account."""
    row = take_sent(code_id, code.reveal, [Purpose.NEW_PHONE, Purpose.NEW_EMAIL])
    if row is None or row.account_id != account_id:
        return False
    account = Account.objects.get(pk=account_id)
    if row.kind == PHONE:
        account.phone_blind, account.phone_tail = row.target, row.target_tail
        account.save(update_fields=["phone_blind", "phone_tail"])
        return True
    if bytes(row.target or b"") != entry.target_hash(EMAIL, email):
        return False
    if Account.objects.filter(email=email).exclude(pk=account_id).exists():
        what, fix = _("这个邮箱已登记在另一个账号上"), _("请换一个邮箱，或先在那个账号里取下它")
        raise BadInput(what, problems=[Problem("email", what, fix)])
    account.email = email
    account.save(update_fields=["email"])
    return True


@action(title="取下手机或邮箱", roles=[SELF])
def drop_target(*, account_id: UUID, kind: str) -> None:
    """Take the phone or the e-mail address off one's own account; it signs in no more."""
    values = {"phone_blind": None, "phone_tail": ""} if kind == PHONE else {"email": ""}
    Account.objects.filter(pk=account_id).update(**values)


def kind_and_target(name: SignInName) -> tuple[str, str] | None:
    """Where a code for `name` could go: its own phone or address; None for a login code, which has none to show."""
    if name.kind is NameKind.LOGIN_CODE:
        return None
    return (PHONE if name.kind is NameKind.PHONE else EMAIL), name.text


def forget_old() -> int:
    """Remove codes that ended more than 30 days ago; returns how many. Until then a used one still says so."""
    count, _by_model = OneTimeCode.objects.filter(expires_at__lt=entry.now() - timedelta(days=30)).delete()
    return count
