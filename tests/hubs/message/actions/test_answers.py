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
def notice_id(base: Any, school: Any) -> Any:
    return given.sent(given.clerk(base, school), given.draft(school))


def answer(scope: Any, notice_id: Any, word: str = "同意", **more: Any) -> Any:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions.answers import answer_notice

    with scopes.use(scope):
        return answer_notice(notice_id=notice_id, answer=word, **more)


def tie(base: Any, school: Any, child: int, adult: int, **rights: Any) -> None:
    """A second adult of a child."""
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put

    told = {
        "id": new_id(),
        "child_id": school.pupils[child][0],
        "guardian_id": school.guardians[adult][0],
        "relation": "51",
    }
    row = told | rights
    given.within(
        base.scope(school.unit_no),
        lambda: put(dataset="guardian_of", columns=tuple(row), rows=[tuple(row.values())], source="school"),
    )


def test_the_first_answer_stands_until_it_is_corrected(base: Any, school: Any) -> None:
    from jizuo.ground.errors import Conflict

    tie(base, school, 2, 3)
    notice_id = given.sent(given.clerk(base, school), given.draft(school))
    mother, father = given.guardian(base, school, 2), given.guardian(base, school, 3, child=2)
    assert answer(mother, notice_id).answer == "同意"
    with pytest.raises(Conflict, match="先回复的为准"):
        answer(father, notice_id, "不同意")
    changed = answer(father, notice_id, "不同意", is_correction=True)
    assert changed.answer == "不同意"
    old = rows(
        base,
        school.unit_no,
        "select old->>'answer' from receipt_history where old->>'notice_id' = %s",
        str(notice_id),
    )
    assert ("同意",) in old


def test_who_may_not_sign_reads_only_and_an_unknown_word_is_refused(base: Any, school: Any) -> None:
    from jizuo.ground.errors import BadInput, NotAllowed

    tie(base, school, 4, 5, may_sign=False)
    notice_id = given.sent(given.clerk(base, school), given.draft(school))
    with pytest.raises(NotAllowed):
        answer(given.guardian(base, school, 5, child=4), notice_id)
    with pytest.raises(BadInput):
        answer(given.guardian(base, school, 4), notice_id, "也许")


def test_after_the_deadline_nothing_changes(base: Any, school: Any, notice_id: Any) -> None:
    from django.utils import timezone

    from jizuo.ground.errors import Conflict

    answer(given.guardian(base, school, 6), notice_id)
    past = timezone.now() - timedelta(minutes=1)
    rows(base, school.unit_no, "update notice set due_at = %s where id = %s", past, notice_id)
    for place, correct in ((6, True), (7, False)):
        with pytest.raises(Conflict, match="截止"):
            answer(given.guardian(base, school, place), notice_id, "不同意", is_correction=correct)


def test_two_answers_at_once_leave_one(base: Any, school: Any, notice_id: Any) -> None:
    """Both have looked before either writes: the update itself decides."""
    from threading import Barrier, Thread

    from django.db import connection

    from jizuo.ground.errors import Conflict

    ready, came = Barrier(2), []

    def run(word: str) -> None:
        ready.wait()
        try:
            answer(given.guardian(base, school, 8), notice_id, word)
            came.append(word)
        except Conflict:
            pass
        finally:
            connection.close()

    both = [Thread(target=run, args=(word,)) for word in given.YES_NO]
    [one.start() for one in both]
    [one.join() for one in both]
    ((stands,),) = rows(
        base,
        school.unit_no,
        "select answer from receipt where notice_id = %s and child_id = %s",
        notice_id,
        school.pupils[8][0],
    )
    assert came == [stands]


def test_paper_after_the_phone_changes_nothing(base: Any, school: Any, notice_id: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message import rules
    from jizuo.hubs.message.actions.answers import put_paper

    answer(given.guardian(base, school, 9), notice_id)
    ((notice_no, no),) = rows(
        base, school.unit_no,
        "select n.no, r.no from notice n join receipt r on r.notice_id = n.id where n.id = %s and r.child_id = %s",
        notice_id, school.pupils[9][0],
    )  # fmt: skip
    with scopes.use(given.clerk(base, school)):
        told = put_paper(code=rules.slip_code(notice_no, no), answer="不同意")
    assert (told.is_new, told.answer, told.way) == (False, "同意", "phone")


def entries(base: Any, school: Any, place: int) -> list[tuple]:
    """The audit entries of a guardian's answers."""
    return rows(
        base, school.unit_no,
        "select id from audit_entry where door = 'message.answer_notice' and person_id = %s and result = 'done'",
        school.guardians[place][0],
    )  # fmt: skip


def test_an_answer_says_what_now_stands_and_takes_few_statements(
    base: Any, school: Any, notice_id: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.queries.inbox import my_notice

    mother, before = given.guardian(base, school, 9), entries(base, school, 9)
    with CaptureQueriesContext(connection) as caught:
        said = answer(mother, notice_id)
    # Begin, scope, own children, notice, class, answer with its copy, audit entry, commit.
    assert len(caught) <= 8, [one["sql"] for one in caught]
    with scopes.use(mother):
        assert my_notice(notice_id=notice_id) == said
    assert (said.way, bool(said.who), said.answered_at is not None) == ("phone", True, True)
    read = (
        "select read_at = answered_at from inbox_item i, receipt r where r.notice_id = %s and r.child_id = %s"
    )
    told = rows(
        base, school.unit_no,
        f"{read} and i.child_id = r.child_id and i.message_id in (select id from message where notice_id = r.notice_id)",
        notice_id, school.pupils[9][0],
    )  # fmt: skip
    assert told == [(True,)]
    assert len(entries(base, school, 9)) == len(before) + 1
