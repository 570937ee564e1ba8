"""/cas/login: who gets a ticket, where to, and what never happens."""

from __future__ import annotations

import pytest

from tests.hubs.identity.protocols.cas.conftest import SERVICE, failed, user
from tests.hubs.identity.protocols.openid.conftest import decide, following, prove_again


def test_a_signed_in_person_comes_back_with_a_ticket(service, signed_in):
    _account, browser = signed_in("teacher")
    one = service()
    answer = one.ask(browser)
    assert answer["Location"].startswith(SERVICE + "&ticket=ST-") and "no-store" in answer["Cache-Control"]
    assert len(answer["Location"].partition("ST-")[2]) == 64, "256 bits in hex"


def test_others_sign_in_first_and_a_page_left_idle_goes_on(base, service, person, address, clock):
    account, one = person(), service()
    answer = one.ask(base.client(REMOTE_ADDR=address))
    assert answer["Location"].startswith("/sign-in/")
    where = following(answer)
    clock.pass_(hours=3)
    fresh = base.client(REMOTE_ADDR=address)
    back = prove_again(fresh, account, where)
    assert back["Location"].startswith(SERVICE + "&ticket=ST-")
    ticket = back["Location"].partition("ticket=")[2]
    assert user(one.check(ticket, renew="true")), "a sign-in made for this request counts as new"


def test_the_sign_in_form_may_end_at_the_service(base, service):
    browser = base.client()
    page = browser.get(service().ask(browser)["Location"])
    assert "form-action 'self' https://jiaowu.example.cn;" in page["Content-Security-Policy"] + ";"


def test_renew_has_the_person_prove_again(service, signed_in):
    account, browser = signed_in()
    one = service()
    assert failed(one.check(one.ticket(browser), renew="true")) == "INVALID_TICKET", "a ticket of the session"
    answer = one.ask(browser, renew="true", gateway="true")
    assert answer["Location"].startswith("/sign-in/") and "again=1" in answer["Location"]
    back = prove_again(browser, account, following(answer))
    assert user(one.check(back["Location"].partition("ticket=")[2], renew="true"))


def test_gateway_asks_nothing(base, service, signed_in):
    _account, browser = signed_in()
    one = service()
    assert one.ask(base.client(), gateway="true")["Location"] == SERVICE
    assert one.ticket(browser, gateway="true")
    shy = service(agreed_scopes=())
    assert shy.ask(browser, gateway="true")["Location"] == SERVICE, "consent is due, and is not asked for"


def test_consent_is_asked_for_and_kept(service, signed_in):
    from jizuo.hubs.identity.models import Consent

    account, browser = signed_in("teacher")
    one = service(agreed_scopes=("openid",), scopes=("openid", "profile", "admin"))
    page = one.ask(browser)
    assert page.status_code == 200 and "阅读乐园" in page.content.decode()
    refused = decide(browser, page, "no")
    assert refused.status_code == 400 and "Location" not in refused, "CAS has no word for a no"
    agreed = decide(browser, page, "yes")
    assert browser.get(agreed["Location"])["Location"].startswith(SERVICE + "&ticket=ST-")
    kept = Consent.objects.get(account=account)
    assert kept.scopes == ["openid", "profile"], "admin is never told by CAS"


def test_a_child_needs_its_guardian(service, signed_in):
    _account, browser = signed_in("pupil")
    page = service(agreed_scopes=()).ask(browser)
    assert "需要家长同意" in page.content.decode()


def test_the_answer_as_a_post(service, signed_in):
    _account, browser = signed_in()
    page = service().ask(browser, method="POST")
    html = page.content.decode()
    assert 'name="ticket" value="ST-' in html and "from=home" in html
    assert "https://jiaowu.example.cn" in page["Content-Security-Policy"]
    wrong = service().ask(browser, method="HEADER")
    assert wrong.status_code == 400 and "method" in wrong.content.decode()


def test_a_posted_request_is_looked_at_with_the_cookie(base, service, signed_in):
    _account, browser = signed_in()
    one = service()
    answer = base.client().post("/cas/login", {"service": one.url})
    assert browser.get(answer["Location"])["Location"].startswith(SERVICE + "&ticket=ST-")


@pytest.mark.parametrize(
    "wrong",
    [
        "https://jiaowu.example.cn/sso/enter", SERVICE + "&x=1", "https://JIAOWU.example.cn/sso/enter?from=home",
        "http://jiaowu.example.cn/sso/enter?from=home", "https://evil.example/", "javascript:alert(1)", "//evil.example",
        "https://jiaowu.example.cn@evil.example/sso/enter?from=home", SERVICE + "\r\nX: 1", "服务", "\x00",
        "https://jiaowu.example.cn\\@evil.example/",
    ],
)  # fmt: skip
def test_an_unknown_service_gets_a_page_and_no_redirect(service, signed_in, wrong):
    _account, browser = signed_in()
    answer = service().ask(browser, service=wrong)
    assert answer.status_code == 400 and "Location" not in answer
    words = answer.content.decode()
    assert ("service" in words or "参数" in words) and "//evil" not in words


def test_a_doubled_service_names_its_rule(service, signed_in):
    _account, browser = signed_in()
    answer = service().ask(browser, service=[SERVICE, SERVICE])
    assert answer.status_code == 400 and "service" in answer.content.decode()


def test_without_a_service_the_person_goes_home(base, service, signed_in):
    _account, browser = signed_in()
    assert browser.get("/cas/login")["Location"] == "/"


def test_an_application_that_was_switched_off_meanwhile(base, service, person, address):
    account, one = person(), service()
    where = following(one.ask(base.client(REMOTE_ADDR=address)))
    one.app.change(is_active=False)
    answer = prove_again(base.client(REMOTE_ADDR=address), account, where)
    assert answer.status_code == 400 and "Location" not in answer


def test_an_application_without_openid_signs_nobody_in(service, signed_in):
    _account, browser = signed_in()
    answer = service(scopes=("profile",), agreed_scopes=("profile",)).ask(browser)
    assert answer.status_code == 400 and "openid" in answer.content.decode()
