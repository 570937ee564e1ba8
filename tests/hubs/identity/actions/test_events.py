"""Sign-in events: what they hold, how long they are kept, and that nobody changes one."""

from __future__ import annotations

import pytest

from tests.hubs.identity.conftest import PASSWORD, sign_in, totp_of, turn_on_totp


def test_events_tell_what_happened_without_the_address(base, person, address):
    from jizuo.hubs.identity.models import SignInEvent

    account = person("teacher")
    turn_on_totp(account)
    client = base.client(REMOTE_ADDR=address, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/120")
    sign_in(client, account, "bu-dui")
    sign_in(client, account)
    client.post("/sign-in/second/", {"code": "000000"})
    client.post("/sign-in/second/", {"code": totp_of(account)})
    rows = list(
        SignInEvent.objects.filter(account_id=account.pk)
        .order_by("id")
        .values_list("what", "outcome", "method", "device")
    )
    assert rows == [
        ("sign_in", "wrong", "pwd", "Windows · Chrome"),
        ("factor", "wrong", "otp", "Windows · Chrome"),
        ("factor", "ok", "otp", "Windows · Chrome"),
        ("sign_in", "ok", "otp", "Windows · Chrome"),
    ]
    assert PASSWORD not in str(rows)
    networks = set(SignInEvent.objects.filter(account_id=account.pk).values_list("network", flat=True))
    assert networks == {address.rsplit(".", 1)[0] + ".0/24"}


def test_events_are_kept_180_days(desk, clock):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import events
    from jizuo.hubs.identity.models import SignInEvent

    mine = SignInEvent.objects.filter(account_id=desk.school.clerk.pk)
    for days, is_kept in ((179, True), (2, False)):
        clock.pass_(days=days)
        with scopes.use(scopes.base_scope()), scopes.open_transaction("test"):
            events.forget_old(entry.now())
        assert mine.exists() is is_kept


def test_events_are_never_changed(base, desk):
    from django.db import ProgrammingError

    from jizuo.hubs.identity.models import SignInEvent

    with pytest.raises(ProgrammingError, match="permission denied"):
        SignInEvent.objects.filter(account_id=desk.school.clerk.pk).update(outcome="ok")
