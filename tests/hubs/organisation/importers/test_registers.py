"""The two registers' exports over the walk: what they own, whom they list."""

from __future__ import annotations

import pytest

from jizuo.plain.demo.district import make
from jizuo.plain.demo.workbooks import pupil_register, pupils, staff, staff_register
from jizuo.plain.idnumber import make_roll_number
from tests.hubs.organisation.importers import given
from tests.hubs.organisation.importers.given import district, rows_of, school, sheet, unit_named
from tests.hubs.organisation.importers.test_pupils import number
from tests.hubs.organisation.walking import clerk, deliver_facts, walk


def test_the_school_s_list_and_the_register_s_export_meet_in_the_same_people(base, monkeypatch):
    # People of its own: other tests of this worker bring the usual district to other schools of the same base.
    own = make("small", seed=2031)
    monkeypatch.setattr(given, "district", lambda: own)
    unit_no = school(base)
    scope = clerk(base, unit_no)
    unit = given.unit_named("启明小学")
    walk(base, scope, pupils(own, unit), "校.xlsx", "pupils").apply()
    register = pupil_register(own, unit)
    walked = walk(base, scope, register, "籍.xlsx", "pupil_register", source="register", is_full=True)
    assert walked.state == "ready", [(p.code, p.column, p.value) for p in walked.problems("error")]
    counts = walked.batch.counts
    assert counts["pupil"]["new"] == 0
    assert counts["affiliation"]["new"] == 0
    assert counts["affiliation"]["gone"] == 0
    walked.apply()
    owned = rows_of(
        base,
        unit_no,
        "select count(*) from pupil where held_by ->> 'entry_way' = 'register' and held_by ->> 'household_kind' = 'register'",
    )
    listed = [own.pupils[number] for number in unit.pupils]
    assert owned == [(sum(bool(one.entry_way and one.household) for one in listed),)]
    borrowed = rows_of(
        base, unit_no, "select count(*) from affiliation where role = 'pupil' and not is_registered"
    )
    assert borrowed == [(sum(one.attend == unit.id != one.unit for one in own.pupils),)]
    again = walk(base, scope, register, "再.xlsx", "pupil_register", source="register", is_full=True)
    assert again.batch.receipt["is_nothing"], again.changes()[:3]


