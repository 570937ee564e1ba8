from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.plain import signs

CODES = st.integers(2, 20).map(signs.draw)


@given(CODES, st.data())
def test_one_wrong_sign_is_always_seen(code, data):
    place = data.draw(st.integers(0, len(code) - 2))
    other = data.draw(st.sampled_from(signs.ALPHABET.replace(code[place], "")))
    assert signs.check_sign(code[:place] + other + code[place + 1 : -1]) != code[-1]


@given(st.integers(0, 31**4 - 1))
def test_a_number_comes_back(number):
    assert signs.number_of(signs.written(number, 4)) == number


def test_a_number_too_large_is_refused():
    with pytest.raises(ValueError):
        signs.written(31**2, 2)


def test_typed_codes_are_tidied():
    assert signs.tidy(" ａbcd－efgh ") == "ABCDEFGH"
