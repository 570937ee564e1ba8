"""The OpenID client against a strict local provider, over real HTTP."""

from __future__ import annotations

import base64
import hmac
import json
import time
from urllib.parse import unquote

import pytest

from tests.hubs.identity.elsewhere import out, path_of, through, who, words
from tests.hubs.identity.upstream.provider import fresh_key


def linked(row, account, provider, subject="person-1"):
    from django.utils import timezone

    from jizuo.hubs.identity.models import OutsideSignIn

    issuer = {"oidc": provider.url, "cas": f"{provider.url}/cas"}[row.kind]
    return OutsideSignIn.objects.create(
        source=row, issuer=issuer, subject=subject, account=account, proved="local", since=timezone.now()
    )


@pytest.fixture
def known(base, source, provider, person):
    """A source and an account that is linked to its person."""
    row, account = source("oidc"), person("teacher")
    linked(row, account, provider)
    return row, account


def test_a_linked_person_signs_in_and_goes_where_it_was_wanted(base, known, provider):
    row, account = known
    client = base.client()
    answer = through(client, provider, row, next="/me/")
    assert answer.status_code == 302 and answer["Location"] == "/me/" and who(client) == str(account.pk)
    from jizuo.hubs.identity.models import SsoSession

    assert SsoSession.objects.get(account=account).methods == ["oidc"]
    row.refresh_from_db()
    assert row.used_at is not None


@pytest.mark.parametrize(
    "foreign", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"]
)
def test_it_leads_nowhere_else(base, known, provider, foreign):
    answer = through(base.client(), provider, known[0], next=foreign)
    assert answer["Location"] == "/"


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(base, known, provider):
    row, _account = known
    client, other = base.client(), base.client()
    other.get("/sign-in/")
    back = path_of(provider.visit(out(client, row)))
    assert other.get(back).status_code == 422 and who(other) is None
    assert client.get(back).status_code == 302 and who(client)
    client.post("/sign-out/")
    assert client.get(back).status_code == 422 and who(client) is None


def test_states_of_two_attempts_and_two_sources_do_not_mix(base, known, provider, source):
    row, _account = known
    other = source("oidc")
    client = base.client()
    first, second = provider.visit(out(client, row)), provider.visit(out(client, row))
    code = first.split("code=")[1].split("&")[0]
    mixed = second.replace(second.split("code=")[1].split("&")[0], code)
    answer = client.get(path_of(mixed))
    assert answer.status_code == 422 and who(client) is None
    # The verifier of the second attempt does not fit the code of the first.
    assert "/token" in provider.calls
    elsewhere = path_of(provider.visit(out(client, row))).replace(str(row.pk), str(other.pk))
    assert client.get(elsewhere).status_code == 422 and who(client) is None


TWISTS = {
    "iss": {"iss": "https://other.example"}, "aud": {"aud": "somebody-else"}, "two-aud": {"aud": ["jizuo-test", "x"]},
    "azp": {"azp": "somebody-else"}, "nonce": {"nonce": "another-nonce-of-another"}, "no-nonce": {"nonce": None},
    "exp": {"exp": time.time() - 3600}, "no-exp": {"exp": None}, "future": {"iat": time.time() + 900},
    "old": {"iat": time.time() - 3600}, "at_hash": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "sub": {"sub": ""},
    "sub-number": {"sub": 7}, "exp-text": {"exp": "later"}, "nbf": {"nbf": time.time() + 900},
}  # fmt: skip


@pytest.mark.parametrize("case", TWISTS)
def test_a_wrong_id_token_signs_nobody_in(base, known, provider, case):
    def twist(claims):
        for name, value in TWISTS[case].items():
            if value is None:
                claims.pop(name)
            else:
                claims[name] = value

    provider.twist = twist
    client = base.client()
    answer = through(client, provider, known[0])
    assert answer.status_code == 422 and who(client) is None


@pytest.mark.parametrize(("shift", "is_in"), [(-59, True), (59, True), (-600, False), (600, False)])
def test_a_clock_may_be_a_minute_off(base, known, provider, shift, is_in):
    def twist(claims):
        claims["iat"] += shift
        claims["exp"] = claims["iat"] + (300 if shift > 0 else 1)

    provider.twist = twist
    client = base.client()
    through(client, provider, known[0])
    assert bool(who(client)) is is_in


