"""An application that speaks the plain recipe."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.hubs.data.outside_given import open_hosts
from tests.hubs.identity.protocols.listening import listener
from tests.hubs.identity.protocols.openid.conftest import signed_in, vendor

__all__ = ["listener", "open_hosts", "signed_in", "vendor"]
ADDRESS = "https://app.example.cn/enter?from=jizuo"


@pytest.fixture
def app(vendor):
    def make(unit_no=0, **more):
        return vendor(unit_no, **{"plain_addresses": (ADDRESS,), "redirect_uris": (), **more})

    return make


def ask(app, browser, **more):
    told = {"app_id": app.client_id, "redirect": ADDRESS, "state": "z-1", **more}
    return browser.get("/plain/sign-in/", {name: value for name, value in told.items() if value is not None})


def back(answer):
    assert answer.status_code == 302 and answer["Location"].startswith(ADDRESS + "&"), answer.content[:400]
    return dict(parse_qsl(urlsplit(answer["Location"]).query))


def redeem(app, code, **more):
    told = {"app_id": app.client_id, "secret": app.secret, "ticket": code, **more}
    kept = {name: value for name, value in told.items() if value is not None}
    return app.base.client().post("/plain/user/", kept)
