"""The validation endpoints, each error of the protocol, and bad input."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hubs.identity.protocols.cas.conftest import SERVICE, failed, root, said, user

ENDPOINTS = ("serviceValidate", "proxyValidate", "p3/serviceValidate", "p3/proxyValidate")


def test_a_ticket_tells_the_pairwise_subject_and_the_words_of_a_school(base, service, signed_in):
    from jizuo.hubs.identity.protocols.openid import claims

    account, browser = signed_in("teacher", name="顾<知>&夏")
    one = service()
    answer = one.check(one.ticket(browser))
    assert user(answer) == claims.subject(account.pk, one.app.row().sector)
    told = said(answer)
    assert told["name"] == ["顾<知>&夏"], "escaped on the way"
    assert told["roles"] == ["teacher"] and told["org_ids"] == [str(account.unit_no)] and told["orgs"][0]
    assert told["isFromNewLogin"] == ["false"] and told["longTermAuthenticationRequestTokenUsed"] == ["false"]
    assert told["authenticationDate"][0].endswith("+00:00")
    words = answer.content.decode()
    assert (
        account.login_code not in words
        and str(account.person_id) not in words
        and str(account.pk) not in words
    )


def test_attributes_are_those_of_the_scopes(service, signed_in):
    _account, browser = signed_in("teacher")
    one = service(scopes=("openid", "org"), agreed_scopes=("openid", "org"))
    told = said(one.check(one.ticket(browser)))
    assert "orgs" in told and "name" not in told and "roles" not in told


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_each_endpoint_in_xml_and_json(service, signed_in, endpoint):
    _account, browser = signed_in("teacher", name="顾知夏")
    one = service()
    answer = one.check(one.ticket(browser), endpoint)
    assert user(answer) and (root(answer).find("{*}attributes") is not None) == endpoint.startswith("p3/")
    told = json.loads(one.check(one.ticket(browser), endpoint, format="JSON").content)
    good = told["serviceResponse"]["authenticationSuccess"]
    assert good["user"] == user(answer)
    assert good.get("attributes", {}).get("name") == (["顾知夏"] if endpoint.startswith("p3/") else None)
    bad = json.loads(one.check("ST-1", endpoint, format="json").content)["serviceResponse"]
    assert (
        bad["authenticationFailure"]["code"] == "INVALID_TICKET"
        and bad["authenticationFailure"]["description"]
    )


def test_the_two_lines_of_cas_1(service, signed_in):
    _account, browser = signed_in()
    one = service()
    ticket = one.ticket(browser)
    first = one.check(ticket, "validate")
    lines = first.content.decode().split("\n")
    assert lines[0] == "yes" and len(lines[1]) == 22 and first["Content-Type"].startswith("text/plain")
    assert one.check(ticket, "validate").content == b"no\n\n"
    assert one.check("", "validate").content == b"no\n\n"


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_ticket_holds_once(service, signed_in, endpoint):
    _account, browser = signed_in()
    one = service()
    ticket = one.ticket(browser)
    assert user(one.check(ticket, endpoint))
    assert failed(one.check(ticket, endpoint)) == "INVALID_TICKET"


def test_a_ticket_lives_for_a_minute(service, signed_in, clock):
    _account, browser = signed_in()
    one = service()
    early, late = one.ticket(browser), one.ticket(browser)
    clock.pass_(seconds=55)
    assert user(one.check(early))
    clock.pass_(seconds=6)
    assert failed(one.check(late)) == "INVALID_TICKET"


def test_another_service_is_refused_and_the_ticket_is_gone(service, signed_in):
    _account, browser = signed_in()
    one = service()
    ticket = one.ticket(browser)
    assert failed(one.check(ticket, service=SERVICE + "&x=1")) == "INVALID_SERVICE"
    assert failed(one.check(ticket)) == "INVALID_TICKET"


def test_a_ticket_dies_with_its_sign_on_and_its_application(service, signed_in):
    _account, browser = signed_in()
    one = service()
    ticket = one.ticket(browser)
    browser.post("/sign-out/")
    assert failed(one.check(ticket)) == "INVALID_TICKET"
    _account, browser = signed_in()
    ticket = one.ticket(browser)
    one.app.change(is_active=False)
    assert failed(one.check(ticket)) == "INVALID_TICKET"


WORDS = st.one_of(
    st.text(max_size=60),
    st.binary(max_size=40),
    st.sampled_from(["ST-1", "PT-1", "PGT-1", SERVICE, "true", "JSON", ""]),
)
NAMES = ("service", "ticket", "renew", "gateway", "pgtUrl", "format", "method", "pgt", "targetService", "url")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    endpoint=st.sampled_from([*ENDPOINTS, "validate", "proxy", "login", "logout"]),
    told=st.dictionaries(st.sampled_from(NAMES), st.one_of(WORDS, st.lists(WORDS, max_size=3)), max_size=6),
    is_post=st.booleans(),
)
def test_no_request_is_a_fault_of_ours(base, endpoint, told, is_post):
    client = base.client(raise_request_exception=False)
    call = client.post if is_post else client.get
    assert call(f"/cas/{endpoint}", told).status_code < 500
