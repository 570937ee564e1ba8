"""What the catalogue shows to whom."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from jizuo.ground.errors import NotFound
from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_merging import act


@pytest.fixture(scope="module")
def place(base: Any) -> Any:
    from jizuo.project import rooms

    rooms.plates()
    district = given.district(base, schools=2, classes=1, pupils=3, staff=2)
    school = district.schools[0]

    def as_(role: str) -> Any:
        is_district = role.startswith("district") or role in ("operator", "security_officer")
        return base.scope(district.unit_no if is_district else school.unit_no, role)

    return SimpleNamespace(base=base, district=district, school=school, as_=as_)


def found(place: Any, role: str, text: str, kind: str = "") -> list[str]:
    from jizuo.hubs.data.queries.catalogue import catalogue_search

    return [one.key for one in act(place.as_(role), catalogue_search, text=text, kind=kind).found]


@pytest.mark.parametrize("text", ["学籍状态", "xuejizhuangtai", "xjzt", "roll status", "XSDQZTM", "status"])
def test_a_field_is_found_by_any_of_its_names(place, text):
    assert "pupil.status" in found(place, "clerk", text, "field")


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("民族", "codes", "ethnic"),
        ("mz", "codes", "ethnic"),
        ("zjxss", "term", "registered"),
        ("学生", "dataset", "pupil"),
    ],
)
def test_every_kind_is_found(place, text, kind, key):
    assert key in found(place, "district_steward", text, kind)


def test_the_likeliest_stands_first(place):
    assert found(place, "clerk", "学生")[0] == "pupil"
    assert found(place, "clerk", "") == []
    assert found(place, "clerk", "没有这种东西") == []


@pytest.mark.parametrize(
    ("role", "knows", "does_not"),
    [
        ("district_steward", {"pupil", "staff", "same_person"}, set()),
        ("clerk", {"pupil", "staff", "intake"}, {"same_person", "unit_tally"}),
        ("homeroom_teacher", {"pupil", "org", "staff"}, {"intake", "same_person", "person_identifier"}),
        ("guardian", {"pupil", "person", "guardian_of"}, {"staff", "intake", "same_person"}),
        ("pupil", {"pupil", "person"}, {"staff", "org"}),
    ],
)
def test_a_person_sees_only_what_she_may_know_exists(place, role, knows, does_not):
    from jizuo.hubs.data.queries.catalogue import catalogue_dataset, catalogue_list

    names = {line.name for line in act(place.as_(role), catalogue_list)}
    assert knows <= names and not does_not & names
    for name in does_not:
        with pytest.raises(NotFound):
            act(place.as_(role), catalogue_dataset, name=name)
        assert name not in found(place, role, name, "dataset")
        # The twin: whoever may know finds it by the same word.
        assert name in found(place, "district_steward", name, "dataset")


def test_numbers_are_for_those_who_answer_for_data(place):
    from jizuo.hubs.data.actions.catalogue import count_datasets
    from jizuo.hubs.data.queries.catalogue import catalogue_list

    act(place.as_("district_steward"), count_datasets)
    line = next(one for one in act(place.as_("district_steward"), catalogue_list) if one.name == "pupil")
    assert (line.rows, line.readers) == (6, 0) and line.fresh_at is not None
    line = next(one for one in act(place.as_("guardian"), catalogue_list) if one.name == "pupil")
    assert (line.rows, line.readers, line.score) == (None, None, None)


def test_rows_are_those_of_the_reach(place):
    from jizuo.hubs.data.actions.catalogue import count_datasets
    from jizuo.hubs.data.queries.catalogue import catalogue_list

    act(place.as_("district_steward"), count_datasets)
    own = {one.name: one.rows for one in act(place.as_("clerk"), catalogue_list)}
    every = {one.name: one.rows for one in act(place.as_("district_steward"), catalogue_list)}
    assert (own["pupil"], every["pupil"]) == (3, 6)
    assert (own["guardian_of"], every["guardian_of"]) == (3, 6)


def test_a_dataset_tells_owners_words_and_readers(place):
    from jizuo.hubs.data.queries.catalogue import catalogue_dataset

    view = act(place.as_("clerk"), catalogue_dataset, name="staff")
    fields = {one.key: one for one in view.elements}
    assert fields["establishment"].owner and fields["establishment"].initials == "BZLBM"
    assert "established" in [key for key, _title in view.terms]
    assert "在编数" in [title for _kind, title in view.readers]
    assert act(place.as_("homeroom_teacher"), catalogue_dataset, name="staff").readers == []


def test_a_word_leads_to_the_fields_it_counts(place):
    from jizuo.hubs.data.queries.catalogue import catalogue_term

    view = act(place.as_("clerk"), catalogue_term, key="registered")
    assert ("affiliation", "is_registered") in [(name, field) for name, _title, field, _word in view.counts]
    with pytest.raises(NotFound):
        act(place.as_("guardian"), catalogue_term, key="registered")