def test_the_register_ends_only_whom_it_had_registered(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    listed = [["姓名", "班级", "学籍号", "备注"],
              ["王一", "三（1）班", make_roll_number(number("2018-03-04", 1)), ""],
              ["王二", "三（1）班", make_roll_number(number("2018-03-04", 2)), ""],
              ["王三", "三（1）班", make_roll_number(number("2018-03-04", 3)), "借读，学籍在外省"]]  # fmt: skip
    walk(base, scope, sheet(listed), "校.xlsx", "pupils").apply()
    export = [
        ["学籍号", "姓名", "年级", "班级", "是否学籍在读一致"],
        [listed[1][2], "王一", "三年级", "1班", "否"],
    ]
    walk(base, scope, sheet(export), "籍.xlsx", "pupil_register", source="register", is_full=True).apply()
    found = rows_of(
        base, unit_no, "select name, is_registered, is_present, end_on is null from affiliation order by name"
    )
    # 在读 is the school's to say; it had said so.
    assert sorted(found) == sorted(
        [("王一", True, True, True), ("王三", False, True, True), ("王二", True, True, False)]
    )


def test_staff_of_the_register_are_those_of_the_school(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    unit = unit_named("启明小学")
    walk(base, scope, staff(district(), unit), "校.xlsx", "staff").apply()
    posts = rows_of(base, unit_no, "select local_no, posts from affiliation order by 1")
    walked = walk(
        base,
        scope,
        staff_register(district(), unit),
        "师.xlsx",
        "staff_register",
        source="register",
        is_full=True,
    )
    assert walked.batch.counts["affiliation"] == {"new": 0, "changed": 0, "same": len(posts), "gone": 0}
    walked.apply()
    assert rows_of(base, unit_no, "select local_no, posts from affiliation order by 1") == posts


@pytest.mark.parametrize("importer", ["pupil_register", "staff_register"])
def test_an_export_is_landed_as_the_register_s_word(base, importer):
    unit_no = school(base)
    content = sheet([["姓名", "年级", "班级", "学籍号"], ["王一", "三年级", "1班", ""]])
    walked = walk(base, clerk(base, unit_no), content, "籍.xlsx", importer)
    assert walked.state == "failed"
    assert "register" in walked.batch.error


def test_rows_of_another_school_are_refused(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put

    unit_no = base.unit("启明小学")
    with scopes.use(scopes.base_scope((unit_no,))), scopes.open_transaction("given"):
        put(
            dataset="school", columns=("id", "unit_no", "scheme", "identifier"),
            rows=[(new_id(), unit_no, "5", "3100000001")], source="school",
        )  # fmt: skip
    content = sheet(
        [["学校标识码", "姓名", "身份证件号"], ["3100000001", "王一", ""], ["3100000002", "王二", ""]]
    )
    walked = walk(base, clerk(base, unit_no), content, "师.xlsx", "staff_register", source="register")
    assert [(p.code, p.row_no, p.column) for p in walked.problems("error")] == [("other_school", 3, "A")]


def test_what_the_register_does_not_say_the_school_may(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    roll = "J33992220180304001X"
    export = [["学籍辅号", "姓名", "年级", "班级", "民族"], [roll, "王一", "三年级", "1班", ""]]
    walk(base, scope, sheet(export), "籍.xlsx", "pupil_register", source="register").apply()
    walk(
        base, scope, sheet([["姓名", "班级", "民族"], ["王一", "三（1）班", "回族"]]), "校.xlsx", "pupils"
    ).apply()
    assert rows_of(base, unit_no, "select name, ethnic from person") == [("王一", "03")]


def test_the_same_people_in_another_unit_plan_nobody_twice(base):
    """The whole school stands in another unit of the base under the same numbers: the list and the export of this
    school still meet in the same people."""
    other = school(base)
    unit = unit_named("启明小学")
    content, register = pupils(district(), unit), pupil_register(district(), unit)
    walk(base, clerk(base, other), content, "校.xlsx", "pupils").apply()
    unit_no = school(base)
    scope = clerk(base, unit_no)
    walk(base, scope, content, "校.xlsx", "pupils").apply()
    walked = walk(base, scope, register, "籍.xlsx", "pupil_register", source="register", is_full=True)
    assert walked.batch.counts["affiliation"]["new"] == 0, walked.batch.counts
    assert walked.batch.counts["affiliation"]["gone"] == 0
    assert walked.batch.counts["pupil"]["new"] == 0


def test_guardians_whose_numbers_stand_in_another_unit_are_planned_once(base, monkeypatch):
    """The register of the same people stands in another unit first, with the guardians' document numbers; this
    school's list has none. Its export names the guardians whom the list brought, and brings nobody."""
    own = make("small", seed=2033)
    monkeypatch.setattr(given, "district", lambda: own)
    unit = given.unit_named("启明小学")
    content, register = pupils(own, unit), pupil_register(own, unit)
    bureau = base.unit("教育局", kind="bureau")
    other = school(base, parent=bureau)
    walk(base, clerk(base, other), register, "籍.xlsx", "pupil_register", source="register").apply()
    unit_no = school(base, parent=bureau)
    scope = clerk(base, unit_no)
    walk(base, scope, content, "校.xlsx", "pupils").apply()
    walked = walk(base, scope, register, "籍.xlsx", "pupil_register", source="register", is_full=True)
    counts = walked.batch.counts
    assert counts["affiliation"]["new"] == counts["person"]["new"] == counts["guardian_of"]["new"] == 0
    assert counts["pupil"]["new"] == counts["affiliation"]["gone"] == 0
    numbers = counts["person_identifier"]["new"]
    assert numbers > 500
    walked.apply()
    deliver_facts()
    in_question = "select count(*) from same_person where reason = 'guardian_number' and state = 'open'"
    assert rows_of(base, bureau, in_question) == [(numbers,)]
    assert rows_of(base, unit_no, in_question) == [(0,)]
    # As other bytes, so that it is compared.
    again = walk(base, scope, register + b"\0", "再.xlsx", "pupil_register", source="register", is_full=True)
    assert again.batch.receipt["is_nothing"], again.batch.counts


def test_undoing_the_import_opens_what_it_had_closed(base):
    """A leaver's transfer and a leave close by the register's export; undone, both are where they were, the leaver is
    in the list again and the other attends. Brought in again, both close again."""
    from datetime import timedelta

    from jizuo.ground import acting
    from jizuo.hubs.organisation.actions import moving
    from jizuo.project import rooms
    from tests.hubs.organisation.actions.test_turning import act

    rooms.plates()
    unit_no = school(base)
    scope = clerk(base, unit_no)
    account = base.account()
    head = base.scope(unit_no, "head", grant_no=base.grant(account, unit_no, "head"), account_id=account.pk)
    one, two = (make_roll_number(number("2018-03-04", order)) for order in (11, 12))
    listed = [["姓名", "班级", "学籍号"], ["王一", "三（1）班", one], ["王二", "三（1）班", two]]
    first = [["学籍号", "姓名", "年级", "班级", "学籍状态"], [one, "王一", "三年级", "1班", "正常"],
             [two, "王二", "三年级", "1班", "正常"]]  # fmt: skip
    walk(base, scope, sheet(listed), "校.xlsx", "pupils").apply()
    walk(base, scope, sheet(first), "籍.xlsx", "pupil_register", source="register", is_full=True).apply()
    deliver_facts()
    link = dict(rows_of(base, unit_no, "select name, id from affiliation where role = 'pupil'"))
    today, ahead = scope.today, acting.today() + timedelta(days=9)
    gone = act(scope, moving.ask_movement, kind="transfer_out", effect_on=today, reason="搬家",
               affiliation_id=link["王二"], other_text="江北区实验小学")  # fmt: skip
    leave = act(scope, moving.ask_movement, kind="suspend", effect_on=ahead, reason="因病",
                until_on=ahead + timedelta(days=90), affiliation_id=link["王一"])  # fmt: skip
    for movement_id in (gone, leave):
        act(head, moving.step_movement, movement_id=movement_id, to="agreed")
    papers = ["asked", "contact"]
    act(scope, moving.note_papers, movement_id=gone, papers=papers)
    act(scope, moving.step_movement, movement_id=gone, to="sent")
    states = "select kind, state, closed_by, done_at is not null from movement order by kind"
    people = "select name, is_present, end_on is null, end_reason from affiliation where role = 'pupil' order by name"
    before = rows_of(base, unit_no, states), rows_of(base, unit_no, people)
    assert [row[1] for row in before[0]] == ["agreed", "sent"]

    later = [["学籍号", "姓名", "年级", "班级", "学籍状态"], [one, "王一", "三年级", "1班", "休学"]]
    for _time in range(2):
        walked = walk(
            base, scope, sheet(later), "籍二.xlsx", "pupil_register", source="register", is_full=True
        )
        walked.apply()
        assert walked.state == "applied", (walked.batch, walked.problems("error"))
        deliver_facts()
        assert [row[1:3] for row in rows_of(base, unit_no, states)] == [("closed", "register")] * 2
        assert rows_of(base, unit_no, people) == [("王一", False, True, ""), ("王二", False, False, "27")]
        walked.undo()
        deliver_facts()
        assert (rows_of(base, unit_no, states), rows_of(base, unit_no, people)) == before
    notes = rows_of(base, unit_no, "select note from movement_step where was = 'closed'")
    assert notes == [("学籍导入已撤销",)] * 4
