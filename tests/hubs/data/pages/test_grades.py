"""The page of grades over HTTP."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def desk(base):
    from types import SimpleNamespace

    from jizuo.project import rooms

    rooms.plates()
    bureau = base.unit(kind="bureau")

    def sit(role):
        account = base.account(role)
        return SimpleNamespace(
            client=base.client(account), at=f"/as/{base.grant(account, bureau, role)}/shares/grades"
        )

    yield sit
    with base.owner() as owner:
        owner.execute("delete from element_grade")
        owner.execute("delete from grade_proposal")
        owner.execute("update base_state set version = version + 1 where key = 'catalogue'")


def test_a_steward_raises_and_another_confirms_a_lowering(desk):
    first, second, leader = desk("district_steward"), desk("district_admin"), desk("district_leader")
    shown = first.client.get(first.at, {"q": "XZZ"}).content.decode()
    assert "现住址" in shown and "4 敏感个人" in shown and "扫描敏感数据" in shown
    at = f"{first.at}/pupil/class_roll_no"
    assert "改分级" in first.client.get(at).content.decode()
    bad = first.client.post(at, {"grade": "9", "reason": ""})
    assert bad.status_code == 422 and "应在 1 到 5 之间" in bad.content.decode()
    done = first.client.post(at, {"grade": "4", "category": "people", "reason": "市里要求"}, follow=True)
    assert "立即生效" in done.content.decode()
    assert "原定 2 内部" in first.client.get(at).content.decode()
    lowered = first.client.post(at, {"grade": "2", "category": "people", "reason": "改回"}, follow=True)
    assert "另一个人确认" in lowered.content.decode()
    waiting = second.client.get(second.at).content.decode()
    proposal = re.search(r"/shares/grades/([0-9a-f-]{36})/settle", waiting)[1]
    second.client.post(f"{second.at}/{proposal}/settle", {"verb": "confirm"})
    assert "原定" not in first.client.get(at).content.decode()
    looked = leader.client.get(leader.at).content.decode()
    assert (
        "扫描敏感数据" not in looked
        and "改分级" not in leader.client.get(f"{leader.at}/pupil/address").content.decode()
    )
    assert first.client.get(f"{first.at}/pupil/nothing").status_code == 404


def test_a_scan_is_a_post(desk):
    steward = desk("district_steward")
    assert steward.client.get(f"{steward.at}/scan").status_code == 405
    assert "扫描完了" in steward.client.post(f"{steward.at}/scan", follow=True).content.decode()
