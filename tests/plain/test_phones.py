import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.plain import phones
from jizuo.plain.phones import Phone, PhoneKind

mobiles = st.from_regex(r"\A1[3-9][0-9]{9}\Z")


@pytest.mark.parametrize(
    "cell",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 13812345678",
        "+8613812345678",
        "0086-138-1234-5678",
        "8613812345678",
        "１３８１２３４５６７８",
        "(+86)138-1234-5678",
        "13812345678\u200b",
        "138\u00a01234\u00a05678",
        13812345678,
        13812345678.0,
    ],
)
def test_mobiles(cell):
    assert phones.read(cell) == Phone("13812345678", PhoneKind.MOBILE)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("021-62345678", "021-62345678"),
        ("(021)62345678", "021-62345678"),
        ("（021） 6234 5678", "021-62345678"),
        ("02162345678", "021-62345678"),
        ("+86 21 6234 5678", "021-62345678"),
        ("+86 10 6234 5678", "010-62345678"),
        ("0571-8123456", "0571-8123456"),
        ("010-62345678-801", "010-62345678-801"),
        ("010-62345678转801", "010-62345678-801"),
        ("010-62345678 ext 801", "010-62345678-801"),
        ("0571-81234567", "0571-81234567"),
    ],
)
def test_landlines(cell, text):
    assert phones.read(cell) == Phone(text, PhoneKind.LANDLINE)


def test_area_of_the_school():
    assert phones.read("6234 5678", area="021").text == "021-62345678"
    assert phones.read("6234-5678", area="021").text == "021-62345678"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("+852 6123 4567", "+85261234567"),
        ("00852-61234567", "+85261234567"),
        ("+1 (415) 555-2671", "+14155552671"),
    ],
)
def test_foreign(cell, text):
    assert phones.read(cell) == Phone(text, PhoneKind.FOREIGN)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "empty"),
        (" ", "empty"),
        ("1381234567", "length"),
        ("138123456789", "length"),
        ("12812345678", "prefix"),
        ("62345678", "area"),
        ("021-623456", "length"),
        ("13812345678/13912345678", "form"),
        ("13812345678 13912345678", "length"),
        ("电话", "form"),
        ("1.38E+10", "form"),
        ("+86", "length"),
        ("+86 1381234567", "length"),
        ("+852", "form"),
        ("99", "form"),
        (True, "form"),
        (1.5, "form"),
    ],
)
def test_refuses(cell, code):
    with pytest.raises(phones.BadPhone) as caught:
        phones.read(cell)
    assert caught.value.code == code
    assert any("\u4e00" <= char <= "\u9fff" for char in caught.value.reason)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13812341234", "138****1234"),
        ("021-62345678", "021-****5678"),
        ("0571-8123456", "0571-****456"),
        ("010-62345678-801", "010-****5678-***"),
        ("+85261234567", "********4567"),
        ("", ""),
    ],
)
def test_mask(text, masked):
    assert phones.mask(text) == masked


@given(mobiles, st.lists(st.integers(0, 11), max_size=4), st.sampled_from([" ", "-", "\u3000", "."]))
def test_separators_never_matter(mobile, places, mark):
    typed = mobile
    for place in sorted(places, reverse=True):
        typed = typed[:place] + mark + typed[place:]
    assert phones.read(typed).text == mobile


@given(st.one_of(st.text(), st.text(alphabet="0123456789+-() 转"), st.integers(), st.floats()))
def test_stored_form_is_stable_or_our_error(cell):
    try:
        phone = phones.read(cell)
    except phones.BadPhone as error:
        assert error.code
    else:
        assert phones.read(phone.text) == phone


@given(mobiles)
def test_mask_hides_the_middle_four(mobile):
    assert phones.mask(mobile) == mobile[:3] + "****" + mobile[7:]
