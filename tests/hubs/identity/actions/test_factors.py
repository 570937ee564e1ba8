"""The second factor by its doors: codes count once, tries are counted, the window is 60 s."""

from __future__ import annotations

import pytest

from tests.hubs.identity.conftest import PASSWORD, sign_in, totp_of, turn_on_totp


def check(account, code, address):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import factors
    from jizuo.hubs.identity.entry import Secret

    with scopes.use(scopes.Scope(role=entry.SELF, unit_no=0, units=(0,), account_id=account.pk)):
        return factors.check_factor(account_id=account.pk, code=Secret(code), address=address)


@pytest.mark.parametrize(("steps", "used"), [(-3, ""), (-2, "otp"), (0, "otp"), (2, "otp"), (3, "")])
def test_sixty_seconds_each_way(base, person, address, steps, used):
    account = person()
    turn_on_totp(account)
    assert check(account, totp_of(account, steps=steps), address) == used


def test_a_code_and_all_before_it_count_once(base, person, address):
    account = person()
    turn_on_totp(account)
    assert check(account, totp_of(account), address) == "otp"
    assert check(account, totp_of(account), address) == ""
    assert check(account, totp_of(account, steps=-1), address) == ""
    assert check(account, totp_of(account, steps=1), address) == "otp"


def test_typed_with_wide_figures_and_blanks(base, person, address):
    account = person()
    turn_on_totp(account)
    code = totp_of(account)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert check(account, f"{wide[:3]} {wide[3:]}", address) == "otp"


def test_five_wrong_ones_lock_and_time_opens(base, person, address, clock):
    from jizuo.ground.errors import BadInput

    account = person()
    recovery = turn_on_totp(account)
    for _n in range(5):
        assert check(account, "12", address) == ""
    with pytest.raises(BadInput, match="错了太多次"):
        check(account, recovery[0], address)
    clock.pass_(minutes=16)
    assert check(account, recovery[0], address) == "recovery"
    assert check(account, recovery[0], address) == ""


def test_without_a_factor_nothing_is_right(base, person, address):
    assert check(person(), "000000", address) == ""


def test_new_recovery_codes_void_the_old(base, person, address):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotAllowed, NotFound
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import factors

    account = person()
    old = turn_on_totp(account)
    self = {"role": entry.SELF, "unit_no": 0, "units": (0,), "account_id": account.pk}
    with scopes.use(scopes.Scope(**self)), pytest.raises(NotAllowed):
        factors.renew_recovery_codes(account_id=account.pk)
    with scopes.use(scopes.Scope(**self, stepped_up=True)):
        new = factors.renew_recovery_codes(account_id=account.pk)
        with pytest.raises(NotFound):
            factors.renew_recovery_codes(account_id=person().pk)
    assert len(new) == 10 and not set(new) & set(old)
    assert check(account, old[1], address) == "" and check(account, new[1], address) == "recovery"


def test_turning_on_twice_is_refused(base, person, address):
    from allauth.mfa.totp.internal import auth

    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import factors
    from jizuo.hubs.identity.entry import Secret

    account = person()
    turn_on_totp(account)
    secret = auth.generate_totp_secret()
    code = auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))
    with (
        scopes.use(scopes.Scope(role=entry.SELF, unit_no=0, units=(0,), account_id=account.pk)),
        pytest.raises(BadInput) as caught,
    ):
        factors.turn_on_totp(
            account_id=account.pk, secret=Secret(secret), code=Secret(code), password=Secret(PASSWORD), address=address
        )  # fmt: skip
    assert caught.value.problems[0].what == "动态码已经开启"


@pytest.mark.parametrize("typed", ["验证码错", "１２３４５６七", "é" * 6, "\udcff", ""])
def test_what_no_authenticator_shows_is_wrong_and_nothing_else(base, person, address, typed):
    """A page that takes digits takes whatever a keyboard writes."""
    from jizuo.hubs.identity.actions import factors

    account = person("teacher")
    turn_on_totp(account)
    assert factors.totp_counter("JBSWY3DPEHPK3PXP", typed) is None
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, account)
    if typed.isprintable():
        assert client.post("/sign-in/second/", {"code": typed}).status_code == 422
