"""What the desk reads of new pupils: found by what families say, phones only where they are a duty."""

from __future__ import annotations

from typing import Any

from jizuo.ground import scope as scopes
from tests.hubs.organisation.actions.test_graduating import Two
from tests.hubs.organisation.actions.test_intake import OF, awaited, listed, numbers
from tests.hubs.organisation.actions.test_turning import act


def test_a_list_counts_and_is_cut(base: Any) -> None:
    from jizuo.hubs.organisation.queries import intake as queries

    scope = awaited(base)
    with scopes.use(scope):
        lines, count = queries.intake_list(**OF, most=2)
        assert len(lines) == 2 and count == 3
        assert queries.intake_list(**OF, state="absent") == ([], 0)
        assert queries.intake_list(school_year=2030, stage="primary") == ([], 0)
        assert len(queries.intake_notices(**OF)) == 3
        assert queries.intake_stages() == ["primary"]
        desk = queries.intake_desk(**OF)
        assert (desk.of, len(desk.lines), desk.count) == (desk.sets[0], 3, 3) and desk.of.incoming == []
        newest = queries.intake_desk(school_year=1999, stage="junior")
        assert newest.of == desk.of, "an address of no list opens the newest"
    assert (numbers(scope).total, numbers(scope).admitted) == (3, 3)


def test_a_head_sees_no_phone_and_a_clerk_leaves_a_trace(base: Any) -> None:
    scope = awaited(base)
    head = base.scope(scope.unit_no, "head", grant_no=scope.grant_no, account_id=scope.account_id)
    assert {one.adults[0].phone for one in listed(head)} & {
        one.adults[0].phone for one in listed(scope)
    } == set()
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{scope.unit_no}}}"])
        told = owner.execute(
            "select count(*) from audit_entry where unit_no = %s and door = 'organisation.intake_list'"
            " and 'phone' = any(columns)", [scope.unit_no],
        ).fetchone()  # fmt: skip
    assert told[0] == 1


def test_handed_graduates_begin_a_list_in_a_school_that_has_none(base: Any) -> None:
    from jizuo.hubs.organisation.actions import intake as actions
    from jizuo.hubs.organisation.queries import intake as queries

    two = Two(base)
    assert act(two.receiver, queries.intake_desk).of is None
    two.number()
    two.destine(two.links, to_unit_no=two.there.unit_no)
    batch_no = two.hand()
    begun = act(two.receiver, queries.intake_desk).of
    assert (begun.school_year, begun.stage, begun.total) == (2027, "junior", 0)
    assert [(one.batch_no, one.pupils) for one in begun.incoming] == [(batch_no, 8)]
    assert act(two.sender, queries.intake_sets) == [], "and in no other"
    assert act(two.receiver, actions.bring_handover, batch_no=batch_no, school_year=2027, stage="junior") == 8
    (held,) = act(two.receiver, queries.intake_sets)
    assert (held.stage, held.total, held.incoming) == ("junior", 8, [])
