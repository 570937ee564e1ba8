"""What can be shared: views of rooms, offered tables, made datasets; never a person's wall or a house table."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def readables(base):
    from jizuo.hubs.data import readables
    from jizuo.project import rooms

    rooms.plates()
    return readables


def test_what_is_offered(readables):
    names = {one.name for one in readables.offered()}
    assert {"pupil_list", "staff_list", "school", "org", "course"} <= names
    assert not names & {"person", "guardian_of", "person_identifier", "search_key", "claim"}
    assert readables.find("person") is None and readables.find("nothing") is None


def test_columns_are_elements_of_standards(readables):
    pupils = readables.find("pupil_list")
    field, text = pupils.columns["class_entry_year"]
    assert (field.key, field.title, text) == ("class_entry_year", "入学年份（级）", "c.entry_year")
    assert readables.element_of("pupil_list", "address") == ("pupil", "address")
    assert readables.element_of("org", "name") == ("org", "name")
    assert set(pupils.datasets) == {"affiliation", "org", "person", "pupil"}


def test_document_numbers_and_keys_stand_in_no_readable(readables):
    for one in readables.offered():
        assert not [key for key, field in one.fields.items() if field.kind == "sealed"], one.name
        assert "person_id" not in one.columns and "id" not in one.columns


def test_values_leave_as_plain_things(readables):
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    told = [None, True, 3, "x", ["a"], date(2026, 9, 1), Decimal("1.50"), UUID(int=1)]
    assert [readables.value_of(one) for one in told] == [
        None, True, 3, "x", ["a"], "2026-09-01", "1.50", str(UUID(int=1)),
    ]  # fmt: skip


def test_who_or_what_a_column_refers_to_leaves_by_name_or_not_at_all(base, readables):
    """A made dataset about people: the pupil by name, with grade, purpose and mask of a name; a file not at all."""
    from jizuo.hubs.data.datasets import Dataset, Field

    fields = {
        one.key: one
        for one in (
            Field("pupil", "学生", "Pupil", 2, "uuid", kind="id", refers="person"),
            Field("klass", "班级", "Class", 2, "uuid", kind="id", refers="org"),
            Field("paper", "附件", "Paper", 2, "uuid", kind="id"),
            Field("note", "备注", "Note", 2, "varchar(20)"),
        )
    }
    visits = Dataset(
        "visit", "来访", "Visit", "m_visit", "unit", False, "1.0", "made", fields, made=("visit", 1)
    )
    found = readables._of_table(visits)
    assert list(found.columns) == ["pupil", "klass", "note"]
    field, text = found.columns["pupil"]
    assert (field.title, field.grade, field.purpose) == ("学生", 3, "roster") and "affiliation" in text
    assert found.subject == 't."pupil"'
