"""The eleven rules of the provider (specification, section 3), each a test named after it."""

from __future__ import annotations

import json
from datetime import timedelta
from importlib import metadata

import pytest

from tests.hubs.identity.conftest import totp_of, turn_on_totp
from tests.hubs.identity.protocols.openid.conftest import (
    BACK,
    claims_of,
    decide,
    following,
    prove_again,
    said_in,
)


def test_rule_1_the_subject_is_opaque_and_pairwise(base, vendor, signed_in):
    account, browser = signed_in("pupil")
    one, same, other = vendor(), vendor(), vendor(sector="other.example.cn")
    subjects = [claims_of(each.tokens(browser)["id_token"])["sub"] for each in (one, same, other)]
    assert subjects[0] == subjects[1] != subjects[2]
    for known in (account.pk, account.person_id, account.login_code):
        assert str(known).replace("-", "") not in subjects[0]
    school = vendor(account.unit_no)
    assert claims_of(school.tokens(browser)["id_token"])["sub"] not in subjects
    assert claims_of(one.tokens(browser)["id_token"])["sub"] == subjects[0], "and it stays"


def test_rule_2_one_session_row_and_its_end_reaches_every_application(base, vendor, signed_in):
    from jizuo.hubs.identity import jobs
    from jizuo.hubs.identity.models import AppSignOn

    _account, browser = signed_in()
    told, silent = vendor(backchannel_logout_uri="https://app.example.cn/end"), vendor()
    tokens = [each.tokens(browser) for each in (told, silent)]
    sids = {claims_of(each["id_token"])["sid"] for each in tokens}
    assert sids == {browser.session["sid"]}
    assert told.is_live(tokens[0]["access_token"]) and silent.is_live(tokens[1]["refresh_token"])
    browser.post("/sign-out/")
    states = dict(AppSignOn.objects.filter(sid=sids.pop()).values_list("app_id", "state"))
    assert states == {told.client_id: "pending", silent.client_id: "cannot"}
    with base.owner() as owner:
        waiting = [
            row[0]
            for row in owner.execute(
                "select args ->> 'sign_on_id' from procrastinate_jobs where task_name = %s", [jobs.TELL_END]
            )
        ]
    (sign_on,) = AppSignOn.objects.filter(app_id=told.client_id)
    assert str(sign_on.pk) in waiting
    assert not told.is_live(tokens[0]["access_token"]) and not silent.is_live(tokens[1]["refresh_token"])
    assert told.refresh(tokens[0]["refresh_token"]).json()["error"] == "invalid_grant"


def test_rule_3_a_consent_is_kept_with_scopes_version_and_who(base, vendor, signed_in):
    from jizuo.hubs.identity.models import Consent

    account, browser = signed_in("teacher")
    app = vendor(agreed_scopes=("openid",))
    page = app.ask(browser, scope="openid profile class")
    assert page.status_code == 200 and "您的姓名" in page.content.decode()
    answer = browser.get(decide(browser, page, "yes")["Location"])
    assert "code" in said_in(answer)
    (kept,) = Consent.objects.filter(account=account.pk)
    assert (kept.app_id, kept.scopes, kept.version, kept.by, kept.by_account_id) == (
        app.client_id, ["openid", "profile", "class"], 1, "self", account.pk,
    )  # fmt: skip
    assert "code" in said_in(app.ask(browser, scope="openid profile")), "remembered"
    app.change(version=2)
    assert app.ask(browser, scope="openid profile").status_code == 200, "a new version asks again"


def test_rule_3_a_pupil_under_14_needs_a_guardian(base, vendor, signed_in, aged, tied):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotAllowed, NotFound
    from jizuo.hubs.identity.actions import consents

    child, browser = signed_in("pupil")
    parent, _hers = signed_in("guardian", child.unit_no, child_ids=[child.person_id])
    aged(child, 13)
    tied(parent, child)
    app = vendor(agreed_scopes=("openid",))
    asked = {"scope": "openid profile"}
    page = app.ask(browser, **asked)
    assert "需要家长同意" in page.content.decode() and 'value="yes"' not in page.content.decode()
    decide_by_hand = decide  # a button that is not there, pressed all the same
    with pytest.raises(NotAllowed):
        browser.raise_request_exception = True
        scope = scopes.Scope(role="self", unit_no=0, units=(0, child.unit_no))
        with scopes.use(scope):
            consents.consent(
                account_id=child.pk, client_id=app.client_id, scopes=["profile"], by_account_id=child.pk
            )
    assert decide_by_hand(browser, page, "yes").status_code == 403
    said = {"account_id": child.pk, "client_id": app.client_id}
    with scopes.use(scope):
        with pytest.raises(NotFound):
            consents.consent(**said, scopes=["profile"], by_account_id=base.account().pk)
        consents.consent(**said, scopes=["openid", "profile"], by_account_id=parent.pk)
    assert "code" in said_in(app.ask(browser, **asked))
    assert "code" in said_in(app.ask(browser, **asked, prompt="consent")), (
        "no word of its own is asked of a child"
    )
    with scopes.use(scopes.Scope(role="self", unit_no=0, units=(0,))):
        assert consents.withdraw(**said, by_account_id=parent.pk) == 1
    assert "需要家长同意" in app.ask(browser, **asked).content.decode()


