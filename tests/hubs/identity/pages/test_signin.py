"""Signing in over HTTP, against a real database."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest

from tests.hubs.identity.conftest import PASSWORD, deliver, sign_in, totp_of, turn_on_totp


def who(client) -> str | None:
    return client.session.get("_auth_user_id")


@pytest.mark.parametrize("typed", ["code", "plain", "lower", "email", "phone"])
def test_a_password_signs_in_by_every_name(base, person, address, typed):
    phone = f"139{int(time.time() * 1000) % 10**8:08d}"
    account = person(email=f"lu{time.time_ns()}@school.cn", phone=phone)
    name = {
        "code": account.code,
        "plain": account.login_code,
        "lower": account.code.lower(),
        "email": account.email.upper(),
        "phone": f"+86 {phone[:3]} {phone[3:7]} {phone[7:]}",
    }[typed]
    client = base.client(REMOTE_ADDR=address)
    answer = client.post("/sign-in/", {"name": name, "password": PASSWORD})
    assert answer.status_code == 302 and answer["Location"] == "/"
    assert who(client) == str(account.pk)


def test_a_next_page_on_this_base_is_kept_and_a_foreign_one_is_not(base, person, address):
    account = person()
    client = base.client(REMOTE_ADDR=address)
    assert sign_in(client, account, next="/me/")["Location"] == "/me/"
    for foreign in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        assert sign_in(base.client(REMOTE_ADDR=address), account, next=foreign)["Location"] == "/"


@pytest.mark.parametrize("kind", ["unknown", "malformed", "wrong", "off", "new"])
def test_every_refusal_reads_the_same(base, person, address, kind):
    from jizuo.hubs.identity.rules import codes

    account = person(is_active=kind != "off", is_new=kind == "new")
    name = {"unknown": codes.draw(8), "malformed": "张三"}.get(kind, account.code)
    password = "bu-shi-zhege-mima" if kind == "wrong" else PASSWORD
    client = base.client(REMOTE_ADDR=address)
    answer = client.post("/sign-in/", {"name": name, "password": password, "ticket": "t"})
    assert answer.status_code == 422
    assert "账号或密码不对" in answer.content.decode()
    known = base.client(REMOTE_ADDR=address).post(
        "/sign-in/", {"name": name, "password": "hai-shi-bu-dui-de", "ticket": "t"}
    )
    assert body_without_tokens(answer) == body_without_tokens(known)
    assert who(client) is None


def body_without_tokens(answer) -> str:
    import re

    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", answer.content.decode())


def work_of(base, person, monkeypatch) -> dict[str, tuple[list[str], list[str]]]:
    """(hashes with their parameters, SQL) that a wrong password costs for a known, an unknown and a never activated
    name: what an outsider could tell by the time."""
    from django.contrib.auth import hashers
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jizuo.hubs.identity.rules import codes

    hashed: list[str] = []
    verify = hashers.Argon2PasswordHasher.verify

    def counted(self, password: str, encoded: str) -> bool:
        hashed.append(encoded.split("$")[3])
        return verify(self, password, encoded)

    monkeypatch.setattr(hashers.Argon2PasswordHasher, "verify", counted)
    names = {"known": person().code, "unknown": codes.draw(8), "new": person(is_new=True).code}
    found = {}
    for place, (kind, name) in enumerate([("warm", codes.draw(8)), *names.items()]):
        client = base.client(REMOTE_ADDR=f"2001:db8:{place}:{uuid4().hex[:4]}::1")
        hashed.clear()
        with CaptureQueriesContext(connection) as asked:
            client.post("/sign-in/", {"name": name, "password": "bu-shi-zhege-mima"})
        words = [" ".join(one["sql"].split()[:3]) for one in asked.captured_queries]
        found[kind] = (list(hashed), words)
    del found["warm"]
    return found


def test_the_work_tells_nothing_about_who_exists(base, person, monkeypatch):
    """The same hash and the same statements for each, so that no time differs."""
    work = work_of(base, person, monkeypatch)
    hashed, asked = work["known"]
    assert hashed == ["m=19456,t=2,p=1"] and asked
    assert work["unknown"] == work["new"] == work["known"]


def test_the_work_would_tell_without_the_hash_for_nobody(base, person, monkeypatch):
    """The twin of the test above, with the protection off."""
    from jizuo.hubs.identity import hashers

    kept = hashers.is_right
    monkeypatch.setattr(hashers, "is_right", lambda typed, stored: stored is not None and kept(typed, stored))
    work = work_of(base, person, monkeypatch)
    assert work["unknown"] != work["known"]


def test_five_failures_lock_this_account_here_and_nowhere_else(base, person, address, clock):
    account, other = person(), person()
    client = base.client(REMOTE_ADDR=address)
    for _n in range(4):
        assert sign_in(client, account, "bu-dui-de-mima").status_code == 422
    assert sign_in(client, account, "bu-dui-de-mima").status_code == 429
    locked = sign_in(client, account)
    assert locked.status_code == 429 and "错了太多次" in locked.content.decode()
    assert sign_in(base.client(REMOTE_ADDR=address), other).status_code == 302
    assert sign_in(base.client(REMOTE_ADDR="198.51.100.77"), account).status_code == 302
    clock.pass_(minutes=14.9)
    assert sign_in(client, account).status_code == 429
    clock.pass_(minutes=0.2)
    assert sign_in(client, account).status_code == 302


def test_the_lock_grows_and_a_success_clears_it(base, person, address, clock):
    account = person()
    client = base.client(REMOTE_ADDR=address)
    for _n in range(5):
        sign_in(client, account, "bu-dui-de-mima")
    clock.pass_(minutes=15, seconds=1)
    for _n in range(5):
        sign_in(client, account, "bu-dui-de-mima")
    clock.pass_(minutes=29)
    assert sign_in(client, account).status_code == 429
    clock.pass_(minutes=2)
    assert sign_in(client, account).status_code == 302
    fresh = base.client(REMOTE_ADDR=address)
    for _n in range(4):
        assert sign_in(fresh, account, "bu-dui-de-mima").status_code == 422
    assert sign_in(fresh, account).status_code == 302


def test_an_unknown_name_is_locked_like_a_known_one(base, address):
    from jizuo.hubs.identity.rules import codes

    name, client = codes.draw(8), base.client(REMOTE_ADDR=address)
    answers = [client.post("/sign-in/", {"name": name, "password": "x"}).status_code for _n in range(6)]
    assert answers == [422, 422, 422, 422, 429, 429]


def test_a_school_behind_one_address_is_slowed_and_never_locked(base, person, address, clock):
    import re

    from jizuo.hubs.identity.rules import codes

    account, client = person(), base.client(REMOTE_ADDR=address)
    for _n in range(20):
        client.post("/sign-in/", {"name": codes.draw(8), "password": "x"})
    page = client.get("/sign-in/").content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
    told = {"name": account.code, "password": PASSWORD, "ticket": ticket}
    early = client.post("/sign-in/", told)
    assert early.status_code == 429 and "请等 1 秒" in early.content.decode()
    clock.pass_(seconds=1.1)
    assert client.post("/sign-in/", told).status_code == 302


def test_tries_at_once_count_each(base, person, address):
    """Ten threads with a wrong password: five are read, the rest meet the lock."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    account = person()

    def one(_n: int) -> int:
        try:
            return sign_in(base.client(REMOTE_ADDR=address), account, "bu-dui-de-mima").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(one, range(10)))
    assert sorted(answers) == [422] * 4 + [429] * 6


