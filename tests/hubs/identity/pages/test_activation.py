"""Slips over HTTP: activate, reset, recover; each code works once and says so."""

from __future__ import annotations

import time

import pytest

from tests.hubs.identity.conftest import PASSWORD, deliver, sign_in

NEW = "qingshan-8-lvshui"


def slip_for(base, school, account, purpose="reset"):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import accounts
    from jizuo.hubs.identity.rules.limits import Purpose

    with scopes.use(base.scope(school.unit_no, "clerk")):
        (slip,) = accounts.reset_accounts(account_ids=[account.pk], purpose=Purpose(purpose))
    return slip


def test_a_pupil_activates_with_a_slip_and_is_in(base, school, address):
    pupil = school.pupils[0]
    slip = slip_for(base, school, pupil)
    assert slip.purpose == "activate"
    client = base.client(REMOTE_ADDR=address)
    by_qr = client.get(f"/activate/{slip.code}/")
    assert by_qr.status_code == 302 and by_qr["Location"] == "/activate/password/"
    page = client.get("/activate/password/").content.decode()
    assert pupil.display_name in page and slip.code not in page
    told = {"password": NEW, "again": NEW}
    entered = client.post("/activate/password/", told)
    assert entered.status_code == 302 and entered["Location"] == "/"
    assert client.session["_auth_user_id"] == str(pupil.pk)
    assert client.get("/")["Location"] == f"/go/{pupil.grant_no}/"
    assert client.get(f"/go/{pupil.grant_no}/")["Location"] == f"/as/{pupil.grant_no}/"
    assert sign_in(base.client(REMOTE_ADDR=address), pupil, NEW).status_code == 302


def test_a_slip_used_twice_says_so(base, school, address):
    slip = slip_for(base, school, school.pupils[0])
    client = base.client(REMOTE_ADDR=address)
    client.get(f"/activate/{slip.code}/")
    client.post("/activate/password/", {"password": NEW, "again": NEW})
    for again in (
        base.client(REMOTE_ADDR=address).get(f"/activate/{slip.code}/"),
        base.client(REMOTE_ADDR=address).post("/activate/", {"code": slip.code.lower()}),
    ):
        assert again.status_code == 422
        assert "已经用过了" in again.content.decode()


def test_two_browsers_race_for_one_slip(base, school, address):
    slip = slip_for(base, school, school.pupils[0])
    first, second = base.client(REMOTE_ADDR=address), base.client(REMOTE_ADDR=address)
    for client in (first, second):
        client.post("/activate/", {"code": slip.code})
    assert first.post("/activate/password/", {"password": NEW, "again": NEW}).status_code == 302
    late = second.post("/activate/password/", {"password": "bieren-de-7-mima", "again": "bieren-de-7-mima"})
    assert late.status_code == 422 and "已经用过了" in late.content.decode()
    assert "_auth_user_id" not in second.session


@pytest.mark.parametrize(("days", "status"), [(29, 302), (31, 422)])
def test_a_slip_expires(base, school, address, clock, days, status):
    slip = slip_for(base, school, school.pupils[0])
    clock.pass_(days=days)
    answer = base.client(REMOTE_ADDR=address).post("/activate/", {"code": slip.code})
    assert answer.status_code == status
    assert status == 302 or "已过期" in answer.content.decode()


def test_a_new_slip_voids_the_old_one(base, school, address):
    old = slip_for(base, school, school.pupils[0])
    new = slip_for(base, school, school.pupils[0])
    client = base.client(REMOTE_ADDR=address)
    assert client.post("/activate/", {"code": old.code}).status_code == 422
    assert client.post("/activate/", {"code": new.code}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "必填"),
        ("ABC", "10 位"),
        ("22222-22222", "没有这个码"),
        ("2222O-22222", "不会有"),
        ("22222-22223", "抄错"),
    ],
)
def test_a_mistyped_code_is_explained(base, address, typed, words):
    answer = base.client(REMOTE_ADDR=address).post("/activate/", {"code": typed})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_weak_and_differing_passwords_leave_the_slip_unused(base, school, address):
    slip = slip_for(base, school, school.pupils[0])
    client = base.client(REMOTE_ADDR=address)
    client.post("/activate/", {"code": slip.code})
    for told, words in (
        ({"password": "20140901", "again": "20140901"}, "规律"),
        ({"password": "sunshine", "again": "sunshine"}, "常见"),
        ({"password": "abc4!x", "again": "abc4!x"}, "至少 8 位"),
        ({"password": NEW, "again": NEW + "x"}, "两遍不一样"),
    ):
        answer = client.post("/activate/password/", told)
        assert answer.status_code == 422 and words in answer.content.decode()
    assert client.post("/activate/password/", {"password": NEW, "again": NEW}).status_code == 302