def test_rule_4_acr_amr_auth_time_and_max_age_come_from_what_happened(base, vendor, signed_in, clock):
    account, browser = signed_in()
    app = vendor()
    first = claims_of(app.tokens(browser)["id_token"])
    assert (first["acr"], first["amr"]) == ("1", ["pwd"])
    clock.pass_(minutes=5)
    kept = claims_of(app.tokens(browser, max_age=600)["id_token"])
    assert kept["auth_time"] == first["auth_time"]
    answer = app.ask(browser, max_age=60)
    assert answer["Location"].startswith("/sign-in/")
    code = said_in(prove_again(browser, account, following(answer)))["code"]
    after = claims_of(app.redeem(code).json()["id_token"])
    assert 290 <= after["auth_time"] - first["auth_time"] <= 310 and after["sid"] == first["sid"]


def test_rule_4_admin_scopes_take_a_step_up(base, vendor, signed_in):
    account, browser = signed_in("clerk")
    app = vendor()
    refused = said_in(app.ask(browser, scope="openid admin"))
    assert refused["error"] == "unmet_authentication_requirements", "no second factor at all"
    turn_on_totp(account)
    answer = app.ask(browser, scope="openid admin")
    assert answer["Location"].startswith("/me/step-up/")
    where = following(answer)
    back = browser.post("/me/step-up/", {"code": totp_of(account), "next": where})
    assert back["Location"] == where
    said = claims_of(app.redeem(said_in(browser.get(where))["code"]).json()["id_token"])
    assert said["acr"] == "2" and said["amr"] == ["mfa", "otp", "pwd"]


def test_rule_5_a_refresh_token_used_twice_kills_its_family(vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    first = app.tokens(browser)
    second = app.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"] and app.is_live(second["access_token"])
    assert app.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert not app.is_live(second["access_token"]) and not app.is_live(first["access_token"])
    assert app.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"


def test_rule_5_a_code_used_twice_revokes_what_it_produced(vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    code = app.code(browser)
    made = app.redeem(code).json()
    assert app.is_live(made["access_token"])
    again = app.redeem(code)
    assert again.status_code == 400 and again.json()["error"] == "invalid_grant"
    assert not app.is_live(made["access_token"]) and not app.is_live(made["refresh_token"])


def test_rule_6_a_code_is_taken_once_by_many_at_a_time(base, vendor, signed_in):
    import threading

    from django.db import connection

    _account, browser = signed_in()
    app = vendor()
    code = app.code(browser)
    answers: list[int] = []

    def take() -> None:
        try:
            answers.append(app.redeem(code).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 400, 400, 400, 400, 400]


def test_rule_7_pkce_is_s256_only(vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    for wrong in (
        {"code_challenge": None, "code_challenge_method": None}, {"code_challenge_method": "plain"},
        {"code_challenge_method": None}, {"code_challenge": "short"}, {"code_challenge": None},
    ):  # fmt: skip
        assert said_in(app.ask(browser, **wrong))["error"] == "invalid_request", wrong
    code = app.code(browser)
    assert app.redeem(code, code_verifier="x" * 43).json()["error"] == "invalid_grant"
    assert app.redeem(app.code(browser), code_verifier=None).json()["error"] == "invalid_grant"


def test_rule_7_a_dated_exception_ends_on_its_day(vendor, signed_in):
    from jizuo.ground import acting

    _account, browser = signed_in()
    bare = {"code_challenge": None, "code_challenge_method": None}
    app = vendor(pkce_exempt_until=acting.today() + timedelta(days=1))
    made = app.redeem(app.code(browser, **bare), code_verifier=None)
    assert made.status_code == 200
    assert app.redeem(app.code(browser, **bare), code_verifier="y" * 43).status_code == 400, "no downgrade"
    app.change(pkce_exempt_until=acting.today())
    assert said_in(app.ask(browser, **bare))["error"] == "invalid_request"


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example.cn/callback", "https://app.example.cn/callback?from=other", BACK + "&x=1", BACK + "/",
        "https://APP.example.cn/callback?from=jizuo", "http://app.example.cn/callback?from=jizuo", "javascript:alert(1)",
        "https://evil.example/", "",
    ],
)  # fmt: skip
def test_rule_7_the_redirect_address_matches_letter_by_letter(vendor, signed_in, uri):
    _account, browser = signed_in()
    answer = vendor().ask(browser, redirect_uri=uri)
    assert answer.status_code == 400 and "Location" not in answer
    assert "redirect_uri" in answer.content.decode()
    assert not uri or uri not in answer.content.decode()


def test_rule_7_iss_stands_in_every_response(base, vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    assert said_in(app.ask(browser))["iss"] == "http://testserver"
    assert said_in(app.ask(browser, response_type="token"))["iss"] == "http://testserver"
    assert said_in(app.ask(base.client(), prompt="none"))["iss"] == "http://testserver"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("request", "request_not_supported"), ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"), ("resource", "invalid_target"),
        ("authorization_details", "invalid_authorization_details"),
    ],
)  # fmt: skip
def test_rule_8_an_unsupported_parameter_gets_its_error(vendor, signed_in, name, error):
    _account, browser = signed_in()
    said = said_in(vendor().ask(browser, **{name: "x"}))
    assert said["error"] == error and said["state"] == "zt-1"


