"""A passkey from its making to its removal, in Chromium with an authenticator of its own."""

from __future__ import annotations

import re
from typing import Any

from jizuo.project.demonstration import PASSWORD
from tests.journeys.conftest import DESK, PHONE, Resident, Town, fits, picture

#: As a phone's own: discoverable, asks for the finger, has it.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def authenticator(page: Any) -> tuple[Any, str]:
    """(line to the browser, id) of a virtual authenticator on this page."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    return line, line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]


def looks(page: Any, name: str) -> None:
    """The page fits both widths; its pictures are kept."""
    size = page.viewport_size
    for width, mark in ((390, "phone"), (1366, "desk")):
        page.set_viewport_size({"width": width, "height": 800})
        assert fits(page), (name, width)
        picture(page, f"passkey-{name}-{mark}")
    page.set_viewport_size(size)


def test_a_passkey_from_its_making_to_its_removal(town: Town, page_at: Any) -> None:
    account = next(one for one in town.accounts.values() if not one.has_factor)
    url = town.url.replace("127.0.0.1", "localhost")
    page = page_at(DESK)
    line, device = authenticator(page)
    enter(page, url, account)

    page.goto(f"{url}/me/")
    page.get_by_role("link", name="登记通行密钥").click()
    looks(page, "add")
    page.fill("[name=name]", "")
    page.get_by_role("button", name="登记", exact=True).click()
    assert page.url.endswith("/me/passkeys/add/")
    page.fill("[name=name]", "讲台上的电脑")
    page.get_by_role("button", name="登记", exact=True).click()
    page.wait_for_url(f"{url}/me/")
    page.get_by_text("讲台上的电脑").first.wait_for()
    looks(page, "me")
    (kept,) = line.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert kept["isResidentCredential"] and kept["rpId"] == "localhost"
    ((handle, account_id, person_id),) = town.ask(
        "select k.handle, a.id, a.person_id from passkey k join account a on a.id = k.account_id where a.login_code = %s",
        account.login_code,
    )
    assert account_id.bytes not in handle and person_id.bytes not in handle

    page.get_by_role("button", name="退出", exact=True).click()
    page.goto(f"{url}/sign-in/?by=passkey")
    looks(page, "sign-in")
    # A finger that is not known: nobody comes in, and the page says what to do.
    line.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="用通行密钥登录").click()
    page.get_by_text("没有完成").wait_for()
    line.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url(lambda at: "/sign-in/" not in at)
    ((methods,),) = town.ask(
        "select methods from sso_session where account_id = %s and ended_at is null order by created_at desc limit 1",
        account_id,
    )
    assert set(methods) <= {"key", "synced"} and methods

    # After a password the key is asked for before it can be removed.
    page.goto(f"{url}/me/")
    page.get_by_role("button", name="退出", exact=True).click()
    enter(page, url, account)
    page.goto(f"{url}/me/")
    page.locator("summary", has_text="讲台上的电脑").click()
    page.get_by_role("button", name="删除", exact=True).click()
    page.wait_for_url(re.compile("/me/step-up/"))
    looks(page, "step-up")
    page.get_by_role("button", name="用通行密钥").click()
    page.wait_for_url(f"{url}/me/")
    page.locator("summary", has_text="讲台上的电脑").click()
    page.get_by_role("button", name="删除", exact=True).click()
    page.get_by_text("通行密钥已删除").wait_for()
    page.get_by_role("button", name="退出", exact=True).click()
    page.goto(f"{url}/sign-in/?by=passkey")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.get_by_text("没有通过").wait_for()


def enter(page: Any, url: str, account: Resident) -> None:
    """Sign in with the password."""
    page.goto(f"{url}/sign-in/")
    page.fill("[name=name]", account.login_code)
    page.fill("[name=password]", PASSWORD)
    page.click("form .btn-main")
    page.wait_for_url(lambda at: "/sign-in/" not in at)


def test_by_a_bare_address_the_page_says_why_not(town: Town, page_at: Any) -> None:
    page = page_at(PHONE)
    page.goto(f"{town.url}/sign-in/?by=passkey")
    page.get_by_text("请用学校的网址打开").wait_for()
    assert page.get_by_role("button", name="用通行密钥登录").count() == 0


def test_the_school_looks_after_its_sign_ins(town: Town, page_at: Any) -> None:
    page = page_at(DESK)
    start = town.sign_in(page, "clerk")
    ((account_id,),) = town.ask(
        "select id from account where login_code = %s", town.accounts["homeroom_teacher"].login_code
    )
    town.ask(
        "insert into sign_in_anomaly (id, kind, about, account_ids, network, device, count, at) values (gen_random_uuid(),"
        " 'two_places', 'x', array[%s]::uuid[], '10.1.2.0/24', 'Windows · Chrome', 1, now()) returning id",
        account_id,
    )
    town.ask(
        "insert into lock_out (key, account_id, what, network, at, locked_until) values ('k', %s, 'password',"
        " '10.1.2.0/24', now(), now() + interval '10 minutes') returning what",
        account_id,
    )
    for tab, words in (
        ("sign-ins", "登录安全"),
        ("sign-ins/events", "Linux"),
        ("sign-ins/locks", "密码连错"),
        ("sign-ins/odd", "几分钟内出现在两处"),
    ):
        page.goto(f"{start}{tab}")
        page.locator(f"#content :text({words!r}):visible").first.wait_for()
        looks(page, tab.replace("/", "-"))
    page.goto(f"{start}sign-ins/end?account={account_id}")
    looks(page, "end")
    page.goto(f"{town.url}/me/")
    looks(page, "sessions")