@pytest.mark.parametrize(("role", "length"), [("teacher", 12), ("district_admin", 15)])
def test_staff_need_longer_passwords_and_are_offered_a_factor(base, person, address, role, length):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import accounts
    from jizuo.hubs.identity.rules.limits import Purpose

    account = person(role, is_new=True)
    with scopes.use(base.scope(account.unit_no, "operator")):
        (slip,) = accounts.reset_accounts(account_ids=[account.pk], purpose=Purpose.RESET)
    client = base.client(REMOTE_ADDR=address)
    client.post("/activate/", {"code": slip.code})
    short = ("Zq7!mk" * 3)[: length - 1]
    refused = client.post("/activate/password/", {"password": short, "again": short})
    assert f"至少 {length} 位" in refused.content.decode()
    long = "lanhua 3 shanya qingfeng"
    assert client.post("/activate/password/", {"password": long, "again": long})["Location"] == "/me/welcome/"
    assert client.get("/me/welcome/").status_code == 200


def test_a_reset_ends_the_sessions_begun_with_the_old_password(base, school, person, address):
    teacher = person("teacher", school.unit_no)
    old = base.client(REMOTE_ADDR=address)
    sign_in(old, teacher)
    assert old.get("/me/").status_code == 200
    slip = slip_for(base, school, teacher)
    assert slip.purpose == "reset" and old.get("/me/").status_code == 200
    client = base.client(REMOTE_ADDR=address)
    client.post("/activate/", {"code": slip.code})
    long = "lanhua 3 shanya qingfeng"
    client.post("/activate/password/", {"password": long, "again": long})
    assert old.get("/me/").status_code == 302
    assert sign_in(base.client(REMOTE_ADDR=address), teacher, PASSWORD).status_code == 422


def test_recovery_by_phone(base, person, address, messages_sent):
    phone = f"133{time.time_ns() % 10**8:08d}"
    account = person(phone=phone)
    client = base.client(REMOTE_ADDR=address)
    assert client.post("/recover/", {"name": phone})["Location"] == "/recover/code/"
    deliver()
    told = {"code": messages_sent[-1][1], "password": NEW, "again": NEW}
    assert client.post("/recover/code/", told | {"code": "12"}).status_code == 422
    assert client.post("/recover/code/", told).status_code == 302
    assert sign_in(base.client(REMOTE_ADDR=address), account, NEW).status_code == 302
    assert sign_in(base.client(REMOTE_ADDR=address), account, PASSWORD).status_code == 422


def test_recovery_of_a_shared_phone_asks_whose(base, person, address, messages_sent):
    phone = f"132{time.time_ns() % 10**8:08d}"
    mother, father = person(name="林母", phone=phone), person(name="林父", phone=phone)
    client = base.client(REMOTE_ADDR=address)
    client.post("/recover/", {"name": phone})
    deliver()
    told = {"code": messages_sent[-1][1], "password": NEW, "again": NEW}
    page = client.post("/recover/code/", told)
    assert page.status_code == 200 and "林父" in page.content.decode()
    stranger = person()
    assert client.post("/recover/code/", told | {"account": str(stranger.pk)}).status_code == 422
    assert client.post("/recover/code/", told | {"account": str(father.pk)}).status_code == 302
    assert sign_in(base.client(REMOTE_ADDR=address), father, NEW).status_code == 302
    assert sign_in(base.client(REMOTE_ADDR=address), mother).status_code == 302


@pytest.mark.parametrize("known", [True, False])
def test_recovery_answers_alike_for_known_and_unknown(base, person, address, known, messages_sent):
    phone = f"131{time.time_ns() % 10**8:08d}"
    if known:
        person(phone=phone)
    client = base.client(REMOTE_ADDR=address)
    answer = client.post("/recover/", {"name": phone})
    assert answer.status_code == 302 and answer["Location"] == "/recover/code/"
    assert "如果" in client.get("/recover/code/").content.decode()
    assert deliver() == 1 and len(messages_sent) == int(known)


def test_recovery_by_login_code_points_to_the_school(base, person, address):
    page = base.client(REMOTE_ADDR=address).post("/recover/", {"name": person().code})
    assert page.status_code == 422 and "纸条" in page.content.decode()
