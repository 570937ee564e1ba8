from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.message import given


@pytest.fixture(scope="module")
def school(base: Any) -> Any:
    return given.school(base)


def test_the_reach_of_a_draft_is_counted_before_it_goes(base: Any, school: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.queries.notices import estimate
    from jizuo.hubs.message.shapes import Draft

    clerk = given.clerk(base, school)
    families = given.written(clerk, given.draft(school))
    staff = given.written(clerk, Draft("开会", "周五", audience="staff", needs="none"))
    with scopes.use(clerk):
        found, names = estimate(notice_id=families)
        assert (found.children, found.adults, found.without_adult, found.sms, names) == (11, 11, 0, 0, [])
        assert estimate(notice_id=staff)[0].children == 3


def test_counts_by_class_and_answer(base: Any, school: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions.answers import answer_notice
    from jizuo.hubs.message.queries.notices import notice_list, notice_progress, open_options

    clerk = given.clerk(base, school)
    notice_id = given.sent(clerk, given.draft(school))
    for place, word in ((2, "同意"), (3, "不同意"), (7, "同意")):
        with scopes.use(given.guardian(base, school, place)):
            answer_notice(notice_id=notice_id, answer=word)
    with scopes.use(clerk):
        _notice, classes, reads, sent = notice_progress(notice_id=notice_id)
        line = next(one for one in notice_list() if one.notice_id == notice_id)
        assert open_options() == ["同意", "不同意"]
    assert [(one.asked, one.answered, one.by_answer) for one in classes] == [
        (5, 2, {"同意": 1, "不同意": 1}),
        (6, 1, {"同意": 1}),
    ]
    assert (reads, sent) == ((3, 11), []) and (line.asked, line.answered) == (11, 3)
    with scopes.use(given.homeroom(base, school)):
        (mine,) = [one for one in notice_list() if one.notice_id == notice_id]
    assert (mine.asked, mine.answered) == (5, 2)


def test_the_list_of_another_school_is_empty(base: Any, school: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.queries.notices import notice_list

    with scopes.use(given.clerk(base, given.school(base, classes=1, pupils=1))):
        assert notice_list() == []
