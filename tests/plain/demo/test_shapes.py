from jizuo.plain.demo.shapes import STAGES, District


def test_ids_are_places_in_their_lists(small: District) -> None:
    for records in (
        small.units,
        small.classes,
        small.pupils,
        small.guardians,
        small.guardianships,
        small.staff,
        small.posts,
        small.courses,
        small.teaching_classes,
    ):
        assert [r.id for r in records] == list(range(len(records)))  # type: ignore[attr-defined]


def test_schools_are_the_units_with_stages(small: District) -> None:
    assert [u.id for u in small.schools] == [u.id for u in small.units if u.is_school]
    assert {stage for u in small.schools for stage, _, _ in u.stages} == set(STAGES)


def test_terms_are_those_of_the_calendar(small: District) -> None:
    assert [t.title for t in small.terms] == ["2026学年第一学期", "2026学年第二学期"]
