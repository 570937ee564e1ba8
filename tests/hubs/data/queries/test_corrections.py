"""The inbox, the numbers that wait, the words of values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from jizuo.hubs.data.datasets import Field
from jizuo.hubs.data.queries import corrections as queries
from tests.hubs.organisation import given


@pytest.fixture(scope="module")
def town(base: Any) -> Any:
    from jizuo.project import rooms

    rooms.plates()
    return given.district(base, schools=2, classes=1, pupils=4)


def scope_of(town: Any, role: str, school: int = 0) -> Any:
    account = town.base.account("陆晓岚")
    unit = town.unit_no if role.startswith("district") else town.schools[school].unit_no
    return town.base.scope(unit, role, account_id=account.pk, grant_no=town.base.grant(account, unit, role))


def ask(town: Any, scope: Any, place: int, field: str = "allergy") -> Any:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.corrections import ask_correction

    school = next(one for one in town.schools if one.unit_no == scope.unit_no)
    person, link = school.pupils[place]
    with scopes.use(scope):
        return ask_correction(
            dataset="pupil",
            record_id=link,
            subject_id=person,
            field=field,
            says="不对",
            unit_no=school.unit_no,
        )


def see(scope: Any, door: str, **told: Any) -> Any:
    from jizuo.ground import scope as scopes

    with scopes.use(scope):
        return getattr(queries, door)(**told)


def test_the_inbox_is_the_school_s_and_the_district_s_what_went_up(town):
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.corrections import chase_corrections

    clerk, other, steward = (
        scope_of(town, "clerk"),
        scope_of(town, "clerk", 1),
        scope_of(town, "district_steward"),
    )
    told, neighbour = ask(town, clerk, 0), ask(town, other, 0)
    assert {one.correction_id for one in see(clerk, "correction_inbox").tickets} == {told}
    assert see(steward, "correction_inbox").tickets == []
    late = clerk.today + timedelta(days=40)
    with scopes.use(replace(acting.base_job_scope(town.unit_no), today=late)):
        chase_corrections()
    found = see(replace(steward, today=late), "correction_inbox")
    assert {one.correction_id for one in found.tickets} == {told, neighbour} and found.counts["open"] == 2
    one = see(replace(steward, today=late), "correction_inbox", unit=clerk.unit_no)
    assert {ticket.correction_id for ticket in one.tickets} == {told}
    assert see(replace(steward, today=late), "correction_inbox", owner="register").tickets == []


def test_a_long_inbox_is_paged_and_leads_on(town, monkeypatch):
    monkeypatch.setattr(queries, "MOST", 2)
    clerk = scope_of(town, "clerk")
    for place in (1, 2, 3):
        ask(town, clerk, place, "commute")
    seen: list[Any] = []
    after = None
    while True:
        page = see(clerk, "correction_inbox", after=after)
        seen += [one.correction_id for one in page.tickets]
        if page.next is None:
            break
        after = page.next
    assert len(seen) == len(set(seen)) == page.counts["open"] >= 3


def test_who_did_not_ask_gets_none_of_the_askers(town):
    told = ask(town, scope_of(town, "clerk"), 1, "blood")
    from jizuo.ground import acting
    from jizuo.ground.errors import NotAllowed, NotFound

    subject, title, people = see(acting.base_job_scope(town.unit_no), "askers_of", correction_id=told)
    assert (subject, title, people) == (town.schools[0].pupils[1][0], "血型", [])
    with pytest.raises(NotAllowed):
        see(scope_of(town, "clerk"), "askers_of", correction_id=told)
    with pytest.raises(NotFound):
        see(scope_of(town, "clerk", 1), "correction_view", correction_id=told)


def test_the_days_for_a_dispute_run_from_the_civil_day_of_the_answer(town):
    """Answered at half past midnight in China, still the day before in UTC: the clock runs from the new day."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.rules import corrections as rules

    answered = datetime(2026, 3, 5, 16, 30, tzinfo=UTC)
    last = rules.due(date(2026, 3, 6), rules.DISPUTE, rules.CLOCKS)
    assert last > rules.due(date(2026, 3, 5), rules.DISPUTE, rules.CLOCKS)
    with scopes.use(replace(scope_of(town, "clerk"), today=last)):
        assert queries.acts(
            "answered", "school", "school", answered, rules.CLOCKS, mine=True, kind="unit"
        ) == ["dispute"]


def test_values_are_said_in_words(base):
    assert queries.in_words(Field("sex", "性别", "Sex", 3, "varchar(2)", code_table="sex"), "1") == "男性"
    assert queries.in_words(Field("bus", "校车", "Bus", 3, "boolean"), "true") == "是"
    assert queries.in_words(Field("x", "x", "x", 2, "text"), "原样") == "原样"
    assert [queries.plain(one) for one in (None, True, False, 3, "x")] == ["", "true", "false", "3", "x"]
