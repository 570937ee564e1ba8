"""Bindings by their doors: reach, states, limits."""

from __future__ import annotations

from uuid import uuid4

import pytest

NEW = "qingshan-8-lvshui"


@pytest.fixture
def desk(base, school):
    """Doors as the homeroom teacher (`teacher`), as a colleague of another class, as another school."""
    from types import SimpleNamespace

    return SimpleNamespace(
        teacher=base.scope(school.unit_no, "homeroom_teacher", org_ids=(school.org_id,)),
        colleague=base.scope(school.unit_no, "homeroom_teacher", org_ids=(uuid4(),)),
        stranger=base.scope(base.unit(), "homeroom_teacher", org_ids=(school.org_id,)),
        clerk=base.scope(school.unit_no, "clerk"),
    )


def invite(desk, school, count=1):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import bindings

    with scopes.use(desk.teacher):
        return bindings.invite_guardians(
            org_id=school.org_id, org_name="三（2）班", child_person_ids=[school.pupils[0].person_id] * count
        )


def answer(code, address, account=None, relation="52"):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import bindings
    from jizuo.hubs.identity.entry import Secret
    from jizuo.hubs.identity.shapes import NewGuardian

    who = scopes.Scope(
        role=entry.SELF if account else entry.VISITOR,
        unit_no=0,
        units=(0,),
        account_id=account and account.pk,
    )
    told = NewGuardian(relation) if account else NewGuardian(relation, "陈母", Secret(NEW))
    with scopes.use(who):
        return bindings.ask_by_invitation(code=Secret(code), guardian=told, address=address)


def test_a_signed_in_teacher_becomes_a_guardian_with_the_account_she_has(base, desk, school, person, address):
    from jizuo.ground import scope as scopes
    from jizuo.ground.models import Fact
    from jizuo.hubs.identity import queries
    from jizuo.hubs.identity.actions import bindings

    mother = person("teacher")
    (slip,) = invite(desk, school)
    asked = answer(slip.code, address, mother)
    assert asked.account_id == mother.pk
    with scopes.use(desk.teacher):
        bindings.confirm_binding(binding_id=asked.binding_id, child_person_id=school.pupils[0].person_id)
        with scopes.open_transaction("test"):
            assert queries.guardian_name(asked.binding_id) == mother.display_name
    told = Fact.objects.get(name="GuardianConfirmed", unit_no=school.unit_no).payload
    assert told["guardian_person_id"] == str(mother.person_id) and told["is_new_person"] is False
    with scopes.use(scopes.Scope(role="self", unit_no=0, units=(0,), account_id=mother.pk)):
        (mine,) = queries.my_bindings(account_id=mother.pk)
    assert (mine.state, mine.org_name) == ("confirmed", "三（2）班")


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_only_the_classes_own_teacher_decides(desk, school, address, who):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.identity import queries
    from jizuo.hubs.identity.actions import bindings

    (slip,) = invite(desk, school)
    asked = answer(slip.code, address)
    with scopes.use(getattr(desk, who)):
        assert queries.bindings() == []
        for act in (
            lambda: bindings.confirm_binding(
                binding_id=asked.binding_id, child_person_id=school.pupils[0].person_id
            ),
            lambda: bindings.refuse_binding(binding_id=asked.binding_id),
            lambda: bindings.withdraw_invitation(binding_id=asked.binding_id),
        ):
            with pytest.raises(NotFound):
                act()


def test_a_clerk_sees_but_does_not_confirm(desk, school, address):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotAllowed
    from jizuo.hubs.identity import queries
    from jizuo.hubs.identity.actions import bindings

    (slip,) = invite(desk, school)
    asked = answer(slip.code, address)
    with scopes.use(desk.clerk):
        assert [line.binding_id for line in queries.bindings()] == [asked.binding_id]
        with pytest.raises(NotAllowed):
            bindings.confirm_binding(binding_id=asked.binding_id, child_person_id=school.pupils[0].person_id)


def test_an_invitation_binds_to_its_own_child_only(desk, school, address):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput, NotFound
    from jizuo.hubs.identity.actions import bindings

    (slip,) = invite(desk, school)
    asked = answer(slip.code, address)
    with scopes.use(desk.teacher):
        with pytest.raises(BadInput):
            bindings.confirm_binding(binding_id=asked.binding_id, child_person_id=school.pupils[1].person_id)
        with pytest.raises(NotFound):
            bindings.confirm_binding(binding_id=asked.binding_id, child_person_id=uuid4())


def test_refused_is_for_good_and_the_guardian_reads_why(desk, school, address, person):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.identity import queries
    from jizuo.hubs.identity.actions import bindings

    account = person()
    (slip,) = invite(desk, school)
    asked = answer(slip.code, address, account)
    with scopes.use(desk.teacher):
        bindings.refuse_binding(binding_id=asked.binding_id, why="请先到校核对")
        with pytest.raises(Conflict):
            bindings.confirm_binding(binding_id=asked.binding_id, child_person_id=school.pupils[0].person_id)
    with scopes.use(scopes.Scope(role="self", unit_no=0, units=(0,), account_id=account.pk)):
        (mine,) = queries.my_bindings(account_id=account.pk)
    assert (mine.state, mine.why) == ("refused", "请先到校核对")


