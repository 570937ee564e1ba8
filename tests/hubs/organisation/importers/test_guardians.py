"""Guardians of a list."""

from __future__ import annotations

from itertools import count

import pytest

from tests.hubs.organisation.importers.given import rows_of, school, sheet
from tests.hubs.organisation.importers.test_pupils import HEADINGS, number, pupil
from tests.hubs.organisation.walking import clerk, deliver_facts, walk

#: Each test has adults of its own, for the base is shared.
ORDERS = count(301)
PHONE, OTHER_PHONE = "13812345678", "13912345678"
NUMBERED = [*HEADINGS, "监护人一证件号"]
GUARDIANS = "select person_id from affiliation where role = 'guardian' order by person_id"


def numbered(name, local_no, adult, phone, id_number):
    """A row whose guardian, a mother, has a document number."""
    return [*pupil(name, "三（1）班", local_no, "", adult, "母亲", phone), id_number]


def given_elsewhere(base, bureau, id_number):
    """The adult who holds the number: a guardian at another school under the bureau."""
    unit_no = school(base, parent=bureau)
    rows = [NUMBERED, numbered("赵一", "1", "李母", OTHER_PHONE, id_number)]
    walk(base, clerk(base, unit_no), sheet(rows), "生.xlsx", "pupils").apply()
    return rows_of(base, unit_no, GUARDIANS)[0][0]


def news(walked):
    """How many rows of each dataset a batch calls new."""
    return {name: held["new"] for name, held in walked.batch.counts.items()}


@pytest.mark.parametrize(
    ("relation", "sex"), [("51", "1"), ("63", "1"), ("52", "2"), ("62", "2"), ("97", ""), ("", "")]
)
def test_the_sex_that_a_relation_tells(base, relation, sex):
    from jizuo.hubs.organisation.importers.guardians import sex_of

    assert sex_of(relation) == sex


