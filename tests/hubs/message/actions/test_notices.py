"""A notice from draft to end: who is asked, once, however often its job is killed and run again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.hubs.message import given
from tests.hubs.message.given import rows


@pytest.fixture(scope="module")
def school(base: Any) -> Any:
    return given.school(base)


@pytest.fixture
def clerk(base: Any, school: Any) -> Any:
    return given.clerk(base, school)


def counts(base: Any, school: Any, notice_id: Any) -> tuple[int, int, int]:
    """(receipts, different children, copies)."""
    (found,) = rows(
        base, school.unit_no,
        "select (select count(*) from receipt where notice_id = %s), (select count(distinct child_id) from receipt"
        " where notice_id = %s), (select count(*) from inbox_item i join message m on m.id = i.message_id"
        " where m.notice_id = %s)", notice_id, notice_id, notice_id,
    )  # fmt: skip
    return found


def test_each_child_is_asked_once_and_each_guardian_told_once(base: Any, school: Any, clerk: Any) -> None:
    notice_id = given.sent(clerk, given.draft(school))
    # The second pupil is taught elsewhere.
    assert counts(base, school, notice_id) == (11, 11, 11)
    ((state, no),) = rows(base, school.unit_no, "select state, no from notice where id = %s", notice_id)
    assert state == "sent" and no >= 1
    numbers = rows(base, school.unit_no, "select no from receipt where notice_id = %s order by no", notice_id)
    assert len(set(numbers)) == 11


def test_sending_twice_is_sending_once(base: Any, school: Any, clerk: Any) -> None:
    from jizuo.ground import jobs
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions.notices import send_notice

    notice_id = given.written(clerk, given.draft(school))
    with scopes.use(clerk):
        job = send_notice(notice_id=notice_id)
        assert send_notice(notice_id=notice_id) is None
    for _again in range(2):
        jobs.run_job(job_id=str(job.job_id), unit_no=clerk.unit_no, grant_no=clerk.grant_no)
    assert counts(base, school, notice_id) == (11, 11, 11)


def test_a_chunk_done_again_after_its_number_was_lost_adds_nothing(
    base: Any, school: Any, clerk: Any
) -> None:
    from jizuo.hubs.message.actions.notices import ask
    from jizuo.hubs.message.queries.notices import one_notice

    notice_id = given.sent(clerk, given.draft(school))
    given.within(clerk, lambda: ask(one_notice(notice_id), school.classes))
    assert counts(base, school, notice_id) == (11, 11, 11)


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"title": " "}, "标题"),
        ({"text": ""}, "正文"),
        ({"text": "本次{成绩}如下"}, "正文"),
        ({"text": "{电话}"}, "正文"),
        ({"options": ("同意",)}, "选项"),
        ({"class_ids": ()}, "班级"),
        ({"audience": "pupils"}, "回执"),
        ({"audience": "staff", "needs": "none", "text": "{孩子}"}, "正文"),
    ],
)
def test_a_draft_names_what_must_be_mended(school: Any, clerk: Any, more: dict, where: str) -> None:
    from jizuo.ground.errors import BadInput

    with pytest.raises(BadInput) as refused:
        given.written(clerk, given.draft(school, **more))
    assert where in {problem.where for problem in refused.value.problems}


def test_a_pupils_name_and_a_mark_do_not_go_to_all_families(base: Any, school: Any, clerk: Any) -> None:
    from jizuo.ground.errors import BadInput

    ((name,),) = rows(base, school.unit_no, "select name from affiliation where id = %s", school.pupils[3][1])
    with pytest.raises(BadInput) as refused:
        given.written(clerk, given.draft(school, text=f"{name}的成绩是全班第一"))
    assert "成绩" in refused.value.problems[0].what
    given.written(clerk, given.draft(school, text=f"请{name}的家长带队"))


def test_another_schools_class_and_anothers_notice_do_not_exist(base: Any, school: Any, clerk: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput, NotFound
    from jizuo.hubs.message.actions.notices import end_notice

    other = given.school(base, classes=1, pupils=1)
    with pytest.raises(BadInput):
        given.written(clerk, given.draft(school, class_ids=tuple(other.classes)))
    notice_id = given.sent(clerk, given.draft(school))
    with scopes.use(given.clerk(base, other)), pytest.raises(NotFound):
        end_notice(notice_id=notice_id)


def test_a_homeroom_teacher_writes_to_her_class_only(base: Any, school: Any) -> None:
    from jizuo.ground.errors import BadInput

    teacher = given.homeroom(base, school)
    with pytest.raises(BadInput):
        given.written(teacher, given.draft(school))
    notice_id = given.sent(teacher, given.draft(school, class_ids=tuple(school.classes[:1])))
    assert counts(base, school, notice_id)[0] == 5


def test_a_reminder_goes_to_those_missing_and_not_again_within_the_hours(
    base: Any, school: Any, clerk: Any
) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.message.actions.answers import answer_notice
    from jizuo.hubs.message.actions.notices import remind

    notice_id = given.sent(clerk, given.draft(school))
    with scopes.use(given.guardian(base, school, 3)):
        answer_notice(notice_id=notice_id, answer="同意")
    with scopes.use(clerk):
        assert remind(notice_id=notice_id) == 10
        with pytest.raises(Conflict, match="刚催过"):
            remind(notice_id=notice_id)
    again = rows(
        base, school.unit_no,
        "select i.recipient_id from inbox_item i join message m on m.id = i.message_id where m.notice_id = %s"
        " and m.template = 'remind'", notice_id,
    )  # fmt: skip
    assert len(again) == 10 and (school.guardians[3][0],) not in again


def test_an_adult_bound_late_gets_what_is_still_open_once(base: Any, clerk: Any, school: Any) -> None:
    from jizuo.ground import facts
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put
    from tests.hubs.organisation.given import within

    notice_id = given.sent(clerk, given.draft(school))
    child, adult = school.pupils[5][0], school.guardians[6][0]

    def bind() -> None:
        put(dataset="guardian_of", columns=("id", "child_id", "guardian_id", "relation"),
            rows=[(new_id(), child, adult, "51")], source="school")  # fmt: skip
        facts.tell("DatasetRefreshed", datasets=["guardian_of"])

    within(base.scope(school.unit_no), bind)
    for _again in range(2):
        while facts.deliver_due():
            pass
    copies = rows(
        base, school.unit_no,
        "select count(*) from inbox_item i join message m on m.id = i.message_id where m.notice_id = %s"
        " and i.child_id = %s and i.recipient_id = %s", notice_id, child, adult,
    )  # fmt: skip
    assert copies == [(1,)]


def test_a_deadline_that_passed_is_refused(school: Any, clerk: Any) -> None:
    from django.utils import timezone

    from jizuo.ground.errors import BadInput

    with pytest.raises(BadInput):
        given.written(clerk, given.draft(school, due_at=timezone.now() - timedelta(minutes=1)))


def test_a_draft_is_dropped_and_a_sent_one_is_not(base: Any, school: Any, clerk: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.message.actions.notices import drop_notice

    drafted, out = given.written(clerk, given.draft(school)), given.sent(clerk, given.draft(school))
    with scopes.use(clerk):
        drop_notice(notice_id=drafted)
        with pytest.raises(Conflict):
            drop_notice(notice_id=out)
    assert rows(base, school.unit_no, "select 1 from notice where id = %s", drafted) == []
