"""Codes sent and printed: sealed until sent, kept as hashes, forgotten in the end."""

from __future__ import annotations

import time

import pytest


def visitor():
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import entry

    return scopes.use(scopes.Scope(role=entry.VISITOR, unit_no=0, units=(0,)))


def ask(phone, address):
    from jizuo.hubs.identity.actions import codes
    from jizuo.hubs.identity.entry import Secret
    from jizuo.hubs.identity.rules.limits import Purpose

    with visitor():
        return codes.ask_code(purpose=Purpose.SIGN_IN, target=Secret(phone), kind="phone", address=address)


def test_neither_phone_nor_code_stands_in_the_database(base, person, address, messages_sent):
    from jizuo.hubs.identity import jobs

    phone = f"139{time.time_ns() % 10**8:08d}"
    person(phone=phone)
    code_id = ask(phone, address)
    with base.owner() as owner:
        row = owner.execute("select c::text from one_time_code c where id = %s", [code_id]).fetchone()[0]
        assert phone not in row and phone.encode().hex() not in row
        job = owner.execute(
            "select args::text from procrastinate_jobs where args ->> 'code_id' = %s", [str(code_id)]
        ).fetchone()[0]
        assert phone not in job
        assert jobs.send_code(str(code_id)) == "accepted"
        assert jobs.send_code(str(code_id)) == "nothing"
        after = owner.execute("select sealed from one_time_code where id = %s", [code_id]).fetchone()
    assert after == (None,) and len(messages_sent) == 1


def test_a_late_worker_sends_no_dead_code(base, person, address, messages_sent, clock):
    from jizuo.hubs.identity import jobs

    phone = f"139{time.time_ns() % 10**8:08d}"
    person(phone=phone)
    code_id = ask(phone, address)
    clock.pass_(minutes=6)
    assert jobs.send_code(str(code_id)) == "nothing" and messages_sent == []


def test_one_address_asks_for_so_many_an_hour(base, address, monkeypatch, clock):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.identity.rules import limits

    monkeypatch.setattr(limits, "SENT_FROM_ADDRESS", 3)
    for place in range(3):
        ask(f"1380000{place:04d}"[:11], address)
    with pytest.raises(BadInput, match="这一小时"):
        ask("13911112222", address)
    clock.pass_(minutes=61)
    ask("13911112222", address)


def test_what_a_slip_is_for_is_told_without_using_it(base, school):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import accounts, codes
    from jizuo.hubs.identity.entry import Secret
    from jizuo.hubs.identity.rules.limits import Purpose

    with scopes.use(base.scope(school.unit_no)):
        (slip,) = accounts.reset_accounts(account_ids=[school.pupils[0].pk], purpose=Purpose.RESET)
    with visitor():
        for _n in range(2):
            seen = codes.look_at_slip(code=Secret(slip.code))
            assert (seen.purpose, seen.name, seen.shortest) == ("activate", "陈以宁", 8)


def test_the_audit_keeps_no_hash_of_a_password(base, school, monkeypatch):
    """What reaches the audit's hash is the same for every password."""
    from jizuo.ground import audit
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import accounts, codes
    from jizuo.hubs.identity.entry import Secret
    from jizuo.hubs.identity.rules.limits import Purpose

    one, two = (
        {"code": Secret("A"), "password": Secret("x1")},
        {"code": Secret("B"), "password": Secret("y2")},
    )
    assert audit.hash_params(one) == audit.hash_params(two)
    with scopes.use(base.scope(school.unit_no)):
        (slip,) = accounts.reset_accounts(account_ids=[school.pupils[0].pk], purpose=Purpose.RESET)
    seen = []
    kept = audit.hash_params
    monkeypatch.setattr(audit, "hash_params", lambda told: seen.append(repr(told)) or kept(told))
    with visitor():
        codes.activate(code=Secret(slip.code), password=Secret("qingshan-8-lvshui"))
    assert seen and "qingshan" not in "".join(seen) and slip.code not in "".join(seen)


def test_old_codes_are_forgotten_but_a_used_one_still_says_so_for_a_month(base, school, clock):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import accounts, codes
    from jizuo.hubs.identity.models import OneTimeCode
    from jizuo.hubs.identity.rules.limits import Purpose

    with scopes.use(base.scope(school.unit_no)):
        accounts.reset_accounts(account_ids=[school.pupils[0].pk], purpose=Purpose.RESET)
    mine = OneTimeCode.objects.filter(account_id=school.pupils[0].pk)
    for days, left in ((59, 1), (2, 0)):
        clock.pass_(days=days)
        with scopes.use(scopes.base_scope()), scopes.open_transaction("test"):
            codes.forget_old()
        assert mine.count() == left