def test_a_phone_code_signs_in_once(base, person, address, messages_sent):
    phone = f"138{time.time_ns() % 10**8:08d}"
    account = person(phone=phone)
    client = base.client(REMOTE_ADDR=address)
    sent = client.post("/sign-in/?by=phone", {"phone": phone})
    assert sent.status_code == 302
    assert deliver() == 1 and messages_sent[-1][0] == "+86" + phone
    code = messages_sent[-1][1]
    assert (
        client.post("/sign-in/?by=phone&sent=1", {"code": "000000" if code != "000000" else "1"}).status_code
        == 422
    )
    stranger = base.client(REMOTE_ADDR=address)
    assert stranger.post("/sign-in/?by=phone&sent=1", {"code": code}).status_code == 422
    entered = client.post("/sign-in/?by=phone&sent=1", {"code": code, "own_device": "on"})
    assert entered.status_code == 302 and who(client) == str(account.pk)
    again = base.client(REMOTE_ADDR=address)
    again.post("/sign-in/?by=phone", {"phone": phone})
    assert again.post("/sign-in/?by=phone&sent=1", {"code": code}).status_code == 422


def test_a_phone_code_ends_after_five_tries_and_five_minutes(base, person, address, messages_sent, clock):
    phone = f"137{time.time_ns() % 10**8:08d}"
    person(phone=phone)
    client = base.client(REMOTE_ADDR=address)
    client.post("/sign-in/?by=phone", {"phone": phone})
    deliver()
    code = messages_sent[-1][1]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _n in range(5):
        assert client.post("/sign-in/?by=phone&sent=1", {"code": wrong}).status_code == 422
    assert client.post("/sign-in/?by=phone&sent=1", {"code": code}).status_code == 422
    clock.pass_(seconds=60)
    client.post("/sign-in/?by=phone", {"phone": phone})
    deliver()
    clock.pass_(minutes=5)
    assert client.post("/sign-in/?by=phone&sent=1", {"code": messages_sent[-1][1]}).status_code == 422


def test_an_unknown_phone_gets_the_same_answer_and_no_message(base, address, messages_sent):
    client = base.client(REMOTE_ADDR=address)
    answer = client.post("/sign-in/?by=phone", {"phone": f"136{time.time_ns() % 10**8:08d}"})
    assert answer.status_code == 302
    assert "如果" in client.get(answer["Location"]).content.decode()
    assert deliver() == 1 and messages_sent == []


