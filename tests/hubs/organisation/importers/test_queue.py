"""The district's queue of people who may be one."""

from __future__ import annotations

from itertools import count

import pytest

from jizuo.ground import scope as scopes
from tests.hubs.organisation.importers.given import rows_of, school, sheet
from tests.hubs.organisation.importers.test_pupils import HEADINGS, number, pupil
from tests.hubs.organisation.walking import clerk, deliver_facts, load_plates, walk

#: Each test brings a child of its own, for the base is shared.
ORDERS = count(201)


def test_news_land_once_with_the_bureau_or_with_the_unit_itself(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.organisation.importers import queue

    load_plates()
    bureau = base.unit("教育局", kind="bureau")
    under, alone = base.unit(parent=bureau), base.unit()
    left, right = sorted((str(new_id()), str(new_id())))
    for unit_no in (under, alone):
        with scopes.use(base.scope(unit_no)), scopes.open_transaction("given"):
            queue.tell_may_be_one(unit_no, right, left, new_id(), "same_name")
            queue.tell_may_be_one(unit_no, left, right, new_id(), "same_name")
    deliver_facts()
    for unit_no in (bureau, alone):
        assert rows_of(base, unit_no, "select left_id::text, right_id::text, state from same_person") == [
            (left, right, "open")
        ]
    assert rows_of(base, under, "select count(*) from same_person") == [(0,)]


def test_a_branch_of_a_school_asks_the_bureau_above_the_school(base):
    from jizuo.hubs.organisation.importers import queue

    city = base.unit("市教育局", kind="bureau")
    bureau = base.unit("区教育局", kind="bureau", parent=city)
    head = base.unit("总校", parent=bureau)
    alone = base.unit("独立总校")
    homes = {
        base.unit("分校", parent=head): bureau,
        base.unit("独立分校", parent=alone): alone,
        head: bureau,
        bureau: city,
        city: city,
        alone: alone,
    }
    for unit_no, home in homes.items():
        with scopes.use(base.scope(unit_no)), scopes.open_transaction("given"):
            assert queue.queue_unit(unit_no) == home


PHONE, OTHER_PHONE = "13812345678", "13912345678"
#: Without the note that the child's number came again.
QUESTIONS = "select left_id, right_id, reason, state from same_person where left_id <> right_id"


def bring(base, unit_no, *rows):
    """One school's list goes in, and the news of it reach their handlers."""
    walk(base, clerk(base, unit_no), sheet([HEADINGS, *rows]), "生.xlsx", "pupils").apply()
    deliver_facts()


def two_schools(base):
    """(bureau, one school, another) with the classes of 启明小学."""
    bureau = base.unit("教育局", kind="bureau")
    return bureau, school(base, parent=bureau), school(base, parent=bureau)


def in_reach(base, units, sql, *values):
    """Rows as a role of the bureau above `units` reads them."""
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [scopes.units_text(units)])
        return owner.execute(sql, list(values)).fetchall()


def adults(base, unit_no):
    return rows_of(base, unit_no, "select person_id from affiliation where role = 'guardian'")


