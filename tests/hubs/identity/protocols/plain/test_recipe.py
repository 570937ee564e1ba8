"""The plain recipe: a link, a ticket, one call, and the word of the end."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hubs.data.outside_given import open_hosts
from tests.hubs.identity.protocols.listening import listener, tell_all
from tests.hubs.identity.protocols.openid.conftest import decide, following, prove_again, signed_in, vendor

__all__ = ["listener", "open_hosts", "signed_in", "vendor"]
ADDRESS = "https://app.example.cn/enter?from=jizuo"


@pytest.fixture
def app(vendor):
    def make(unit_no=0, **more):
        return vendor(unit_no, **{"plain_addresses": (ADDRESS,), "redirect_uris": (), **more})

    return make


def ask(app, browser, **more):
    told = {"app_id": app.client_id, "redirect": ADDRESS, "state": "z-1", **more}
    return browser.get("/plain/sign-in/", {name: value for name, value in told.items() if value is not None})


def back(answer):
    assert answer.status_code == 302 and answer["Location"].startswith(ADDRESS + "&"), answer.content[:400]
    return dict(parse_qsl(urlsplit(answer["Location"]).query))


def redeem(app, code, **more):
    told = {"app_id": app.client_id, "secret": app.secret, "ticket": code, **more}
    kept = {name: value for name, value in told.items() if value is not None}
    return app.base.client().post("/plain/user/", kept)


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


def test_others_sign_in_first(base, app, person, address):
    account, one = person(), app()
    answer = ask(one, base.client(REMOTE_ADDR=address))
    assert answer["Location"].startswith("/sign-in/")
    assert back(prove_again(base.client(REMOTE_ADDR=address), account, following(answer)))["ticket"]


def test_consent_no_and_yes(app, signed_in):
    _account, browser = signed_in("teacher")
    one = app(agreed_scopes=())
    page = ask(one, browser)
    assert page.status_code == 200
    assert back(decide(browser, page, "no")) == {"from": "jizuo", "error": "access_denied", "state": "z-1"}
    assert back(browser.get(decide(browser, page, "yes")["Location"]))["ticket"]


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


@pytest.mark.parametrize(
    "told", [{"redirect": ADDRESS + "&x=1"}, {"redirect": "https://evil.example/"}, {"redirect": None}]
)
def test_another_address_gets_a_page_and_no_redirect(app, signed_in, told):
    _account, browser = signed_in()
    answer = ask(app(), browser, **told)
    assert answer.status_code == 400 and "redirect" in answer.content.decode() and "Location" not in answer


def test_wrong_requests_name_their_rule(base, app, vendor, signed_in):
    _account, browser = signed_in()
    one = app()
    for wrong in (
        {"app_id": "nobody"},
        {"app_id": None},
        {"app_id": [one.client_id] * 2},
        {"state": "a" * 3000},
    ):
        answer = ask(one, browser, **wrong)
        assert answer.status_code == 400 and "Location" not in answer
    public = vendor(kind="public", token_auth="none", plain_addresses=(ADDRESS,))
    assert "app_id" in ask(public, browser).content.decode(), (
        "an application without a server has no part in this"
    )
    for missing in ("app_id", "secret", "ticket"):
        assert redeem(one, "T-1", **{missing: None}).json()["error"] == "invalid_request"
    in_address = base.client().post(
        f"/plain/user/?secret={one.secret}", {"app_id": one.client_id, "ticket": "T-1"}
    )
    assert in_address.json()["error"] == "invalid_request"
    assert base.client().get("/plain/user/").status_code == 405


def test_the_word_of_the_end_is_signed(app, signed_in, listener):
    _account, browser = signed_in()
    one, silent = app(backchannel_logout_uri=listener.url + "/end"), app()
    said = redeem(one, back(ask(one, browser))["ticket"]).json()
    assert redeem(silent, back(ask(silent, browser))["ticket"]).status_code == 200
    browser.get("/cas/logout")
    assert tell_all(one, silent) == ["answered"]
    ((path, _query, form),) = listener.calls
    assert path == "/end" and form["event"] == "signed_out" and form["session"] == said["session"]
    names = ("app_id", "event", "session", "timestamp", "nonce")
    text = "\n".join(form[name] for name in names)
    assert form["sign"] == hmac.new(said["end_key"].encode(), text.encode(), hashlib.sha256).hexdigest()
    assert abs(int(form["timestamp"]) - time.time()) < 60
    from jizuo.hubs.identity.models import AppSignOn

    assert AppSignOn.objects.get(app_id=silent.client_id).state == "cannot"


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
