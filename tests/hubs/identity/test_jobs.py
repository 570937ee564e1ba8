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

    assert {jobs.SEND, jobs.FORGET} <= set(app.tasks)
    assert any(task.task.name == jobs.FORGET for task in app.periodic_registry.periodic_tasks.values())
