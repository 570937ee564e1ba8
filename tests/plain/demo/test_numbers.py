import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.plain import idnumber, phones
from jizuo.plain.demo.numbers import Numbers
from jizuo.plain.demo.places import DIVISIONS

BIRTH = date(2017, 8, 3)


@given(
    st.sampled_from(sorted(DIVISIONS)), st.dates(date(1930, 1, 1), date(2026, 9, 1)), st.sampled_from("12")
)
def test_id_numbers_are_sound_and_say_who(region: str, birth: date, sex: str) -> None:
    read = idnumber.parse(Numbers(random.Random(1)).resident(region, birth, sex))
    assert (read.region, read.birth_on, read.sex) == (region, birth, sex)
    # city number 99 exists in no province
    assert read.region[2:4] == "99"


def test_a_day_with_hundreds_of_births_has_no_number_twice() -> None:
    numbers = Numbers(random.Random(1))
    made = [numbers.resident("339904", BIRTH, "1") for _ in range(400)]
    assert len(set(made)) == 400


@pytest.mark.parametrize("kind", list(idnumber.DocumentKind))
def test_every_kind_of_document_is_of_its_form(kind: idnumber.DocumentKind) -> None:
    region = "TWN" if kind is idnumber.DocumentKind.RESIDENCE_PERMIT else "339904"
    number = Numbers(random.Random(1)).of_kind(kind, region, BIRTH, "2")
    assert idnumber.check_document(kind, number).text == number


def test_pupil_numbers_of_form_l() -> None:
    number = Numbers(random.Random(1)).pupil_letter("L", "339904", BIRTH)
    read = idnumber.parse_roll_number(number)
    assert (read.form, read.birth_on) == ("L", BIRTH)


def test_phones_are_mobile_and_never_repeat() -> None:
    numbers = Numbers(random.Random(1))
    made = [numbers.phone() for _ in range(100_000)]
    assert len(set(made)) == 100_000
    assert all(p.startswith("194") for p in made)
    assert phones.read(made[0]).kind is phones.PhoneKind.MOBILE
