"""What the base knows of the asker, the subject and the school."""

from __future__ import annotations

from tests.base import TODAY


def test_words_give_what_the_base_holds(field_day, within):
    from jizuo.engines.matter.forms.known import NUMBERS, WORDS, Knowing

    child = field_day.first.pupils[0][0]
    knowing = Knowing("field_day", "consent", child)
    told = within(
        field_day.scope("clerk"),
        lambda: knowing.values(["subject.name", "school.name", "today", "me.name", "last", "term_end", "x"]),
    )
    assert told["term_end"] == "2027-01-31"
    assert told["school.name"] == f"第{field_day.first.unit_no}小学" and told["today"] == TODAY.isoformat()
    assert told["subject.name"] and told["me.name"] and told["last"] is None and told["x"] is None
    assert knowing.owner("school.name") == "学校已有" and knowing.owner("today") == ""
    assert {f"number:{key}" for key in NUMBERS} <= set(WORDS)


def test_the_term_is_named_by_its_school_year():
    from jizuo.engines.matter.forms.known import term_word

    assert term_word(TODAY) == "2026-2027 学年第一学期"
    assert term_word(TODAY.replace(year=2027, month=3)) == "2026-2027 学年第二学期"


def test_a_subject_out_of_reach_may_not_be_named(field_day, within):
    from jizuo.engines.matter.forms.known import may_name

    own, other = field_day.first.pupils[0][0], field_day.first.pupils[1][0]
    guardian = field_day.scope("guardian")
    assert within(guardian, lambda: (may_name(own), may_name(other))) == (True, False)
    assert within(
        field_day.scope("clerk"), lambda: (may_name(other), may_name(field_day.second.pupils[0][0]))
    ) == (
        True,
        False,
    )
