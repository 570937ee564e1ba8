"""From a link to a ticket."""

from __future__ import annotations

import pytest

from tests.hubs.identity.protocols.openid.conftest import decide, following, prove_again
from tests.hubs.identity.protocols.plain.conftest import ADDRESS, ask, back, redeem


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
