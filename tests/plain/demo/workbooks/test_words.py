from datetime import date

import pytest

from jizuo.plain import dates
from jizuo.plain.demo.shapes import District
from jizuo.plain.demo.workbooks import words


@pytest.mark.parametrize("style", words.DATE_STYLES)
def test_every_style_of_date_is_read_back(style: str) -> None:
    assert dates.read(words.say_date(date(2014, 9, 1), style)).value == date(2014, 9, 1)


def test_no_date_is_an_empty_cell() -> None:
    assert words.say_date(None, "cell") == ""


def test_every_code_of_the_district_has_a_word(small: District) -> None:
    people = [*small.pupils, *small.staff, *small.guardians]
    assert {p.ethnic for p in people} <= words.ETHNIC.keys()
    assert {s.political for s in small.staff} <= words.POLITICAL.keys()
    assert {s.education for s in small.staff} <= words.EDUCATION.keys()
    assert {t.relation for t in small.guardianships} <= words.RELATIONS.keys()
    assert {p.nationality for p in small.pupils} <= words.COUNTRIES.keys()
