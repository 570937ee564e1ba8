"""Reminders: three days and one day ahead, to who holds the task, each once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from tests.engines.matter.forms.given import place_of
from tests.scenes.given import files_of


@pytest.fixture(scope="module")
def place(base):
    return place_of(base, files_of("collect"))


def test_a_school_is_reminded_on_the_days_the_flow_names_and_once_a_day(place):
    from jizuo.engines.matter import reminding
    from jizuo.engines.matter.actions.matters import start_matter
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes

    with scopes.use(place.base.scope(place.bureau, "district_steward", grant_no=778)):
        start_matter(
            scene="collect", form="draw", submit_key="remind-me",
            data={"title": "统计", "schools": [place.first.unit_no], "due_on": "2026-09-24", "rows": "一校一行",
                  "columns": [{"title": "本周请假人次"}]},
        )  # fmt: skip
    counts = []
    for day in (18, 21, 21, 22, 23, 24):
        with scopes.use(replace(acting.base_job_scope(place.bureau), today=date(2026, 9, day))):
            counts.append(reminding.remind())
    assert counts == [0, 1, 0, 0, 1, 0]
    with (
        scopes.use(place.base.scope(place.first.unit_no)),
        scopes.open_transaction("test"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "select told ->> 'on' from matter_event where verb = 'remind' and unit_no = %s order by id",
            [place.first.unit_no],
        )
        told = cursor.fetchall()
    assert told == [("2026-09-21",), ("2026-09-23",)]


def test_a_reminder_says_when_the_holidays_of_the_year_are_not_published(place):
    from jizuo.engines.matter import reminding
    from jizuo.engines.matter.actions.matters import start_matter
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes

    steward = place.base.scope(place.bureau, "district_steward", grant_no=778, today=date(2031, 1, 2))
    with scopes.use(steward):
        start_matter(
            scene="collect", form="draw", submit_key="remind-me-2031",
            data={"title": "统计", "schools": [place.second.unit_no], "due_on": "2031-01-09", "rows": "一校一行",
                  "columns": [{"title": "本周请假人次"}]},
        )  # fmt: skip
    with scopes.use(replace(acting.base_job_scope(place.bureau), today=date(2031, 1, 8))):
        assert reminding.remind() == 1
    with (
        scopes.use(place.base.scope(place.second.unit_no)),
        scopes.open_transaction("test"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "select told -> 'tell' -> 0 ->> 'as' from matter_event where verb = 'remind' and unit_no = %s",
            [place.second.unit_no],
        )
        assert cursor.fetchall() == [("due_unsure",)]