def test_rule_9_secrets_are_256_bits_and_kept_as_sha_256(base, vendor):
    import base64
    import hashlib

    app = vendor()
    assert len(base64.urlsafe_b64decode(app.secret + "=")) == 32
    with base.owner() as owner:
        ((kept, tail),) = owner.execute(
            "select secret_hash, tail from app_secret where client_id = %s", [app.client_id]
        ).fetchall()
    assert kept == hashlib.sha256(app.secret.encode()).digest() and tail == app.secret[-4:]


def test_rule_9_two_secrets_hold_while_the_vendor_changes_over(base, vendor, clock):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import apps

    app = vendor(scopes=("openid", "grades.read"), agreed_scopes=(), grants=("client_credentials",))
    old = app.secret
    with scopes.use(scopes.base_scope()), scopes.open_transaction("test"):
        new = apps.add_secret(app.client_id)

    def status(secret: str) -> int:
        app.secret = secret
        return app.post("token", {"grant_type": "client_credentials"}).status_code

    assert (status(old), status(new), status("x" * 43)) == (200, 200, 401)
    clock.pass_(days=8)
    assert (status(old), status(new)) == (401, 200)


def test_rule_10_es256_by_default_and_rs256_by_client(base, vendor, signed_in):
    import base64

    _account, browser = signed_in()
    for alg in ("ES256", "RS256"):
        token = vendor(id_token_alg=alg).tokens(browser)["id_token"]
        head = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
        assert head["alg"] == alg and head["kid"]
        assert head["kid"] in {key["kid"] for key in base.client().get("/openid/jwks/").json()["keys"]}
        assert claims_of(token)["sub"]


def test_rule_11_oauthlib_is_no_dependency_of_the_base():
    """Whatever brings oauthlib in is a client of the tests; nothing that runs a base may."""
    wanted = " ".join(metadata.requires("jizuo") or [])
    running = wanted.split("extra ==")[0]
    assert "oauthlib" not in running


def test_a_login_page_left_idle_still_works(base, vendor, person, address, clock):
    account = person()
    app = vendor()
    browser = base.client(REMOTE_ADDR=address)
    where = following(app.ask(browser))
    clock.pass_(hours=3)
    fresh = base.client(REMOTE_ADDR=address)  # the session is lost too
    assert "code" in said_in(prove_again(fresh, account, where))
    assert fresh.get(where[:-3] + "abc").status_code == 400


def test_the_sign_in_form_may_end_at_the_application(base, vendor):
    browser = base.client()
    page = browser.get(vendor().ask(browser)["Location"])
    assert "form-action 'self' https://app.example.cn;" in page["Content-Security-Policy"] + ";"
    assert "app.example.cn" not in browser.get("/sign-in/")["Content-Security-Policy"]
