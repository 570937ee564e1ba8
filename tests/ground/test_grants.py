"""Acting roles: given, given again, ended, and who may do so by hand."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.base import TODAY


def giving(base, unit_no, role="clerk", **more):
    from jizuo.ground import scope as scopes

    return scopes.use(base.scope(unit_no, role, **more))


def inside(news, **more):
    from jizuo.ground import grants
    from jizuo.ground import scope as scopes

    with scopes.open_transaction("test"):
        return grants.give_many(news, **more)


def test_many_are_given_at_once_in_order(base):
    from jizuo.ground.grants import NewGrant
    from jizuo.ground.models import Grant

    unit_no, accounts = base.unit(), [base.account() for _n in range(3)]
    classes, child = (uuid4(), uuid4()), uuid4()
    with giving(base, unit_no, grant_no=7):
        numbers = inside(
            [
                NewGrant(accounts[0].pk, unit_no, "homeroom_teacher", org_ids=classes),
                NewGrant(accounts[1].pk, unit_no, "guardian", child_ids=(child,)),
                NewGrant(
                    accounts[2].pk, unit_no, "pupil", begin_on=date(2026, 9, 1), end_on=date(2027, 7, 1)
                ),
            ]
        )
    rows = [Grant.objects.get(no=no) for no in numbers]
    assert [row.account_id for row in rows] == [account.pk for account in accounts]
    assert tuple(rows[0].org_ids) == classes and rows[0].begin_on == TODAY and rows[0].given_by == 7
    assert rows[1].child_ids == [child] and rows[2].end_on == date(2027, 7, 1)


def test_a_role_given_again_opens_the_old_number(base):
    from jizuo.ground import grants
    from jizuo.ground import scope as scopes
    from jizuo.ground.grants import NewGrant
    from jizuo.ground.models import Grant

    unit_no, account, link = base.unit(), base.account(), uuid4()
    new = NewGrant(account.pk, unit_no, "teacher", affiliation_id=link, begin_on=TODAY - timedelta(days=30))
    with giving(base, unit_no):
        (first,) = inside([new])
        with scopes.open_transaction("test"):
            assert grants.end_of_affiliations([link]) == 1
            assert grants.end([first]) == 0
        assert Grant.objects.get(no=first).end_on == TODAY
        assert grants.of_account(account.pk, TODAY) == []
        (again, same) = inside([new, new])
    assert first == again == same
    assert Grant.objects.get(no=first).end_on is None


def test_grants_change_only_inside_a_door(base):
    from jizuo.ground import grants
    from jizuo.ground import scope as scopes

    with pytest.raises(scopes.NoScope):
        grants.give_many([])
    with pytest.raises(scopes.NoScope):
        grants.end([1])


def test_an_unknown_role_is_a_bug(base):
    from jizuo.ground.grants import NewGrant

    unit_no = base.unit()
    with giving(base, unit_no), pytest.raises(ValueError, match="principal"):
        inside([NewGrant(uuid4(), unit_no, "principal")])


def test_held_roles_with_the_last_used_first(base):
    from jizuo.ground import grants

    account = base.account("沈一")
    first, second = base.unit("甲小学"), base.unit("乙小学")
    one, two = base.grant(account, first, "teacher"), base.grant(account, second, "guardian")
    base.grant(account, first, "clerk", end_on=TODAY)
    held = grants.of_account(account.pk, TODAY)
    assert {role.grant_no for role in held} == {one, two} and not any(role.is_last for role in held)
    grants.note_use(two, account.pk)
    grants.note_use(one, base.account().pk)
    held = grants.of_account(account.pk, TODAY)
    assert [role.grant_no for role in held] == [two, one]
    assert held[0].is_last and held[0].unit_name == "乙小学" and held[0].person_name == "沈一"
    opened = [(scope.grant_no, scope.role, scope.units) for scope in grants.scopes_of(account.pk, TODAY)]
    assert opened == [(two, "guardian", (second,)), (one, "teacher", (first,))]


@pytest.mark.parametrize(
    ("giver", "role", "fault"),
    [
        ("operator", "operator", None),
        ("operator", "security_officer", None),
        ("district_admin", "clerk", None),
        ("district_admin", "district_admin", None),
        ("district_admin", "operator", "role"),
        ("district_admin", "security_officer", "role"),
    ],
)
def test_who_may_give_what_by_hand(base, giver, role, fault):
    from jizuo.ground import grants
    from jizuo.ground.errors import BadInput
    from jizuo.ground.models import Grant

    unit_no, account = base.unit(kind="bureau"), base.account(person_id=uuid4())
    told = {"account_id": account.pk, "unit_no": unit_no, "role": role, "reason": "接替张老师"}
    with giving(base, unit_no, giver, stepped_up=True):
        if fault:
            with pytest.raises(BadInput) as caught:
                grants.give_by_hand(**told)
            assert [problem.where for problem in caught.value.problems] == [fault]
            return
        row = Grant.objects.get(no=grants.give_by_hand(**told))
    assert (row.role, row.origin, row.person_id) == (role, "person", account.person_id)


def test_by_hand_needs_the_second_factor_a_reason_and_a_unit_within_reach(base):
    from jizuo.ground import grants
    from jizuo.ground.errors import BadInput, NotAllowed, NotFound

    unit_no, stranger, account = base.unit(kind="bureau"), base.unit(), base.account()
    told = {"account_id": account.pk, "unit_no": unit_no, "role": "clerk", "reason": "代课"}
    with giving(base, unit_no, "district_admin"), pytest.raises(NotAllowed) as caught:
        grants.give_by_hand(**told)
    assert caught.value.step_up
    with giving(base, unit_no, "clerk", stepped_up=True), pytest.raises(NotAllowed):
        grants.give_by_hand(**told)
    with giving(base, unit_no, "district_admin", stepped_up=True):
        for change, error in (
            ({"reason": " "}, BadInput),
            ({"end_on": TODAY}, BadInput),
            ({"unit_no": stranger}, NotFound),
            ({"account_id": uuid4()}, NotFound),
        ):
            with pytest.raises(error):
                grants.give_by_hand(**(told | change))


def test_by_hand_ends_only_what_was_given_by_hand_and_leaves_a_trace(base):
    from jizuo.ground import grants
    from jizuo.ground.errors import BadInput, NotFound
    from jizuo.ground.models import Grant

    unit_no, account = base.unit(kind="bureau"), base.account()
    carried = base.grant(account, unit_no, "head", origin="organisation")
    with giving(base, unit_no, "district_admin", stepped_up=True):
        given = grants.give_by_hand(account_id=account.pk, unit_no=unit_no, role="clerk", reason="代课")
        with pytest.raises(NotFound):
            grants.end_by_hand(grant_no=carried, reason="离任")
        with pytest.raises(BadInput):
            grants.end_by_hand(grant_no=given, reason="")
        grants.end_by_hand(grant_no=given, reason="代课结束")
    assert Grant.objects.get(no=given).end_on == TODAY
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        notes = owner.execute(
            "select note from audit_entry where unit_no = %s and door = 'ground.end_by_hand' and result = 'done'",
            [unit_no],
        ).fetchall()
    assert notes == [(f"grant {given}: 代课结束",)]
