"""The page where a person types the code that a screen shows."""

from __future__ import annotations

from tests.hubs.identity.protocols.openid.conftest import signed_in, vendor  # noqa: F401
from tests.hubs.identity.protocols.openid.test_device import SCREEN, begin, poll, say, screen  # noqa: F401


def test_the_confirm_form_needs_its_token_and_a_sign_in(base, screen, person):  # noqa: F811
    begun = begin(screen)
    sent = base.client().get("/device/", {"code": begun["user_code"]})
    assert sent["Location"].startswith("/sign-in/?next=/device/")
    strict = base.client(person("teacher"), enforce_csrf_checks=True)
    assert say(strict, begun).status_code == 403
    assert poll(screen, begun) == "authorization_pending"


def test_wrong_codes_lock_the_person_and_the_address(base, screen, signed_in, clock):  # noqa: F811
    _account, browser = signed_in("teacher")
    begun = begin(screen)
    for number in range(10):
        assert browser.post("/device/", {"code": "BCDFBCDF"}).status_code == 422, number
    shut = browser.post("/device/", {"code": begun["user_code"]})
    assert shut.status_code == 429 and "输错的码太多" in shut.content.decode()
    clock.pass_(minutes=1, seconds=1)
    assert browser.post("/device/", {"code": begun["user_code"]}).status_code == 200, "the twin: open again"


def test_a_pupil_under_14_cannot_agree_alone(vendor, signed_in):  # noqa: F811
    app = vendor(**SCREEN, agreed_scopes=("openid",))
    _child, browser = signed_in("pupil")
    begun = begin(app)
    page = browser.get("/device/", {"code": begun["user_code"]}).content.decode()
    assert "请家长" in page and 'value="yes"' not in page
    assert say(browser, begun).status_code == 403
    assert poll(app, begun) == "authorization_pending"


def test_a_pupil_of_14_agrees_on_the_phone(vendor, signed_in, aged):  # noqa: F811
    app = vendor(**SCREEN, agreed_scopes=("openid",))
    pupil, browser = signed_in("pupil")
    aged(pupil, 14)
    begun = begin(app)
    assert 'value="yes"' in browser.get("/device/", {"code": begun["user_code"]}).content.decode()
    assert say(browser, begun).status_code == 200
    assert "access_token" in poll(app, begun)


def test_what_a_teacher_agreed_on_the_phone_is_kept_as_a_consent(vendor, signed_in):  # noqa: F811
    from jizuo.hubs.identity.models import Consent

    app = vendor(**SCREEN, agreed_scopes=("openid",))
    account, browser = signed_in("teacher")
    say(browser, begin(app))
    assert Consent.objects.get(account_id=account.pk, app_id=app.client_id).scopes == ["openid", "profile"]