def seen(base, unit_no):
    """Everything of people that a unit can read."""
    return [
        sorted(map(str, rows_of(base, unit_no, f"select {columns} from {table}")))
        for table, columns in (
            ("person", "id, name, phone"), ("affiliation", "id, person_id"), ("person_identifier", "id, person_id"),
            ("same_person", "id"), ("batch", "id, counts"), ("batch_change", "id"),
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("there", "here", "reasons"),
    [
        (("李母", "母亲", PHONE), ("李母", "母亲", OTHER_PHONE), ["guardian_of_one_child"]),
        (("李母", "母亲", PHONE), ("李母", "其他", PHONE), ["guardian_of_one_child"]),
        (("李母", "母亲", ""), ("李母", "", ""), ["guardian_of_one_child"]),
        (("李母", "母亲", PHONE), ("李父", "父亲", PHONE), []),
        (("李母", "母亲", PHONE), ("王母", "母亲", OTHER_PHONE), []),
    ],
)
def test_the_guardian_of_one_child_at_two_schools_is_asked_about(base, there, here, reasons):
    bureau, one, two = two_schools(base)
    child = number(order=next(ORDERS))
    bring(base, one, pupil("李一", "三（1）班", "1", child, *there))
    bring(base, two, pupil("李一", "三（1）班", "1", child, *here))
    (left,), (right,) = sorted(adults(base, one) + adults(base, two))
    found = rows_of(base, bureau, QUESTIONS)
    assert [row[:2] for row in found] == [(left, right)] * len(reasons)
    assert [row[2:] for row in found] == [(reason, "open") for reason in reasons]
    # The child's two ties are what the district sees twice, and both of them are in question.
    ties = in_reach(base, (bureau, one, two), "select count(*) from guardian_of")
    assert ties == [(2,)]


@pytest.mark.parametrize(
    ("here", "is_asked"),
    [
        (("李母", "母亲", PHONE), True),
        (("李母", "继母", PHONE), True),
        (("李母", "母亲", OTHER_PHONE), False),
        (("李母", "母亲", ""), False),
        (("王母", "母亲", PHONE), False),
    ],
)
def test_the_guardian_of_two_children_at_two_schools_is_asked_about(base, here, is_asked):
    bureau, one, two = two_schools(base)
    bring(base, one, pupil("李一", "三（1）班", "1", "", "李母", "母亲", PHONE))
    bring(base, two, pupil("李二", "三（1）班", "1", "", *here))
    pair = tuple(sorted(one[0] for one in adults(base, one) + adults(base, two)))
    asked = [(*pair, "guardian_name_phone", "open")] if is_asked else []
    assert rows_of(base, bureau, QUESTIONS) == asked


def test_a_school_sees_the_same_whether_another_knows_the_guardian(base):
    """The second school reads the same rows of the same shape, in the import and after it, beside a school that knows
    the guardian and beside one that does not; neither ever reads the question. Its twin is the district."""
    told = {}
    for name in ("李母", "赵母"):
        bureau, one, two = two_schools(base)
        bring(base, one, pupil("李一", "三（1）班", "1", "", name, "母亲", PHONE))
        before = seen(base, one)
        bring(base, two, pupil("李二", "三（1）班", "1", "", "李母", "母亲", PHONE))
        assert seen(base, one) == before
        told[name] = [
            rows_of(base, two, "select name, phone, batch_id is null from person order by name"),
            rows_of(base, two, "select role, name from affiliation order by role"),
            rows_of(base, two, "select counts, receipt - 'marks' - 'raw_sha256' from batch where state = 'applied'"),
            rows_of(base, two, "select count(*) from same_person"),
            rows_of(base, two, "select count(*) from guardian_of"),
        ]  # fmt: skip
        assert rows_of(base, bureau, "select count(*) from same_person") == [(int(name == "李母"),)]
        strangers = [row[0] for row in adults(base, one)]
        assert rows_of(base, two, "select 1 from person where id = any(%s)", strangers) == []
        assert in_reach(base, (bureau, one, two), "select 1 from person where id = any(%s)", strangers) == [
            (1,)
        ]
    assert told["李母"] == told["赵母"]


def test_a_bureau_looks_in_its_own_reach_only(base):
    _bureau, one, _two = two_schools(base)
    other_bureau, other, _last = two_schools(base)
    bring(base, one, pupil("李一", "三（1）班", "1", "", "李母", "母亲", PHONE))
    bring(base, other, pupil("李二", "三（1）班", "1", "", "李母", "母亲", PHONE))
    assert rows_of(base, other_bureau, "select count(*) from same_person") == [(0,)]


def test_two_documents_of_one_kind_are_two_people(base):
    bureau, one, two = two_schools(base)
    heads = [*HEADINGS, "监护人一证件号"]
    for unit_no, order in ((one, next(ORDERS)), (two, next(ORDERS))):
        rows = [
            heads,
            [*pupil("李一", "三（1）班", "1", "", "李母", "母亲", PHONE), number("1988-03-04", order)],
        ]
        walk(base, clerk(base, unit_no), sheet(rows), "生.xlsx", "pupils").apply()
    deliver_facts()
    assert in_reach(base, (bureau, one, two), "select count(*) from person where name = '李母'") == [(2,)]
    assert rows_of(base, bureau, "select count(*) from same_person") == [(0,)]


def test_what_the_district_decided_is_not_asked_again(base):
    """Kept apart stays apart when the list comes again with another phone; merged, the guardian is one and the school's
    list changes nothing more."""
    from jizuo.hubs.organisation.actions import merging

    bureau, one, two = two_schools(base)
    child = number(order=next(ORDERS))
    mother = ("李母", "母亲", PHONE)
    bring(base, one, pupil("李一", "三（1）班", "1", child, *mother))
    bring(base, two, pupil("李一", "三（1）班", "1", child, *mother))
    account = base.account("区管")
    grant_no = base.grant(account, bureau, "district_steward")
    steward = base.scope(bureau, "district_steward", grant_no=grant_no)
    with scopes.use(steward):
        (pair,), _more, _count = merging.pair_list()
        assert {pair.left.name, pair.right.name} == {"李母"}
        merging.keep_apart(pair_id=pair.pair_id)
    bring(base, two, pupil("李一", "三（1）班", "1", child, "李母", "母亲", OTHER_PHONE))
    assert [row[3] for row in rows_of(base, bureau, QUESTIONS)] == ["apart"]


def test_a_merged_guardian_is_found_by_the_next_list(base):
    from jizuo.hubs.organisation.actions import merging

    bureau, one, two = two_schools(base)
    child = number(order=next(ORDERS))
    mother = ("李母", "母亲", PHONE)
    bring(base, one, pupil("李一", "三（1）班", "1", child, *mother))
    bring(base, two, pupil("李一", "三（1）班", "1", child, *mother))
    grant_no = base.grant(base.account("区管"), bureau, "district_steward")
    steward = base.scope(bureau, "district_steward", grant_no=grant_no)
    with scopes.use(steward):
        (pair,), _more, _count = merging.pair_list()
        merging.merge(pair_id=pair.pair_id, keep_id=pair.left_id)
    assert adults(base, one) == adults(base, two) == [(pair.left_id,)]
    assert in_reach(base, (bureau, one, two), "select count(*) from guardian_of") == [(1,)]
    again = walk(
        base,
        clerk(base, two),
        sheet([HEADINGS, pupil("李一", "三（1）班", "1", child, *mother)]),
        "再.xlsx",
        "pupils",
    )
    assert again.batch.receipt["is_nothing"], again.batch.counts


def test_guardians_of_a_oneroster_zip_are_asked_about(base):
    """The zip of a bureau brings 周母 to two schools under one phone; its twin has another phone in each."""
    from jizuo.project import rooms
    from tests.hubs.organisation.importers.rosters import roster
    from tests.hubs.organisation.importers.test_oneroster import District

    rooms.plates()
    for phones, asked in (((PHONE, PHONE), 1), ((PHONE, OTHER_PHONE), 0)):
        district, rows = District(base), roster()
        for place, phone in enumerate(phones):
            mother = next(row for row in rows["users"] if row["sourcedId"] == f"m{place}")
            mother["sms"] = phone
        district.apply(rows, options={"open_units": True})
        deliver_facts()
        found = rows_of(base, district.bureau, "select reason, state from same_person")
        assert found == [("guardian_name_phone", "open")] * asked


def test_a_guardian_bound_by_hand_is_asked_about(base):
    """The child goes to two schools; the one knows her mother, at the other a mother of that name is bound."""
    from jizuo.ground import acting
    from jizuo.ground.ids import new_id
    from jizuo.hubs.organisation.actions import guardians

    bureau, one, two = two_schools(base)
    child = number(order=next(ORDERS))
    bring(base, one, pupil("李一", "三（1）班", "1", child, "李母", "母亲", PHONE))
    bring(base, two, pupil("李一", "三（1）班", "1", child, "", "", ""))
    ((child_id,),) = rows_of(base, two, "select person_id from affiliation where role = 'pupil'")
    for name, asked in (("王母", 0), ("李母", 1)):
        with scopes.use(acting.base_job_scope(two)):
            guardians.bind_guardian(
                unit_no=two, child_person_id=child_id, guardian_person_id=new_id(), name=name, relation="52"
            )
        deliver_facts()
        assert rows_of(base, bureau, "select count(*) from same_person where state = 'open'") == [(asked,)]
