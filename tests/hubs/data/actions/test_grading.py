"""Raising, lowering with two people, scanning drafts and made tables, confirming and refusing."""

from __future__ import annotations

from types import SimpleNamespace

import msgspec
import pytest

from tests.hubs.data.sharing_given import as_


@pytest.fixture(scope="module")
def here(base):
    """Two stewards of one bureau."""
    from jizuo.project import rooms

    rooms.plates()
    bureau = base.unit(kind="bureau")

    def steward(role="district_steward"):
        account = base.account(role)
        grant_no = base.grant(account, bureau, role)
        return base.scope(bureau, role, grant_no=grant_no, account_id=account.pk)

    return SimpleNamespace(base=base, bureau=bureau, first=steward(), second=steward("district_admin"))


@pytest.fixture(autouse=True)
def as_shipped(base):
    yield
    with base.owner() as owner:
        owner.execute("delete from element_grade")
        owner.execute("delete from grade_proposal")
        owner.execute("delete from standard_version")
        owner.execute("update base_state set version = version + 1 where key = 'catalogue'")


def grade_of(scope, dataset, field):
    from jizuo.hubs.data.queries import grading

    (found,) = [
        one for one in as_(scope, grading.element_grades, dataset=dataset, limit=300) if one.field == field
    ]
    return found


def change(scope, **more):
    from jizuo.hubs.data.actions import grading

    told = {"dataset": "pupil", "field": "class_roll_no", "grade": 4, "reason": "按市里要求"}
    return as_(scope, grading.set_grade, **(told | more))


def test_a_raise_holds_at_once(here):
    assert change(here.first) == "done"
    found = grade_of(here.first, "pupil", "class_roll_no")
    assert (found.grade, found.shipped_grade, found.reason) == (4, 2, "按市里要求")


def test_lowering_wants_another_person(here):
    from jizuo.ground.errors import NotAllowed
    from jizuo.hubs.data.actions import grading
    from jizuo.hubs.data.queries import grading as queries

    assert change(here.first, field="attendance", grade=2) == "waiting"
    assert grade_of(here.first, "pupil", "attendance").grade == 3
    assert grade_of(here.first, "pupil", "attendance").waiting == 2
    (own,) = as_(here.first, queries.grade_proposals)
    (told,) = as_(here.second, queries.grade_proposals)
    assert not own.may_settle and told.may_settle
    with pytest.raises(NotAllowed):
        as_(here.first, grading.settle_grade, proposal_id=own.proposal_id, is_confirmed=True)
    as_(here.second, grading.settle_grade, proposal_id=own.proposal_id, is_confirmed=True)
    assert grade_of(here.first, "pupil", "attendance").grade == 2


def test_taking_a_kind_away_is_lowering(here):
    assert change(here.first, field="allergy", grade=5, nature="") == "waiting"
    assert change(here.first, field="allergy", grade=5, nature="health") == "done"


def test_a_refusal_wants_a_reason_and_one_answer(here):
    from jizuo.ground.errors import BadInput, Conflict, NotFound
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions import grading
    from jizuo.hubs.data.queries import grading as queries

    change(here.first, field="attendance", grade=1)
    (one,) = as_(here.second, queries.grade_proposals)
    with pytest.raises(BadInput):
        as_(here.second, grading.settle_grade, proposal_id=one.proposal_id, is_confirmed=False)
    as_(here.second, grading.settle_grade, proposal_id=one.proposal_id, is_confirmed=False, reason="不能公开")
    with pytest.raises(Conflict):
        as_(here.second, grading.settle_grade, proposal_id=one.proposal_id, is_confirmed=True)
    with pytest.raises(NotFound):
        as_(here.second, grading.settle_grade, proposal_id=new_id(), is_confirmed=True)
    assert grade_of(here.first, "pupil", "attendance").grade == 3


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"grade": 6}, "grade"),
        ({"nature": "x"}, "nature"),
        ({"category": "x"}, "category"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_is_wrong_is_named(here, more, where):
    from jizuo.ground.errors import BadInput

    with pytest.raises(BadInput) as caught:
        change(here.first, **more)
    assert [problem.where for problem in caught.value.problems] == [where]


def test_a_document_number_stays_sensitive(here):
    from jizuo.ground.errors import BadInput, NotFound
    from jizuo.hubs.data import datasets

    sealed = next(
        key for key, one in datasets.get("person_identifier").fields.items() if one.kind == "sealed"
    )
    with pytest.raises(BadInput):
        change(here.first, dataset="person_identifier", field=sealed, grade=3)
    for told in ({"dataset": "nothing"}, {"field": "nothing"}):
        with pytest.raises(NotFound):
            change(here.first, **told)


def draft(here, elements):
    from jizuo.ground.ids import new_id

    version_id = new_id()
    body = {"name": "club_member", "title": "社团成员", "elements": elements}
    with here.base.owner() as owner:
        owner.execute(
            "insert into standard_version (id, name, major, minor, state, title, body, notes) values (%s, 'club_member', 1,"
            " 0, 'draft', '社团成员', %s, '')",
            [version_id, msgspec.json.encode(body).decode()],
        )
    return version_id


def trial(here, version_id, rows):
    from jizuo.ground.ids import new_id

    with here.base.owner() as owner, owner.transaction():
        owner.execute("select set_config('app.units', %s, true)", [f"{{{here.bureau}}}"])
        for row_no, cells in enumerate(rows):
            owner.execute(
                "insert into trial_row (id, unit_no, version_id, row_no, cells) values (%s, %s, %s, %s, %s)",
                [new_id(), here.bureau, version_id, row_no, msgspec.json.encode(cells).decode()],
            )


def test_the_scan_proposes_for_drafts_and_a_person_decides(here):
    from jizuo.hubs.data.actions import grading
    from jizuo.hubs.data.queries import grading as queries

    version_id = draft(
        here,
        [
            {"key": "club", "title": "社团名称", "length": 40, "grade": 1},
            {"key": "member", "title": "姓名", "length": 40, "grade": 2},
            {"key": "note", "title": "备注", "length": 40},
            {"key": "mark", "title": "考核成绩", "type": "integer"},
        ],
    )
    trial(here, version_id, [{"备注": "13812345678"}, {"备注": "13912345678"}])
    assert as_(here.first, grading.scan_grades, dataset="club_member") == 3
    assert as_(here.first, grading.scan_grades, dataset="club_member") == 0, "nothing new"
    found = {one.field: one for one in as_(here.first, queries.grade_proposals)}
    assert (found["member"].grade, found["member"].kind) == (3, "name")
    assert (found["note"].grade, found["note"].kind) == (4, "phone") and "138" not in found["note"].why
    assert found["mark"].nature == "score" and found["mark"].held is None
    as_(here.first, grading.settle_grade, proposal_id=found["note"].proposal_id, is_confirmed=True)
    as_(
        here.first, grading.settle_grade, proposal_id=found["mark"].proposal_id, is_confirmed=False, reason="是社团星级"
    )  # fmt: skip
    assert as_(here.first, grading.scan_grades, dataset="club_member") == 1, "the refused one stays away"
    with here.base.owner() as owner:
        rows = owner.execute("select field, grade, kind from element_grade").fetchall()
    assert rows == [("note", 4, "phone")]
