"""A code on a card: what is signed passes, and whatever was changed, is old or is no code at all does not."""

from __future__ import annotations

import base64
from datetime import date, timedelta

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from jizuo.plain import student_code
from jizuo.plain.student_code import BadCode, Card

KEY = ec.derive_private_key(0xC0FFEE, ec.SECP256R1())
POINT = student_code.point_of(KEY.public_key())
KEYS = {student_code.key_id_of(POINT): POINT}
DAY = date(2026, 9, 16)
CARD = Card(bytes(range(8)), student_code.key_id_of(POINT), date(2026, 9, 1), date(2027, 9, 1))
CODE = student_code.sign(KEY, CARD)
TOLD = student_code.base45_bytes(CODE[3:])


def reason(text: str, keys=KEYS, on=DAY, revoked=frozenset()) -> str:
    with pytest.raises(BadCode) as caught:
        student_code.check(text, keys, on=on, revoked=revoked)
    assert caught.value.reason in student_code.REASONS
    return caught.value.reason


def test_what_the_school_signed_passes():
    assert student_code.check(CODE, KEYS, on=DAY) == CARD
    assert student_code.check(f"{CODE}\r\n", KEYS, on=DAY) == CARD
    assert len(CODE) == student_code.LENGTH == 125
    assert segno.make(CODE, error="m").mode == "alphanumeric"


def test_the_layout_is_what_the_guide_says():
    assert TOLD[0] == 1 and TOLD[1:5] == CARD.key_id and TOLD[5:13] == CARD.number
    assert TOLD[13:17].hex() == "09830af0" and len(TOLD) == 81


@pytest.mark.parametrize(
    ("on", "wanted"),
    [
        (date(2026, 8, 31), "early"),
        (date(2027, 9, 1), "expired"),
        (date(2099, 1, 1), "expired"),
        (date(1990, 1, 1), "early"),
    ],
)
def test_a_card_has_its_days(on, wanted):
    assert reason(CODE, on=on) == wanted
    assert student_code.check(CODE, KEYS, on=date(2027, 8, 31)) == CARD


def test_lost_cards_and_other_schools():
    assert reason(CODE, revoked={CARD.number}) == "revoked"
    assert student_code.check(CODE, KEYS, on=DAY, revoked={b"another!"}) == CARD
    other = student_code.point_of(ec.derive_private_key(77, ec.SECP256R1()).public_key())
    assert reason(CODE, keys={student_code.key_id_of(other): other}) == "key"
    assert reason(CODE, keys={CARD.key_id: other}) == "key"
    assert reason(CODE, keys={}) == "key"


@pytest.mark.parametrize("bit", range(81 * 8))
def test_every_changed_bit_fails(bit):
    changed = bytearray(TOLD)
    changed[bit // 8] ^= 1 << bit % 8
    text = student_code.PREFIX + student_code.base45_text(bytes(changed))
    wanted = "version" if bit < 8 else "key" if bit < 40 else "signature"
    assert reason(text) == wanted


def test_the_other_value_of_s_fails():
    s = student_code.ORDER - int.from_bytes(TOLD[49:], "big")
    text = student_code.PREFIX + student_code.base45_text(TOLD[:49] + s.to_bytes(32, "big"))
    assert reason(text) == "signature"


@given(st.integers(0, len(CODE) - 1), st.characters())
def test_every_changed_sign_fails(place, sign):
    text = CODE[:place] + sign + CODE[place + 1 :]
    if text != CODE:
        reason(text)


@given(st.text() | st.text(alphabet=student_code._SIGNS, min_size=122, max_size=122).map("JZ:".__add__))
@settings(max_examples=500)
def test_garbage_raises_nothing_but_its_own_error(text):
    reason(text)


@given(st.binary(min_size=81, max_size=81))
def test_other_bytes_under_the_same_key_fail(told):
    text = student_code.PREFIX + student_code.base45_text(b"\x01" + CARD.key_id + told[5:])
    assert reason(text) == "signature"


@given(st.binary(max_size=90))
def test_base45_comes_back(told):
    assert student_code.base45_bytes(student_code.base45_text(told)) == told


def test_base45_is_that_of_the_standard():
    # RFC 9285, 4.3 and 4.4.
    assert student_code.base45_text(b"Hello!!") == "%69 VD92EX0"
    assert student_code.base45_bytes("QED8WEX0") == b"ietf!"
    for wrong in ("GGW", "::", "A", "a00", "ŠAB"):
        with pytest.raises(BadCode, match="format"):
            student_code.base45_bytes(wrong)


def test_a_damaged_key_is_no_key():
    broken = POINT[:-1] + bytes([POINT[-1] ^ 1])
    code = bytearray(TOLD)
    code[1:5] = student_code.key_id_of(broken)
    text = student_code.PREFIX + student_code.base45_text(bytes(code))
    assert reason(text, keys={student_code.key_id_of(broken): broken}) == "signature"


def test_keys_are_read_from_a_key_set():
    x, y = (base64.urlsafe_b64encode(half).decode().rstrip("=") for half in (POINT[1:33], POINT[33:]))
    good = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    told = {
        "keys": [good, {"kty": "RSA"}, {**good, "x": "AA"}, {**good, "y": 5}, {"kty": "EC", "crv": "P-256"}]
    }
    assert student_code.keys_of(told) == KEYS
    assert student_code.keys_of({}) == {}


@pytest.mark.parametrize(
    "card",
    [
        Card(b"short", CARD.key_id, DAY, DAY),
        Card(CARD.number, b"\0\0\0\0", DAY, DAY),
        Card(CARD.number, CARD.key_id, date(2019, 12, 31), DAY),
        Card(CARD.number, CARD.key_id, DAY, date(2020, 1, 1) + timedelta(days=1 << 16)),
    ],
)
def test_what_does_not_fit_is_not_signed(card):
    with pytest.raises(ValueError):
        student_code.sign(KEY, card)
