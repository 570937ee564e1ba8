"""A CAS service at the door, and its tickets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from tests.hubs.data.outside_given import open_hosts
from tests.hubs.identity.protocols.listening import listener
from tests.hubs.identity.protocols.openid.conftest import Vendor, signed_in, vendor

__all__ = ["listener", "open_hosts", "signed_in", "vendor"]
SERVICE = "https://jiaowu.example.cn/sso/enter?from=home"
NS = {"cas": "http://www.yale.edu/tp/cas"}


@dataclass
class Service:
    """A registered service and the vendor behind it."""

    app: Vendor
    url: str = SERVICE

    def ask(self, browser: Any, **more: Any) -> Any:
        told = {"service": self.url, **more}
        return browser.get("/cas/login", {name: value for name, value in told.items() if value is not None})

    def ticket(self, browser: Any, **more: Any) -> str:
        answer = self.ask(browser, **more)
        assert answer.status_code == 302, (answer.status_code, answer.content[:600])
        where = answer["Location"]
        assert where.startswith(more.get("service", self.url)), where
        return parse_qs(urlsplit(where).query)["ticket"][0]

    def check(self, ticket: str, endpoint: str = "p3/serviceValidate", **more: Any) -> Any:
        told = {"service": self.url, "ticket": ticket, **more}
        kept = {name: value for name, value in told.items() if value is not None}
        return self.app.base.client().get(f"/cas/{endpoint}", kept)


@pytest.fixture
def service(vendor: Callable[..., Vendor]) -> Callable[..., Service]:
    """`service(url=SERVICE, unit_no=0, **registration)`: an application that registered this address alone."""

    def make(url: str = SERVICE, unit_no: int = 0, **more: Any) -> Service:
        # One base serves many tests: what an earlier one registered at this address is switched off.
        from jizuo.hubs.identity.models import App

        App.objects.exclude(cas_services=[]).update(is_active=False)
        return Service(vendor(unit_no, **{"cas_services": (url,), **more}), url)

    return make


def root(answer: Any) -> Any:
    """The one element below the service response, well-formed and in the namespace."""
    assert answer.status_code == 200 and answer["Content-Type"].startswith("application/xml")
    tree = ElementTree.fromstring(answer.content)
    assert tree.tag == f"{{{NS['cas']}}}serviceResponse" and len(tree) == 1
    return tree[0]


def failed(answer: Any) -> str:
    """The code of a failure."""
    element = root(answer)
    assert element.tag.endswith("Failure"), answer.content
    return str(element.get("code"))


def user(answer: Any) -> str:
    element = root(answer)
    assert element.tag.endswith("authenticationSuccess"), answer.content
    return str(element.findtext("cas:user", namespaces=NS))


def said(answer: Any) -> dict[str, list[str]]:
    """The attributes by name."""
    found: dict[str, list[str]] = {}
    for element in root(answer).find("cas:attributes", NS):
        found.setdefault(element.tag.partition("}")[2], []).append(element.text)
    return found