def test_azp_of_several_audiences_is_us(base, known, provider):
    provider.twist = lambda claims: claims.update(aud=["jizuo-test", "x"], azp="jizuo-test")
    client = base.client()
    through(client, provider, known[0])
    assert who(client)


@pytest.mark.parametrize("case", ["none", "hs256", "foreign-key", "crit"])
def test_no_algorithm_but_the_providers_own(base, known, provider, case):
    def part(told):
        return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()

    if case == "none":
        provider.signed = lambda claims, typ="JWT": f"{part({'alg': 'none'})}.{part(claims)}."
    elif case == "hs256":
        public = provider.keys["one"].as_pem(private=False)

        def signed(claims, typ="JWT"):
            text = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims)}"
            made = hmac.digest(public, text.encode(), "sha256")
            return f"{text}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"

        provider.signed = signed
    elif case == "foreign-key":
        provider.algorithm, provider.sign_with = "RS256", fresh_key("one")
    else:
        provider.header = {"crit": ["b64"], "b64": True}
    client = base.client()
    answer = through(client, provider, known[0])
    assert answer.status_code == 422 and who(client) is None


def test_a_turned_key_is_fetched_and_an_unknown_one_not_again_and_again(base, known, provider, monkeypatch):
    from jizuo.hubs.identity.upstream import oidc

    row, _account = known
    client = base.client()
    through(client, provider, row)
    assert who(client)
    provider.keys["two"], provider.signing, provider.algorithm = fresh_key("two"), "two", "RS256"
    monkeypatch.setattr(oidc, "REFETCH_SECONDS", 0)
    client = base.client()
    through(client, provider, row)
    assert who(client) and provider.calls.count("/jwks") == 2
    monkeypatch.setattr(oidc, "REFETCH_SECONDS", 60)
    provider.signing, provider.sign_with = "three", fresh_key("three")
    for _time in range(3):
        assert through(base.client(), provider, row).status_code == 422
    assert provider.calls.count("/jwks") == 2


def test_mix_up_of_two_providers_is_refused(base, known, provider):
    row, _account = known
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    client = base.client()
    good = provider.visit(out(client, row))
    assert "iss=" in good
    assert client.get(path_of(good)).status_code == 302 and who(client)
    for wrong in ("https://evil.example", None):
        client = base.client()
        back = provider.visit(out(client, row))
        head = back.split("&iss=")[0] if "&iss=" in back else back.split("iss=")[0]
        state = back.split("state=")[1].split("&")[0]
        back = f"{head}&state={state}" + (f"&iss={wrong}" if wrong else "")
        tokens = provider.calls.count("/token")
        assert client.get(path_of(back)).status_code == 422 and who(client) is None
        assert provider.calls.count("/token") == tokens, "the code went to the token endpoint"


def test_userinfo_of_somebody_else_is_refused(base, known, provider):
    provider.userinfo_sub = "person-2"
    provider.person.pop("name")
    client = base.client()
    assert through(client, provider, known[0]).status_code == 422 and who(client) is None


def test_a_foreign_issuer_in_the_discovery_is_refused(base, known, provider):
    provider.metadata["issuer"] = "https://other.example"
    answer = base.client().get(f"/sign-in/from/{known[0].pk}/")
    assert answer.status_code == 422 and "颁发者" in words(answer)


@pytest.mark.parametrize(
    "query", [{"error": "access_denied"}, {"error": "server_error"}, {"code": ["a", "b"]}, {}]
)
def test_errors_and_odd_answers_are_told(base, known, provider, query):
    client = base.client()
    state = out(client, known[0]).split("state=")[1].split("&")[0]
    answer = client.get(f"/sign-in/from/{known[0].pk}/back/", {**query, "state": state})
    assert answer.status_code == 422 and who(client) is None and "没有登录" in words(answer)


