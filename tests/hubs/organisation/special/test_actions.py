"""Duties are set by one and approved by another; records only while one lives; at its end all is put away."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound


def test_nothing_is_kept_before_a_second_person_has_approved(town):
    account = town.base.account("沈知远")
    setter = town.act("district_steward", account=account)
    duty_id = town.draft(setter)
    clerk = town.act("clerk")
    with pytest.raises(NotFound):
        town.bring(clerk, duty_id, town.line(0))
    with pytest.raises(NotAllowed):
        town.do(town.act("district_admin", account=account), "approve_duty", duty_id=duty_id)
    town.do(town.act("district_admin"), "approve_duty", duty_id=duty_id)
    assert town.bring(clerk, duty_id, town.line(0)) == 1
    with pytest.raises(Conflict):
        town.do(town.act("district_admin"), "approve_duty", duty_id=duty_id)


@pytest.mark.parametrize(
    "more",
    [
        {"title": ""}, {"legal_basis": "无"}, {"kinds": []}, {"kinds": ["rich"]}, {"unit_nos": []}, {"unit_nos": [999999]},
        {"roles": ["teacher"]}, {"roles": []}, {"until": date(2026, 9, 1)}, {"until": date(2030, 1, 1)},
        {"begin_on": date(2020, 1, 1), "until": date(2021, 1, 1)},
    ],
)  # fmt: skip
def test_a_duty_without_basis_end_or_reach_is_refused(town, more):
    with pytest.raises(BadInput):
        town.draft(town.act("district_steward"), **more)


def test_a_school_of_another_bureau_is_not_named(town):
    with pytest.raises(BadInput):
        town.draft(town.act("district_steward"), unit_nos=[town.base.unit()])


def test_a_list_lands_whole_or_not_at_all(town):
    duty_id, clerk = town.live(), town.act("clerk")
    before = town.rows("select count(*) from special_identity")[0][0]
    with pytest.raises(BadInput) as caught:
        town.bring(
            clerk,
            duty_id,
            town.line(1),
            town.line(2, "孤儿"),
            ("9999999999", "某人", "低保", "", "2027-01-01"),
        )
    assert [one.where for one in caught.value.problems] == ["第 2 行", "第 3 行"]
    assert town.rows("select count(*) from special_identity")[0][0] == before


def test_a_certificate_is_sealed_and_shown_with_reason_only(town):
    duty_id = town.live()
    clerk = town.act("clerk", stepped_up=True)
    town.bring(clerk, duty_id, town.line(3, "残疾", "31010520171234567842"), source="disabled_federation")
    sealed, tail = town.rows(
        "select certificate_sealed, certificate_tail from special_identity where duty_id = %s", duty_id
    )[0]
    assert tail == "7842" and b"31010520171234567842" not in bytes(sealed)
    record = town.do(clerk, "special_list", duty_id=duty_id)[0]
    assert (record.certificate_tail, record.legal_basis) == ("7842", "义务教育法第六条")
    with pytest.raises(BadInput):
        town.do(clerk, "reveal_certificate", duty_id=duty_id, record_id=record.record_id, reason="看")
    shown = town.do(
        clerk, "reveal_certificate", duty_id=duty_id, record_id=record.record_id, reason="办理随班就读"
    )
    assert shown == "31010520171234567842"
    with pytest.raises(NotAllowed):
        town.do(
            town.act("clerk"),
            "reveal_certificate",
            duty_id=duty_id,
            record_id=record.record_id,
            reason="办理随班就读",
        )


def test_the_same_line_again_renews_and_does_not_double(town):
    duty_id, clerk = town.live(), town.act("clerk")
    town.bring(clerk, duty_id, town.line(4, number="A-12345"))
    town.bring(clerk, duty_id, town.line(4, until="2027-01-01"))
    found = town.rows("select expires_on, certificate_tail from special_identity where duty_id = %s", duty_id)
    assert found == [(date(2027, 1, 1), "2345")]


def test_a_record_expires_by_itself_and_is_put_away(town):
    duty_id, clerk = town.live(), town.act("clerk")
    town.bring(clerk, duty_id, town.line(5, until="2026-10-01"), town.line(6))
    from dataclasses import replace

    later = replace(clerk, today=date(2026, 10, 1))
    assert len(town.do(later, "special_list", duty_id=duty_id)) == 1
    assert town.do(town.operator(date(2026, 10, 1)), "put_away_due") >= 1
    assert town.rows("select why, records from special_away where duty_id = %s", duty_id) == [("expired", 1)]
    assert len(town.rows("select 1 from special_identity where duty_id = %s", duty_id)) == 1


def test_the_end_of_a_duty_takes_everything_out_of_sight(town):
    duty_id, clerk, steward = town.live(), town.act("clerk"), town.act("district_steward")
    town.bring(clerk, duty_id, town.line(7))
    with pytest.raises(BadInput):
        town.do(steward, "close_duty", duty_id=duty_id, reason=" ")
    assert town.do(steward, "close_duty", duty_id=duty_id, reason="资助发完") == 1
    with pytest.raises(NotFound):
        town.do(clerk, "special_list", duty_id=duty_id)
    with pytest.raises(NotFound):
        town.bring(clerk, duty_id, town.line(7))
    assert town.rows("select count(*) from special_identity where duty_id = %s", duty_id) == [(0,)]
    why, sealed = town.rows("select why, sealed from special_away where duty_id = %s", duty_id)[0]
    assert why == "closed" and b"minimum" not in bytes(sealed)
    with pytest.raises(Conflict):
        town.do(steward, "close_duty", duty_id=duty_id, reason="再来")


def test_a_duty_ends_on_its_day_without_anybody(town):
    duty_id, clerk = town.live(until=date(2026, 12, 1)), town.act("clerk")
    town.bring(clerk, duty_id, town.line(8))
    from dataclasses import replace

    with pytest.raises(NotFound):
        town.do(replace(clerk, today=date(2026, 12, 1)), "special_list", duty_id=duty_id)
    town.do(town.operator(date(2026, 12, 1)), "put_away_due")
    assert town.rows("select state from special_duty where id = %s", duty_id) == [("closed",)]
    assert town.rows("select count(*) from special_identity where duty_id = %s", duty_id) == [(0,)]


def test_a_wrong_record_is_taken_out(town):
    duty_id, clerk = town.live(), town.act("clerk")
    town.bring(clerk, duty_id, town.line(9))
    record = town.do(clerk, "special_list", duty_id=duty_id)[0]
    with pytest.raises(NotFound):
        town.do(clerk, "drop_special", duty_id=duty_id, record_id=uuid4())
    town.do(clerk, "drop_special", duty_id=duty_id, record_id=record.record_id)
    assert town.do(clerk, "special_list", duty_id=duty_id) == []
