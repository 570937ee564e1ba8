"""Who is told what became of a correction: the askers, a guardian only while she is told of the child; no value."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.message import given
from tests.hubs.organisation.walking import deliver_facts


@pytest.fixture(scope="module")
def school(base: Any) -> Any:
    return given.school(base)


def ask(school: Any, scope: Any, place: int, field: str = "allergy") -> Any:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.corrections import ask_correction

    person, link = school.pupils[place]
    with scopes.use(scope):
        return ask_correction(
            dataset="pupil",
            record_id=link,
            subject_id=person,
            field=field,
            says="不是花生，是青霉素",
            unit_no=school.unit_no,
        )


def mother(base: Any, school: Any, place: int) -> Any:
    from dataclasses import replace

    account = base.account("陆晓岚")
    return replace(given.guardian(base, school, place), account_id=account.pk)


def answer(base: Any, school: Any, correction_id: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.corrections import answer_correction

    with scopes.use(given.clerk(base, school)):
        answer_correction(correction_id=correction_id, answer="已核对")
    deliver_facts()


def inbox_of(base: Any, school: Any, person_id: Any) -> list[tuple]:
    return given.rows(
        base, school.unit_no,
        "select m.template, m.values::text, m.link, i.child_id from inbox_item i join message m on m.id = i.message_id"
        " where i.recipient_id = %s and m.template like 'correction%%'", person_id,
    )  # fmt: skip


def test_the_asker_is_told_of_the_answer_without_any_value(base, school):
    scope = mother(base, school, 0)
    answer(base, school, ask(school, scope, 0))
    (told,) = inbox_of(base, school, school.guardians[0][0])
    assert told[0] == "correction_answered" and told[2:] == ("corrections/mine", school.pupils[0][0])
    assert "过敏" in told[1] and "青霉素" not in told[1]
    assert inbox_of(base, school, school.guardians[1][0]) == []


@pytest.mark.parametrize(("place", "right"), [(2, "is_no_contact = true"), (3, "gets_notice = false")])
def test_an_adult_who_is_not_told_of_the_child_hears_nothing(base, school, place, right):
    told = ask(school, mother(base, school, place), place)
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{school.unit_no}}}"])
        owner.execute(f"update guardian_of set {right} where guardian_id = %s", [school.guardians[place][0]])
    answer(base, school, told)
    assert inbox_of(base, school, school.guardians[place][0]) == []


def test_the_office_is_told_when_it_is_late(base, school):
    from dataclasses import replace
    from datetime import timedelta

    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.corrections import chase_corrections

    clerk = given.clerk(base, school)
    told = ask(school, mother(base, school, 4), 4)
    with scopes.use(replace(acting.base_job_scope(school.unit_no), today=clerk.today + timedelta(days=40))):
        assert chase_corrections()["raised"] == 1
    deliver_facts()
    links = [line[2] for line in inbox_of(base, school, clerk.person_id)]
    assert f"corrections/{told}" in links
