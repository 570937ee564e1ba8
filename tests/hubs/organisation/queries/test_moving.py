from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.hubs.organisation.actions.test_moving import DAY, Place
from tests.hubs.organisation.actions.test_turning import act, run


def missing(scope: Any) -> dict[str, str]:
    from jizuo.hubs.organisation.queries.moving import missing_children

    return {str(one.affiliation_id): one.why for one in act(scope, missing_children)}


@pytest.fixture
def place(base: Any) -> Place:
    made = Place(base)
    run(made.clerk, "update affiliation set is_present = true, is_registered = true where role = 'pupil'")
    return made


@pytest.mark.parametrize(
    ("reason", "born", "is_lost"),
    [
        ("27", date(2019, 5, 4), True),
        ("28", date(2019, 5, 4), True),
        ("", date(2019, 5, 4), True),
        ("21", date(2019, 5, 4), False),
        ("26", date(2019, 5, 4), False),
        ("29", date(2019, 5, 4), False),
        ("27", date(2009, 5, 4), False),
        ("27", None, True),
    ],
)
def test_who_left_without_a_next_school(place: Place, reason: str, born: date | None, is_lost: bool) -> None:
    person, link = place.made.pupils[2]
    run(place.clerk, "update person set birth_on = %s where id = %s", born, person)
    run(place.clerk, "update affiliation set end_on = %s, end_reason = %s where id = %s", DAY, reason, link)
    assert (str(link) in missing(place.clerk)) is is_lost


def test_a_school_outside_with_the_register_s_number_is_a_next_school(place: Place) -> None:
    movement_id = place.ask(kind="transfer_out", other_text="江北区实验小学")
    place.step(place.head, movement_id, "agreed")
    place.papers(movement_id)
    place.step(place.clerk, movement_id, "sent")
    link = str(place.made.pupils[2][1])
    assert missing(place.clerk) == {link: "absent"}
    place.step(place.clerk, movement_id, "registered", register_no="ZX1")
    place.step(place.clerk, movement_id, "closed")
    assert missing(place.clerk) == {}


def test_the_day_somebody_was_last_seen_is_the_base_s(place: Place) -> None:
    """Half past midnight in China is the day before in UTC."""
    from jizuo.hubs.organisation.queries.moving import missing_children

    link = place.made.pupils[2][1]
    with place.base.owner() as owner:
        owner.execute("alter table affiliation disable trigger user")
        owner.execute("select set_config('app.units', %s, false)", [f"{{{place.clerk.unit_no}}}"])
        owner.execute(
            "update affiliation set is_present = false, changed_at = '2026-03-05 16:30+00' where id = %s",
            [link],
        )
        owner.execute("alter table affiliation enable trigger user")
    (found,) = act(place.clerk, missing_children)
    assert (found.affiliation_id, found.since.isoformat()) == (link, "2026-03-06")


def test_who_is_lent_to_a_school_outside_is_not_lost(place: Place) -> None:
    """Lent by a movement, and by what a list says; who is registered only, and where nobody knows, stays to be found."""
    lent, listed, hangs = (place.made.pupils[one][1] for one in (2, 3, 4))
    movement_id = place.ask(kind="lend", other_text="江北区实验小学")
    assert missing(place.clerk) == {}
    place.step(place.head, movement_id, "agreed")
    assert place.state(movement_id) == "closed"
    run(place.clerk, "update affiliation set is_present = false where id = any(%s)", [listed, hangs])
    run(place.clerk, "update pupil set attends_at = '外省某小学' where id = %s", listed)
    assert missing(place.clerk) == {str(hangs): "absent"} and str(lent) != str(hangs)


def test_a_leave_is_overdue_from_its_last_day_on(place: Place) -> None:
    from dataclasses import replace

    until = DAY + timedelta(days=30)
    movement_id = place.ask(kind="suspend", until_on=until)
    place.step(place.head, movement_id, "agreed")
    assert missing(place.clerk) == {}
    assert missing(replace(place.clerk, today=until)) == {str(place.made.pupils[2][1]): "leave"}


def test_a_district_sees_all_and_a_school_its_own(base: Any) -> None:
    bureau = base.unit("澜江区教育局", kind="bureau")
    one, two = Place(base, parent=bureau), Place(base, parent=bureau)
    for place in (one, two):
        run(
            place.clerk, "update affiliation set is_present = true, is_registered = true where role = 'pupil'"
        )
        run(
            place.clerk,
            "update affiliation set end_on = %s, end_reason = '28' where id = %s",
            DAY,
            place.made.pupils[3][1],
        )
    assert len(missing(one.clerk)) == 1
    assert set(missing(base.scope(bureau, "district_steward"))) == set(missing(one.clerk)) | set(
        missing(two.clerk)
    )


def test_the_list_pages_and_filters(place: Place) -> None:
    from jizuo.hubs.organisation.queries.moving import movement_list

    for pupil in range(2, 6):
        place.ask(pupil=pupil, kind="suspend", until_on=DAY + timedelta(days=9))
    place.ask(pupil=2, kind="transfer_out", other_text="外校")
    first = act(place.clerk, movement_list, limit=3)
    assert (len(first.rows), first.has_more, first.count) == (3, True, 5)
    rest = act(place.clerk, movement_list, limit=3, after=first.rows[-1].movement_id)
    assert (len(rest.rows), rest.has_more) == (2, False)
    assert [one.kind for one in act(place.clerk, movement_list, kind="transfer_out").rows] == ["transfer_out"]
    assert act(place.clerk, movement_list, is_open=False).count == 0


def test_the_classes_to_choose_have_their_size(place: Place) -> None:
    from jizuo.hubs.organisation.queries.moving import classes_to_choose

    assert [size for _view, size in act(place.clerk, classes_to_choose)] == [4, 4, 4, 4]
