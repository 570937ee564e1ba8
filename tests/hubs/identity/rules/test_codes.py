from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.hubs.identity.rules import codes
from jizuo.hubs.identity.rules.codes import ALPHABET, BadCode, NameKind

BODIES = st.text(alphabet=ALPHABET, min_size=1, max_size=20)


def test_alphabet_has_no_signs_that_look_alike():
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set(ALPHABET) & set("01OIL")


@given(BODIES, st.data())
def test_one_wrong_sign_is_seen(body: str, data: st.DataObject):
    code = body + codes.check_sign(body)
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([sign for sign in ALPHABET if sign != code[place]]))
    wrong = code[:place] + other + code[place + 1 :]
    with pytest.raises(BadCode, match="抄错"):
        codes.read(wrong, len(wrong))


@given(BODIES, st.data())
def test_two_swapped_neighbours_are_seen(body: str, data: st.DataObject):
    code = body + codes.check_sign(body)
    place = data.draw(st.integers(0, len(code) - 2))
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(BadCode):
            codes.read(swapped, len(swapped))


@pytest.mark.parametrize("length", [codes.CLASS_LENGTH, codes.LOGIN_LENGTH, codes.SLIP_LENGTH])
def test_drawn_codes_read_back_however_they_are_typed(length: int):
    for _round in range(200):
        code = codes.draw(length)
        wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
        for typed in (code, code.lower(), codes.show(code), f"  {codes.show(code)} ", wide, " ".join(code)):
            assert codes.read(typed, length) == code


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("", "还没有填码"),
        ("ABCD-EFG0", "0"),
        ("ABCDEFGI", "I"),
        ("ABC", "8 位"),
        ("ABCDEFGHJK", "8 位"),
    ],
)
def test_what_is_wrong_is_said(typed: str, what: str):
    with pytest.raises(BadCode, match=what) as caught:
        codes.read(typed, codes.LOGIN_LENGTH)
    assert caught.value.fix


GOOD = "2345678" + codes.check_sign("2345678")


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("13800138000", NameKind.PHONE, "13800138000"),
        ("+86 138-0013-8000", NameKind.PHONE, "13800138000"),
        ("１３８００１３８０００", NameKind.PHONE, "13800138000"),
        ("Lu@School.cn ", NameKind.EMAIL, "lu@school.cn"),
        (codes.show(GOOD).lower(), NameKind.LOGIN_CODE, GOOD),
    ],
)
def test_names_to_sign_in_with(typed: str, kind: NameKind, text: str):
    assert codes.sign_in_name(typed) == codes.SignInName(kind, text)


@pytest.mark.parametrize(
    "typed", ["12800138000", "1380013800", "138001380001", "G330106201409011234", "张三", ""]
)
def test_no_phone(typed: str):
    with pytest.raises(BadCode):
        codes.phone(typed)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(typed: str):
    try:
        name = codes.sign_in_name(typed)
    except BadCode as fault:
        assert fault.what % fault.fills and fault.fix % fault.fills
    else:
        assert name.text


def test_masks():
    assert codes.mask_phone("8000") == "*******8000"
    assert codes.mask_email("lu@school.cn") == "l***@school.cn"
    assert codes.mask_phone("") == codes.mask_email("") == ""