def test_a_teacher_who_is_a_parent_is_one_person(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    walk(
        base, scope, sheet([["姓名", "工号", "手机"], ["李母", "1", "13812345678"]]), "师.xlsx", "staff"
    ).apply()
    rows = [HEADINGS, pupil("李一", "三（1）班", "1", "", "李母", "母亲", "13812345678")]
    walk(base, scope, sheet(rows), "生.xlsx", "pupils").apply()
    assert rows_of(
        base, unit_no, "select count(distinct person_id), count(*) from affiliation where name = '李母'"
    ) == [(1, 2)]


def test_a_new_phone_changes_the_guardian_and_makes_no_second_one(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    first = [HEADINGS, pupil("李一", "三（1）班", "1", "", "李母", "母亲", "13812345678")]
    walk(base, scope, sheet(first), "甲.xlsx", "pupils").apply()
    second = [HEADINGS, pupil("李一", "三（1）班", "1", "", "李母", "母亲", "13912345678")]
    walked = walk(base, scope, sheet(second), "乙.xlsx", "pupils")
    (change,) = walked.changes()
    assert change.verdict == "changed"
    walked.apply()
    assert rows_of(base, unit_no, "select phone from person where name = '李母'") == [("13912345678",)]


def test_a_grandparent_signs_nothing_unless_the_list_says_guardian(base):
    unit_no = school(base)
    rows = [["姓名", "班级", "成员1姓名", "成员1关系", "成员1是否监护人"],
            ["李一", "三（1）班", "李祖", "祖父", "否"], ["李二", "三（1）班", "李公", "外祖父", "是"]]  # fmt: skip
    walk(base, clerk(base, unit_no), sheet(rows), "甲.xlsx", "pupils").apply()
    found = rows_of(
        base, unit_no, "select relation, is_legal, may_sign, may_view from guardian_of order by relation"
    )
    assert found == [("61", False, False, True), ("63", True, True, True)]


@pytest.mark.parametrize("is_held", [True, False])
def test_a_known_guardian_stays_who_she_is_whoever_holds_her_number(base, is_held):
    """Whether another unit knows the number shows in no count, before or after; the unit above learns of it. The twin
    is the number that is free: it lands."""
    bureau, mother = base.unit("教育局", kind="bureau"), number("1988-03-04", next(ORDERS))
    holder = given_elsewhere(base, bureau, mother) if is_held else None
    unit_no = school(base, parent=bureau)
    scope = clerk(base, unit_no)
    first = [HEADINGS, pupil("李一", "三（1）班", "1", "", "李母", "母亲", PHONE)]
    walk(base, scope, sheet(first), "甲.xlsx", "pupils").apply()
    known = rows_of(base, unit_no, GUARDIANS)
    rows = [NUMBERED, numbered("李二", "2", "李母", "", mother), numbered("李一", "1", "李母", PHONE, mother)]
    walked = walk(base, scope, sheet(rows), "乙.xlsx", "pupils")
    once = {"person": 1, "affiliation": 1, "pupil": 1, "person_identifier": 1, "guardian_of": 1}
    assert news(walked) == once
    walked.apply()
    assert news(walked) == once
    assert rows_of(base, unit_no, GUARDIANS) == known
    assert rows_of(base, unit_no, "select count(*) from person_identifier") == [(int(not is_held),)]
    deliver_facts()
    pair = tuple(sorted((known[0][0], holder))) if holder else ()
    asked = rows_of(base, bureau, "select left_id, right_id, reason from same_person")
    assert asked == ([(*pair, "guardian_number")] if pair else [])
    assert rows_of(base, unit_no, "select count(*) from same_person") == [(0,)]
    again = walk(base, scope, sheet([*rows, pupil("李三", "三（1）班", "3")]), "丙.xlsx", "pupils")
    assert news(again) == dict.fromkeys(once, 0) | {"person": 1, "affiliation": 1, "pupil": 1}


def test_an_adult_of_the_unit_is_known_by_name_and_phone_before_a_holder_elsewhere(base):
    """A second child of a mother who is here already, under a number that another unit holds; another number of hers
    makes the holder another adult."""
    bureau, mother = base.unit("教育局", kind="bureau"), number("1988-03-04", next(ORDERS))
    holder = given_elsewhere(base, bureau, mother)
    for id_number, is_joined in (("", False), (number("1988-03-04", next(ORDERS)), True)):
        unit_no = school(base, parent=bureau)
        scope = clerk(base, unit_no)
        first = [NUMBERED, numbered("李一", "1", "李母", PHONE, id_number)]
        walk(base, scope, sheet(first), "甲.xlsx", "pupils").apply()
        second = [NUMBERED, numbered("李二", "2", "李母", PHONE, mother)]
        walk(base, scope, sheet(second), "乙.xlsx", "pupils").apply()
        assert ((holder,) in rows_of(base, unit_no, GUARDIANS)) is is_joined


def test_a_guardian_under_the_child_s_own_number_is_left_out(base):
    unit_no, child = school(base), number(order=next(ORDERS))
    scope = clerk(base, unit_no)
    first = [HEADINGS, pupil("李一", "三（1）班", "1", child, "李母", "母亲", PHONE)]
    walk(base, scope, sheet(first), "甲.xlsx", "pupils").apply()
    rows = [NUMBERED, [*pupil("李一", "三（1）班", "1", child, "李母", "母亲", OTHER_PHONE), child]]
    assert walk(base, scope, sheet(rows), "乙.xlsx", "pupils").batch.receipt["is_nothing"]


def test_a_corrected_number_that_another_holds_breaks_nothing(base):
    """The mother's number here is wrong and the right one stands elsewhere: hers stays until the district decides."""
    bureau, right = base.unit("教育局", kind="bureau"), number("1988-03-04", next(ORDERS))
    given_elsewhere(base, bureau, right)
    unit_no = school(base, parent=bureau)
    scope = clerk(base, unit_no)
    wrong = [NUMBERED, numbered("李一", "1", "李母", PHONE, number("1988-03-04", next(ORDERS)))]
    walk(base, scope, sheet(wrong), "甲.xlsx", "pupils").apply()
    held = "select person_id, blind from person_identifier"
    before = rows_of(base, unit_no, held)
    mended = sheet([NUMBERED, numbered("李一", "1", "李母", PHONE, right)])
    walked = walk(base, scope, mended, "乙.xlsx", "pupils")
    assert walked.apply().state == "applied"
    assert rows_of(base, unit_no, held) == before
    deliver_facts()
    assert rows_of(base, bureau, "select reason, state from same_person") == [("guardian_number", "open")]
    assert walked.undo().state == "undone"
    assert rows_of(base, unit_no, held) == before
