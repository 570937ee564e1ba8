"""python-cas, the library below many Python clients, against a live base."""

from __future__ import annotations

import cas
import pytest
import requests

from tests.hubs.identity.protocols.listening import tell_all
from tests.outside.walking import walk

pytestmark = pytest.mark.outside


@pytest.mark.parametrize("version", [1, 2, 3])
def test_sign_in_attributes_and_both_ways_out(live, vendor, person, listener, version):
    account, browser = person("teacher", name="顾知夏"), requests.Session()
    service = f"{listener.url}/enter?v={version}"
    app = vendor(cas_services=(service,))
    client = cas.CASClient(version=version, service_url=service, server_url=f"{live.url}/cas/")
    walk(browser, account, client.get_login_url())
    path, told, _form = listener.calls[-1]
    assert path == "/enter"
    user, attributes, _iou = client.verify_ticket(told["ticket"])
    assert len(user) == 22
    if version == 3:
        assert attributes["name"] == "顾知夏" and attributes["roles"] == "teacher"
    assert not client.verify_ticket(told["ticket"])[0], "a replay"
    # From the client to us.
    ended = browser.get(client.get_logout_url(service), timeout=30)
    assert ended.url.startswith(service)
    assert "/sign-in/" in browser.get(client.get_login_url(), timeout=30).url
    # From us to the client.
    assert tell_all(app) == ["answered"]
    form = listener.calls[-2][2] if "logoutRequest" in listener.calls[-2][2] else listener.calls[-1][2]
    assert cas.CASClientV3.verify_logout_request(form["logoutRequest"].encode(), told["ticket"])
