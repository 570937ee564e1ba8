"""The importer of lists from admission over the whole walk, against a real database."""

from __future__ import annotations

import pytest

from jizuo.plain.idnumber import make
from tests.hubs.organisation.importers.given import rows_of, school, sheet
from tests.hubs.organisation.walking import clerk, deliver_facts, walk

HEADINGS = [
    "录取编号",
    "姓名",
    "性别",
    "身份证号",
    "毕业幼儿园",
    "双胞胎",
    "分班意愿",
    "监护人一姓名",
    "监护人一关系",
    "监护人一电话",
]
OF = {"school_year": 2026, "stage": "primary"}


def number(order: int, day: str = "2020-03-04") -> str:
    from datetime import date

    return make("339922", date.fromisoformat(day), order)


def child(at: int, name: str, **more: str) -> list[str]:
    sex = "男" if at % 2 else "女"
    return [
        f"A{at:03}", name, sex, number(at), "澜江幼儿园", more.get("siblings", ""), more.get("wish", ""), f"{name[0]}父",
        "父亲", f"139000{at:05}",
    ]  # fmt: skip


def bring(base, scope, rows, headings=HEADINGS, **options):
    return walk(base, scope, sheet([headings, *rows]), "录取名单.xlsx", "intake", options=OF | options)


def awaited(base, unit_no):
    return rows_of(
        base, unit_no,
        "select name, sex, state, code, siblings, wish, id_tail, birth_on::text, from_school, stage, school_year from intake"
        " where unit_no = %s order by admission_no", unit_no,
    )  # fmt: skip


def test_a_list_becomes_children_who_are_awaited_and_nobody_else(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    rows = [
        child(1, "陈以宁"),
        child(2, "林若安", siblings="甲", wish="同班"),
        child(4, "林思安", siblings="甲", wish="同班"),
    ]
    walked = bring(base, scope, rows)
    assert walked.state == "ready", walked.problems("error")
    assert [one.label for one in walked.changes("new", "intake")] == ["陈以宁", "林若安", "林思安"]
    walked.apply()
    deliver_facts()
    found = awaited(base, unit_no)
    assert [row[:3] for row in found] == [
        ("陈以宁", "1", "admitted"),
        ("林若安", "2", "admitted"),
        ("林思安", "2", "admitted"),
    ]
    assert found[1][4:6] == ("甲", "together") and found[0][7:] == (
        "2020-03-04",
        "澜江幼儿园",
        "primary",
        2026,
    )
    codes = [row[3] for row in found]
    assert len(set(codes)) == 3 and all(len(code) == 8 for code in codes)
    assert rows_of(
        base, unit_no, "select count(*) from affiliation where unit_no = %s and role = 'pupil'", unit_no
    ) == [(0,)]
    adults = rows_of(
        base,
        unit_no,
        "select name, relation, phone from intake_adult where unit_no = %s order by phone",
        unit_no,
    )
    assert len(adults) == 3 and adults[0] == ("陈父", "51", "13900000001")


def test_the_same_list_again_changes_nothing_and_a_short_one_empties_nothing(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    rows = [
        child(1, "陈以宁", siblings="甲", wish="不同班"),
        child(3, "陈以安", siblings="甲", wish="不同班"),
    ]
    bring(base, scope, rows).apply()
    before = awaited(base, unit_no)
    again = bring(base, scope, rows[::-1])
    assert again.batch.counts["intake"]["new"] == 0 and again.batch.counts["intake"]["changed"] == 0, (
        "the same rows in another order are other bytes, so they are compared; a number sealed anew is no change"
    )
    short = bring(base, scope, [row[:4] for row in rows], HEADINGS[:4])
    assert short.state == "applied", "a list with nothing new is done without asking"
    assert awaited(base, unit_no) == before
    more = bring(base, scope, [*rows, child(5, "黄子远")])
    more.apply()
    assert len(awaited(base, unit_no)) == 3
    more.undo()
    assert awaited(base, unit_no) == before


@pytest.mark.parametrize("heading", ["入学测试成绩", "总分", "面试 等第"])
def test_scores_are_refused_by_name_in_compulsory_education(base, heading):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    walked = bring(base, scope, [[*child(1, "陈以宁"), "98"]], [*HEADINGS, heading])
    assert walked.state == "faulty"
    (fault,) = [one for one in walked.problems("error") if one.code == "score_column"]
    assert heading.replace(" ", "") in fault.reason.replace(" ", "") and "不得使用成绩" in fault.reason
    assert awaited(base, unit_no) == []


def test_a_child_without_sex_and_a_school_without_that_stage_are_faults(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    nameless = ["A9", "周嘉明", "", "", "", "", "", "", "", ""]
    walked = bring(base, scope, [nameless, child(1, "陈以宁", wish="看情况")])
    assert {one.code for one in walked.problems("error")} == {"no_sex", "wish"}
    walked = bring(base, scope, [child(1, "陈以宁")], stage="senior")
    assert "no_stage" in {one.code for one in walked.problems("error")}
