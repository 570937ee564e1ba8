"""The way past our pages, which every protocol shares."""

from __future__ import annotations

import pytest

from tests.hubs.identity.protocols.cas.conftest import service
from tests.hubs.identity.protocols.openid.conftest import (
    decide,
    following,
    prove_again,
    said_in,
    signed_in,
    vendor,
)
from tests.hubs.identity.protocols.openid.test_device import SCREEN, begin, poll, say
from tests.hubs.identity.protocols.plain.conftest import app as plain_app
from tests.hubs.identity.protocols.plain.conftest import ask as ask_plain

__all__ = ["plain_app", "service", "signed_in", "vendor"]


def test_a_classroom_screen_signs_nobody_in(base, vendor):
    """Its session stands for a class, not for the teacher who opened it."""
    from types import SimpleNamespace

    from jizuo.hubs.identity.protocols import asking

    user = SimpleNamespace(is_authenticated=True)
    session = SimpleNamespace(sign_on=SimpleNamespace(purpose="screen"))
    request = SimpleNamespace(user=user, session=session)
    assert asking.holder_of(request, None, None) is None


def test_a_scope_taken_away_while_the_page_was_open(base, vendor, person, address):
    account, app = person("teacher"), vendor()
    where = following(app.ask(base.client(REMOTE_ADDR=address), scope="openid profile"))
    app.change(scopes=["openid"])
    answer = prove_again(base.client(REMOTE_ADDR=address), account, where)
    assert "error=invalid_scope" in answer["Location"]


@pytest.mark.parametrize("role", ["teacher", "pupil", "guardian"])
def test_a_school_speaks_for_its_own_people_only(base, vendor, signed_in, role):
    """Isolation: what one school agreed to for its application gives it nobody of another school."""
    from jizuo.hubs.identity.models import AuthorizationCode

    account, browser = signed_in(role)
    own, other = vendor(account.unit_no), vendor(base.unit())
    asked = {"scope": "openid profile email phone guardian"}
    page = other.ask(browser, **asked)
    assert page.status_code == 200 and "学校已经同意" not in page.content.decode()
    assert "您的姓名" in page.content.decode(), "what is being asked for is shown whole"
    assert said_in(other.ask(browser, **asked, prompt="none"))["error"] == "consent_required"
    assert not AuthorizationCode.objects.filter(app_id=other.client_id).exists()
    assert "code" in said_in(own.ask(browser, **asked, prompt="none")), "the twin: of the own school"


def test_every_protocol_keeps_to_the_own_people_of_a_school(base, vendor, service, plain_app, signed_in):
    from jizuo.hubs.identity.models import SignOnTicket

    _account, browser = signed_in("teacher")
    elsewhere = base.unit()
    cas, plain = service(unit_no=elsewhere), plain_app(elsewhere)
    assert cas.ask(browser).status_code == 200 and ask_plain(plain, browser).status_code == 200
    assert "ticket" not in cas.ask(browser, gateway="true")["Location"]
    assert not SignOnTicket.objects.filter(app_id__in=[cas.app.client_id, plain.client_id]).exists()
    screen, (_child, hers) = vendor(elsewhere, **SCREEN), signed_in("pupil")
    begun = begin(screen)
    assert "请家长" in hers.get("/device/", {"code": begun["user_code"]}).content.decode()
    assert say(hers, begun).status_code == 403 and poll(screen, begun) == "authorization_pending"


def test_a_bureau_speaks_for_its_schools_and_no_longer_for_who_left(base, vendor, person):
    from datetime import date

    from jizuo.ground.models import Grant
    from jizuo.hubs.identity.actions import consents
    from jizuo.hubs.identity.protocols.openid import clients

    bureau = base.unit(kind="bureau")
    school = base.unit(parent=bureau)
    below, above, left = person("teacher", school), person("clerk", bureau), person("teacher", school)
    base_app, bureau_app, school_app = (
        clients.find(vendor(unit, agreed_scopes=("openid",)).client_id) for unit in (0, bureau, school)
    )
    Grant.objects.filter(account_id=left.pk).update(end_on=date(2021, 1, 1))
    heard = [
        [bool(consents.agreed_for(one.pk, app)) for app in (base_app, bureau_app, school_app)]
        for one in (below, above, left)
    ]
    assert heard == [[True, True, True], [True, True, False], [True, False, False]]


def test_a_pupil_of_14_agrees_and_a_younger_one_cannot(vendor, signed_in, aged):
    from jizuo.hubs.identity.models import Consent

    app = vendor(agreed_scopes=("openid",))
    old, young = signed_in("pupil"), signed_in("pupil")
    aged(old[0], 14)
    aged(young[0], 14, days=-32)
    pages = [app.ask(browser, scope="openid profile") for _account, browser in (old, young)]
    assert ["需要家长同意" in page.content.decode() for page in pages] == [False, True]
    agreed = decide(old[1], pages[0], "yes")
    assert agreed.status_code == 302 and "code" in said_in(old[1].get(agreed["Location"]))
    kept = Consent.objects.get(app_id=app.client_id)
    assert (kept.account_id, kept.by, kept.scopes) == (old[0].pk, "self", ["openid", "profile"])
    assert decide(young[1], pages[1], "yes").status_code == 403, "a button that is not there"
    assert Consent.objects.filter(app_id=app.client_id).count() == 1


@pytest.fixture
def request_(base):
    from django.test import RequestFactory

    return RequestFactory().get("/")


@pytest.mark.parametrize(
    ("uri", "said", "where"),
    [
        ("https://a.cn/x", {"t": "1"}, "https://a.cn/x?t=1"), ("https://a.cn/x?a=b", {"t": "1"}, "https://a.cn/x?a=b&t=1"),
        ("https://a.cn/x?", {"t": "1"}, "https://a.cn/x?t=1"), ("https://a.cn/x?", {}, "https://a.cn/x?"),
        ("https://a.cn/学", {}, "https://a.cn/%E5%AD%A6"), ("cn.app:/x", {"t": "&"}, "cn.app:/x?t=%26"),
    ],
)  # fmt: skip
def test_what_is_said_stands_behind_the_address(request_, uri, said, where):
    from jizuo.hubs.identity.protocols import asking

    answer = asking.send(request_, uri, "query", said)
    assert answer["Location"] == where and answer["Cache-Control"] == "no-store"
