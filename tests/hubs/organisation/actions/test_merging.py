from __future__ import annotations

from typing import Any

import pytest

from jizuo.ground.ids import new_id
from tests.hubs.organisation import given


@pytest.fixture
def district(base: Any) -> given.District:
    return given.district(base, schools=2, classes=1, pupils=2, staff=1)


def run(scope: Any, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    def body() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    return given.within(scope, body)


def pair(district: given.District, left: Any, right: Any) -> Any:
    from psycopg.types.json import Jsonb

    pair_id = new_id()
    run(
        district.scope(),
        "insert into same_person (id, unit_no, left_id, right_id, reason, evidence, state)"
        " values (%s, %s, %s, %s, 'name_and_birth', %s, 'open')",
        pair_id, district.unit_no, left, right, Jsonb({}),
    )  # fmt: skip
    return pair_id


def number(district: given.District, person: Any, kind: str, blind: bytes) -> None:
    run(
        district.scope(),
        "insert into person_identifier (id, person_id, kind, blind, sealed, tail) values (%s, %s, %s, %s, %s, '1234')",
        new_id(), person, kind, blind, b"x",
    )  # fmt: skip


#: Everything that names a person, in one comparable value.
IMAGE = {
    "affiliation": "select id, person_id, base_no, end_on, end_reason from affiliation order by id",
    "pupil": "select id, person_id from pupil order by id",
    "person_identifier": "select id, person_id, kind, blind from person_identifier order by id",
    "guardian_of": "select id, child_id, guardian_id, relation from guardian_of order by id",
    "person": "select id, base_no, merged_into from person order by id",
    "search_key": "select unit_no, key, ref_id from search_key order by 1, 2, 3",
    "grants": "select no, person_id, child_ids from acting_grant where unit_no = any(%s) order by no",
}


def image(district: given.District) -> dict[str, Any]:
    scope = district.scope()
    return {
        name: run(scope, sql, *([list(scope.units)] if name == "grants" else []))
        for name, sql in IMAGE.items()
    }


def act(scope: Any, door: Any, **values: Any) -> Any:
    from jizuo.ground import scope as scopes

    with scopes.use(scope):
        return door(**values)


def test_a_merge_moves_everything_and_its_undo_puts_it_back(base: Any, district: given.District) -> None:
    from jizuo.hubs.organisation import people
    from jizuo.hubs.organisation.actions import merging

    one, two = district.schools
    kept, dropped = one.pupils[0][0], two.pupils[0][0]
    scope = district.scope()
    number(district, dropped, "id:1", new_id().bytes)
    given.within(scope, lambda: people.refresh_search(affiliation_ids=[one.pupils[0][1], two.pupils[0][1]]))
    account = base.account()
    pupil = base.grant(account, two.unit_no, "pupil", person_id=dropped)
    parent = base.grant(base.account(), two.unit_no, "guardian", child_ids=[dropped])
    before = image(district)
    pair_id = pair(district, kept, dropped)
    act(scope, merging.merge, pair_id=pair_id, keep_id=kept)

    assert run(scope, "select count(*) from affiliation where person_id = %s", kept) == [(2,)]
    assert run(scope, "select count(distinct base_no) from affiliation where person_id = %s", kept) == [(1,)]
    for table, column in (
        ("pupil", "person_id"),
        ("person_identifier", "person_id"),
        ("guardian_of", "child_id"),
    ):
        assert run(scope, f"select count(*) from {table} where {column} = %s", dropped) == [(0,)], table
    assert run(scope, "select person_id from acting_grant where no = %s", pupil) == [(kept,)]
    assert run(scope, "select child_ids from acting_grant where no = %s", parent) == [([kept],)]
    assert run(
        scope, "select count(*) from affiliation_history where old ->> 'person_id' = %s", str(dropped)
    ) == [(1,)]
    with base.owner() as owner:
        told = owner.execute("select payload ->> 'kept' from fact where name = 'PeopleMerged'").fetchall()
    assert (str(kept),) in told

    act(scope, merging.undo_merge, pair_id=pair_id)
    assert image(district) == before


def test_two_at_one_school_end_as_one_place(base: Any, district: given.District) -> None:
    from jizuo.hubs.organisation.actions import merging

    school = district.schools[0]
    (kept, _link), (dropped, link) = school.pupils
    before = image(district)
    pair_id = pair(district, kept, dropped)
    act(district.scope(), merging.merge, pair_id=pair_id, keep_id=kept)
    assert run(
        district.scope(), "select end_reason from affiliation where id = %s and end_on is not null", link
    ) == [("merged",)]
    act(district.scope(), merging.undo_merge, pair_id=pair_id)
    assert image(district) == before


def test_a_guardian_that_both_had_stays_once_and_comes_back(base: Any, district: given.District) -> None:
    from jizuo.hubs.organisation.actions import merging

    one, two = district.schools
    kept, dropped, adult = one.pupils[0][0], two.pupils[0][0], one.guardians[0][0]
    run(
        district.scope(),
        "insert into guardian_of (id, child_id, guardian_id, relation, is_legal, lives_with, may_pick_up, may_view,"
        " may_sign, gets_notice, is_entrusted, is_no_contact)"
        " values (%s, %s, %s, '52', true, true, true, true, true, true, false, false)",
        new_id(), dropped, adult,
    )  # fmt: skip
    before = image(district)
    pair_id = pair(district, kept, dropped)
    act(district.scope(), merging.merge, pair_id=pair_id, keep_id=kept)
    both = "select count(*) from guardian_of where child_id = %s and guardian_id = %s"
    assert run(district.scope(), both, kept, adult) == [(1,)]
    act(district.scope(), merging.undo_merge, pair_id=pair_id)
    assert image(district) == before


def test_what_cannot_be_merged(base: Any, district: given.District) -> None:
    from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound
    from jizuo.hubs.organisation.actions import merging

    one, two = district.schools
    kept, dropped = one.pupils[0][0], two.pupils[0][0]
    scope = district.scope()
    pair_id = pair(district, kept, dropped)
    with pytest.raises(BadInput):
        act(scope, merging.merge, pair_id=pair_id, keep_id=one.pupils[1][0])
    with pytest.raises(NotFound):
        act(scope, merging.merge, pair_id=new_id(), keep_id=kept)
    with pytest.raises(NotAllowed):
        act(district.scope("district_leader"), merging.merge, pair_id=pair_id, keep_id=kept)
    with pytest.raises(Conflict):
        act(scope, merging.undo_merge, pair_id=pair_id)
    number(district, kept, "id:1", new_id().bytes)
    number(district, dropped, "id:1", new_id().bytes)
    with pytest.raises(BadInput, match="不同的居民身份证"):
        act(scope, merging.merge, pair_id=pair_id, keep_id=kept)
    act(scope, merging.keep_apart, pair_id=pair_id)
    with pytest.raises(Conflict):
        act(scope, merging.merge, pair_id=pair_id, keep_id=kept)


def test_somebody_also_elsewhere_is_left_to_those_who_see_all(base: Any, district: given.District) -> None:
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.organisation.actions import merging

    kept, dropped = district.schools[0].pupils[0][0], district.schools[1].pupils[0][0]
    outside = base.unit("外区小学")
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{outside}}}"])
        owner.execute(
            "insert into affiliation (id, unit_no, person_id, role, is_primary, is_registered, is_present, begin_on, end_reason,"
            " name, sort_key, base_no, sex, local_no, posts, source_id)"
            " values (%s, %s, %s, 'pupil', true, true, true, '2026-09-01', '', '陈', 'c', '1', '', '', '{}', '')",
            [new_id(), outside, dropped],
        )
    with pytest.raises(Conflict, match="管辖以外"):
        act(district.scope(), merging.merge, pair_id=pair(district, kept, dropped), keep_id=kept)


def test_the_page_shows_both_and_merges(base: Any, district: given.District) -> None:
    kept, dropped = district.schools[0].pupils[0][0], district.schools[1].pupils[0][0]
    pair_id = pair(district, kept, dropped)
    account = base.account()
    client = base.client(account)
    address = f"/as/{base.grant(account, district.unit_no, 'district_steward')}/same-people"
    text = client.get(address).content.decode()
    assert "启明第1小学" in text and "启明第2小学" in text and "留左边" in text
    client.post(f"{address}/{pair_id}", {"act": "merge", "keep": str(kept)})
    assert "撤销合并" in client.get(f"{address}?state=merged").content.decode()
    client.post(f"{address}/{pair_id}", {"act": "undo"})
    client.post(f"{address}/{pair_id}", {"act": "apart"})
    assert "没有要比对的" in client.get(address).content.decode()
