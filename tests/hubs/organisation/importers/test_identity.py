"""Who a row is: numbers of every kind, held against each other."""

from __future__ import annotations

import pytest

from tests.hubs.organisation.importers.given import rows_of, school, sheet
from tests.hubs.organisation.importers.test_pupils import number
from tests.hubs.organisation.walking import clerk, walk


def bring(base, rows):
    unit_no = school(base)
    return unit_no, walk(base, clerk(base, unit_no), sheet(rows), "表.xlsx", "pupils")


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        ("", number("2018-08-01", 1).lower(), "1"),
        ("护照", "E1234 5678", "A"),
        ("通行证", "H12345678", "6"),
        ("无", "", ""),
    ],
)
def test_a_document_is_kept_by_its_kind_and_never_in_clear(base, kind, written, code):
    unit_no, walked = bring(
        base, [["姓名", "班级", "证件类型", "证件号码"], ["王一", "三（1）班", kind, written]]
    )
    assert walked.state == "ready", walked.problems()
    walked.apply()
    assert rows_of(base, unit_no, "select id_kind from person") == [(code,)]
    kept = rows_of(base, unit_no, "select kind, tail from person_identifier")
    assert kept == ([(f"id:{code}", written.replace(" ", "").upper()[-4:])] if code else [])
    bare = written.replace(" ", "").upper()
    if bare:
        (claims,) = rows_of(base, unit_no, "select string_agg(fields::text, '') from claim")
        assert bare not in claims[0].upper()


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        ("护照", "1", "document_form"),
        ("居民身份证", "H12345678", "document_length"),
        ("无", "E12345678", "document_form"),
        ("学生证", "1234", "unknown_code"),
    ],
)
def test_a_document_of_the_wrong_form_is_told(base, kind, written, code):
    _unit_no, walked = bring(
        base, [["姓名", "班级", "证件类型", "证件号码"], ["王一", "三（1）班", kind, written]]
    )
    assert code in {p.code for p in walked.problems("error")}


def test_birth_and_sex_come_from_the_number_where_the_list_is_silent(base):
    unit_no, walked = bring(
        base, [["姓名", "班级", "身份证号"], ["王一", "三（1）班", number("2018-08-02", 2)]]
    )
    walked.apply()
    assert rows_of(base, unit_no, "select birth_on::text, sex from person") == [("2018-08-02", "2")]


def test_a_roll_number_made_from_an_older_document_is_only_a_warning(base):
    rows = [
        ["姓名", "班级", "身份证号", "学籍号"],
        ["王一", "三（1）班", number("2018-08-03", 2), "G" + number("2018-08-03", 4)],
    ]
    _unit_no, walked = bring(base, rows)
    assert walked.state == "ready"
    assert [p.code for p in walked.problems()] == ["roll_mismatch"]


def test_one_base_number_finds_its_person(base):
    unit_no, walked = bring(base, [["姓名", "班级"], ["王一", "三（1）班"]])
    walked.apply()
    ((base_no,),) = rows_of(base, unit_no, "select base_no from affiliation")
    rows = [["姓名", "班级", "基座号"], ["王一新", "三（2）班", base_no]]
    again = walk(base, walked.scope, sheet(rows), "再.xlsx", "pupils")
    assert again.batch.counts["pupil"] == {"new": 0, "changed": 0, "same": 1, "gone": 0}
    wrong = walk(base, walked.scope, sheet([*rows[:1], ["王一", "三（2）班", "123"]]), "错.xlsx", "pupils")
    assert [p.code for p in wrong.problems("error")] == ["base_no"]
