"""Passed on, joined, handed over, lent and moved by hand."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound
from tests.engines.matter.given import FILES, FLOW
from tests.scenes import given


def task_of(town, role, matter_id):
    return next(one.task_id for one in town.todo(role) if one.matter_id == matter_id)


def test_passed_on_to_a_colleague(town):
    from jizuo.engines.matter.actions import asking

    matter_id = town.start(on_day="2026-12-01")
    task = task_of(town, "homeroom_teacher", matter_id)
    with town.as_("homeroom_teacher"):
        with pytest.raises(NotAllowed):
            asking.delegate_task(task_id=task, person_id=town.actor("homeroom_teacher").person_id)
        with pytest.raises(NotFound):
            asking.delegate_task(task_id=task, person_id=town.person("孙静"))
    with town.as_("head"), pytest.raises(NotFound):
        asking.delegate_task(task_id=task, person_id=town.person("杜师傅"))
    with town.as_("homeroom_teacher"):
        asking.delegate_task(task_id=task, person_id=town.person("杜师傅"), note="我在外")
        with pytest.raises((NotFound, Conflict)):
            asking.delegate_task(task_id=task, person_id=town.person("杜师傅"))
    assert not [one for one in town.todo("homeroom_teacher") if one.matter_id == matter_id]
    assert town.take("teacher", "approve", matter_id).done == 1
    assert town.view("guardian", matter_id).state == "done"


def test_not_passed_back_to_who_passed_it_on(town):
    from jizuo.engines.matter.actions import asking

    def passing(role, name):
        task = task_of(town, role, matter_id)
        with town.as_(role):
            asking.delegate_task(task_id=task, person_id=town.person(name))

    matter_id = town.start(on_day="2026-12-21")
    passing("homeroom_teacher", "杜师傅")
    with pytest.raises(NotAllowed) as caught:
        passing("teacher", "陆晓岚")
    assert "陆晓岚已经转交过" in str(caught.value.detail) and "退回补正" in str(caught.value.fix)
    passing("teacher", "周敏")
    for name in ("陆晓岚", "杜师傅"):
        with pytest.raises(NotAllowed):
            passing("head", name)
    passing("head", "何佳")
    town.take("clerk", "return", matter_id, "写明方式")
    with town.as_("guardian"):
        from jizuo.engines.matter.actions import matters

        told = {"pupil_id": str(town.person("陈以宁")), "on_day": "2026-12-21"}
        matters.resubmit(matter_id=matter_id, data=told, submit_key=uuid4().hex)
    passing("homeroom_teacher", "杜师傅")
    assert town.take("teacher", "approve", matter_id).done == 1


def test_an_added_signer_does_not_give_it_back(town):
    from jizuo.engines.matter.actions import asking

    matter_id = town.start(on_day="2026-12-22")
    with town.as_("homeroom_teacher"):
        asking.add_signer(
            task_id=task_of(town, "homeroom_teacher", matter_id), person_id=town.person("杜师傅")
        )
    task = task_of(town, "teacher", matter_id)
    with town.as_("teacher"):
        with pytest.raises(NotAllowed):
            asking.delegate_task(task_id=task, person_id=town.person("陆晓岚"))
        asking.delegate_task(task_id=task, person_id=town.person("郑师傅"))


def test_an_added_signer_must_agree(town):
    from jizuo.engines.matter.actions import asking

    matter_id = town.start(on_day="2026-12-02")
    task = task_of(town, "homeroom_teacher", matter_id)
    with town.as_("homeroom_teacher"):
        asking.add_signer(task_id=task, person_id=town.person("杜师傅"))
        with pytest.raises(Conflict):
            asking.add_signer(task_id=task, person_id=town.person("杜师傅"))
    town.take("homeroom_teacher", "approve", matter_id)
    assert town.view("guardian", matter_id).state == "open"
    town.take("teacher", "approve", matter_id)
    assert town.view("guardian", matter_id).state == "done"


def test_handed_over_when_the_signer_left(town):
    from jizuo.engines.matter.actions import asking

    matter_id = town.start(on_day="2026-12-03")
    task = task_of(town, "homeroom_teacher", matter_id)
    with town.as_("homeroom_teacher"):
        asking.delegate_task(task_id=task, person_id=town.person("郑师傅"))
    town.rows(
        "update affiliation set end_on = '2026-09-01' where person_id = %s returning id",
        [town.person("郑师傅")],
    )
    view = town.view("clerk", matter_id)
    assert any("已不在" in words and "教务员" in words and "数据管理员" in words for words in view.stuck), (
        view.stuck
    )
    left = view.tasks[-1].task_id
    with town.as_("homeroom_teacher"), pytest.raises(NotAllowed):
        asking.hand_over(task_id=left, note="走了", holder_word="head")
    with town.as_("clerk"):
        with pytest.raises(BadInput):
            asking.hand_over(task_id=left, note="走了", holder_word="king")
        asking.hand_over(task_id=left, note="走了", holder_word="head")
    town.rows(
        "update affiliation set end_on = null where person_id = %s returning id", [town.person("郑师傅")]
    )
    assert town.take("head", "approve", matter_id).done == 1


def opened(town, account, grant, path="matters"):
    """A page as the account's own browser gets it, with the answer's status."""
    answer = town.base.client(account).get(f"/as/{grant}/{path}")
    return answer.status_code, answer.content.decode()


def test_what_waits_for_a_post_waits_for_who_has_it_now(town):
    """The homeroom teacher left: nobody is named, who can move it is; the successor finds it; who left finds nothing."""
    matter_id = town.start(on_day="2026-12-08")
    left, next_one, clerk = town.actor("homeroom_teacher"), town.actor("teacher"), town.actor("clerk")
    before = town.rows("select end_on from acting_grant where no = %s", [left.grant_no])
    town.rows("update acting_grant set end_on = '2026-09-01' where no = %s returning no", [left.grant_no])
    try:
        assert opened(town, left.account, left.grant_no)[0] in (302, 403, 404)
        status, told = opened(town, clerk.account, clerk.grant_no, f"matters/{matter_id}")
        assert status == 200 and "没有人任这个岗位" in told and "教务员、数据管理员转给别人" in told
        assert "调整或转给别人" in told
        grant = town.base.grant(
            next_one.account, town.world.first.unit_no, "homeroom_teacher", person_id=next_one.person_id,
            org_ids=list(left.org_ids),
        )  # fmt: skip
        status, told = opened(town, next_one.account, grant)
        assert status == 200 and "陈以宁 外出 2026-12-08" in told
        assert (
            "没有人任这个岗位" not in opened(town, clerk.account, clerk.grant_no, f"matters/{matter_id}")[1]
        )
        town.rows("update acting_grant set end_on = '2026-09-01' where no = %s returning no", [grant])
    finally:
        town.rows(
            "update acting_grant set end_on = %s where no = %s returning no", [before[0][0], left.grant_no]
        )
    assert town.take("homeroom_teacher", "approve", matter_id).done == 1


def test_lent_for_a_time_and_never_in_a_circle(town):
    from jizuo.engines.matter.actions import asking
    from jizuo.engines.matter.queries import matters

    matter_id = town.start(on_day="2026-12-04")
    head, teacher, clerk = town.person("周敏"), town.person("杜师傅"), town.person("何佳")
    days = {"begin_on": date(2026, 9, 16), "end_on": date(2026, 9, 20), "reason": "出差"}
    with town.as_("homeroom_teacher"):
        made = asking.set_delegation(to_person_id=teacher, **days)
        with pytest.raises(BadInput):
            asking.set_delegation(to_person_id=teacher, **(days | {"end_on": date(2026, 9, 16)}))
        assert [one.to_name for one in matters.my_delegations()] == ["杜师傅"]
    with town.as_("teacher"):
        asking.set_delegation(to_person_id=head, **days)
    with town.as_("head"), pytest.raises(BadInput) as caught:
        asking.set_delegation(to_person_id=town.person("陆晓岚"), **days)
    assert "一圈" in str(caught.value.detail)
    with town.as_("head"):
        other = asking.set_delegation(to_person_id=clerk, **days)
    assert [one.title for one in town.todo("teacher") if one.matter_id == matter_id]
    town.take("teacher", "approve", matter_id)
    event = next(one for one in town.view("clerk", matter_id).events if one.verb == "approve")
    assert event.name == "杜师傅"
    with town.as_("teacher"), pytest.raises(NotFound):
        asking.end_delegation(delegation_id=made)
    with town.as_("homeroom_teacher"):
        asking.end_delegation(delegation_id=made)
    with town.as_("head"):
        asking.end_delegation(delegation_id=other)
    later = town.start(on_day="2026-12-05")
    assert not [one for one in town.todo("teacher") if one.matter_id == later]


def test_a_running_matter_ends_on_its_version_or_is_moved(town):
    from jizuo.engines.matter.actions import asking
    from jizuo.engines.matter.queries import matters

    first, second = town.start(on_day="2026-12-06"), town.start(on_day="2026-12-07")
    more = FLOW.replace(
        "  - {key: both", "  - {key: again, title: 年级复核, who: [clerk], do: approve}\n  - {key: both"
    )
    files = FILES | {
        "flows/trip.yaml": more, "scene.yaml": FILES["scene.yaml"].replace('"1.0"', '"1.1"')
    }  # fmt: skip
    newer = given.installed(town.base, town.world.bureau.unit_no, files, is_for_below=True)
    town.take("homeroom_teacher", "approve", first)
    assert town.view("clerk", first).state == "done"
    with town.as_("homeroom_teacher"), pytest.raises(NotAllowed):
        asking.move_matter(matter_id=second, step="again", note="x", version_id=newer)
    with town.as_("clerk"):
        preview = matters.move_preview(matter_id=second)
        assert preview.number == "1.1" and preview.added == ["年级复核"] and not preview.dropped
        with pytest.raises(BadInput):
            asking.move_matter(matter_id=second, step="nowhere", note="x", version_id=newer)
        with pytest.raises(NotFound):
            asking.move_matter(matter_id=second, step="again", note="x", version_id=uuid4())
        asking.move_matter(matter_id=second, step="again", note="按新版办", version_id=newer)
    assert town.view("clerk", second).version == "1.1"
    assert town.take("clerk", "approve", second).done == 1
