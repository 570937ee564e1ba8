"""What a person sees of her own ways, and which are offered to whom."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.message import given
from tests.hubs.message.actions.conftest import secrets

__all__ = ["secrets"]


@pytest.fixture(scope="module")
def school(base: Any) -> Any:
    return given.school(base, classes=1, pupils=2)


def seen(scope: Any) -> list[tuple[str, str, bool, bool]]:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.queries.addresses import my_ways

    with scopes.use(scope):
        return [(one.channel, one.how, one.is_bound, one.is_on) for one in my_ways()]


def test_families_scan_and_staff_sign_in_too(base: Any, school: Any, secrets: Any) -> None:
    assert seen(given.guardian(base, school, 0)) == []
    secrets("wechat", {"app_id": "wx1", "secret": "s"})
    secrets("wechat_mini", {"app_id": "wx2", "secret": "s"})
    secrets("wecom", {"corp_id": "ww1", "secret": "s", "agent_id": 7})
    secrets("dingtalk", {"app_key": "k", "app_secret": "s"})
    assert seen(given.guardian(base, school, 0)) == [("wechat", "scan", False, False)]
    assert seen(given.clerk(base, school)) == [
        ("wechat", "scan", False, False), ("wecom", "sign_in", False, False),
    ]  # fmt: skip


def test_what_the_provider_s_contacts_know_is_shown_and_can_be_ended(
    base: Any, school: Any, secrets: Any
) -> None:
    from jizuo.hubs.message.actions.addresses import put_address

    secrets("wechat_mini", {"app_id": "wx2", "secret": "s"})
    mother = school.guardians[0][0]
    given.within(
        base.scope(school.unit_no),
        lambda: put_address(
            person_id=mother, channel="wechat_mini", account="wechat_mini", address="oMini-1"
        ),
    )
    assert seen(given.guardian(base, school, 0)) == [("wechat_mini", "", True, True)]
    assert seen(given.guardian(base, school, 1)) == []
