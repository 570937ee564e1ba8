"""A code made for one person binds the WeChat that scans it; following and leaving switch it on and off."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from jizuo.ground.gateways.shapes import Event
from tests.hubs.message import given
from tests.hubs.message.given import rows

ADDRESS = "select account, address, is_on from channel_address where person_id = %s order by account"
AT = 1_790_000_000


@pytest.fixture
def school(base: Any) -> Any:
    return given.school(base, classes=1, pupils=4)


@pytest.fixture
def wechat(secrets: Any) -> None:
    secrets("wechat", {"app_id": "wx1", "secret": "s"})


def hear(kind: str, openid: str, scene: str = "", at: int = AT, unit_no: int = 0) -> None:
    """What the provider's server told, and the news of it."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.files.jobs import whole_base
    from jizuo.ground.gateways import actions
    from tests.hubs.organisation.walking import deliver_facts

    scope = scopes.Scope(role=scopes.OPERATOR, unit_no=unit_no, units=(unit_no,)) if unit_no else whole_base()
    with scopes.use(scope):
        account = f"wechat-{unit_no}" if unit_no else "wechat"
        actions.note_event(account=account, event=Event(kind, "wechat", openid, at, scene))
    deliver_facts()


def asked(scope: Any) -> str:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions.addresses import ask_scan

    with scopes.use(scope):
        return ask_scan().code


def held(base: Any, school: Any, person_id: UUID) -> list[tuple[str, str, bool]]:
    return rows(base, school.unit_no, ADDRESS, person_id)


def test_who_scans_the_code_is_bound_once(base: Any, school: Any, wechat: None) -> None:
    mother, father = school.guardians[0][0], school.guardians[1][0]
    code = asked(given.guardian(base, school, 0))
    hear("followed", f"o-{mother}", "nothing")
    assert held(base, school, mother) == [], "a scene of nobody binds nobody"
    hear("followed", f"o-{mother}", code, AT + 1)
    assert held(base, school, mother) == [("wechat", f"o-{mother}", True)]
    assert held(base, school, father) == []
    hear("followed", f"o-{father}", code, AT + 2)
    assert held(base, school, mother) == [("wechat", f"o-{mother}", True)], "a code counts once"
    assert held(base, school, father) == []


def test_leaving_ends_it_and_following_again_brings_it_back(base: Any, school: Any, wechat: None) -> None:
    mother = school.guardians[0][0]
    code = asked(given.guardian(base, school, 0))
    hear("followed", f"o-{mother}", code)
    hear("left", f"o-{mother}", at=AT + 1)
    assert held(base, school, mother) == [("wechat", f"o-{mother}", False)]
    hear("followed", f"o-{mother}", at=AT + 2)
    assert held(base, school, mother) == [("wechat", f"o-{mother}", True)]


def test_an_old_code_and_a_replaced_one_bind_nobody(base: Any, school: Any, wechat: None) -> None:
    mother = school.guardians[0][0]
    scope = given.guardian(base, school, 0)
    first = asked(scope)
    second = asked(scope)
    hear("followed", f"o-{mother}", first)
    assert held(base, school, mother) == []
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{school.unit_no}}}"])
        owner.execute("update channel_scan set expires_at = now() where person_id = %s", [mother])
    hear("followed", f"o-{mother}", second, AT + 1)
    assert held(base, school, mother) == []


def test_an_openid_of_another_account_binds_nobody(
    base: Any, school: Any, wechat: None, secrets: Any
) -> None:
    """The code was made for the base's account; the same text heard by a school's own account is nothing. Its twin:
    the account it was made for."""
    mother = school.guardians[0][0]
    code = asked(given.guardian(base, school, 0))
    hear("followed", f"o-{mother}", code, unit_no=school.unit_no)
    assert held(base, school, mother) == []
    secrets(f"wechat-{school.unit_no}", {"app_id": "wx2", "secret": "s"})
    own = asked(given.guardian(base, school, 0))
    hear("followed", f"p-{mother}", own, AT + 1, unit_no=school.unit_no)
    assert held(base, school, mother) == [(f"wechat-{school.unit_no}", f"p-{mother}", True)]


def test_another_school_neither_sees_nor_ends_a_binding(base: Any, school: Any, wechat: None) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.message.actions.addresses import drop_address

    mother = school.guardians[0][0]
    hear("followed", f"o-{mother}", asked(given.guardian(base, school, 0)))
    far = given.school(base, classes=1, pupils=1)
    scope = base.scope(far.unit_no, "guardian", person_id=mother, child_ids=(far.pupils[0][0],))
    with scopes.use(scope), pytest.raises(NotFound):
        drop_address(channel="wechat")
    assert held(base, school, mother) == [("wechat", f"o-{mother}", True)]
    with scopes.use(given.guardian(base, school, 0)):
        drop_address(channel="wechat")
    assert held(base, school, mother) == []


def test_a_bound_family_is_told_there(base: Any, school: Any, secrets: Any) -> None:
    """A message to families goes to WeChat for who is bound, to nobody else."""
    from jizuo.hubs.message.actions import spread
    from tests.hubs.organisation.given import within

    secrets("wechat", {"app_id": "wx1", "secret": "s"})
    mother, father = school.guardians[0][0], school.guardians[1][0]
    hear("followed", f"o-{mother}", asked(given.guardian(base, school, 0)))

    def ask() -> SimpleNamespace:
        found = spread.channels(school.unit_no, [mother, father], with_sms=False)
        return SimpleNamespace(found=found)

    assert within(base.scope(school.unit_no), ask).found == {mother: "wechat"}
    hear("left", f"o-{mother}", at=AT + 5)
    assert within(base.scope(school.unit_no), ask).found == {}
