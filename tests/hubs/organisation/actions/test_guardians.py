from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jizuo.ground import acting
from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_turning import act, run
from tests.hubs.organisation.walking import deliver_facts


@pytest.fixture
def school(base: Any) -> given.School:
    from jizuo.hubs.identity import room as identity  # noqa: F401
    from jizuo.hubs.organisation import room  # noqa: F401

    return given.fill(base, base.unit(), classes=1, pupils=2, staff=2)


def bind(school: given.School, child: Any, adult: Any, relation: str = "51") -> None:
    from jizuo.hubs.organisation.actions import guardians

    act(
        acting.base_job_scope(school.unit_no), guardians.bind_guardian, unit_no=school.unit_no, child_person_id=child,
        guardian_person_id=adult, name="陈以宁", relation=relation,
    )  # fmt: skip
    deliver_facts()


def grants_of(base: Any, account: Any) -> dict[str, int]:
    with base.owner() as owner:
        return dict(
            owner.execute(
                "select role, no from acting_grant where account_id = %s and end_on is null", [account.pk]
            ).fetchall()
        )


def test_a_bound_guardian_s_session_ends_with_the_tie(base: Any, school: given.School) -> None:
    """Two open sessions of one adult: after the tie ends the next request of each is refused, before any news is
    delivered; the other child's stays."""
    from jizuo.hubs.organisation.actions import guardians

    (one, _), (two, _) = school.pupils
    adult = school.guardians[0][0]
    account = base.account("陈以宁", person_id=adult)
    run(base.scope(school.unit_no), "delete from guardian_of where guardian_id = %s", adult)
    bind(school, one, adult)
    bind(school, two, adult)
    with base.owner() as owner:
        held = {
            children[0]: no
            for no, children in owner.execute(
                "select no, child_ids from acting_grant where account_id = %s and end_on is null",
                [account.pk],
            ).fetchall()
        }
    sessions = [base.client(account), base.client(account)]
    assert [client.get(f"/as/{held[one]}/").status_code for client in sessions] == [200, 200]
    act(
        acting.base_job_scope(school.unit_no), guardians.unbind_guardian, unit_no=school.unit_no, child_person_id=one,
        guardian_person_id=adult,
    )  # fmt: skip
    assert [client.get(f"/as/{held[one]}/").status_code for client in sessions] == [404, 404]
    assert [client.get(f"/as/{held[two]}/").status_code for client in sessions] == [200, 200]
    deliver_facts()
    assert sessions[0].get(f"/as/{held[one]}/").status_code == 404


def test_a_barred_adult_does_not_come_back_by_binding(base: Any, school: given.School) -> None:
    child, adult = school.pupils[0][0], school.guardians[0][0]
    account = base.account("陈以宁", person_id=adult)
    run(base.scope(school.unit_no), "delete from guardian_of where guardian_id = %s", adult)
    bind(school, child, adult)
    assert "guardian" in grants_of(base, account)
    run(
        base.scope(school.unit_no),
        "update guardian_of set is_no_contact = true where guardian_id = %s",
        adult,
    )
    bind(school, child, adult)
    assert "guardian" not in grants_of(base, account)


@pytest.mark.parametrize(
    ("relation", "is_legal", "is_entrusted"), [("52", True, False), ("61", False, False), ("99", False, True)]
)
def test_rights_follow_the_relation(
    base: Any, school: given.School, relation: str, is_legal: bool, is_entrusted: bool
) -> None:
    child, adult = school.pupils[1][0], school.guardians[0][0]
    bind(school, child, adult, relation)
    assert run(
        base.scope(school.unit_no),
        "select is_legal, may_sign, is_entrusted from guardian_of where child_id = %s and guardian_id = %s", child, adult,
    ) == [(is_legal, is_legal, is_entrusted)]  # fmt: skip


def test_a_teacher_who_leaves_is_out_of_every_session(base: Any, school: given.School) -> None:
    """A clerk ends the place of a teacher: with the news her roles are gone, and what she had open is refused."""
    from jizuo.ground import facts
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put

    person, link = school.staff[0]
    account = base.account("沈知远", person_id=person)
    scope = base.scope(school.unit_no)

    def say(**values: Any) -> None:
        def body() -> None:
            put(
                dataset="affiliation", columns=("id", "unit_no", *values),
                rows=[(link, school.unit_no, *values.values())], source="school",
            )  # fmt: skip
            facts.tell(
                "DatasetRefreshed", unit_no=school.unit_no, batch_id=str(new_id()), importer="staff",
                datasets=["affiliation"],
            )  # fmt: skip

        given.within(scope, body)
        deliver_facts()

    say(posts=["clerk"])
    held = grants_of(base, account)
    assert {"clerk", "homeroom_teacher"} <= set(held)
    client = base.client(account)
    assert client.get(f"/as/{held['clerk']}/").status_code == 200
    say(posts=[])
    assert client.get(f"/as/{held['clerk']}/").status_code == 404
    assert client.get(f"/as/{held['homeroom_teacher']}/").status_code == 200
    say(end_on=date(2026, 9, 16))
    assert client.get(f"/as/{held['homeroom_teacher']}/").status_code == 404
