"""Numbers on their way to their people: one holder each in the whole base, and a question where two could be."""

from __future__ import annotations

import pytest

from jizuo.plain.idnumber import make_roll_number
from tests.hubs.organisation.importers.given import rows_of, school, sheet
from tests.hubs.organisation.importers.test_pupils import number
from tests.hubs.organisation.walking import clerk, deliver_facts, walk

pytestmark = pytest.mark.usefixtures("base")

HEADINGS = ["姓名", "班级", "身份证号", "学籍号"]
DOCUMENT, ROLL = ("id:1", b"document"), ("roll", b"roll")


@pytest.mark.parametrize(
    ("holders", "reasons"),
    [
        ({}, {}),
        ({DOCUMENT: "p"}, {}),
        ({DOCUMENT: "p", ROLL: "p"}, {}),
        ({DOCUMENT: "p", ROLL: "q"}, {"q": "two_numbers"}),
        ({ROLL: "q"}, {"q": "number_of_another"}),
        ({DOCUMENT: "q", ROLL: "r"}, {"q": "number_of_another", "r": "number_of_another"}),
    ],
)
def test_who_else_a_row_may_be(holders, reasons):
    from jizuo.hubs.organisation.importers import identifiers

    row = {"id_key": "id:1", "id_blind": b"document", "roll_blind": b"roll"}
    assert identifiers.others(row, "p", holders) == reasons


def test_a_number_that_somebody_has_taken_meanwhile_is_looked_at_again(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import Conflict
    from jizuo.ground.ids import new_id
    from jizuo.hubs.organisation.importers import identifiers
    from jizuo.hubs.organisation.importers.numbers import blind

    _bureau, unit_no, _scope, numbers = two_pupils(base, "2018-04-04")
    taken = ("roll", blind("roll", numbers[0][1]))
    free = ("roll", blind("roll", make_roll_number(number("2018-04-04", 5))))
    with scopes.use(base.scope(unit_no)), scopes.open_transaction("given"):
        identifiers.refuse_taken({free: str(new_id())})
        with pytest.raises(Conflict):
            identifiers.refuse_taken({taken: str(new_id()), free: str(new_id())})


def two_pupils(base, day):
    """(bureau, school, scope of its clerk, numbers): two pupils who hold a document and a 学籍号 each. day: of this test
    alone, for the base is shared."""
    bureau = base.unit("教育局", kind="bureau")
    unit_no = school(base, parent=bureau)
    scope = clerk(base, unit_no)
    numbers = [(number(day, order), make_roll_number(number(day, order))) for order in (1, 3)]
    told = [["王一", "三（1）班", *numbers[0]], ["李二", "三（1）班", *numbers[1]]]
    walk(base, scope, sheet([HEADINGS, *told]), "甲.xlsx", "pupils").apply()
    return bureau, unit_no, scope, numbers


def held_by(base, unit_no):
    return rows_of(
        base, unit_no,
        "select p.name, i.kind, i.id from person_identifier i join person p on p.id = i.person_id"
        " where p.id in (select person_id from affiliation where unit_no = %s) order by 1, 2, 3", unit_no,
    )  # fmt: skip


QUESTIONS = "select reason, state from same_person where left_id <> right_id order by 1"


def test_a_row_with_the_numbers_of_two_pupils_moves_neither_and_asks(base):
    bureau, unit_no, scope, numbers = two_pupils(base, "2018-04-01")
    before = held_by(base, unit_no)
    content = sheet([HEADINGS, ["王一", "三（1）班", numbers[0][0], numbers[1][1]]])
    walked = walk(base, scope, content, "乙.xlsx", "pupils")
    assert walked.apply().state == "applied", walked.batch.error
    assert held_by(base, unit_no) == before
    deliver_facts()
    assert rows_of(base, bureau, QUESTIONS) == [("two_numbers", "open")]
    # Once it is asked the row says nothing new. As other bytes, so that it is compared.
    again = walk(base, scope, content + b"\0", "丙.xlsx", "pupils")
    assert again.batch.receipt["is_nothing"], again.batch.counts


def test_a_number_of_a_pupil_on_another_row_stays_hers_and_is_asked_about(base):
    bureau, unit_no, scope, numbers = two_pupils(base, "2018-04-02")
    before = held_by(base, unit_no)
    rows = [["王一", "三（1）班", numbers[0][0], ""], ["赵三", "三（1）班", "", numbers[0][1]]]
    walked = walk(base, scope, sheet([HEADINGS, *rows]), "乙.xlsx", "pupils")
    assert walked.apply().state == "applied", walked.batch.error
    assert held_by(base, unit_no) == before
    assert len(rows_of(base, unit_no, "select 1 from affiliation where end_on is null")) == 3
    deliver_facts()
    assert rows_of(base, bureau, QUESTIONS) == [("number_of_another", "open")]


def test_a_number_of_another_school_looks_free_to_the_clerk(base):
    """Twin: the same list with a number that nobody holds is counted alike, and lands."""
    bureau, unit_no, scope, numbers = two_pupils(base, "2018-04-03")
    other, order = school(base, parent=bureau), number("2018-04-03", 5)
    foreign = ["周四", "三（1）班", order, make_roll_number(order)]
    walk(base, clerk(base, other), sheet([HEADINGS, foreign]), "邻.xlsx", "pupils").apply()
    told = [
        sheet([HEADINGS, ["王一", "三（1）班", numbers[0][0], roll]])
        for roll in (foreign[3], make_roll_number(number("2018-04-03", 7)))
    ]
    taken, free = (walk(base, scope, content, "乙.xlsx", "pupils") for content in told)
    assert taken.batch.counts == free.batch.counts
    assert taken.changes() == free.changes()
    before = held_by(base, unit_no)
    blinds = "select blind from person_identifier where person_id in (select person_id from affiliation) order by 1"
    held = rows_of(base, unit_no, blinds)
    taken.apply()
    assert (held_by(base, unit_no), rows_of(base, unit_no, blinds)) == (before, held)
    deliver_facts()
    assert rows_of(base, bureau, QUESTIONS) == [("two_numbers", "open")]
    assert rows_of(base, unit_no, "select count(*) from same_person") == [(0,)]
    free.apply()
    assert rows_of(base, unit_no, blinds) != held
