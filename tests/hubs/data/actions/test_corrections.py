"""Corrections on their roads: joined, answered, disputed, sent to the register, mended, gone up, closed by themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.base import TODAY
from tests.hubs.organisation import given as towns
from tests.hubs.organisation.given import within
from tests.hubs.organisation.importers.given import rows_of


@dataclass
class Town:
    """A bureau with one school; `role(...)` gives a scope with an account of its own."""

    base: Any
    district: Any
    school: Any

    def role(self, role: str, *, place: int | None = None, unit: int | None = None, day: date = TODAY) -> Any:
        account = self.base.account("陆晓岚")
        unit_no = unit or (self.district.unit_no if role.startswith("district") else self.school.unit_no)
        more: dict[str, Any] = {}
        if role == "guardian":
            more = {
                "person_id": self.school.guardians[place][0],
                "child_ids": (self.school.pupils[place][0],),
            }
        grant = {key: list(value) if isinstance(value, tuple) else value for key, value in more.items()}
        grant_no = self.base.grant(account, unit_no, role, **grant)
        return self.base.scope(unit_no, role, grant_no=grant_no, account_id=account.pk, today=day, **more)

    def operator(self, day: date = TODAY) -> Any:
        from jizuo.ground import acting
        from jizuo.ground import scope as scopes

        with scopes.use(None):
            return replace(acting.base_job_scope(self.district.unit_no), today=day)

    def put(self, dataset: str, place: int, field: str, value: Any, source: str = "register") -> None:
        from jizuo.hubs.data.actions.put import put

        person, link = self.school.pupils[place]
        unit_no = self.school.unit_no
        columns, row = (("id", field), (person, value)) if dataset == "person" else (
            ("id", "unit_no", field), (link, unit_no, value))  # fmt: skip
        within(
            self.base.scope(unit_no), lambda: put(dataset=dataset, columns=columns, rows=[row], source=source)
        )

    def state(self, correction_id: UUID) -> str:
        return self.rows("select state from correction where id = %s", correction_id)[0][0]

    def rows(self, sql: str, *values: Any) -> list[tuple]:
        return rows_of(self.base, self.school.unit_no, sql, *values)

    def write(self, sql: str, *values: Any) -> None:
        with self.base.owner() as owner:
            owner.execute("select set_config('app.units', %s, false)", [f"{{{self.school.unit_no}}}"])
            owner.execute(sql, values)


@pytest.fixture(scope="module")
def town(base: Any) -> Town:
    from jizuo.project import rooms

    rooms.plates()
    district = towns.district(base, schools=1, classes=1, pupils=40)
    return Town(base, district, district.schools[0])


PLACES = iter(range(40))


@pytest.fixture
def place() -> int:
    return next(PLACES)


def ask(
    town: Town, scope: Any, place: int, field: str = "allergy", dataset: str = "pupil", **said: Any
) -> UUID:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.corrections import ask_correction

    person, link = town.school.pupils[place]
    with scopes.use(scope):
        return ask_correction(
            dataset=dataset, record_id=person if dataset == "person" else link, subject_id=person, field=field,
            says=said.get("says", ""), wanted=said.get("wanted", ""), unit_no=town.school.unit_no,
        )  # fmt: skip


def do(scope: Any, verb: str, **told: Any) -> Any:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import corrections

    with scopes.use(scope):
        return getattr(corrections, verb)(**told)


def see(scope: Any, door: str, **told: Any) -> Any:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.queries import corrections

    with scopes.use(scope):
        return getattr(corrections, door)(**told)


def test_the_owner_answers_and_the_asker_reads_it(town, place):
    mother, clerk = town.role("guardian", place=place), town.role("clerk")
    told = ask(town, mother, place, wanted="鸡蛋", says="医院查过")
    ticket = see(clerk, "correction_view", correction_id=told)
    assert (ticket.state, ticket.owner, ticket.days_left) == ("open", "family", 10)
    assert [(one.wanted, one.says) for one in ticket.said] == [("鸡蛋", "医院查过")]
    assert ticket.held == "花生" and "mend" in ticket.may
    do(clerk, "answer_correction", correction_id=told, answer="请带诊断来")
    mine = see(mother, "my_corrections")
    assert [(one.answer, one.may) for one in mine] == [("请带诊断来", ["dispute"])]


def test_who_asks_again_joins_and_reads_her_own_words_only(town, place):
    mother = town.role("guardian", place=place)
    teacher, clerk = town.role("clerk"), town.role("clerk")
    told = ask(town, mother, place, says="母亲的话")
    assert ask(town, teacher, place, says="老师的话") == told
    assert ask(town, mother, place, says="母亲改口") == told
    assert [one.says for one in see(mother, "correction_view", correction_id=told).said] == ["母亲改口"]
    assert {one.says for one in see(clerk, "correction_view", correction_id=told).said} == {
        "母亲改口",
        "老师的话",
    }


@pytest.mark.parametrize("right", ["is_no_contact = true", "may_view = false", "end_on = date '2026-01-01'"])
def test_an_adult_who_may_not_look_reads_nothing_of_what_she_asked(town, place, right):
    from jizuo.ground.errors import NotFound

    mother = town.role("guardian", place=place)
    told = ask(town, mother, place, says="母亲的话")
    assert see(mother, "my_corrections")
    town.write(f"update guardian_of set {right} where guardian_id = %s", mother.person_id)
    assert see(mother, "my_corrections") == []
    with pytest.raises(NotFound):
        see(mother, "correction_view", correction_id=told)


def test_one_of_separated_parents_does_not_read_of_the_home_any_more(town, place):
    mother = town.role("guardian", place=place)
    ask(town, mother, place, "address", wanted="清溪路 1 号")
    assert see(mother, "my_corrections")
    town.write("update guardian_of set lives_with = false where guardian_id = %s", mother.person_id)
    assert see(mother, "my_corrections") == []


def test_a_disputed_answer_is_decided_by_the_district(town, place):
    from jizuo.ground.errors import Conflict, NotAllowed, NotFound

    mother, clerk, steward = (
        town.role("guardian", place=place),
        town.role("clerk"),
        town.role("district_steward"),
    )
    told = ask(town, mother, place, says="应是鸡蛋")
    with pytest.raises(NotFound):
        do(steward, "answer_correction", correction_id=told, answer="还没到区里")
    do(clerk, "answer_correction", correction_id=told, answer="不改")
    do(mother, "dispute_correction", correction_id=told, says="有诊断书")
    with pytest.raises(NotAllowed):
        do(clerk, "answer_correction", correction_id=told, answer="还是不改")
    assert see(steward, "correction_view", correction_id=told).may == ["decide"]
    do(steward, "answer_correction", correction_id=told, answer="按诊断书改")
    assert town.state(told) == "decided"
    assert see(mother, "my_corrections")[0].decision == "按诊断书改"
    with pytest.raises(Conflict):
        do(mother, "dispute_correction", correction_id=told, says="再来")


def test_an_answer_can_be_disputed_for_some_days_only(town, place):
    from jizuo.ground.errors import Conflict

    mother, clerk = town.role("guardian", place=place), town.role("clerk")
    told = ask(town, mother, place, says="应是鸡蛋")
    do(clerk, "answer_correction", correction_id=told, answer="不改")
    town.write("update correction set answered_at = '2026-03-01' where id = %s", told)
    with pytest.raises(Conflict):
        do(mother, "dispute_correction", correction_id=told, says="晚了")


def test_the_office_mends_what_the_school_may_write_and_it_closes(town, place):
    mother, clerk = town.role("guardian", place=place), town.role("clerk")
    told = ask(town, mother, place, wanted="鸡蛋")
    do(clerk, "mend_correction", correction_id=told, value="鸡蛋")
    assert town.state(told) == "mended"
    assert town.rows("select allergy from pupil where id = %s", town.school.pupils[place][1]) == [("鸡蛋",)]
    assert see(mother, "my_corrections")[0].said[0].is_met is True


def test_another_value_than_was_asked_answers_and_does_not_close_as_mended(town, place):
    mother, clerk = town.role("guardian", place=place), town.role("clerk")
    told = ask(town, mother, place, wanted="鸡蛋")
    do(clerk, "mend_correction", correction_id=told, value="牛奶", answer="医院写的是牛奶")
    assert town.state(told) == "answered"
    assert see(mother, "my_corrections")[0].answer == "医院写的是牛奶"


def test_what_the_register_owns_waits_there_by_number_and_closes_by_its_import(town, place):
    from jizuo.ground.errors import BadInput
    from tests.hubs.organisation.walking import deliver_facts

    mother, clerk = town.role("guardian", place=place), town.role("clerk")
    told = ask(town, mother, place, "birth_on", "person", wanted="2018年1月2日")
    ticket = see(clerk, "correction_view", correction_id=told)
    assert (
        ticket.owner == "register"
        and "mend" not in ticket.may
        and any("户口簿" in one for one in ticket.papers)
    )
    with pytest.raises(BadInput):
        do(clerk, "mend_correction", correction_id=told, value="2018-01-02")
    with pytest.raises(BadInput):
        do(clerk, "send_correction", correction_id=told, register_no=" ")
    do(clerk, "send_correction", correction_id=told, register_no="GX-2026-17")
    mine = see(mother, "my_corrections")[0]
    assert (mine.state, mine.register_no) == ("waiting", "GX-2026-17")
    town.put("person", place, "birth_on", date(2018, 1, 2))
    within(town.base.scope(town.school.unit_no), lambda: tell_refreshed(town, "person"))
    deliver_facts()
    assert town.state(told) == "mended"


def tell_refreshed(town: Town, *names: str) -> None:
    from jizuo.ground import facts

    facts.tell(
        "DatasetRefreshed",
        unit_no=town.school.unit_no,
        batch_id=str(uuid4()),
        importer="x",
        datasets=list(names),
    )


def test_what_is_late_goes_up_and_the_school_may_still_mend_it(town, place):
    mother, clerk, steward = (
        town.role("guardian", place=place),
        town.role("clerk"),
        town.role("district_steward"),
    )
    told = ask(town, mother, place, wanted="鸡蛋")
    late = TODAY + timedelta(days=30)
    found = do(town.operator(late), "chase_corrections")
    assert found["raised"] >= 1
    level, due_on, raised = town.rows("select level, due_on, raised_at from correction where id = %s", told)[
        0
    ]
    assert level == "district" and due_on > late and raised is not None
    assert told in {
        one.correction_id for one in see(replace(steward, today=late), "correction_inbox").tickets
    }
    do(clerk, "mend_correction", correction_id=told, value="鸡蛋")
    assert town.state(told) == "mended"


def test_a_reminder_comes_once_before_the_day(town, place):
    mother = town.role("guardian", place=place)
    told = ask(town, mother, place, says="应是鸡蛋")
    due = town.rows("select due_on from correction where id = %s", told)[0][0]
    do(town.operator(TODAY), "chase_corrections")
    assert town.rows("select reminded_on from correction where id = %s", told) == [(None,)]
    do(town.operator(due), "chase_corrections")
    assert town.rows("select reminded_on, level from correction where id = %s", told) == [(due, "school")]
    count = "select count(*) from fact where name = 'CorrectionDue' and payload ->> 'correction_id' = %s"
    do(town.operator(due), "chase_corrections")
    assert town.rows(count, str(told)) == [(1,)]


def test_a_value_nobody_may_see_is_never_tried_out(town, place):
    teacher = town.role("teacher")
    told = ask(town, teacher, place, "birth_on", "person", wanted="2019-05-04", says="听说")
    assert town.rows("select wanted, says from correction_asker where correction_id = %s", told) == [
        ("", "2019-05-04：听说")
    ]
    assert do(town.operator(), "chase_corrections")["mended"] == 0 and town.state(told) == "open"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("person_id", {"says": "x"}), ("no_such", {"says": "x"}), ("allergy", {}), ("allergy", {"says": "长" * 501}),
        ("entry_year", {"wanted": "很早"}), ("allergy", {"wanted": "花生"}),
    ],
)  # fmt: skip
def test_what_says_nothing_is_refused(town, field, said):
    from jizuo.ground.errors import BadInput

    with pytest.raises(BadInput):
        ask(town, town.role("clerk"), 0, field, **said)


def test_an_asker_takes_her_words_back(town, place):
    mother, clerk = town.role("guardian", place=place), town.role("clerk")
    told = ask(town, mother, place, says="母亲的话")
    ask(town, clerk, place, says="老师的话")
    do(mother, "withdraw_correction", correction_id=told)
    assert town.state(told) == "open" and see(mother, "my_corrections") == []
    do(clerk, "withdraw_correction", correction_id=told)
    assert town.state(told) == "withdrawn"


def test_a_clock_is_set_for_the_base_and_refused_where_it_says_nothing(town, place):
    from jizuo.ground.errors import BadInput, NotAllowed

    admin = town.role("district_admin")
    try:
        do(admin, "set_correction_clock", step="answer", days=3)
        told = ask(town, town.role("clerk"), place, says="应是鸡蛋")
        assert town.rows("select due_on from correction where id = %s", told)[0][0] == date(2026, 9, 20)
    finally:
        do(admin, "set_correction_clock", step="answer", days=10)
    for step, days in (("answer", 0), ("answer", 91), ("never", 5)):
        with pytest.raises(BadInput):
            do(admin, "set_correction_clock", step=step, days=days)
    with pytest.raises(NotAllowed):
        do(town.role("clerk"), "set_correction_clock", step="answer", days=5)


def test_another_school_reads_and_answers_nothing(town, place):
    from jizuo.ground.errors import NotFound

    told = ask(town, town.role("guardian", place=place), place, says="母亲的话")
    stranger = town.role("clerk", unit=town.base.unit())
    for call in (
        lambda: see(stranger, "correction_view", correction_id=told),
        lambda: do(stranger, "answer_correction", correction_id=told, answer="x"),
        lambda: do(stranger, "mend_correction", correction_id=told, value="x"),
    ):
        with pytest.raises(NotFound):
            call()
    assert see(stranger, "correction_inbox").tickets == []
    assert told in {one.correction_id for one in see(town.role("clerk"), "correction_inbox").tickets}


STEPS = (
    "answer",
    "send",
    "mend",
    "mend_other",
    "dispute",
    "decide",
    "import",
    "night",
    "later",
    "join",
    "withdraw",
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.sampled_from(STEPS), min_size=1, max_size=7), st.sampled_from(["allergy", "household_place"])
)
def test_a_ticket_is_never_lost_whatever_is_done_to_it(town, steps, field):
    """Whatever is tried in whatever order: it is open in its days or gone up, waits by number, or has an end that its
    asker reads; nobody else ever does."""
    from jizuo.ground.errors import DoorError

    place = 39
    town.write(
        "update correction set state = 'withdrawn' where subject_id = %s", town.school.pupils[place][0]
    )
    mother, clerk, steward = (
        town.role("guardian", place=place),
        town.role("clerk"),
        town.role("district_steward"),
    )
    stranger = town.role("guardian", place=38)
    wanted, day = str(uuid4())[:8], TODAY
    told = ask(town, mother, place, field, wanted=wanted)
    for step in steps:
        try:
            if step in ("answer", "decide"):
                scope = replace(clerk if step == "answer" else steward, today=day)
                do(scope, "answer_correction", correction_id=told, answer="看过了")
            elif step == "send":
                do(replace(clerk, today=day), "send_correction", correction_id=told, register_no="N1")
            elif step.startswith("mend"):
                value = wanted if step == "mend" else str(uuid4())[:8]
                do(replace(clerk, today=day), "mend_correction", correction_id=told, value=value)
            elif step == "dispute":
                do(replace(mother, today=day), "dispute_correction", correction_id=told, says="不对")
            elif step == "import":
                town.put("pupil", place, field, wanted, "family" if field == "allergy" else "register")
            elif step == "join":
                ask(town, clerk, place, field, says="也这样看")
            elif step == "withdraw":
                do(replace(mother, today=day), "withdraw_correction", correction_id=told)
            else:
                day += timedelta(days=40 if step == "later" else 0)
        except DoorError:
            continue
    do(town.operator(day), "chase_corrections")
    state, level, number, due_on, answer, decision = town.rows(
        "select state, level, register_no, due_on, answer, decision from correction where id = %s", told
    )[0]
    assert {
        "open": due_on >= day or level == "district", "waiting": number == "N1" and (due_on >= day or level == "district"),
        "disputed": level == "district", "answered": bool(answer), "decided": bool(decision), "mended": True,
        "withdrawn": "withdraw" in steps,
    }[state]  # fmt: skip
    still_asks = town.rows(
        "select 1 from correction_asker where correction_id = %s and account_id = %s", told, mother.account_id
    )
    assert bool(still_asks) == (told in {one.correction_id for one in see(mother, "my_corrections")})
    assert told not in {one.correction_id for one in see(stranger, "my_corrections")}
    assert see(stranger, "corrections_of", subject_id=town.school.pupils[place][0]) == []
