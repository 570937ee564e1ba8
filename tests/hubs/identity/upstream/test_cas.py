"""The CAS client against a strict local server, and its parsers against garbage."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.hubs.identity.upstream import cas
from jizuo.hubs.identity.upstream.shapes import Refused
from tests.hubs.identity.elsewhere import out, path_of, who
from tests.hubs.identity.upstream.test_oidc import linked

OPEN, SHUT = '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">', "</cas:serviceResponse>"


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_linked_person_signs_in_once_by_a_ticket(base, source, provider, person, form):
    row, account = source("cas", settings={"format": form}), person("teacher")
    linked(row, account, provider)
    client = base.client()
    back = path_of(provider.visit(out(client, row)))
    assert client.get(back).status_code == 302 and who(client) == str(account.pk)
    client.post("/sign-out/")
    assert client.get(back).status_code == 422 and who(client) is None


def test_a_ticket_counts_for_its_own_attempt_only(base, source, provider, person):
    row = source("cas")
    linked(row, person("teacher"), provider)
    client = base.client()
    first, second = provider.visit(out(client, row)), provider.visit(out(client, row))
    mixed = second.split("ticket=")[0] + "ticket=" + first.split("ticket=")[1]
    assert client.get(path_of(mixed)).status_code == 422 and who(client) is None


def test_an_expired_ticket_and_a_proxy_ticket_sign_nobody_in(base, source, provider, person):
    row = source("cas")
    linked(row, person("teacher"), provider)
    for more in ({"code_life": -1}, {"ticket": "PT-1-abc"}, {"ticket": ""}):
        client = base.client()
        assert client.get(path_of(provider.visit(out(client, row), **more))).status_code == 422
        assert who(client) is None


def test_single_logout_ends_the_session_of_the_ticket(base, source, provider, person):
    row = source("cas")
    linked(row, person("teacher"), provider)
    client = base.client()
    back = provider.visit(out(client, row))
    client.get(path_of(back))
    ticket = back.split("ticket=")[1]
    told = (
        '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="1" Version="2.0">'
        "<samlp:SessionIndex>{}</samlp:SessionIndex></samlp:LogoutRequest>"
    )
    service = path_of(back.split("&ticket")[0])
    assert base.client().post(service, {"logoutRequest": told.format("ST-other")}).status_code == 200
    assert client.get("/me/").status_code == 200
    assert (
        base.client().post(service, {"logoutRequest": "<!DOCTYPE x>" + told.format(ticket)}).status_code
        == 400
    )
    assert base.client().post(service, {"logoutRequest": told.format(ticket)}).status_code == 200
    assert client.get("/me/").status_code == 302


def test_attributes_and_users_are_read():
    body = (
        f"{OPEN}<cas:authenticationSuccess><cas:user> lu </cas:user><cas:attributes><cas:mail>a@b.cn</cas:mail>"
        f"<cas:role>x</cas:role><cas:role>y</cas:role></cas:attributes></cas:authenticationSuccess>{SHUT}"
    ).encode()
    assert cas.read_xml(body) == ("lu", {"mail": "a@b.cn", "role": ["x", "y"]})
    told = {
        "serviceResponse": {
            "authenticationSuccess": {"user": "lu", "attributes": {"role": ["x", "y"], "m": ["z"]}}
        }
    }
    assert cas.read_json(json.dumps(told).encode()) == ("lu", {"role": ["x", "y"], "m": "z"})


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-09-16T00:00:00Z", 1789516800), ("2026-09-16T08:00:00.5+08:00", 1789516800.5),
        ("2026-09-16T00:00:00.123456789Z[UTC]", 1789516800.123456), (1789516800, 1789516800), (1789516800.25, 1789516800.25),
        ("2026-09-16T08:00:00", None), ("", None), ("yesterday", None), ("0001-01-01T00:00:00+14:00", -62135647200), (True, None),
        (["2026-09-16T00:00:00Z", "2026-09-16T01:00:00Z"], None), (None, None), (1e300, None), ("[", None),
    ],
)  # fmt: skip
def test_when_a_person_proved_it_there(told, at):
    assert cas.authed_at({"authenticationDate": told}) == at


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<", f"{OPEN}{SHUT}".encode(), b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", b"<a>" * 100 + b"</a>" * 100,
        f"{OPEN}<cas:authenticationSuccess><cas:user/></cas:authenticationSuccess>{SHUT}".encode(),
        f"{OPEN}<cas:authenticationSuccess><cas:user>a</cas:user><cas:user>b</cas:user></cas:authenticationSuccess>{SHUT}"
        .encode(),
        b'<serviceResponse><authenticationSuccess><user>a</user></authenticationSuccess></serviceResponse>',
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(body):
    with pytest.raises(Refused):
        cas.read_xml(body)


def test_a_document_type_is_what_is_refused():
    """The twin: the same text without it is read."""
    good = f"{OPEN}<cas:authenticationSuccess><cas:user>a</cas:user></cas:authenticationSuccess>{SHUT}"
    assert cas.read_xml(good.encode())[0] == "a"
    with pytest.raises(Refused):
        cas.read_xml(f"<!DOCTYPE x>{good}".encode())


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_garbage_is_refused_and_nothing_else(body):
    for read in (cas.read_xml, cas.read_json):
        with pytest.raises(Refused):
            read(body)
    with pytest.raises(Refused):
        cas.ended(None, {"logoutRequest": body.decode("utf-8", "replace")})  # type: ignore[arg-type]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["serviceResponse", "authenticationSuccess", "authenticationFailure", "user", "attributes", "code"]),
        inner, max_size=4,
    ),
)  # fmt: skip


@given(JSON)
def test_json_of_any_shape_is_read_or_refused(told):
    try:
        user, claims = cas.read_json(json.dumps({"serviceResponse": told}).encode())
    except Refused:
        return
    assert user and isinstance(claims, dict)


def test_the_look_knows_a_cas(base, source, provider):
    from jizuo.hubs.identity.actions.sources import opened

    assert [one.is_good for one in cas.look(opened(source("cas")), "http://x/")] == [True]
    wrong = source("cas", settings={"address": f"{provider.url}/nothing"})
    assert [one.is_good for one in cas.look(opened(wrong), "http://x/")] == [False]