def test_codes_are_not_sent_in_a_rush(base, person, address, messages_sent, clock):
    phone = f"135{time.time_ns() % 10**8:08d}"
    client = base.client(REMOTE_ADDR=address)
    assert client.post("/sign-in/?by=phone", {"phone": phone}).status_code == 302
    assert client.post("/sign-in/?by=phone", {"phone": phone}).status_code == 422
    for _n in range(4):
        clock.pass_(seconds=61)
        assert client.post("/sign-in/?by=phone", {"phone": phone}).status_code == 302
    clock.pass_(seconds=61)
    assert "这一小时里要得太多了" in client.post("/sign-in/?by=phone", {"phone": phone}).content.decode()


def test_two_guardians_share_a_phone(base, person, address, messages_sent):
    phone = f"134{time.time_ns() % 10**8:08d}"
    mother, father = person(name="林母", phone=phone), person(name="林父", phone=phone)
    client = base.client(REMOTE_ADDR=address)
    assert client.post("/sign-in/", {"name": phone, "password": PASSWORD}).status_code == 422
    client.post("/sign-in/?by=phone", {"phone": phone})
    deliver()
    chosen = client.post("/sign-in/?by=phone&sent=1", {"code": messages_sent[-1][1]})
    assert chosen["Location"] == "/sign-in/choose/"
    assert "林母" in client.get("/sign-in/choose/").content.decode()
    client.post("/sign-in/choose/", {"account": str(mother.grant_no)})
    assert who(client) is None
    client.post("/sign-in/choose/", {"account": str(father.pk)})
    assert who(client) == str(father.pk)


def test_without_a_gateway_the_page_names_the_paper_code(base):
    page = base.client().get("/sign-in/?by=phone").content.decode()
    assert "还没有开通短信" in page and "一次性纸条码" in page


def test_a_paper_code_signs_in_once(base, school, address):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import accounts
    from jizuo.hubs.identity.rules.limits import Purpose

    pupil = school.pupils[0]
    pupil.activated_at, pupil.password = school.clerk.activated_at, school.clerk.password
    pupil.save()
    with scopes.use(base.scope(school.unit_no, "clerk")):
        (slip,) = accounts.reset_accounts(account_ids=[pupil.pk], purpose=Purpose.PAPER)
    client = base.client(REMOTE_ADDR=address)
    assert client.post("/sign-in/?by=paper", {"code": slip.code}).status_code == 302
    assert who(client) == str(pupil.pk)
    again = base.client(REMOTE_ADDR=address).post("/sign-in/?by=paper", {"code": slip.code})
    assert again.status_code == 422 and "用过了" in again.content.decode()


def test_the_second_factor_is_asked_and_counts_once(base, person, address):
    account = person("clerk")
    recovery = turn_on_totp(account)
    client = base.client(REMOTE_ADDR=address)
    assert sign_in(client, account)["Location"] == "/sign-in/second/"
    assert who(client) is None and client.get("/me/").status_code == 302
    assert client.post("/sign-in/second/", {"code": "000000"}).status_code == 422
    code = totp_of(account)
    assert client.post("/sign-in/second/", {"code": code})["Location"] == "/"
    assert who(client) == str(account.pk)
    other = base.client(REMOTE_ADDR=address)
    sign_in(other, account)
    assert other.post("/sign-in/second/", {"code": code}).status_code == 422
    assert other.post("/sign-in/second/", {"code": recovery[0]}).status_code == 302
    third = base.client(REMOTE_ADDR=address)
    sign_in(third, account)
    assert third.post("/sign-in/second/", {"code": recovery[0]}).status_code == 422


@pytest.mark.parametrize(
    ("role", "own_device", "asked_again"),
    [("clerk", True, False), ("clerk", False, True), ("district_admin", True, True)],
)
def test_a_second_factor_is_remembered_only_on_an_own_device(
    base, person, address, role, own_device, asked_again
):
    account = person(role)
    turn_on_totp(account)
    client = base.client(REMOTE_ADDR=address)
    more = {"own_device": "on"} if own_device else {}
    sign_in(client, account, **more)
    client.post("/sign-in/second/", {"code": totp_of(account)})
    client.post("/sign-out/")
    assert (sign_in(client, account, **more)["Location"] == "/sign-in/second/") is asked_again


def test_signing_out_ends_the_sign_on(base, person, address):
    from jizuo.hubs.identity.models import SsoSession

    account = person()
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, account)
    client.post("/sign-out/")
    row = SsoSession.objects.get(account_id=account.pk)
    assert row.why == "signed_out" and row.ended_at and row.session_key == ""
    assert client.get("/sign-out/").status_code == 405


def test_another_person_on_the_same_browser_ends_the_first_session(base, person, address):
    from jizuo.hubs.identity.models import SsoSession

    first, second = person(), person()
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, first)
    sign_in(client, second)
    assert who(client) == str(second.pk)
    assert SsoSession.objects.get(account_id=first.pk).why == "signed_out"
