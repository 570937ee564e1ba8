"""LemonLDAP::NG above us: people come in through its portal by OpenID Connect and by CAS, and leave on both sides.

Version 2.16 says nothing to an OpenID client when somebody leaves there (its metadata deny the back channel); its CAS
does.
"""

from __future__ import annotations

import re
from html import unescape
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import requests

from tests.live import free_port
from tests.outside.lemonldap import CLIENT, SECRET, Platform, answer_portal, form_of, portal, press
from tests.outside.standing import is_signed_in
from tests.outside.walking import walk

pytestmark = pytest.mark.outside
DOCTOR, ROSE, MICKEY = "dwho", "rtyler", "msmith"


@pytest.fixture
def above(base, live, person, open_hosts, tmp_path):
    """The portal, and sources that the operator declared for it: `oidc`, `mail` (OpenID Connect that recognises people
    by their address) and `cas`; they want a sign-out there too."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import sources
    from jizuo.hubs.identity.entry import Secret
    from jizuo.hubs.identity.shapes import SourceTold
    from jizuo.hubs.identity.upstream import oidc

    oidc.forget()
    open_hosts("127.0.0.1")
    platform, operator = Platform(free_port()), person("operator", 0)
    openid, leave = {"issuer": platform.url, "leave": "true"}, {"leave": "true"}
    declared = {
        "oidc": SourceTold("oidc", "省平台", "lan", CLIENT, openid),
        "mail": SourceTold("oidc", "省平台邮箱", "lan", CLIENT, openid, "email", "email"),
        "cas": SourceTold("cas", "省平台CAS", "lan", "", {"address": platform.cas} | leave),
    }
    made: dict[str, UUID] = {}
    acting = base.scope(0, "operator", grant_no=operator.grant_no, stepped_up=True)
    for name, told in declared.items():
        with scopes.use(acting):
            secrets = {"secret": Secret(SECRET)} if told.kind == "oidc" else {}
            made[name] = sources.declare_source(told=told, secrets=secrets)
        (platform.services if name == "cas" else platform.back).append(
            f"{live.url}/sign-in/from/{made[name]}/back/"
        )
    platform.services.append(f"{live.url}/sign-in/")
    with portal(platform, tmp_path / "portal", f"{live.url}/sign-in/") as words:
        yield SimpleNamespace(platform=platform, words=words, live=live, **made)


def come_in(browser: requests.Session, above: Any, source_id: UUID, who: str) -> requests.Response:
    """By the button of the sign-in page to the portal, through its form, and back; the page it ends at."""
    entrance = browser.get(f"{above.live.url}/sign-in/", timeout=30)
    start = f"/sign-in/from/{source_id}/"
    assert f'href="{start}' in entrance.text, entrance.text[:3000]
    page = browser.get(f"{above.live.url}{start}", timeout=30)
    return answer_portal(browser, page, above.platform, who)


def send(
    browser: requests.Session, page: requests.Response, path: str = "", **typed: Any
) -> requests.Response:
    """Send a form of our own page to itself or to a path."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token, page.text[:3000]
    address = path or page.url
    return browser.post(
        address, {"csrfmiddlewaretoken": token[1], **typed}, headers={"Referer": page.url}, timeout=30
    )


def link(browser: requests.Session, above: Any, source_id: UUID, account: Any) -> requests.Response:
    """Prove the own account here and tie to it whoever just came back from the source."""
    page = walk(browser, account, f"{above.live.url}/sign-in/from/{source_id}/link/")
    assert page.url.endswith("/link/") and account.display_name in page.text, (page.url, page.text[:3000])
    return send(browser, page)


def is_known_there(browser: requests.Session, above: Any) -> bool:
    """Whether the portal knows this browser."""
    return 'name="password"' not in browser.get(above.platform.url, timeout=30).text


def leave_here(browser: requests.Session, above: Any) -> requests.Response:
    """Sign out at the base and follow it to the portal, which asks once more for OpenID Connect."""
    page = browser.get(f"{above.live.url}/me/", timeout=30)
    page = send(browser, page, f"{above.live.url}/sign-out/")
    onward = re.search(r'href="([^"]+)" data-onward', page.text)
    assert onward, (page.url, page.text[:3000])
    assert not is_signed_in(browser, above.live)
    return browser.get(unescape(onward[1]), timeout=30)


def test_an_unknown_person_links_the_own_account_and_then_comes_in(above, person):
    account, browser = person("teacher", name="顾知夏"), requests.Session()
    page = come_in(browser, above, above.oidc, DOCTOR)
    assert page.url.endswith(f"/sign-in/from/{above.oidc}/unknown/"), (
        page.url,
        page.text[:3000],
        above.words(),
    )
    assert "还不知道您是谁" in page.text and "Doctor Who" in page.text
    assert not is_signed_in(browser, above.live)
    linked = link(browser, above, above.oidc, account)
    assert "已连接省平台" in linked.text, linked.text[:3000]
    fresh = requests.Session()
    page = come_in(fresh, above, above.oidc, DOCTOR)
    assert is_signed_in(fresh, above.live) and "顾知夏" in fresh.get(f"{above.live.url}/me/", timeout=30).text
    # Whom the portal lets in as another person is not let in here.
    other = requests.Session()
    page = come_in(other, above, above.oidc, ROSE)
    assert "Rose Tyler" in page.text and not is_signed_in(other, above.live)


