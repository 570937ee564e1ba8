"""One session: leaving by one protocol ends the others, and each service is told."""

from __future__ import annotations

from xml.etree import ElementTree

from tests.hubs.identity.protocols.cas.conftest import SERVICE, failed, user
from tests.hubs.identity.protocols.listening import tell_all
from tests.hubs.identity.protocols.openid.conftest import following

SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"


def test_leaving_openid_ends_cas_and_tells_the_service_by_its_ticket(service, vendor, signed_in, listener):
    from jizuo.hubs.identity.models import AppSignOn

    _account, browser = signed_in("teacher")
    one, other = service(listener.url + "/sso/*"), vendor()
    url = listener.url + "/sso/enter?from=home"
    ticket = one.ticket(browser, service=url)
    name = user(one.check(ticket, service=url))
    unused = one.ticket(browser, service=url)
    made = other.tokens(browser)
    assert browser.get("/openid/end-session/", {"id_token_hint": made["id_token"]}).status_code == 200
    assert tell_all(one.app) == ["answered"]
    ((path, _query, form),) = listener.calls
    tree = ElementTree.fromstring(form["logoutRequest"])
    assert path == "/sso/enter" and tree.tag == f"{SAMLP}LogoutRequest" and tree.get("Version") == "2.0"
    assert tree.findtext(f"{SAMLP}SessionIndex") == ticket
    assert tree.findtext("{urn:oasis:names:tc:SAML:2.0:assertion}NameID") == name
    assert failed(one.check(unused, service=url)) == "INVALID_TICKET"
    kept = AppSignOn.objects.get(app_id=one.app.client_id)
    assert (kept.state, kept.answer, kept.tries) == ("answered", "status 200", 1) and kept.ended_at


def test_leaving_cas_ends_openid_and_goes_back_to_a_registered_service(service, vendor, signed_in):
    _account, browser = signed_in()
    one, other = service(), vendor()
    made = other.tokens(browser)
    assert other.is_live(made["access_token"])
    answer = browser.get("/cas/logout", {"service": SERVICE})
    assert answer["Location"] == SERVICE
    assert not other.is_live(made["access_token"]) and not other.is_live(made["refresh_token"])
    assert one.ask(browser)["Location"].startswith("/sign-in/")
    assert following(one.ask(browser))


def test_leaving_goes_nowhere_else(service, signed_in):
    service()
    for told in (
        {"service": "https://evil.example/"},
        {},
        {"service": [SERVICE, SERVICE]},
        {"url": "//evil.example"},
    ):
        _account, browser = signed_in()
        answer = browser.get("/cas/logout", told)
        assert answer.status_code == 200 and "已退出" in answer.content.decode()
        assert "//evil" not in answer.content.decode()
        assert browser.get("/me/").status_code == 302
    assert browser.get("/cas/logout", {"url": SERVICE})["Location"] == SERVICE


def test_a_service_that_does_not_answer_is_told_again_and_then_failed(service, signed_in, listener):
    from jizuo.hubs.identity.models import AppSignOn

    _account, browser = signed_in()
    one = service(listener.url + "/a")
    assert user(one.check(one.ticket(browser)))
    listener.status = 500
    browser.post("/sign-out/")
    assert [tell_all(one.app) for _ in range(6)] == [["pending"]] * 4 + [["failed"], []]
    kept = AppSignOn.objects.get(app_id=one.app.client_id)
    assert (kept.state, kept.answer) == ("failed", "status 500") and len(listener.calls) == 5


def test_a_service_on_a_closed_host_is_not_called(service, signed_in, listener, open_hosts):
    open_hosts()
    _account, browser = signed_in()
    one = service(listener.url + "/a")
    assert user(one.check(one.ticket(browser)))
    browser.get("/cas/logout")
    assert tell_all(one.app) == ["pending"] and listener.calls == []
