from datetime import date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jizuo.plain import school_year as sy
from jizuo.plain.class_name import MOST_CLASSES, ClassKey, Style, resolve, shown
from jizuo.plain.school_year import SchoolYear

YEAR = SchoolYear(2026)
NINE = ["6-3"]
SHANGHAI = ["5", "4"]
KINDER = ["kinder-4"]


@pytest.mark.parametrize(
    ("key", "style", "name"),
    [
        (ClassKey("5", 2024, 2), Style.WORD, "三（2）班"),
        (ClassKey("4", 2026, 2), Style.WORD, "预备（2）班"),
        (ClassKey("4", 2026, 2), Style.NUMBER, "六（2）班"),
        (ClassKey("4", 2025, 12), Style.WORD, "初一（12）班"),
        (ClassKey("4", 2025, 2), Style.NUMBER, "七（2）班"),
        (ClassKey("3", 2026, 2), Style.WORD, "初一（2）班"),
        (ClassKey("6-3", 2020, 2), Style.NUMBER, "七（2）班"),
        (ClassKey("senior-3", 2026, 3), Style.WORD, "高一（3）班"),
        (ClassKey("senior-3", 2026, 3), Style.NUMBER, "高一（3）班"),
        (ClassKey("kinder-4", 2024, 1), Style.WORD, "中（1）班"),
        (ClassKey("vocational-3", 2025, 4), Style.WORD, "职二（4）班"),
        (ClassKey("5", 2024, 2), Style.COHORT, "小学2024级2班"),
        (ClassKey("5", 2019, 2), Style.WORD, "小学2019级2班"),
        (ClassKey("5", 2027, 2), Style.WORD, "小学2027级2班"),
    ],
)
def test_shown(key, style, name):
    assert shown(key, YEAR, style) == name


THIRD = ClassKey("5", 2024, 2)
SIXTH = ClassKey("4", 2026, 2)
SEVENTH = ClassKey("4", 2025, 2)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("三（2）班", THIRD),
        ("三(2)班", THIRD),
        ("三（２）班", THIRD),
        (" 三 ( 2 ) 班 ", THIRD),
        ("三[2]班", THIRD),
        ("3.2", THIRD),
        ("3-2", THIRD),
        ("3－2", THIRD),
        ("３．２", THIRD),
        ("3/2", THIRD),
        ("3（2）", THIRD),
        ("302", THIRD),
        ("0302", THIRD),
        ("302班", THIRD),
        ("32", THIRD),
        ("三年级2班", THIRD),
        ("三年二班", THIRD),
        ("3年级2班", THIRD),
        ("三年级（2）班", THIRD),
        ("三2", THIRD),
        ("三二班", THIRD),
        ("三02班", THIRD),
        ("小学三年级2班", THIRD),
        ("小三（2）班", THIRD),
        ("三年级第二班", THIRD),
        ("小学2024级2班", THIRD),
        ("小2024级（2）班", THIRD),
        ("小学2029届2班", THIRD),
        ("三年级（2）", THIRD),
        (3.2, THIRD),
        (302, THIRD),
        (302.0, THIRD),
        (date(2026, 3, 2), THIRD),
        (datetime(2026, 3, 2), THIRD),
        ("预备2班", SIXTH),
        ("预备（2）班", SIXTH),
        ("预初2班", SIXTH),
        ("预备班2班", SIXTH),
        ("预备年级2班", SIXTH),
        ("六2", SIXTH),
        ("六（2）班", SIXTH),
        ("602", SIXTH),
        ("6.2", SIXTH),
        ("六年级2班", SIXTH),
        ("初2026级2班", SIXTH),
        ("初中2026级2班", SIXTH),
        ("初中2030届2班", SIXTH),
        ("七（2）班", SEVENTH),
        ("初一2班", SEVENTH),
        ("初一（2）班", SEVENTH),
        ("初1(2)班", SEVENTH),
        ("702", SEVENTH),
        ("初一年级2班", SEVENTH),
        ("初中一年级2班", SEVENTH),
        ("初一二班", SEVENTH),
        ("三十二班", ClassKey("5", 2024, 12)),
        ("3.12", ClassKey("5", 2024, 12)),
        ("312", ClassKey("5", 2024, 12)),
        ("三（十二）班", ClassKey("5", 2024, 12)),
        (3.12, ClassKey("5", 2024, 12)),
        (3.1, ClassKey("5", 2024, 1)),
    ],
)
def test_resolves_to_one_class(text, key):
    assert resolve(text, SHANGHAI, YEAR) == [key]


