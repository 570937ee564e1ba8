from __future__ import annotations

import pytest

from tests.hubs.identity.conftest import sign_in


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/86.0 Safari/537.36",
            "Windows · Chrome",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537.36 Edg/120", "Windows · Edge"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Safari/604.1", "iPhone · Safari"),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/111 MicroMessenger/8.0.40", "微信 · Chrome"),
        ("Mozilla/5.0 (X11; Linux x86_64; UOS) Chrome/100 Safari/537", "统信 · Chrome"),
        ("", ""),
        ("curl/8", ""),
    ],
)
def test_devices_in_words(base, agent, device):
    from jizuo.hubs.identity import entry

    assert entry.device_of(agent) == device


def test_a_row_holds_device_address_methods_and_ends(base, person):
    from jizuo.hubs.identity.models import SsoSession

    account = person("clerk")
    client = base.client(REMOTE_ADDR="2001:db8::5", HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/86")
    sign_in(client, account)
    row = SsoSession.objects.get(account_id=account.pk)
    assert (row.address, row.device, row.methods) == ("2001:db8::5", "Windows · Chrome", ["pwd"])
    assert row.session_key == client.session.session_key and str(row.sid) == client.session["sid"]
    assert row.idle_seconds == 1800 and (row.ends_at - row.created_at).total_seconds() == 12 * 3600


def test_the_night_closes_what_nobody_came_back_to(base, person, address, clock):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import sessions
    from jizuo.hubs.identity.models import SsoSession

    account = person("clerk")
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, account)
    clock.pass_(hours=1)
    with scopes.use(scopes.base_scope()), scopes.open_transaction("test"):
        assert sessions.forget_old() >= 1
    assert SsoSession.objects.get(account_id=account.pk).why == "expired"
    clock.pass_(days=367)
    with scopes.use(scopes.base_scope()), scopes.open_transaction("test"):
        sessions.forget_old()
    assert not SsoSession.objects.filter(account_id=account.pk).exists()


def test_the_sid_outlives_a_new_key(base, person, address):
    """A changed password gives the session a new key and keeps its sid."""
    from tests.hubs.identity.conftest import PASSWORD

    account = person()
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, account)
    before, sid = client.session.session_key, client.session["sid"]
    new = "qingshan-8-lvshui"
    client.post("/me/password/", {"old": PASSWORD, "password": new, "again": new})
    assert client.session.session_key != before and client.session["sid"] == sid
    from jizuo.hubs.identity.models import SsoSession

    assert SsoSession.objects.get(pk=sid).session_key == client.session.session_key
