"""The session with its sign-on: limits, one query, ends that bite at once."""

from __future__ import annotations

import pytest

from tests.hubs.identity.conftest import sign_in


def signed_in(base, account, address, **more):
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, account, **more)
    return client


@pytest.mark.parametrize(
    ("role", "own_device", "idle_minutes", "hours"),
    [
        ("operator", False, 10, 12),
        ("clerk", True, 30, 12),
        ("pupil", False, 30, 12),
        ("guardian", True, None, 720),
    ],
)
def test_idle_and_absolute_limits(base, person, address, clock, role, own_device, idle_minutes, hours):
    more = {"own_device": "on"} if own_device else {}
    account = person(role)
    client = signed_in(base, account, address, **more)
    if idle_minutes:
        clock.pass_(minutes=idle_minutes - 1)
        assert client.get("/me/").status_code == 200
        clock.pass_(minutes=idle_minutes - 1)
        assert client.get("/me/").status_code == 200
        clock.pass_(minutes=idle_minutes + 1)
    else:
        clock.pass_(days=29)
        assert client.get("/me/").status_code == 200
        clock.pass_(days=1.01)
    assert client.get("/me/").status_code == 302
    from jizuo.hubs.identity.models import SsoSession

    row = SsoSession.objects.get(account_id=account.pk)
    assert row.why == ("idle" if idle_minutes else "expired") and row.session_key == ""


def test_the_absolute_limit_holds_against_a_busy_session(base, person, address, clock):
    client = signed_in(base, person("clerk"), address)
    for _n in range(24):
        clock.pass_(minutes=29)
        assert client.get("/me/").status_code == 200
    clock.pass_(minutes=29)
    assert client.get("/me/").status_code == 302


def test_the_cookie_of_a_shared_machine_ends_with_its_browser(base, person, address):
    account = person("guardian")
    shared = signed_in(base, account, address).cookies["jizuo_session"]
    own = signed_in(base, account, address, own_device="on").cookies["jizuo_session"]
    assert shared["max-age"] == "" and shared["expires"] == ""
    assert int(own["max-age"]) == 30 * 24 * 3600
    assert shared["httponly"] and shared["samesite"] == "Lax"


def test_the_key_changes_at_sign_in(base, person, address):
    account = person()
    client = base.client(REMOTE_ADDR=address)
    client.get("/bind/AAAAAA/")
    before = client.session.session_key
    sign_in(client, account)
    assert before and client.session.session_key != before


def test_a_session_without_a_sign_on_signs_nobody_in(base, person, address):
    account = person()
    client = signed_in(base, account, address)
    with base.owner() as owner:
        owner.execute("delete from sso_session where account_id = %s", [account.pk])
    assert client.get("/me/").status_code == 302


def test_three_queries_before_a_page(base, person, address):
    """Session with sign-on, account, grant: and nothing else before the page's own."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    account = person("clerk")
    client = signed_in(base, account, address)
    client.get(f"/as/{account.grant_no}/nowhere")  # the process reads the overrides once
    with CaptureQueriesContext(connection) as caught:
        assert client.get(f"/as/{account.grant_no}/nowhere").status_code == 404
    assert len(caught) <= 3, [query["sql"][:90] for query in caught.captured_queries]


def test_the_test_client_signs_in_with_a_row_too(base, person):
    from jizuo.hubs.identity.models import SsoSession

    account = person()
    client = base.client(account)
    assert client.get("/me/").status_code == 200
    assert SsoSession.objects.get(account_id=account.pk).session_key == client.session.session_key
