"""A person reads in the role she acts in: a child's messages in that child's role, one's own as staff."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.message import given


@pytest.fixture(scope="module")
def school(base: Any) -> Any:
    return given.school(base)


def asked(scope: Any, door: str, **more: Any) -> Any:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.queries import inbox

    with scopes.use(scope):
        return getattr(inbox, door)(**more)


def test_unread_falls_when_opened_and_the_words_are_of_the_own_child(base: Any, school: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions.answers import open_notice

    notice_id = given.sent(given.clerk(base, school), given.draft(school))
    mother = given.guardian(base, school, 2)
    (line,) = asked(mother, "my_messages")
    assert (line.title, line.is_read, line.needs) == ("秋游活动告家长书", False, "choice")
    assert asked(mother, "unread_count") == 1 and asked(mother, "waiting_for_me") == (1, 1)
    with scopes.use(mother):
        open_notice(notice_id=notice_id)
    assert asked(mother, "unread_count") == 0 and asked(mother, "waiting_for_me") == (0, 1)


def test_two_children_are_two_roles(base: Any, school: Any) -> None:
    from jizuo.ground.errors import NotFound
    from tests.hubs.message.actions.test_answers import tie

    tie(base, school, 7, 8)
    first = (school.classes[1],)
    notice_id = given.sent(given.clerk(base, school), given.draft(school, class_ids=first, text="给{孩子}"))
    own, other = given.guardian(base, school, 8), given.guardian(base, school, 8, child=7)
    texts = {asked(scope, "my_notice", notice_id=notice_id).text for scope in (own, other)}
    assert len(texts) == 2
    with pytest.raises(NotFound):
        asked(given.guardian(base, school, 2), "my_notice", notice_id=notice_id)


def test_a_pupil_reads_what_goes_to_pupils_and_cannot_sign(base: Any, school: Any) -> None:
    from jizuo.hubs.message.shapes import Draft

    draft = Draft("运动会", "带水", audience="pupils", needs="none", class_ids=tuple(school.classes))
    notice_id = given.sent(given.clerk(base, school), draft)
    child = school.pupils[4][0]
    pupil = base.scope(school.unit_no, "pupil", person_id=child)
    assert asked(pupil, "unread_count") == 1
    found = asked(pupil, "my_notice", notice_id=notice_id)
    assert (found.title, found.may_sign, found.code) == ("运动会", False, "")


def test_staff_read_what_goes_to_staff_in_their_own_role_only(base: Any, school: Any) -> None:
    from jizuo.hubs.message.shapes import Draft

    given.sent(given.clerk(base, school), Draft("开会", "周五", audience="staff", needs="none"))
    teacher = base.scope(school.unit_no, "teacher", person_id=school.staff[2][0])
    assert [one.title for one in asked(teacher, "my_messages")] == ["开会"]
    as_parent = base.scope(
        school.unit_no, "guardian", person_id=school.staff[2][0], child_ids=(school.pupils[2][0],)
    )
    assert asked(as_parent, "my_messages") == [] and asked(as_parent, "unread_count") == 0
    assert asked(base.scope(school.unit_no, "teacher"), "my_messages") == []
