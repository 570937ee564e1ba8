"""Who gets nothing: an adult whom a court has barred, one whose tie ended, one who gets no notices, a stranger. Every
door of the hub that a family may open is tried; the twin shows that the same adult got something before."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.message import given
from tests.hubs.message.given import rows

RIGHTS = {
    "no contact": "is_no_contact = true",
    "ended": "end_on = date '2026-01-01'",
    "no notices": "gets_notice = false",
}


@pytest.fixture(scope="module")
def school(base: Any) -> Any:
    return given.school(base)


def looks(scope: Any, notice_id: Any, item_id: Any, code: str) -> dict[str, Any]:
    """What every door of a family gives; an error stands as its class."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.doors import all_doors
    from jizuo.ground.errors import DoorError

    given_to = {
        "notice_id": notice_id,
        "item_id": item_id,
        "answer": "同意",
        "file_id": item_id,
        "code": code,
        "channel": "wechat",
    }
    found = {}
    for name, door in all_doors().items():
        if not name.startswith("message.") or "guardian" not in door.roles:
            continue
        with scopes.use(scope):
            try:
                wanted = [key for key, one in door.signature.parameters.items() if one.default is one.empty]
                found[name] = door.call(**{key: given_to[key] for key in wanted})
            except DoorError as error:
                found[name] = type(error)
    return found


@pytest.mark.parametrize(("place", "right"), list(enumerate(RIGHTS, 2)))
def test_who_may_not_be_told_gets_nothing_from_any_door(
    base: Any, school: Any, place: int, right: str
) -> None:
    from jizuo.ground.errors import BadInput, NotFound
    from jizuo.hubs.message import rules

    clerk = given.clerk(base, school)
    notice_id = given.sent(clerk, given.draft(school))
    adult = school.guardians[place][0]
    ((item_id, notice_no, no),) = rows(
        base, school.unit_no,
        "select i.id, n.no, r.no from inbox_item i join message m on m.id = i.message_id join notice n on n.id = m.notice_id"
        " join receipt r on r.notice_id = n.id and r.child_id = i.child_id where n.id = %s and i.recipient_id = %s",
        notice_id, adult,
    )  # fmt: skip
    code = rules.slip_code(notice_no, no)
    scope = given.guardian(base, school, place)
    before = looks(scope, notice_id, item_id, code)
    assert before["message.my_messages"] and before["message.my_notice"].child_name
    assert before["message.notice_of_slip"] == notice_id
    rows(base, school.unit_no, f"update guardian_of set {RIGHTS[right]} where guardian_id = %s", adult)
    after = looks(scope, notice_id, item_id, code)
    assert after == {
        "message.unread_count": 0, "message.my_messages": [], "message.my_notice": NotFound,
        "message.notice_file": NotFound, "message.waiting_for_me": (0, 0), "message.open_notice": NotFound,
        "message.open_item": NotFound, "message.answer_notice": NotFound, "message.notice_of_slip": None,
        # Of herself alone, and this school has no account to bind.
        "message.my_ways": [], "message.ask_scan": BadInput, "message.drop_address": NotFound,
    }  # fmt: skip
    again = given.sent(clerk, given.draft(school))
    copies = rows(
        base, school.unit_no,
        "select 1 from inbox_item i join message m on m.id = i.message_id where m.notice_id = %s and i.recipient_id = %s",
        again, adult,
    )  # fmt: skip
    assert copies == []


def test_a_claimed_delivery_of_one_barred_meanwhile_is_dropped(base: Any, school: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions import deliver, spread
    from jizuo.hubs.message.jobs import unit_scope

    adult, child = school.guardians[9][0], school.pupils[9][0]
    worker = unit_scope(school.unit_no)

    def put() -> None:
        message = spread.put_message(school.unit_no, "matrix:1", "remind", {"title": "秋游"})
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "insert into delivery (id, unit_no, key, recipient_id, child_id, channel, message_id, template, values,"
                " state, due_at, tries, code, reported, cost_fen) values (gen_random_uuid(), %s, 'matrix:1', %s, %s,"
                " 'mail', %s, 'remind', '{}', 'waiting', now(), 0, '', '', 0)",
                [school.unit_no, adult, child, message],
            )

    given.within(worker, put)
    rows(base, school.unit_no, "update guardian_of set is_no_contact = true where guardian_id = %s", adult)
    with scopes.use(worker):
        assert deliver.claim_deliveries(unit_no=school.unit_no) == []
    assert rows(base, school.unit_no, "select state from delivery where recipient_id = %s", adult) == [
        ("dropped",)
    ]
