import io
from collections import Counter

import openpyxl
import pytest

from jizuo.plain import class_name, idnumber
from jizuo.plain.demo.shapes import District
from jizuo.plain.demo.workbooks.messy import BLOCKING, HARMLESS, messy
from jizuo.plain.school_year import SchoolYear


def test_each_fault_stands_where_the_list_says(small: District) -> None:
    content, faults = messy(small, small.units[3])
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert Counter(f.kind for f in faults) == dict.fromkeys((*BLOCKING, *HARMLESS), 1)
    for fault in faults:
        value = book[fault.sheet][fault.cell].value
        if fault.kind == "excel_number":
            assert idnumber.is_broken_by_excel(value)
        else:
            assert value == fault.wrote
        assert fault.wrote != fault.meant
        assert fault.is_blocking == (fault.kind in BLOCKING)


def test_faults_are_what_they_are_called(small: District) -> None:
    unit = small.units[3]
    by_kind = {f.kind: f for f in messy(small, unit)[1]}
    with pytest.raises(idnumber.WrongCheckDigit):
        idnumber.parse(by_kind["check_digit"].wrote)
    for kind in ("full_width", "lower_x"):
        assert idnumber.parse(by_kind[kind].wrote).text == by_kind[kind].meant
    known = [
        class_name.ClassKey(c.scheme, c.entry_year, c.number) for c in small.classes if c.unit == unit.id
    ]
    year = SchoolYear(small.year)
    assert class_name.resolve(by_kind["unknown_class"].wrote, ["5"], year, known) == []
    assert len(class_name.resolve(by_kind["unknown_class"].meant, ["5"], year, known)) == 1
    assert by_kind["thirteenth_month"].wrote[5:7] == "13"
    double = by_kind["duplicate_id"]
    assert double.wrote in {p.id_number for p in small.pupils if p.id != double.pupil}


def test_the_rest_of_the_sheet_is_sound(small: District) -> None:
    unit = small.units[3]
    content, faults = messy(small, unit)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["学生名册"]
    headings = {c.value: c.column for c in sheet[2]}
    wrong = {f.cell for f in faults}
    numbers = [r[headings["身份证件号"] - 1] for r in sheet.iter_rows(min_row=4)]
    sound = [c for c in numbers if c.value and c.coordinate not in wrong and len(str(c.value)) == 18]
    assert len(sound) > 350
    for cell in sound:
        idnumber.parse(cell.value)


def test_faults_can_be_planted_several_times(small: District) -> None:
    faults = messy(small, small.units[3], repeats=3)[1]
    assert Counter(f.kind for f in faults) == {**dict.fromkeys((*BLOCKING, *HARMLESS), 3), "total_row": 1}
    assert len({f.cell for f in faults}) == len(faults)


def test_a_school_too_small_is_refused(small: District) -> None:
    with pytest.raises(ValueError, match="太少"):
        messy(small, small.units[2], repeats=50)
    with pytest.raises(ValueError, match="没有学生"):
        messy(small, small.units[0])