def test_back_channel_logout_ends_the_session_and_a_replay_ends_no_later_one(base, known, provider):
    row, _account = known
    provider.person["sid"] = "there-1"
    client = base.client()
    through(client, provider, row)
    assert client.get("/me/").status_code == 200
    address = f"/sign-in/from/{row.pk}/out/"
    old = provider.logout_token(sub="person-1", iat=int(time.time()) - 200)
    for bad in ("", "x.y.z", provider.logout_token(), provider.logout_token(sid="there-1", nonce="n"),
                provider.logout_token(sid="there-1", events=None), provider.logout_token(sid="there-1", aud="x"),
                provider.logout_token(sid="there-1", iss="https://x.example"),
                provider.logout_token(sid="there-1", iat=int(time.time()) - 3600),
                provider.logout_token(sid="there-1", jti=None), provider.logout_token(sid="there-1", exp=1)):  # fmt: skip
        assert base.client().post(address, {"logout_token": bad}).status_code == 400
    assert (
        base.client().post(address, {"logout_token": provider.logout_token(sid="there-2")}).status_code == 200
    )
    assert base.client().post(address, {"logout_token": old}).status_code == 200
    assert client.get("/me/").status_code == 200, "a token of before this sign-on ended it"
    assert (
        base.client().post(address, {"logout_token": provider.logout_token(sid="there-1")}).status_code == 200
    )
    assert client.get("/me/").status_code == 302
    from jizuo.hubs.identity.models import SsoSession

    assert SsoSession.objects.get(account=known[1]).why == "upstream"


def test_an_id_token_is_no_logout_token(base, known, provider):
    row, _account = known
    client = base.client()
    kept = {}
    real = provider.signed
    provider.signed = lambda claims, typ="JWT": kept.setdefault("token", real(claims, typ))
    through(client, provider, row)
    answer = base.client().post(f"/sign-in/from/{row.pk}/out/", {"logout_token": kept["token"]})
    assert answer.status_code == 400 and client.get("/me/").status_code == 200


def test_a_provider_that_reads_basic_as_it_stands_is_asked_by_the_form(base, known, provider, source):
    from jizuo.hubs.identity.upstream import oidc

    provider.read_basic = str
    client = base.client()
    assert through(client, provider, known[0]).status_code == 422 and who(client) is None, "it offers no form"
    provider.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post", "client_secret_basic"]
    oidc.forget()
    assert through(client, provider, known[0]).status_code == 302 and who(client) == str(known[1].pk)
    wrong = source("oidc", secrets={"secret": "wrong"})
    client, calls = base.client(), provider.calls.count("/token")
    assert through(client, provider, wrong).status_code == 422 and who(client) is None
    assert provider.calls.count("/token") == calls + 2
    oidc.forget()
    provider.read_basic, calls = unquote, provider.calls.count("/token")
    assert through(base.client(), provider, known[0]).status_code == 302
    assert provider.calls.count("/token") == calls + 1, "Basic is tried first"


@pytest.mark.parametrize("error", ["access_denied", "consent_required"])
def test_who_said_no_there_is_told_so(base, known, provider, error):
    client = base.client()
    at = provider.visit(out(client, known[0]))
    state = at.split("state=")[1].split("&")[0]
    answer = client.get(path_of(at.split("?")[0]), {"error": error, "state": state})
    assert answer.status_code == 422 and "没有同意" in words(answer) and who(client) is None


def test_a_sign_out_here_leads_to_the_one_there(base, source, provider, person):
    row, account = source("oidc", settings={"leave": "true"}), person("teacher")
    linked(row, account, provider)
    client = base.client()
    through(client, provider, row)
    answer = client.post("/sign-out/")
    page = answer.content.decode()
    assert answer.status_code == 200 and f"{provider.url}/logout?" in page and "id_token_hint=" in page
    assert who(client) is None


def test_the_look_names_what_is_wrong(base, source, provider):
    from jizuo.hubs.identity.actions.sources import opened as open_row
    from jizuo.hubs.identity.upstream import oidc

    row = source("oidc")
    assert [one.is_good for one in oidc.look(open_row(row), "http://x/back/")] == [True, True, True]
    wrong = source("oidc", secrets={"secret": "wrong"})
    found = oidc.look(open_row(wrong), "http://x/back/")
    assert found[-1].is_good is False and "应用编号和密钥" in found[-1].fix
    provider.metadata["issuer"] = "https://other.example"
    assert [one.is_good for one in oidc.look(open_row(row), "http://x/back/")] == [False]
