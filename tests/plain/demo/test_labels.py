import pytest

from jizuo.plain.class_name import resolve
from jizuo.plain.demo.labels import STYLES, class_name, grade_name, key, placement, style_of
from jizuo.plain.demo.shapes import District
from jizuo.plain.school_year import SchoolYear


@pytest.mark.parametrize("style", STYLES)
def test_every_writing_of_every_class_is_understood(small: District, style: str) -> None:
    for unit in small.schools:
        classes = [small.classes[c] for c in unit.classes]
        schemes = list(dict.fromkeys(c.scheme for c in classes))
        if style == "cohort" and len(schemes) > 1:
            continue
        for klass in classes:
            written = class_name(klass, style)
            assert resolve(written, schemes, SchoolYear(small.year)) == [key(klass)], written


def test_every_school_has_a_style(small: District) -> None:
    assert {style_of(u) for u in small.schools} == set(STYLES)
    assert style_of(small.units[3]) == "bracket"


def test_placement_agrees_with_the_grade(small: District) -> None:
    for klass in small.classes:
        place = placement(klass)
        assert place.stage == klass.stage
        assert place.number in (klass.grade, 0)


def test_grade_names(small: District) -> None:
    said = {(c.scheme, c.grade): grade_name(c) for c in small.classes}
    assert said["kinder-3", -2] == "小班"
    assert said["5", 4] == "四年级"
    assert said["4", 6] == "预备"
    assert said["3", 7] == "初一"
    assert said["senior-3", 12] == "高三"
