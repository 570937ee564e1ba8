"""The Python samples of the guide are run as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import requests

from tests.hubs.data.outside_given import open_hosts
from tests.hubs.identity.protocols.listening import listener, tell_all
from tests.hubs.identity.protocols.openid.conftest import vendor
from tests.outside.walking import walk

__all__ = ["listener", "open_hosts", "vendor"]
GUIDE = Path(__file__).parents[4] / "docs" / "guides" / "let-your-app-sign-people-in.md"


def sample(section: str, **names: str) -> dict[str, Any]:
    """The Python of a section, run with these names; what it defines."""
    text = GUIDE.read_text(encoding="utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    (code,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    space: dict[str, Any] = dict(names)
    exec(code, space)
    return space


def test_the_sample_for_cas(live, vendor, person, listener):
    account, browser = person("teacher", name="顾知夏"), requests.Session()
    service = listener.url + "/sso"
    app = vendor(cas_services=(service,))
    told = sample("CAS", BASE=live.url, SERVICE=service)
    walk(browser, account, told["sign_in_address"]())
    ticket = listener.calls[-1][1]["ticket"]
    assert told["came_back"](ticket)["attributes"]["name"] == "顾知夏"
    assert told["came_back"](ticket) is None
    browser.get(f"{live.url}/cas/logout", timeout=30)
    assert tell_all(app) == ["answered"]
    form = listener.calls[-1][2]
    assert told["is_end_of"](ticket, form) and not told["is_end_of"]("ST-other", form)


def test_the_sample_for_the_plain_recipe(live, vendor, person, listener):
    account, browser = person("teacher", name="顾知夏"), requests.Session()
    address = listener.url + "/enter"
    app = vendor(plain_addresses=(address,), backchannel_logout_uri=listener.url + "/end")
    told = sample("Plain recipe", BASE=live.url, APP_ID=app.client_id, SECRET=app.secret, ADDRESS=address)
    session: dict[str, str] = {}
    walk(browser, account, told["sign_in_address"](session))
    query = listener.calls[-1][1]
    user = told["came_back"](dict(session), query)
    assert user["name"] == "顾知夏"
    assert told["came_back"]({"state": "other"}, query) is None
    browser.get(f"{live.url}/cas/logout", timeout=30)
    assert tell_all(app) == ["answered"]
    form = listener.calls[-1][2]
    assert told["is_end_of"](user, form)
    for changed in ({"session": "S-other"}, {"timestamp": "1"}, {"sign": "0" * 64}, {"nonce": "x"}):
        assert not told["is_end_of"](user, {**form, **changed})