@pytest.mark.parametrize(
    ("text", "schemes", "keys"),
    [
        ("小一班", KINDER, [("kinder-4", 2025, 1)]),
        ("小班1", KINDER, [("kinder-4", 2025, 1)]),
        ("小1班", KINDER, [("kinder-4", 2025, 1)]),
        ("小（1）班", KINDER, [("kinder-4", 2025, 1)]),
        ("小班（1）班", KINDER, [("kinder-4", 2025, 1)]),
        ("中二班", KINDER, [("kinder-4", 2024, 2)]),
        ("大班三班", KINDER, [("kinder-4", 2023, 3)]),
        ("托班1班", KINDER, [("kinder-4", 2026, 1)]),
        ("小一班", ["6"], []),
        ("小一2班", ["6", *KINDER], [("6", 2026, 2)]),
        ("2024级2班", ["6"], [("6", 2024, 2)]),
        ("24级(2)班", ["6"], [("6", 2024, 2)]),
        ("2030届2班", SHANGHAI, [("5", 2025, 2), ("4", 2026, 2)]),
        ("2024级2班", SHANGHAI, [("5", 2024, 2), ("4", 2024, 2)]),
        ("二〇二四级2班", ["6"], [("6", 2024, 2)]),
        ("2024-2", ["6"], [("6", 2024, 2)]),
        ("2010级2班", ["6"], [("6", 2010, 2)]),
        ("初2024级2班", ["6-3-3"], [("6-3-3", 2018, 2)]),
        ("高2026届2班", ["6-3-3"], [("6-3-3", 2014, 2)]),
        ("初2024级2班", ["6"], []),
        ("高一3班", ["senior-3"], [("senior-3", 2026, 3)]),
        ("高1(3)班", ["senior-3"], [("senior-3", 2026, 3)]),
        ("高中一年级3班", ["senior-3"], [("senior-3", 2026, 3)]),
        ("高三年级3班", ["3-3"], [("3-3", 2021, 3)]),
        ("1003", ["senior-3"], [("senior-3", 2026, 3)]),
        ("103", ["senior-3"], [("senior-3", 2026, 3)]),
        ("102", ["3-3"], [("3-3", 2026, 2), ("3-3", 2023, 2)]),
        ("702", ["3-3"], [("3-3", 2026, 2)]),
        ("1.2", ["4"], [("4", 2026, 2), ("4", 2025, 2)]),
        ("初三2班", ["4-counted"], [("4-counted", 2024, 2)]),
        ("初四2班", ["4"], []),
        ("职二4班", ["vocational-3"], [("vocational-3", 2025, 4)]),
        ("七（2）班", NINE, [("6-3", 2020, 2)]),
        ("六（2）班", NINE, [("6-3", 2021, 2)]),
        ("1101", ["6-3-3"], [("6-3-3", 2016, 1)]),
    ],
)
def test_resolves_by_scheme(text, schemes, keys):
    assert resolve(text, schemes, YEAR) == [ClassKey(*key) for key in keys]


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        "班",
        "三",
        "2班",
        "12班",
        "十二班",
        "（2）班",
        "三（0）班",
        "三（100）班",
        "十三（2）班",
        "九（2）班x",
        "三年级",
        "2024级",
        "三百班",
        "张三",
        "3.2.1",
        "三（2）（3）班",
        "总计",
        "启航班",
        True,
        3,
    ],
)
def test_means_no_class(text):
    assert resolve(text, SHANGHAI, YEAR) == []


@pytest.mark.parametrize(
    ("grade", "text"),
    [
        ("三年级", "2班"),
        ("三年级", "2"),
        ("三年级", 2),
        ("三年级", 2.0),
        ("三", "二班"),
        (3, 2),
        ("3", "（2）班"),
        (3.0, "02"),
        ("小学三年级", "2班"),
        ("2024级", "2"),
        (2024, 2),
        ("三年级", "三（2）班"),
        ("", "三（2）班"),
    ],
)
def test_grade_in_its_own_column(grade, text):
    assert resolve(text, ["5"], YEAR, grade=grade) == [THIRD]


def test_class_twelve_beside_its_grade_is_not_grade_one():
    assert resolve("12班", ["5"], YEAR, grade="三年级") == [ClassKey("5", 2024, 12)]
    assert resolve("十二班", ["5"], YEAR, grade="三年级") == [ClassKey("5", 2024, 12)]


def test_known_classes_decide():
    first, tenth = ClassKey("5", 2024, 1), ClassKey("5", 2024, 10)
    assert resolve(3.1, ["5"], YEAR, {tenth}) == [tenth]
    assert resolve(3.1, ["5"], YEAR, {first, tenth}) == [first, tenth]
    assert resolve("3.1", ["5"], YEAR, {first, tenth}) == [first]
    assert resolve("2024级1班", SHANGHAI, YEAR, {first}) == [first]
    assert resolve("三（2）班", ["5"], YEAR, {first}) == []


SETS = [
    ["6"],
    ["5"],
    ["3"],
    ["4"],
    ["4-counted"],
    ["5", "4"],
    ["6", "3"],
    ["6-3"],
    ["5-4"],
    ["5-4-counted"],
    ["3-3"],
    ["4-3"],
    ["6-3-3"],
    ["5-4-3"],
    ["senior-3"],
    ["vocational-3"],
    ["kinder-4"],
    ["kinder-3", "5"],
    ["kinder-4", "5", "4", "senior-3"],
    ["3", "senior-3", "vocational-3"],
]


@given(
    st.sampled_from(SETS),
    st.data(),
    st.integers(1960, 2080).map(SchoolYear),
    st.integers(1, MOST_CLASSES),
    st.sampled_from(Style),
)
def test_every_shown_name_comes_back(schemes, data, year, number, style):
    code = data.draw(st.sampled_from(schemes))
    entry = data.draw(st.sampled_from(sorted(sy.cohorts(code, year))))
    key = ClassKey(code, entry, number)
    name = shown(key, year, style)
    assert resolve(name, schemes, year) == [key]
    assert resolve(name.replace("（", "(").replace("）", ")"), schemes, year) == [key]
    assert resolve(name, schemes, year, {key}) == [key]


@given(
    st.one_of(
        st.text(), st.text(alphabet="0123456789三二十初高小中大级届年班（）().-"), st.floats(), st.integers()
    )
)
@example("0ls")
def test_any_cell_gives_classes_of_the_schemes_or_none(cell):
    for key in resolve(cell, SHANGHAI, YEAR):
        assert key.scheme in SHANGHAI
        assert 1 <= key.number <= MOST_CLASSES
