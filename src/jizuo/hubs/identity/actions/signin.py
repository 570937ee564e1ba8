"""Signing in with a name and a password. Codes sign in through `actions.codes`."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import BadInput, Problem
from jizuo.hubs.identity import entry, hashers
from jizuo.hubs.identity.actions import events, proofs, tallies
from jizuo.hubs.identity.entry import SELF, VISITOR, Secret
from jizuo.hubs.identity.models import Account
from jizuo.hubs.identity.rules import codes, locks, strength
from jizuo.hubs.identity.rules.anomalies import Outcome, What
from jizuo.hubs.identity.rules.codes import BadCode, NameKind, SignInName
from jizuo.hubs.identity.shapes import Attempt

P = ParamSpec("P")
R = TypeVar("R")


@action(title="登录", roles=[VISITOR])
def sign_in(*, name: SignInName, password: Secret, address: str, form_age_seconds: float) -> Attempt:
    """Compare a password. form_age_seconds: since the form was handed out (see `rules.locks`).

    A name that nobody has goes the same way through the same queries and the same hash as one that exists, and
    is locked like one. A phone that two accounts share signs in by code only and counts as nobody's here.
    """
    now = entry.now()
    wait = tallies.wait_seconds(address, now)
    if form_age_seconds < wait:
        audit.note("too soon")
        events.note(What.SIGN_IN, Outcome.SLOWED, None)
        return Attempt(wait_seconds=wait)
    account = account_of(name)
    key = entry.tally_key("pair", account.pk if account else name.text, locks.address_key(address))
    tally = tallies.hold(key)
    if locks.is_locked(tally, now):
        audit.note("locked")
        events.note(What.SIGN_IN, Outcome.LOCKED, account.pk if account else None, strength.PASSWORD)
        return Attempt(locked_until=tally.locked_until)
    may = account is not None and account.is_active and account.activated_at is not None
    if hashers.is_right(password.reveal, account.password if account and may else None) and account:
        tallies.drop(key)
        audit.note(f"password right, account {account.pk}")
        return Attempt(account_ids=(account.pk,))
    tally = locks.after_failure(tally, now)
    tallies.keep(key, tally)
    if account and locks.is_locked(tally, now):
        events.show_lock(key, account.pk, "password", tally)
    events.note(What.SIGN_IN, Outcome.WRONG, account.pk if account else None, strength.PASSWORD)
    tallies.count_at_address(address, now)
    audit.note(f"password wrong, account {account.pk if account else 'none'}, failures {tally.failures}")
    return Attempt(locked_until=tally.locked_until if locks.is_locked(tally, now) else None)


@action(title="核对密码", roles=[SELF])
def check_password(*, account: Account, password: Secret, address: str) -> bool:
    """Whether a signed-in person still knows the password; failures lock like those at sign-in."""
    now = entry.now()
    key = entry.tally_key("pair", account.pk, locks.address_key(address))
    tally = tallies.hold(key)
    if locks.is_locked(tally, now):
        raise BadInput(
            _("错了太多次"), problems=[Problem("password", _("请过一会儿再试"), _("或用“忘记密码”重设"))]
        )
    if hashers.is_right(password.reveal, account.password):
        tallies.drop(key)
        return True
    tally = locks.after_failure(tally, now)
    tallies.keep(key, tally)
    if locks.is_locked(tally, now):
        events.show_lock(key, account.pk, "password", tally)
    events.note(What.STEP_UP, Outcome.WRONG, account.pk, strength.PASSWORD)
    audit.note("password wrong")
    return False


@action(title="再输一次密码", roles=[SELF])
def prove_password(*, account: Account, password: Secret, address: str) -> bool:
    """As `check_password`; a right one is a proof of this session."""
    is_right = check_password(account=account, password=password, address=address)
    if is_right:
        events.note(What.STEP_UP, Outcome.OK, account.pk, strength.PASSWORD)
        proofs.add(scopes.current().session_key, strength.PASSWORD, entry.now())
    return is_right


def account_of(name: SignInName) -> Account | None:
    """The one account that `name` signs in, or None. One query, whatever the kind."""
    if name.kind is NameKind.EMAIL:
        found = Account.objects.filter(email=name.text)
    elif name.kind is NameKind.PHONE:
        found = Account.objects.filter(phone_blind=entry.phone_blind(name.text))
    else:
        found = Account.objects.filter(login_code=name.text)
    few = list(found[:2])
    return few[0] if len(few) == 1 else None


def read_name(text: str) -> SignInName:
    """What was typed as a name; raises BadInput by its form alone."""
    return or_bad_input("name", codes.sign_in_name, text)


def or_bad_input(where: str, read: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """What `read` returns, its `BadCode` told as BadInput at field `where`."""
    try:
        return read(*arguments, **named)
    except BadCode as fault:
        told = Problem(where, _(fault.what) % fault.fills, _(fault.fix) % fault.fills)
        raise BadInput(told.what, problems=[told]) from None