def test_a_wrong_password_there_and_a_refused_consent_bring_nobody_in(above, person):
    browser = requests.Session()
    page = browser.get(f"{above.live.url}/sign-in/from/{above.oidc}/", timeout=30)
    page = press(browser, page, user=DOCTOR, password="wrong")
    assert page.url.startswith(above.platform.url) and 'name="password"' in page.text
    assert not is_signed_in(browser, above.live)
    page = press(browser, page, user=DOCTOR, password=DOCTOR)
    assert page.url.startswith(above.platform.url), "it asks whether we may know"
    address, hidden = form_of(page)
    back = browser.post(address, hidden | {"confirm": f"-{hidden['confirm']}"}, timeout=30)
    assert back.status_code == 422 and "没有同意" in back.text, (back.url, back.text[:3000])
    assert not is_signed_in(browser, above.live)


def test_an_unknown_person_waits_for_the_school(base, above, person):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import asks
    from jizuo.hubs.identity.models import OutsideAsk

    clerk = person("clerk", name="周教务")
    account = person("teacher", clerk.unit_no, name="沈老师")
    browser = requests.Session()
    page = come_in(browser, above, above.oidc, ROSE)
    asked = send(browser, page, unit_no=clerk.unit_no, name="沈老师", words="三（2）班")
    assert "等教务员确认" in asked.text, (asked.url, asked.text[:3000])
    ask = OutsideAsk.objects.get(source_id=above.oidc, state="asked")
    with scopes.use(base.scope(clerk.unit_no, "clerk", grant_no=clerk.grant_no, stepped_up=True)):
        assert ("name", "Rose Tyler") in asks.asks()[0].claims
        asks.approve_ask(ask_id=ask.pk, login_code=account.code)
    fresh = requests.Session()
    come_in(fresh, above, above.oidc, ROSE)
    assert is_signed_in(fresh, above.live) and "沈老师" in fresh.get(f"{above.live.url}/me/", timeout=30).text


def test_an_address_that_the_platform_proved_recognises(above, person):
    person("teacher", name="米老师", email="msmith@badwolf.org")
    browser = requests.Session()
    come_in(browser, above, above.mail, MICKEY)
    assert is_signed_in(browser, above.live), above.words()
    assert "米老师" in browser.get(f"{above.live.url}/me/", timeout=30).text


def test_openid_sign_out_here_ends_there_and_there_says_nothing(above, person):
    account, browser = person("teacher", name="顾知夏"), requests.Session()
    come_in(browser, above, above.oidc, DOCTOR)
    link(browser, above, above.oidc, account)
    browser = requests.Session()
    come_in(browser, above, above.oidc, DOCTOR)
    assert is_signed_in(browser, above.live) and is_known_there(browser, above)
    page = leave_here(browser, above)
    assert page.url.startswith(f"{above.platform.url}oauth2/logout"), page.url
    page = press(browser, page)
    assert page.url == f"{above.live.url}/sign-in/", (page.url, page.text[:3000])
    assert not is_known_there(browser, above) and not is_signed_in(browser, above.live)
    # From there nothing is said: 2.16 has no back channel for OpenID Connect.
    told = requests.get(f"{above.platform.url}.well-known/openid-configuration", timeout=30).json()
    assert told["backchannel_logout_supported"] is False
    come_in(browser, above, above.oidc, DOCTOR)
    browser.get(above.platform.url, params={"logout": "1"}, timeout=30)
    assert not is_known_there(browser, above) and is_signed_in(browser, above.live)


def test_cas_sign_out_on_both_sides(above, person):
    account, browser = person("teacher", name="顾知夏"), requests.Session()
    page = come_in(browser, above, above.cas, DOCTOR)
    assert page.url.endswith(f"/sign-in/from/{above.cas}/unknown/"), (
        page.url,
        page.text[:3000],
        above.words(),
    )
    assert "Doctor Who" in page.text
    link(browser, above, above.cas, account)
    # Leaving there ends what came through it, and only that.
    browser, other = requests.Session(), requests.Session()
    come_in(browser, above, above.cas, DOCTOR)
    come_in(other, above, above.cas, DOCTOR)
    assert is_signed_in(browser, above.live) and is_signed_in(other, above.live)
    browser.get(above.platform.url, params={"logout": "1"}, timeout=30)
    assert not is_known_there(browser, above)
    assert not is_signed_in(browser, above.live), above.words()
    assert is_signed_in(other, above.live)
    # Leaving here ends it there too.
    page = leave_here(other, above)
    assert page.url == f"{above.live.url}/sign-in/", (page.url, page.text[:3000])
    assert not is_known_there(other, above)
