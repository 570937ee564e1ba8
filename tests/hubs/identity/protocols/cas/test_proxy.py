"""Proxy tickets: a service that signs in at another one for the person."""

from __future__ import annotations

import json

from tests.hubs.identity.protocols.cas.conftest import NS, failed, root, user

BACKEND = "https://chengji.example.cn/in"


def granting(one, browser, listener):
    """The proxy-granting ticket that the callback was called with."""
    callback = listener.url + "/sso/pgt"
    answer = one.check(
        one.ticket(browser, service=one.url[:-1]), "serviceValidate", service=one.url[:-1], pgtUrl=callback
    )
    iou = root(answer).findtext("cas:proxyGrantingTicket", namespaces=NS)
    path, told, _form = listener.calls[-1]
    assert path == "/sso/pgt" and told["pgtIou"] == iou and iou.startswith("PGTIOU-")
    return told["pgtId"]


def proxy(base, pgt, target=BACKEND, **more):
    return base.client().get("/cas/proxy", {"pgt": pgt, "targetService": target, **more})


def test_a_proxy_ticket_names_the_way_it_came(base, service, vendor, signed_in, listener):
    from jizuo.hubs.identity.protocols.openid import claims

    account, browser = signed_in("teacher")
    one = service(listener.url + "/sso/*")
    backend = vendor(cas_services=(BACKEND,), sector="chengji")
    pgt = granting(one, browser, listener)
    assert pgt.startswith("PGT-")
    answer = proxy(base, pgt)
    ticket = root(answer).findtext("cas:proxyTicket", namespaces=NS)
    assert ticket.startswith("PT-")
    assert failed(one.check(ticket, "serviceValidate", service=BACKEND)) == "INVALID_TICKET_SPEC"
    good = one.check(ticket, "proxyValidate", service=BACKEND)
    assert [each.text for each in root(good).findall("cas:proxies/cas:proxy", NS)] == [
        listener.url + "/sso/pgt"
    ]
    assert user(good) == claims.subject(account.pk, backend.row().sector), "the backend's own subject"
    assert failed(one.check(ticket, "proxyValidate", service=BACKEND)) == "INVALID_TICKET"
    told = json.loads(proxy(base, pgt, format="JSON").content)["serviceResponse"]["proxySuccess"]
    again = json.loads(
        one.check(told["proxyTicket"], "p3/proxyValidate", service=BACKEND, format="JSON").content
    )
    assert again["serviceResponse"]["authenticationSuccess"]["proxies"] == [listener.url + "/sso/pgt"]
    renewed = root(proxy(base, pgt)).findtext("cas:proxyTicket", namespaces=NS)
    assert failed(one.check(renewed, "proxyValidate", service=BACKEND, renew="true")) == "INVALID_TICKET"
    browser.post("/sign-out/")
    assert failed(proxy(base, pgt)) == "INVALID_TICKET", "it ends with the sign-on"


def test_nobody_is_told_of_a_person_who_did_not_agree(base, service, vendor, signed_in, listener):
    _account, browser = signed_in("teacher")
    one = service(listener.url + "/sso/*")
    vendor(cas_services=(BACKEND,), agreed_scopes=())
    pgt = granting(one, browser, listener)
    assert failed(proxy(base, pgt)) == "UNAUTHORIZED_SERVICE"
    assert failed(proxy(base, pgt, "https://nobody.example/")) == "UNAUTHORIZED_SERVICE"
    assert failed(proxy(base, "PGT-1")) == "INVALID_TICKET"
    assert failed(base.client().get("/cas/proxy", {"pgt": pgt})) == "INVALID_REQUEST"
    assert failed(base.client().get("/cas/proxy", {"targetService": BACKEND})) == "INVALID_REQUEST"


def test_a_withdrawn_consent_ends_what_a_service_holds(base, service, vendor, signed_in, listener):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import consents

    account, browser = signed_in("teacher")
    one = service(listener.url + "/sso/*")
    vendor(cas_services=(BACKEND,))
    pgt = granting(one, browser, listener)
    with scopes.use(scopes.Scope(role="self", unit_no=0, units=(0,))):
        consents.withdraw(account_id=account.pk, client_id=one.app.client_id, by_account_id=account.pk)
    assert failed(proxy(base, pgt)) == "INVALID_TICKET"


def test_callbacks(service, signed_in, listener, open_hosts):
    _account, browser = signed_in()
    one = service(listener.url + "/sso/*")
    url = one.url[:-1]

    def ask(callback):
        return one.check(one.ticket(browser, service=url), service=url, pgtUrl=callback)

    for elsewhere in ("https://evil.example/pgt", listener.url + "/other", "file:///etc/passwd"):
        assert failed(ask(elsewhere)) == "UNAUTHORIZED_SERVICE_PROXY"
    listener.status = 404
    answer = ask(listener.url + "/sso/pgt")
    assert user(answer) and root(answer).find("cas:proxyGrantingTicket", NS) is None
    pgt = listener.calls[-1][1]["pgtId"]
    assert failed(proxy(one.app.base, pgt)) == "INVALID_TICKET", "what was not taken opens nothing"
    open_hosts()
    assert failed(ask(listener.url + "/sso/pgt")) == "INVALID_PROXY_CALLBACK"
