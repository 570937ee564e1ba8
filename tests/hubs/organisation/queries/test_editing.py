"""The form of a person: what may be typed, what is held by whom since when."""

from __future__ import annotations

from jizuo.hubs.data.datasets import Field
from jizuo.hubs.organisation.queries import editing


def test_only_plain_fields_that_the_role_sees_are_typed():
    plain = Field("allergy", "过敏", "Allergy", 4, "varchar(200)", purpose="safety")
    assert editing.may_be_typed("pupil", "allergy", plain, "clerk")
    assert not editing.may_be_typed("pupil", "allergy", plain, "teacher")
    link = Field("person_id", "人", "Person", 2, "uuid", kind="id")
    assert not editing.may_be_typed("pupil", "person_id", link, "clerk")
    assert not editing.may_be_typed(
        "person", "base_no", Field("base_no", "基座号", "No", 2, "varchar(12)"), "clerk"
    )
    assert not editing.may_be_typed(
        "affiliation", "name", Field("name", "姓名", "Name", 3, "varchar(50)"), "clerk"
    )


def test_a_form_offers_few_words_and_keeps_what_stands_there(base):
    field = Field("attendance", "就读方式", "Attendance", 3, "varchar(4)", code_table="attendance")
    assert editing.choices(field, "")[0] == "走读"
    assert editing.choices(field, "77")[0] == "77"
    assert (
        editing.choices(Field("region", "区划", "Division", 1, "varchar(12)", code_table="division"), "")
        == []
    )
    assert editing.choices(Field("x", "x", "x", 2, "boolean"), "") == ["是", "否"]
    assert editing.typed(field, "1") == "走读"
