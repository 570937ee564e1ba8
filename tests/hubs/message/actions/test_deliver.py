"""Deliveries against real local servers: mail by SMTP, short messages by the provider's protocol."""

from __future__ import annotations

import email
import email.policy
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jizuo.ground.gateways.shapes import SendResult
from tests.ground.gateways.provider import Provider, check_acs3
from tests.ground.gateways.test_mail import Smtp
from tests.hubs.message import given
from tests.hubs.message.given import rows

STATES = "select channel, state, tries, code from delivery where unit_no = %s order by channel, id"
EVENING = datetime(2026, 9, 16, 19, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def school(base: Any) -> Any:
    return given.school(base, classes=1, pupils=4)


@pytest.fixture
def smtp(secrets: Any) -> Any:
    made = Smtp()
    secrets("mail", {"host": "127.0.0.1", "port": made.port, "sender": "a@b.example", "security": "none"})
    return made


@pytest.fixture
def sms(secrets: Any) -> Any:
    made = Provider(check_acs3("s3cret"))
    made.answer = lambda _request: (200, {"Code": "OK", "BizId": "b1"})
    told = {"kind": "aliyun", "key_id": "k", "secret": "s3cret", "sign": "基座", "price_fen": 5, "endpoint": made.endpoint,
            "templates": {"digest": "SMS_1", "notice_receipt": "SMS_2"}}  # fmt: skip
    secrets("sms", told)
    yield made
    made.close()


def with_mail(base: Any, school: Any, place: int, address: str) -> None:
    account = base.account("家长", person_id=school.guardians[place][0])
    account.email = address
    account.save()


def setting(base: Any, school: Any, **more: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions.settings import change_setting
    from jizuo.hubs.message.shapes import Setting

    with scopes.use(base.scope(school.unit_no, "clerk")):
        change_setting(setting=Setting(**({"is_sms_on": True} | more)))


def at_noon(monkeypatch: Any, at: datetime | None = None) -> None:
    """The civil clock of sending: noon, unless told."""
    from django.utils import timezone

    noon = timezone.localtime().replace(hour=12, minute=0)
    monkeypatch.setattr(
        timezone,
        "localtime",
        lambda value=None, tz=None: value.astimezone(noon.tzinfo) if value else at or noon,
    )


def deliver(school: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions.deliver import send_due
    from jizuo.hubs.message.jobs import unit_scope

    rows_due = (
        "update delivery set due_at = now() - interval '1 second' where unit_no = %s and state = 'waiting'"
    )
    given.within(unit_scope(school.unit_no), lambda: run_sql(rows_due, school.unit_no))
    with scopes.use(unit_scope(school.unit_no)):
        send_due(school.unit_no)


def run_sql(sql: str, *values: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_notice_goes_by_mail_once_with_the_own_child_in_it(base: Any, school: Any, smtp: Any) -> None:
    with_mail(base, school, 2, f"u{school.unit_no}@example.com")
    given.sent(given.clerk(base, school), given.draft(school))
    deliver(school)
    deliver(school)
    ((_sender, to, content),) = smtp.received
    told = email.message_from_bytes(content, policy=email.policy.default)
    assert to == [f"u{school.unit_no}@example.com"] and told["Subject"] == "秋游活动告家长书"
    ((name,),) = rows(base, school.unit_no, "select name from affiliation where id = %s", school.pupils[2][1])
    assert f"{name}家长的通知" in told.get_content()
    assert rows(base, school.unit_no, STATES, school.unit_no) == [("mail", "accepted", 1, "250")]


def test_an_unknown_outcome_stays_unknown_and_is_not_repeated(base: Any, school: Any, smtp: Any) -> None:
    smtp.replies["DATA"] = None
    with_mail(base, school, 2, f"v{school.unit_no}@example.com")
    given.sent(given.clerk(base, school), given.draft(school))
    deliver(school)
    deliver(school)
    ((_channel, state, tries, _code),) = rows(base, school.unit_no, STATES, school.unit_no)
    assert (state, tries, len(smtp.received)) == ("unknown", 1, 1)


def test_what_was_surely_refused_for_a_passing_reason_is_tried_again_by_the_rule(
    base: Any, school: Any, secrets: Any
) -> None:
    secrets("mail", {"host": "127.0.0.1", "port": 9, "sender": "a@b.example", "security": "none"})
    with_mail(base, school, 2, f"w{school.unit_no}@example.com")
    given.sent(given.clerk(base, school), given.draft(school))
    for _round in range(6):
        deliver(school)
    assert rows(base, school.unit_no, STATES, school.unit_no) == [("mail", "refused", 4, "unreachable")]


def test_a_worker_killed_between_handing_over_and_writing_down_sends_nothing_twice(
    base: Any, school: Any, smtp: Any
) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message import ways
    from jizuo.hubs.message.actions.deliver import claim_deliveries
    from jizuo.hubs.message.jobs import unit_scope

    with_mail(base, school, 2, f"x{school.unit_no}@example.com")
    given.sent(given.clerk(base, school), given.draft(school))
    run = unit_scope(school.unit_no)
    given.within(
        run, lambda: run_sql("update delivery set due_at = now() where unit_no = %s", school.unit_no)
    )
    with scopes.use(run):
        (one,) = claim_deliveries(unit_no=school.unit_no)
        assert claim_deliveries(unit_no=school.unit_no) == []
        ways.hand_over(one, school.unit_no)
    given.within(
        run,
        lambda: run_sql(
            "update delivery set tried_at = now() - interval '10 minutes' where unit_no = %s", school.unit_no
        ),
    )
    deliver(school)
    assert len(smtp.received) == 1
    assert rows(base, school.unit_no, STATES, school.unit_no) == [("mail", "accepted", 1, "250")]


def test_one_short_message_a_family_in_the_evening(
    base: Any, school: Any, sms: Any, monkeypatch: Any
) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions.deliver import put_digest
    from jizuo.hubs.message.jobs import unit_scope

    setting(base, school)
    clerk = given.clerk(base, school)
    for _notice in range(2):
        given.sent(clerk, given.draft(school))
    # Two of the four children are of one family: one phone.
    adults = [school.guardians[2][0], school.guardians[3][0]]
    rows(base, school.unit_no, "update person set phone = '13900000007' where id = any(%s)", adults)
    with scopes.use(unit_scope(school.unit_no)):
        at_noon(monkeypatch)
        assert put_digest(unit_no=school.unit_no) == 0
        at_noon(monkeypatch, EVENING)
        # The first guardian has no phone, the second pupil is taught elsewhere.
        assert put_digest(unit_no=school.unit_no) == 1
        assert put_digest(unit_no=school.unit_no) == 0


def test_the_months_cap_holds(base: Any, school: Any, sms: Any) -> None:
    setting(base, school, sms_month_cap=1)
    given.sent(given.clerk(base, school), given.draft(school, is_urgent=True))
    deliver(school)
    states = sorted(
        state for _channel, state, _tries, _code in rows(base, school.unit_no, STATES, school.unit_no)
    )
    assert states == ["accepted", "capped"] and len(sms.seen) == 1


def test_a_provider_answers_500_or_not_at_all(base: Any, school: Any, sms: Any) -> None:
    sms.answer = lambda _request: (500, b"oops")
    setting(base, school)
    given.sent(given.clerk(base, school), given.draft(school, is_urgent=True))
    deliver(school)
    deliver(school)
    states = {state for _channel, state, _tries, _code in rows(base, school.unit_no, STATES, school.unit_no)}
    assert states <= {"unknown", "refused"} and len(sms.seen) <= 4


def test_quiet_hours_hold_back_what_does_not_hurry(
    base: Any, school: Any, smtp: Any, monkeypatch: Any
) -> None:
    with_mail(base, school, 2, f"q{school.unit_no}@example.com")
    at_noon(monkeypatch, EVENING.replace(hour=23))
    given.sent(given.clerk(base, school), given.draft(school))
    given.sent(given.clerk(base, school), given.draft(school, is_urgent=True))
    quiet, urgent = rows(
        base, school.unit_no, "select due_at from delivery where unit_no = %s order by id", school.unit_no
    )
    assert quiet[0] == EVENING.replace(hour=7) + timedelta(days=1) and urgent[0] == EVENING.replace(hour=23)


def test_an_address_that_is_gone_is_switched_off(base: Any, school: Any, secrets: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions.addresses import put_address
    from jizuo.hubs.message.actions.deliver import note_delivery
    from jizuo.hubs.message.jobs import unit_scope
    from jizuo.hubs.message.shapes import ToSend

    adult = school.guardians[2][0]
    ((delivery,),) = rows(
        base, school.unit_no,
        "insert into delivery (id, unit_no, key, recipient_id, channel, template, values, state, due_at, tries, code,"
        " reported, cost_fen) values (gen_random_uuid(), %s, 'k', %s, 'wechat', 'remind', '{}', 'trying', now(), 1, '', '', 0)"
        " returning id", school.unit_no, adult,
    )  # fmt: skip
    one = ToSend(delivery, "wechat", "o1", "remind", {}, f"{delivery}:1", "")
    secrets("wechat", {"app_id": "wx1", "secret": "s"})
    with scopes.use(unit_scope(school.unit_no)):
        with scopes.open_transaction("tests.address"):
            put_address(person_id=adult, channel="wechat", account="wechat", address="o1")
        note_delivery(unit_no=school.unit_no, one=one, result=SendResult("refused", code="43004"))
    assert rows(base, school.unit_no, "select is_on from channel_address where person_id = %s", adult) == [
        (False,)
    ]
