"""One cell to one value."""

from __future__ import annotations

import pytest

from jizuo.plain.workbook.cells import make_cell

pytestmark = pytest.mark.usefixtures("base")


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("name", "张 三", "张三"),
        ("name", "阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("day", "2014.9.1", "2014-09-01"),
        ("day", "２０１４年９月１日", "2014-09-01"),
        ("month", "201409", "2014-09-01"),
        ("month", "无", None),
        ("blood", "AB型", "AB"),
        ("blood", "未知血型", None),
        ("country", "瑞典", "SWE"),
        ("country", "香港", "CHN"),
        ("country", "jpn", "JPN"),
        ("phone", "+86 138-1234-5678", "13812345678"),
        ("phone", "—", None),
        ("decimal", "12.5节", "12.5"),
        ("decimal", 12.0, "12"),
        ("flag", "是", "true"),
        ("flag", "否", "false"),
        ("flag", "√", "true"),
    ],
)
def test_a_cell_is_read(kind, written, value):
    from jizuo.hubs.organisation.importers import values

    assert getattr(values, kind)(make_cell(written)) == (value, None)


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        ("name", "1" * 51, "name_length"),
        ("name", "张?三", "name_lost"),
        ("day", "2014-13-01", "date_month"),
        ("day", "2014年9月", "date_precision"),
        ("blood", "熊猫", "unknown_code"),
        ("country", "火星", "unknown_code"),
        ("phone", "1381234567", "phone_length"),
        ("decimal", "很多", "number"),
        ("flag", "也许", "flag"),
    ],
)
def test_trouble_names_its_kind_and_mend(kind, written, code):
    from jizuo.hubs.organisation.importers import values

    trouble = getattr(values, kind)(make_cell(written))[1]
    assert trouble.code == code
    assert trouble.reason
    assert trouble.fix


def test_text_is_cut_only_by_a_person_and_numbers_stay_in_bounds():
    from jizuo.hubs.organisation.importers import values

    assert values.text(5)(make_cell("北街 1号"))[0] == "北街 1号"
    assert values.text(3)(make_cell("北街1号"))[1].suggestion == "北街1"
    assert values.whole(60)(make_cell("12号"))[0] == "12"
    assert values.whole(60)(make_cell("61"))[1].code == "number"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("06", "6"),
        ("６", "6"),
        (6, "6"),
        ("006", "6"),
        ("0", "0"),
        ("甲6", "甲6"),
        ("0106", "0106"),
        ("无", None),
    ],
)
def test_a_number_in_a_class_is_told_without_zeros(written, value):
    from jizuo.hubs.organisation.importers import values

    assert values.place(20)(make_cell(written)) == (value, None)


def test_what_the_unit_remembered_goes_before_the_table():
    from jizuo.hubs.organisation.importers import values
    from jizuo.hubs.organisation.importers.columns import CODE, Spec

    convert = values.converter(
        Spec("ethnic", ("民族",), CODE, "ethnic"), {"ethnic|本地": "汉族", "sex|本地": "男"}
    )
    assert convert(make_cell("本地")) == ("01", None)


@pytest.mark.parametrize("cell", [3.4e17, "3.40E+17", "339904202005000000"])
def test_a_ruined_number_is_never_believed(cell):
    from jizuo.hubs.organisation.importers import values

    assert values.is_broken(make_cell(cell))
