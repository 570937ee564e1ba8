from __future__ import annotations


def test_the_night_passes_over_an_empty_and_a_full_base(base, school, clock):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import jobs
    from jizuo.hubs.identity.actions import accounts
    from jizuo.hubs.identity.models import OneTimeCode
    from jizuo.hubs.identity.rules.limits import Purpose

    jobs.forget(0)
    with scopes.use(base.scope(school.unit_no)):
        accounts.reset_accounts(account_ids=[school.pupils[0].pk], purpose=Purpose.RESET)
    clock.pass_(days=61)
    jobs.forget(0)
    assert not OneTimeCode.objects.filter(account_id=school.pupils[0].pk).exists()


def test_the_tasks_are_known_to_the_queue(base):
    from procrastinate.contrib.django import app

    from jizuo.hubs.identity import jobs

    assert {jobs.SEND, jobs.FORGET, jobs.CLOSE} <= set(app.tasks)
    timed = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert {jobs.FORGET, jobs.CLOSE} <= timed


def test_whoever_does_not_come_back_is_signed_out_within_minutes(base, person, address, clock):
    """On a shared machine whose browser was closed nobody asks again; applications hear of the end all the same."""
    from jizuo.hubs.identity import jobs
    from jizuo.hubs.identity.models import SsoSession
    from tests.hubs.identity.conftest import sign_in

    account = person("teacher")
    sign_in(base.client(REMOTE_ADDR=address), account)
    jobs.close_over(0)
    assert SsoSession.objects.get(account_id=account.pk).ended_at is None
    clock.pass_(minutes=31)
    jobs.close_over(0)
    row = SsoSession.objects.get(account_id=account.pk)
    assert (row.why, row.session_key) == ("expired", "") and row.ended_at is not None
