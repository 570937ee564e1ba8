"""Codes of devices: kept as hashes, answered once, fetched once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.hubs.identity.protocols.openid.conftest import claims_of, signed_in, vendor  # noqa: F401
from tests.hubs.identity.protocols.openid.test_device import begin, poll, say, screen  # noqa: F401


def test_nothing_kept_opens_anything(screen):  # noqa: F811
    from jizuo.hubs.identity.models import DeviceCode

    begun = begin(screen)
    (row,) = DeviceCode.objects.filter(app_id=screen.client_id)
    for value in (bytes(row.device_hash), bytes(row.user_hash)):
        assert len(value) == 32
        assert (
            begun["device_code"].encode() not in value
            and begun["user_code"].replace("-", "").encode() not in value
        )


def test_of_two_phones_at_once_one_is_believed(screen, signed_in, clock):  # noqa: F811
    from django.db import connection

    people = [signed_in("teacher") for _one in range(2)]
    for _round in range(3):
        begun = begin(screen)

        def press(browser, begun=begun):
            try:
                return say(browser, begun).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            answers = sorted(pool.map(press, [browser for _account, browser in people]))
        assert answers[0] == 200 and answers[1] in (409, 422), answers
        clock.pass_(seconds=5)
        tokens = poll(screen, begun)
        sids = {browser.session["sid"] for _account, browser in people}
        assert claims_of(tokens["id_token"])["sid"] in sids


def test_of_two_fetches_at_once_one_gets_tokens(screen, signed_in):  # noqa: F811
    from django.db import connection

    _account, browser = signed_in("teacher")
    begun = begin(screen)
    say(browser, begun)

    def ask(_number):
        try:
            return poll(screen, begun)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert sum(isinstance(one, dict) for one in answers) == 1, answers


def test_a_sign_out_before_the_fetch_leaves_nothing(screen, signed_in):  # noqa: F811
    _account, browser = signed_in("teacher")
    begun = begin(screen)
    say(browser, begun)
    browser.post("/sign-out/")
    assert poll(screen, begun) == "invalid_grant"


def test_a_consent_withdrawn_before_the_fetch_leaves_nothing(base, screen, signed_in):  # noqa: F811
    (account, browser), (_other, hers) = signed_in("teacher"), signed_in("teacher")
    begun, kept = begin(screen), begin(screen)
    say(browser, begun)
    say(hers, kept)
    browser.post("/me/apps/withdraw/", {"account": str(account.pk), "app": screen.client_id})
    assert poll(screen, begun) == "invalid_grant"
    assert "access_token" in poll(screen, kept), "the twin: of whoever did not withdraw"


def test_a_code_that_asks_for_what_was_taken_away_cannot_be_agreed_to(screen, signed_in):  # noqa: F811
    _account, browser = signed_in("teacher")
    begun = begin(screen)
    screen.change(scopes=["openid"], agreed_scopes=["openid"])
    assert say(browser, begun).status_code == 404
    assert poll(screen, begun) == "authorization_pending"
