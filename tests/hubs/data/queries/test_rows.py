"""Rows of any dataset: within reach, masked by grade, page by page, granted dataset by dataset."""

from __future__ import annotations

import pytest

from tests.hubs.data.actions.test_standards import rows_in
from tests.hubs.data.standing import bureau, fresh_name, published, visits


@pytest.fixture
def desk(base):
    desk = bureau(base)
    desk.name = fresh_name()
    published(desk, visits(desk.name))
    rows_in(
        desk, desk.clerks[0], desk.name, [(f"访客{n:02}", "12"[n % 2], "2026-09-01", n) for n in range(25)]
    )
    rows_in(desk, desk.clerks[1], desk.name, [("另校访客", "1", "2026-09-02", 1)])
    return desk


def read(desk, scope, **given):
    from jizuo.hubs.data.queries.rows import rows

    return desk.door(scope, rows, dataset=given.pop("dataset", desk.name), **given)


def where(column, op, value):
    from jizuo.ground.made import Filter

    return Filter(column, op, value)


def test_a_school_reads_its_own_rows_page_by_page(desk):
    mine, twin = desk.clerks
    found, after = [], ""
    while True:
        page = read(
            desk,
            mine,
            columns=["visitor", "people"],
            order_by="people",
            is_descending=True,
            after=after,
            limit=10,
        )
        found += page.rows
        after = page.next
        if not after:
            break
    assert [row["people"] for row in found] == list(range(24, -1, -1))
    assert {row["unit_no"] for row in found} == {mine.unit_no} and set(found[0]) == {
        "id",
        "unit_no",
        "visitor",
        "people",
    }
    assert [row["visitor"] for row in read(desk, twin).rows] == ["另校访客"]
    assert len(read(desk, desk.steward, limit=100).rows) == 26
    few = read(desk, mine, filters=[where("sex", "eq", "2"), where("people", "ge", 20)])
    assert sorted(row["people"] for row in few.rows) == [21, 23]


def test_what_a_role_may_not_see_is_masked_and_answers_no_question(desk):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put

    mine = desk.clerks[0]
    with scopes.use(mine), scopes.open_transaction("test"):
        put(
            dataset=desk.name, columns=("id", "unit_no", "visitor", "came_on", "phone"), source="school",
            rows=[(new_id(), mine.unit_no, "来电", "2026-09-05", "13800001234")],
        )  # fmt: skip
    page = read(desk, mine, filters=[where("visitor", "eq", "来电")])
    assert page.rows[0]["phone"] not in ("", None, "13800001234")
    for given in ({"filters": [where("phone", "eq", "13800001234")]}, {"order_by": "phone"}):
        with pytest.raises(BadInput) as refused:
            read(desk, mine, **given)
        assert "遮盖" in refused.value.problems[0].what


def test_what_is_not_there_is_told_in_words(desk):
    from jizuo.ground.errors import BadInput, NotFound

    mine = desk.clerks[0]
    # The last is the district's business: a school may not know of it.
    for dataset in ("nothing", "person", f"{desk.name}@1", "same_person"):
        with pytest.raises(NotFound):
            read(desk, mine, dataset=dataset)
    for given in (
        {"columns": ["visitr"]}, {"order_by": "nothing"}, {"filters": [where("id; drop", "eq", "1")]},
        {"filters": [where("people", "like", "1")]}, {"limit": 501}, {"after": "x"},
    ):  # fmt: skip
        with pytest.raises(BadInput):
            read(desk, mine, **given)


def test_a_shipped_dataset_is_read_too(desk):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.models import Org

    mine = desk.clerks[0]
    with scopes.use(mine), scopes.open_transaction("test"):
        Org.objects.create(unit_no=mine.unit_no, kind="campus", name="东校区")
    assert [row["name"] for row in read(desk, mine, dataset="org", columns=["name", "kind"]).rows] == [
        "东校区"
    ]
    assert read(desk, desk.clerks[1], dataset="org").rows == []


def test_it_is_granted_dataset_by_dataset(desk):
    from jizuo.ground import doors
    from jizuo.ground.errors import NotAllowed, NotFound

    def override(role, door, is_allowed):
        with desk.base.owner() as owner:
            owner.execute(
                "insert into door_grant (unit_no, role, door, is_allowed, reason) values (%s, %s, %s, %s, '')",
                [desk.schools[0], role, door, is_allowed],
            )
            version = owner.execute(
                "update base_state set version = version + 1 where key = 'grants' returning version"
            ).fetchone()[0]
        doors.note_version(version)

    mine, twin = desk.clerks
    teacher = desk.base.scope(desk.schools[0], "teacher")
    with pytest.raises(NotAllowed):
        read(desk, teacher)
    override("clerk", f"data.rows/{desk.name}", False)
    with pytest.raises(NotFound):
        read(desk, mine)
    assert read(desk, mine, dataset="org") and read(desk, twin).rows
    override("teacher", "data.rows", True)
    with pytest.raises(NotFound):
        read(desk, teacher)
    override("teacher", f"data.rows/{desk.name}", True)
    assert len(read(desk, teacher).rows) == 25
    assert f"data.rows/{desk.name}" in doors.parts() and doors.find_door("data.rows/nothing") is None
