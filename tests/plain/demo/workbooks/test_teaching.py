import pytest

from jizuo.plain.demo import subjects
from jizuo.plain.demo.labels import class_name, style_of
from jizuo.plain.demo.shapes import District
from jizuo.plain.demo.workbooks.teaching import teaching

from .test_pupils import tables


def test_the_cross_table_says_who_teaches_what(small: District) -> None:
    unit = small.units[3]
    ((sheet, headings, rows),) = tables(teaching(small, unit))
    assert sheet == "小学"
    assert headings[:3] == ["班级", "班主任", "语文"]
    by_class = {row[0]: row for row in rows}
    for one in small.teachings:
        klass = small.classes[one.klass]
        if klass.unit == unit.id:
            cell = by_class[class_name(klass, style_of(unit))][headings.index(subjects.SUBJECTS[one.subject])]
            assert str(cell).startswith(small.staff[one.staff].name)


def test_stages_and_mixed_classes_have_sheets_of_their_own(small: District) -> None:
    found = tables(teaching(small, small.units[7]))
    assert [sheet for sheet, _, _ in found] == ["初中", "高中", "走班"]
    mixed = [t for t in small.teaching_classes if t.unit == 7 and t.klass < 0]
    assert len(found[2][2]) == len(mixed)


def test_visitors_carry_their_school(small: District) -> None:
    member = small.staff[small.cases["walking"][0]]
    away = next(small.posts[p].unit for p in member.posts if small.posts[p].kind == "走教")
    cells = {str(c) for _, _, rows in tables(teaching(small, small.units[away])) for r in rows for c in r}
    assert any(c.startswith(f"{member.name}（") for c in cells)


def test_an_office_has_no_classes(small: District) -> None:
    with pytest.raises(ValueError, match="没有班级"):
        teaching(small, small.units[1])
