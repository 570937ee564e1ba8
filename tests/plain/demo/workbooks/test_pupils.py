import hashlib

import pytest

from jizuo.plain import class_name, dates, idnumber
from jizuo.plain.demo.labels import key
from jizuo.plain.demo.shapes import District
from jizuo.plain.demo.workbooks.pupils import is_split, members, pupils
from jizuo.plain.school_year import SchoolYear
from jizuo.plain.workbook import read, shape

ID_HEADINGS = {"身份证件号", "身份证号", "证件号码"}
BIRTH_HEADINGS = {"出生日期", "出生年月日"}


def tables(content: bytes) -> list[tuple[str, list[str], list[list[object]]]]:
    """(sheet, headings, values of the rows) of every table found in a workbook."""
    found = []
    for sheet in read.read(content, "名册.xlsx").visible:
        for table in shape.find_tables(sheet):
            rows = [[cell.value for cell in row.cells] for row in table.rows]
            found.append((sheet.name, [c.heading for c in table.columns], rows))
    return found


def column(headings: list[str], wanted: set[str]) -> int:
    return next(i for i, h in enumerate(headings) if h in wanted)


def test_every_school_comes_back_person_by_person(small: District) -> None:
    year = SchoolYear(small.year)
    for unit in small.schools:
        wanted = [(key(c), p) for c, listed in members(small, unit) for p in listed]
        got = []
        for _, headings, rows in tables(pupils(small, unit)):
            number, birth = column(headings, ID_HEADINGS), column(headings, BIRTH_HEADINGS)
            name, room = headings.index("姓名"), headings.index("班级")
            phone = headings.index("监护人一/电话")
            for row in rows:
                got.append((row[room], row[name], row[number], row[birth], row[phone]))
        assert len(got) == len(wanted)
        schemes = list(dict.fromkeys(small.classes[c].scheme for c in unit.classes))
        for (room, name, number, birth, phone), (klass, pupil) in zip(got, wanted, strict=True):
            assert (name, number or "") == (pupil.name, pupil.id_number)
            assert class_name.resolve(room, schemes, year) == [klass]
            assert dates.read(birth).value == pupil.birth_on
            assert str(phone).startswith("194")


def test_numbers_are_text_cells(small: District) -> None:
    for _, headings, rows in tables(pupils(small, small.units[3])):
        number = column(headings, ID_HEADINGS)
        assert all(
            isinstance(row[number], str) and not idnumber.is_broken_by_excel(row[number]) for row in rows
        )


def test_schools_differ_in_habit(small: District) -> None:
    assert {is_split(u) for u in small.schools} == {True, False}
    headings = {tuple(tables(pupils(small, u))[0][1]) for u in small.schools}
    assert len(headings) == 3


def test_the_same_district_gives_the_same_bytes(small: District) -> None:
    one, other = (hashlib.sha256(pupils(small, small.units[4])).hexdigest() for _ in range(2))
    assert one == other


def test_a_barred_parent_is_not_on_the_list(small: District) -> None:
    pupil = small.pupils[small.cases["no_contact"][0]]
    barred = next(
        small.guardians[t.guardian] for t in (small.guardianships[i] for i in pupil.guardians) if t.no_contact
    )
    for _, _, rows in tables(pupils(small, small.units[pupil.unit])):
        assert not any(barred.phone in row for row in rows)


def test_borrowed_and_lent_pupils_are_remarked(small: District) -> None:
    said = {}
    for unit in small.schools:
        for _, headings, rows in tables(pupils(small, unit)):
            remark, name = headings.index("备注"), headings.index("姓名")
            said |= {(unit.id, row[name]): row[remark] for row in rows if row[remark]}
    for i in small.cases["borrowed"]:
        pupil = small.pupils[i]
        assert said[pupil.attend, pupil.name].startswith("借读，学籍在")
    for i in small.cases["lent"]:
        pupil = small.pupils[i]
        assert said[pupil.unit, pupil.name] == f"学籍在本校，在{pupil.elsewhere}就读"


def test_an_office_has_no_pupils(small: District) -> None:
    with pytest.raises(ValueError, match="没有学生"):
        pupils(small, small.units[0])
