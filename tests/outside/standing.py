"""How a person stands with the base, seen from outside and in its tables."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

import requests


def is_signed_in(browser: requests.Session, live: Any) -> bool:
    """Whether the base knows this browser."""
    return "/sign-in/" not in browser.get(f"{live.url}/me/", timeout=30).url


def sign_out(browser: requests.Session, live: Any) -> None:
    """Sign out at the base, by the button of its own page."""
    page = browser.get(f"{live.url}/openid/end-session/", timeout=30)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token, page.text[:500]
    form = {"csrfmiddlewaretoken": token[1], "confirmed": "1"}
    left = browser.post(page.url, form, headers={"Referer": page.url}, timeout=30)
    assert left.status_code == 200 and not is_signed_in(browser, live), left.text[:500]


def states_of(app: Any) -> list[str]:
    """What became of the word to this application, by the sign-ons it had a part in, oldest first."""
    from jizuo.hubs.identity.models import AppSignOn

    return list(
        AppSignOn.objects.filter(app_id=app.client_id).order_by("begun_at").values_list("state", flat=True)
    )


def decide(browser: requests.Session, page: requests.Response, say: str) -> requests.Response:
    """Press a button on the page of an application; the page it ends at."""
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    address = urljoin(page.url, "/openid/decide/")
    return browser.post(address, dict(hidden) | {"say": say}, headers={"Referer": page.url}, timeout=30)
