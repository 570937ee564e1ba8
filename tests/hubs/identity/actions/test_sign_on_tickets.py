"""Tickets are taken once, kept as hashes and dropped."""

from __future__ import annotations

import threading

import pytest

from tests.hubs.identity.protocols.cas.conftest import service
from tests.hubs.identity.protocols.openid.conftest import signed_in, vendor

__all__ = ["service", "signed_in", "vendor"]


def test_a_ticket_is_taken_once_by_many_at_a_time(service, signed_in):
    from django.db import connection

    _account, browser = signed_in()
    one = service()
    ticket = one.ticket(browser)
    answers: list[bool] = []

    def take() -> None:
        try:
            answers.append(b"authenticationSuccess" in one.check(ticket).content)
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 5 + [True]


def test_what_is_kept_of_a_ticket_opens_nothing(base, service, signed_in):
    import hashlib

    _account, browser = signed_in()
    one = service()
    ticket = one.ticket(browser)
    with base.owner() as owner:
        rows = owner.execute(
            "select t::text, ticket_hash from sign_on_ticket t where client_id = %s", [one.app.client_id]
        )
        ((text, kept),) = rows.fetchall()
    assert kept == hashlib.sha256(ticket.encode()).digest() and ticket[3:] not in text


def test_what_is_over_is_forgotten(service, signed_in, clock):
    from jizuo.hubs.identity import jobs
    from jizuo.hubs.identity.models import SignOnTicket

    _account, browser = signed_in()
    one = service()
    one.ticket(browser)
    held = SignOnTicket.objects.filter(app_id=one.app.client_id)
    jobs.forget(0)
    assert held.count() == 1
    clock.pass_(minutes=2)
    jobs.forget(0)
    assert held.count() == 0


def test_nothing_is_issued_for_a_sign_on_that_is_not_there(service, signed_in):
    from jizuo.ground.ids import new_id
    from jizuo.hubs.identity.actions import sign_on_tickets
    from jizuo.hubs.identity.models import SignOnTicket

    account, _browser = signed_in()
    one = service()
    told = {
        "client_id": one.app.client_id,
        "account_id": account.pk,
        "service": one.url,
        "scopes": ["openid"],
    }
    with pytest.raises(sign_on_tickets.BadTicket):
        sign_on_tickets.issue("st", sid=new_id(), **told)
    assert SignOnTicket.objects.filter(app_id=one.app.client_id).count() == 0
    with pytest.raises(sign_on_tickets.BadTicket):
        sign_on_tickets.look("PGT-1")
