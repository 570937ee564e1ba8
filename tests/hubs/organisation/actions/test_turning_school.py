"""One school's turn and its undo: what becomes of everybody, and that all of it goes back."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from jizuo.ground import scope as scopes
from jizuo.ground.ids import new_id
from tests.hubs.organisation.actions.test_turning import JULY, image, run, school, state_of, turn, undo
from tests.hubs.organisation.walking import deliver_facts


@for_all(st.data())
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_turn_then_undo_restores_every_affiliation(base: Any, data: Any) -> None:
    """Whatever the scheme, and whoever is on leave, on loan, repeating or without a class."""
    scheme = data.draw(st.sampled_from(["5", "6", "5-4", "3", "3-3"]))
    made, scope = school(base, scheme=scheme, classes=data.draw(st.sampled_from([2, 10, 14])))
    links = [link for _person, link in made.pupils]
    pick = st.lists(st.sampled_from(links), max_size=6, unique=True)
    for sql in (
        "update affiliation set is_registered = false where id = any(%s)",
        "update affiliation set is_present = false where id = any(%s)",
        "update affiliation set class_id = null where id = any(%s)",
        "update pupil set status = '02' where id = any(%s)",
    ):
        run(scope, sql, data.draw(pick))
    for link in data.draw(pick):
        run(
            scope,
            "insert into movement (id, unit_no, kind, state, affiliation_id, name, to_class_id, effect_on, other_text,"
            " reason, papers, register_no, asked_on, closed_by) values (%s, %s, 'repeat', 'agreed', %s, '陈', %s, %s, '', '病',"
            " '{}', '', %s, '')",
            new_id(), made.unit_no, link, made.classes[0], JULY, JULY,
        )  # fmt: skip
    before = image(scope)
    turn_id = turn(scope)
    assert run(
        scope,
        "select count(*) from affiliation a join org o on o.id = a.class_id where a.end_on is null and o.closed_on is not null",
    ) == [(0,)]
    assert undo(scope, turn_id).receipt["undo"]["kept_count"] == 0
    assert image(scope) == before


def test_undo_puts_everything_back(base: Any) -> None:
    made, scope = school(base)
    run(
        scope,
        "insert into academic_session (id, unit_no, title, kind, begin_on, end_on, school_year, source_id)"
        " values (%s, %s, '2026学年', 'schoolYear', '2026-09-01', '2027-09-01', 2026, '')",
        new_id(), made.unit_no,
    )  # fmt: skip
    before = image(scope)
    turn_id = turn(scope)
    assert state_of(scope).state == "applied"
    assert run(scope, "select school_year from academic_session order by begin_on") == [(2026,), (2027,)]
    assert image(scope) != before
    found = undo(scope, turn_id)
    assert found.state == "undone" and found.receipt["undo"]["kept"] == []
    assert image(scope) == before
    # And once more: an undone turn may be done again.
    turn(scope)
    assert state_of(scope).state == "applied"


def test_a_nine_year_school_keeps_its_pupils(base: Any) -> None:
    """Classes of five years in a school that has a junior stage: the pupils stay and wait for a class."""
    made, scope = school(base)
    run(scope, "update school set scheme = '5-4' where unit_no = %s", made.unit_no)
    turn(scope)
    assert run(scope, "select count(*) from affiliation where role = 'pupil' and end_on is not null") == [
        (0,)
    ]
    assert run(scope, "select count(*) from affiliation where role = 'pupil' and class_id is null") == [(8,)]


def test_who_is_registered_elsewhere_stays_out_of_an_undo(base: Any) -> None:
    """The next school has taken the graduate in: taking the turn back leaves her there, in one 学籍."""
    made, scope = school(base)
    there, other = school(base, classes=2)
    person, link = made.pupils[-1]
    turn_id = turn(scope)
    run(
        other,
        "insert into affiliation (id, unit_no, person_id, role, is_primary, is_registered, is_present, begin_on, name,"
        " sort_key, base_no, end_reason, sex, local_no, posts, source_id)"
        " values (%s, %s, %s, 'pupil', true, true, true, %s, '陈', 'chen', '0', '', '', '', '{}', '')",
        new_id(), there.unit_no, person, JULY,
    )  # fmt: skip
    found = undo(scope, turn_id)
    assert found.receipt["undo"]["kept_count"] == 1
    with base.owner() as owner:
        owner.execute(
            "select set_config('app.units', %s, false)", [scopes.units_text((made.unit_no, there.unit_no))]
        )
        assert owner.execute(
            "select unit_no from affiliation where person_id = %s and role = 'pupil' and end_on is null and is_registered",
            [person],
        ).fetchall() == [(there.unit_no,)]
    assert run(scope, "select end_reason from affiliation where id = %s", link) == [("21",)]


def test_a_graduate_s_role_ends_at_once_and_comes_back(base: Any) -> None:
    made, scope = school(base)
    person, link = made.pupils[-1]
    account = base.account("陈以宁", person_id=person)
    grant = base.grant(account, made.unit_no, "pupil", person_id=person, affiliation_id=link)
    client = base.client(account)
    assert client.get(f"/as/{grant}/").status_code == 200
    turn_id = turn(scope)
    assert client.get(f"/as/{grant}/").status_code == 404
    undo(scope, turn_id)
    deliver_facts()
    assert client.get(f"/as/{grant}/").status_code == 200
