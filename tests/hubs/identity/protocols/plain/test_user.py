"""The one call between servers, and bad input."""

from __future__ import annotations

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hubs.identity.protocols.plain.conftest import ADDRESS, ask, back, redeem


def test_a_ticket_for_who_signed_in(app, signed_in):
    from jizuo.hubs.identity.protocols.openid import claims

    account, browser = signed_in("teacher", name="顾知夏")
    one = app()
    told = back(ask(one, browser))
    assert told["state"] == "z-1" and told["from"] == "jizuo"
    answer = redeem(one, told["ticket"])
    said = answer.json()
    assert said["sub"] == claims.subject(account.pk, one.row().sector)
    assert said["name"] == "顾知夏" and said["roles"] == ["teacher"] and answer["Cache-Control"] == "no-store"
    assert abs(said["signed_in_at"] - time.time()) < 60 and len(said["end_key"]) == 64
    again = redeem(one, told["ticket"])
    assert again.status_code == 400 and again.json()["error"] == "invalid_grant"


def test_one_subject_by_every_protocol(vendor, signed_in):
    from tests.hubs.identity.protocols.openid.conftest import claims_of

    _account, browser = signed_in("teacher")
    both = vendor(plain_addresses=(ADDRESS,))
    sub = claims_of(both.tokens(browser)["id_token"])["sub"]
    assert redeem(both, back(ask(both, browser))["ticket"]).json()["sub"] == sub


def test_a_wrong_secret_leaves_the_ticket(app, signed_in):
    _account, browser = signed_in()
    one, other = app(), app()
    ticket = back(ask(one, browser))["ticket"]
    wrong = redeem(one, ticket, secret="x" * 43)
    assert wrong.status_code == 401 and wrong.json()["error"] == "invalid_client"
    assert redeem(other, ticket).json()["error"] == "invalid_grant", "another application's"
    assert redeem(one, ticket, app_id="nobody").status_code == 401
    assert redeem(one, ticket).status_code == 200


def test_a_ticket_lives_for_a_minute_and_dies_with_the_sign_on(app, signed_in, clock):
    _account, browser = signed_in()
    one = app()
    old = back(ask(one, browser))["ticket"]
    clock.pass_(seconds=61)
    assert redeem(one, old).json()["error"] == "invalid_grant"
    left = back(ask(one, browser))["ticket"]
    browser.post("/sign-out/")
    assert redeem(one, left).json()["error"] == "invalid_grant"


WORDS = st.one_of(
    st.text(max_size=60), st.binary(max_size=40), st.sampled_from(["T-1", ADDRESS, "x" * 43, ""])
)
NAMES = ("app_id", "redirect", "state", "secret", "ticket")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["sign-in", "user"]),
    told=st.dictionaries(st.sampled_from(NAMES), st.one_of(WORDS, st.lists(WORDS, max_size=3)), max_size=5),
    is_post=st.booleans(),
)
def test_no_request_is_a_fault_of_ours(base, path, told, is_post):
    client = base.client(raise_request_exception=False)
    call = client.post if is_post else client.get
    assert call(f"/plain/{path}/", told).status_code < 500