def test_a_withdrawn_invitation_works_no_more(desk, school, address):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput, Conflict
    from jizuo.hubs.identity.actions import bindings

    (slip,) = invite(desk, school)
    binding_id = slip.account_id
    with scopes.use(desk.teacher):
        bindings.withdraw_invitation(binding_id=binding_id)
        with pytest.raises(Conflict):
            bindings.withdraw_invitation(binding_id=binding_id)
    with pytest.raises(BadInput, match="没有这个码"):
        answer(slip.code, address)


def test_asks_expire(desk, school, address, clock):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.identity.actions import bindings
    from jizuo.hubs.identity.models import GuardianBinding

    (slip,) = invite(desk, school)
    asked = answer(slip.code, address)
    clock.pass_(days=31)
    with scopes.use(desk.teacher), pytest.raises(Conflict, match="过期"):
        bindings.confirm_binding(binding_id=asked.binding_id, child_person_id=school.pupils[0].person_id)
    with scopes.use(scopes.base_scope()), scopes.open_transaction("test"):
        assert bindings.expire_old() >= 1
    assert GuardianBinding.objects.get(pk=asked.binding_id).state == "ended"


def test_one_account_has_few_open_asks(desk, school, address, person):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.identity.rules import bindings as rules

    account = person()
    slips = invite(desk, school, rules.OPEN_OF_ACCOUNT + 1)
    for slip in slips[:-1]:
        answer(slip.code, address, account)
    with pytest.raises(BadInput, match="太多没有确认"):
        answer(slips[-1].code, address, account)


def test_one_address_asks_so_often_a_day(desk, school, address, monkeypatch):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.identity.rules import bindings as rules

    monkeypatch.setattr(rules, "ASKS_FROM_ADDRESS", 2)
    slips = invite(desk, school, 3)
    for slip in slips[:2]:
        answer(slip.code, address)
    with pytest.raises(BadInput, match="从这里提交的申请太多"):
        answer(slips[2].code, address)


def test_a_new_class_code_ends_the_old_one(desk, school):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput, NotFound
    from jizuo.hubs.identity import queries
    from jizuo.hubs.identity.actions import bindings

    with scopes.use(desk.teacher):
        bindings.make_class_code(org_id=school.org_id, org_name="三（2）班")
        new = bindings.make_class_code(org_id=school.org_id, org_name="三（2）班")
        assert queries.family_desk().code.code == new
        for count in (0, 201):
            with pytest.raises(BadInput):
                bindings.make_class_once_codes(org_id=school.org_id, org_name="", count=count)
    with scopes.use(desk.colleague), pytest.raises(NotFound):
        bindings.make_class_code(org_id=school.org_id, org_name="")


def test_a_once_code_of_another_class_is_refused(base, desk, school, address):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import bindings
    from jizuo.hubs.identity.entry import Secret
    from jizuo.hubs.identity.shapes import NewGuardian

    other = uuid4()
    with scopes.use(desk.clerk):
        class_code = bindings.make_class_code(org_id=school.org_id, org_name="三（2）班")
        (slip,) = bindings.make_class_once_codes(org_id=other, org_name="三（3）班", count=1)
    with (
        scopes.use(scopes.Scope(role=entry.VISITOR, unit_no=0, units=(0,))),
        pytest.raises(BadInput, match="不是这个班的"),
    ):
        bindings.ask_by_class_code(
            class_code=class_code, child_name="陈以宁", guardian=NewGuardian("52", "陈母", Secret(NEW)),
            once=Secret(slip.code), sent_id=None, sent=None, address=address,
        )  # fmt: skip


def test_a_binding_needs_a_reason_to_end(desk, school, address):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput, Conflict
    from jizuo.hubs.identity.actions import bindings

    (slip,) = invite(desk, school)
    asked = answer(slip.code, address)
    with scopes.use(desk.teacher):
        with pytest.raises(Conflict):
            bindings.end_binding(binding_id=asked.binding_id, why="没有确认过")
        bindings.confirm_binding(binding_id=asked.binding_id, child_person_id=school.pupils[0].person_id)
        with pytest.raises(BadInput):
            bindings.end_binding(binding_id=asked.binding_id, why=" ")
        bindings.end_binding(binding_id=asked.binding_id, why="转学")


def test_a_child_without_an_account_may_have_guardians(base, address):
    """A first grade has no accounts of its own: the family comes in alone."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import queries
    from jizuo.hubs.identity.actions import bindings
    from tests.hubs.organisation import given

    school = given.fill(base, base.unit("澜江小学"))
    org_id, (child_id, *_rest) = school.classes[0], school.pupils[0]
    teacher = base.scope(school.unit_no, "homeroom_teacher", org_ids=(org_id,))
    with scopes.use(teacher):
        desk = queries.family_desk(org_id=org_id)
        assert child_id in {person_id for person_id, _name in desk.pupils[org_id]}
        (slip,) = bindings.invite_guardians(org_id=org_id, org_name="一（1）班", child_person_ids=[child_id])
    answer(slip.code, address)
    with scopes.use(teacher):
        (asked,) = queries.bindings(states=["asked"])
        assert (asked.child_person_id, asked.guardian_name) == (child_id, "陈母")
        bindings.confirm_binding(binding_id=asked.binding_id, child_person_id=child_id)
        assert [one.state for one in queries.bindings(states=["confirmed"])] == ["confirmed"]
