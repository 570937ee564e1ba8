"""Odd sign-ins as they really happen at the entrance, each beside a usual one that is not told."""

from __future__ import annotations

import itertools
import time
from http.cookies import SimpleCookie
from uuid import uuid4

import pytest

from tests.hubs.identity.conftest import sign_in

_nets = itertools.count(1)


@pytest.fixture
def nets():
    """Addresses in networks far apart that no other test uses."""
    part = uuid4().int % 200 + 20
    return [f"{part}.{next(_nets) % 250}.7.{place}" for place in range(1, 5)]


def told(account, kind):
    from jizuo.hubs.identity.models import SignInAnomaly

    return SignInAnomaly.objects.filter(kind=kind, account_ids__contains=[account.pk]).count()


def entered(base, account, address, cookies=None):
    client = base.client(REMOTE_ADDR=address)
    if cookies is not None:
        client.cookies.update(cookies)
    sign_in(client, account)
    return client


def test_an_administrator_on_a_new_device(base, person, nets):
    admin = person("district_admin", base.unit(kind="bureau"))
    first = entered(base, admin, nets[0])
    assert told(admin, "new_device") == 0
    known = SimpleCookie({"jizuo_device": first.cookies["jizuo_device"].value})
    entered(base, admin, nets[1], known)
    assert told(admin, "new_device") == 0
    entered(base, admin, nets[0])
    assert told(admin, "new_device") == 1


def test_two_far_places_within_minutes(base, person, nets, clock):
    teacher = person("teacher")
    entered(base, teacher, nets[0])
    entered(base, teacher, nets[0])
    assert told(teacher, "two_places") == 0
    entered(base, teacher, nets[1])
    assert told(teacher, "two_places") == 1
    other = person("teacher")
    entered(base, other, nets[0])
    clock.pass_(minutes=11)
    entered(base, other, nets[1])
    assert told(other, "two_places") == 0


def test_an_account_awake_after_half_a_year(base, person, nets, clock):
    teacher = person("teacher")
    client = entered(base, teacher, nets[0])
    clock.pass_(days=100)
    sign_in(client, teacher)
    assert told(teacher, "awake") == 0
    clock.pass_(days=181)
    sign_in(client, teacher)
    assert told(teacher, "awake") == 1


@pytest.mark.parametrize("own_device", [True, False])
def test_many_accounts_on_one_device_that_all_call_their_own(base, person, nets, own_device):
    client = base.client(REMOTE_ADDR=nets[0])
    unit_no = base.unit()
    pupils = [person("pupil", unit_no) for _ in range(7)]
    for pupil in pupils:
        sign_in(client, pupil, **({"own_device": "on"} if own_device else {}))
        client.post("/sign-out/")
    # In a computer room nobody says so, and nothing is odd.
    assert told(pupils[-1], "crowd") == (1 if own_device else 0)


@pytest.mark.parametrize("is_morning", [False, True])
def test_one_address_that_tries_many_accounts(base, person, nets, is_morning):
    from jizuo.ground.models import Fact
    from jizuo.hubs.identity.models import SignInAnomaly

    unit_no = base.unit()
    people = [person("pupil", unit_no) for _ in range(20)]
    if is_morning:
        for one in [person("pupil", unit_no) for _ in range(21)]:
            entered(base, one, nets[0])
    for one in people:
        base.client(REMOTE_ADDR=nets[0]).post("/sign-in/", {"name": one.code, "password": "yiyang-de-mima"})
    found = SignInAnomaly.objects.filter(kind="spray", account_ids__contains=[people[0].pk])
    if is_morning:
        assert not found.exists()
        return
    (odd,) = found
    assert odd.count == 20 and set(odd.account_ids) == {one.pk for one in people}
    facts = Fact.objects.filter(name="SignInAnomalyNoticed", payload__anomaly=str(odd.pk))
    assert [fact.unit_no for fact in facts] == [unit_no]
    text = str([fact.payload for fact in facts])
    assert nets[0] not in text and people[0].display_name not in text


def test_a_burst_of_codes(base, person, nets, messages_sent):
    from jizuo.hubs.identity.models import SignInAnomaly

    start = time.time_ns() % 10**7
    phones = [f"1314{(start + place) % 10**7:07d}" for place in range(20)]
    owner = person("guardian", phone=phones[3])
    client = base.client(REMOTE_ADDR=nets[0])
    for place, phone in enumerate(phones):
        assert client.post("/sign-in/?by=phone", {"phone": phone}).status_code == 302
        assert SignInAnomaly.objects.filter(account_ids__contains=[owner.pk]).exists() is (place == 19)
    (odd,) = SignInAnomaly.objects.filter(account_ids__contains=[owner.pk])
    assert (odd.kind, odd.count, odd.account_ids) == ("codes", 20, [owner.pk])
