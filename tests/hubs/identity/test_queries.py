from __future__ import annotations

from uuid import uuid4


def test_classes_carry_the_names_of_the_organisation(base, school, person):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import queries
    from jizuo.hubs.organisation.models import Org

    closed = uuid4()
    person("pupil", school.unit_no, org_ids=[closed])
    with scopes.use(base.scope(school.unit_no)):
        with scopes.open_transaction("test"):
            Org.objects.create(id=school.org_id, unit_no=school.unit_no, kind="class", name="启明班")
        assert queries.classes() == [(school.org_id, "启明班"), (closed, f"…{closed.hex[-6:]}")]
    with scopes.use(base.scope(school.unit_no, "homeroom_teacher", org_ids=(school.org_id,))):
        assert queries.classes() == [(school.org_id, "启明班")]
    with scopes.use(base.scope(school.unit_no, "homeroom_teacher", org_ids=(uuid4(),))):
        assert queries.classes() == []


def test_states_of_accounts(base, school):
    from jizuo.ground import scope as scopes
    from jizuo.ground.pages.asks import Ask
    from jizuo.hubs.identity import queries
    from jizuo.hubs.identity.actions import accounts
    from jizuo.hubs.identity.models import Account
    from jizuo.hubs.identity.rules.limits import Purpose

    one, two, three = school.pupils
    with scopes.use(base.scope(school.unit_no)):
        accounts.reset_accounts(account_ids=[two.pk], purpose=Purpose.RESET)
        Account.objects.filter(pk=three.pk).update(is_active=False)
        found = {line.account_id: line for line in queries.accounts(ask=Ask())}
        assert [found[one.pk].state, found[two.pk].state, found[three.pk].state] == ["new", "waiting", "off"]
        assert found[school.teacher.pk].state == "active" and found[two.pk].slip_until is not None
        assert school.clerk.pk not in found
        assert queries.accounts(ask=Ask(filters={"role": "head"})) == []
        assert queries.accounts(ask=Ask(filters={"class": str(uuid4())})) == []


def test_the_switcher_is_empty_when_signed_out(base):
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    from jizuo.hubs.identity import queries

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert queries.roles_of_request(request) == []


def test_roles_still_to_come_count_for_the_rules(base, person):
    from datetime import timedelta

    from jizuo.ground import acting
    from jizuo.hubs.identity import queries

    account, today = person("teacher"), acting.today()
    base.grant(account, account.unit_no, "clerk", end_on=today)
    base.grant(account, account.unit_no, "head", end_on=today + timedelta(days=1))
    assert queries.roles_of(account.pk) == {"teacher", "head"}
