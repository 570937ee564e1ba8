"""The second factor: TOTP and recovery codes of allauth.mfa, with failures counted and codes used once for good.

allauth keeps used codes and tries in the cache, which each web process has for itself; here both stand in the
database.
"""

from __future__ import annotations

import secrets
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.utils.translation import gettext as _

from jizuo.ground import audit, strength
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.models import Grant
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import devices, events, proofs, sessions, signin, tallies
from jizuo.hubs.identity.entry import SELF, VISITOR, Secret
from jizuo.hubs.identity.models import Account, Passkey
from jizuo.hubs.identity.queries import roles_of
from jizuo.hubs.identity.rules import limits, locks
from jizuo.hubs.identity.rules import strength as strengths
from jizuo.hubs.identity.rules.anomalies import Outcome, What
from jizuo.plain.text import half_width


@action(title="核对动态码", roles=[VISITOR, SELF])
def check_factor(*, account_id: UUID, code: Secret, address: str) -> str:
    """What `code` is for this account: ``otp``, ``recovery``, or empty when it is wrong. A TOTP code counts once,
    within 60 s of its time. Raises BadInput while locked."""
    now = entry.now()
    key = entry.tally_key("factor", account_id, locks.address_key(address))
    tally = tallies.hold(key)
    what_for = What.STEP_UP if scopes.current().role == SELF else What.FACTOR
    if locks.is_locked(tally, now):
        what, fix = _("错了太多次，请过一会儿再试"), _("手机不在身边，可以用备用码")
        raise BadInput(what, problems=[Problem("code", what, fix)])
    typed = half_width(code.reveal).replace(" ", "").replace("-", "")
    used = _try_totp(account_id, typed) or _try_recovery(account_id, typed)
    if used:
        tallies.drop(key)
        shown(account_id, used, what_for)
        audit.note(f"{used} right, account {account_id}")
        return used
    tally = locks.after_failure(tally, now)
    tallies.keep(key, tally)
    if locks.is_locked(tally, now):
        events.show_lock(key, account_id, "factor", tally)
    events.note(what_for, Outcome.WRONG, account_id, strengths.OTP)
    audit.note(f"second factor wrong, account {account_id}")
    return ""


def shown(account_id: UUID, method: str, what: What) -> None:
    """Inside the action that took a right proof: an event, and for a step-up a proof of the session it was given in. That
    of a sign-in stands with its sign-on."""
    events.note(what, Outcome.OK, account_id, method)
    if what is What.STEP_UP:
        proofs.add(scopes.current().session_key, method, entry.now())


def _held(account_id: UUID, kind: str) -> Authenticator | None:
    return Authenticator.objects.select_for_update().filter(user_id=account_id, type=kind).first()


def _try_totp(account_id: UUID, typed: str) -> str:
    held = _held(account_id, Authenticator.Type.TOTP)
    if held is None:
        return ""
    counter = totp_counter(decrypt(held.data["secret"]), typed)
    if counter is None or counter <= held.data.get("last_counter", 0):
        return ""
    held.data["last_counter"] = counter
    held.last_used_at = entry.now()
    held.save(update_fields=["data", "last_used_at"])
    return "otp"


def _try_recovery(account_id: UUID, typed: str) -> str:
    held = _held(account_id, Authenticator.Type.RECOVERY_CODES)
    return "recovery" if held is not None and RecoveryCodes(held).validate_code(typed) else ""


def totp_counter(secret: str, typed: str) -> int | None:
    """The time step that `typed` belongs to, or None; whatever signs it has."""
    found, given = None, typed.encode("utf-8", "surrogatepass")
    for counter in totp.yield_hotp_counters_from_time():
        if secrets.compare_digest(totp.format_hotp_value(totp.hotp_value(secret, counter)).encode(), given):
            found = counter
    return found


@action(title="开启动态码", roles=[SELF])
def turn_on_totp(
    *, account_id: UUID, secret: Secret, code: Secret, password: Secret, address: str
) -> list[str] | None:
    """Turn on TOTP with a code from the app and the password; returns the recovery codes, to be shown once.

    None when the password is wrong, which counts as a failure. Raises BadInput for a wrong code.
    """
    account = Account.objects.get(pk=account_id)
    counter = totp_counter(secret.reveal, half_width(code.reveal).replace(" ", ""))
    if counter is None:
        what, fix = _("动态码不对"), _("请看手机的时间是否准确，等下一个码再输")
        raise BadInput(what, problems=[Problem("code", what, fix)])
    if _held(account_id, Authenticator.Type.TOTP) is not None:
        what, fix = _("动态码已经开启"), _("换手机请先关闭，再重新开启")
        raise BadInput(what, problems=[Problem("code", what, fix)])
    if not signin.check_password(account=account, password=password, address=address):
        return None
    made = totp.TOTP.activate(account, secret.reveal).instance
    made.data["last_counter"] = counter
    made.save(update_fields=["data"])
    Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.RECOVERY_CODES).delete()
    devices.forget_all(account_id)
    shown(account_id, strengths.OTP, What.STEP_UP)
    return RecoveryCodes.activate(account).get_unused_codes()


@action(title="关闭动态码", roles=[SELF], level=strength.needed(strength.For.OWN_KEYS))
def turn_off_totp(*, account_id: UUID) -> None:
    """Turn off TOTP and its recovery codes. Needs the second factor itself. Administrators keep theirs: BadInput."""
    if limits.group(roles_of(account_id)) == "admin":
        what, fix = _("管理员必须保留动态码"), _("换手机请用备用码登录后重新生成")
        raise BadInput(what, problems=[Problem("code", what, fix)])
    Authenticator.objects.filter(user_id=account_id).delete()
    devices.forget_all(account_id)


@action(title="重新生成备用码", roles=[SELF], level=strength.needed(strength.For.OWN_KEYS))
def renew_recovery_codes(*, account_id: UUID) -> list[str]:
    """New recovery codes, to be shown once; the old ones are void. Raises NotFound without TOTP."""
    if _held(account_id, Authenticator.Type.TOTP) is None:
        raise NotFound(_("还没有开启动态码"), fix=_("请先开启"))
    Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.RECOVERY_CODES).delete()
    return RecoveryCodes.activate(Account.objects.get(pk=account_id)).get_unused_codes()


@action(
    title="为他人关闭动态码",
    roles=[scopes.OPERATOR, scopes.DISTRICT_ADMIN],
    level=strength.needed(strength.For.ADMINISTER),
)
def drop_factor_of(*, account_id: UUID, reason: str) -> None:
    """Take the second factor and the passkeys off somebody who lost phone and recovery codes; their sessions end. The
    account must hold a role within reach. Raises NotFound, BadInput without a reason."""
    if not reason.strip():
        raise BadInput(
            _("没有关闭"), problems=[Problem("reason", _("没有写理由"), _("请写明怎样核实了本人"))]
        )
    scope = scopes.current()
    if not Grant.objects.filter(account_id=account_id, unit_no__in=scope.units).exists():
        raise NotFound(_("没有这个账号"), fix=_("请按登录码再找一次"))
    Authenticator.objects.filter(user_id=account_id).delete()
    Passkey.objects.filter(account_id=account_id).delete()
    devices.forget_all(account_id)
    sessions.end_all(account_id=account_id, why="factor")
    audit.note(f"account {account_id}: {reason.strip()[:150]}")


def has_totp(account_id: UUID) -> bool:
    """Whether the account has a second factor. One query."""
    return Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.TOTP).exists()
