from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jizuo.plain import idnumber
from jizuo.plain.idnumber import DocumentKind as Kind

# The worked example printed in GB 11643.
EXAMPLE = "11010519491231002X"

regions = st.tuples(st.sampled_from(sorted(idnumber.PROVINCES)), st.integers(0, 9999)).map(
    lambda pair: f"{pair[0]}{pair[1]:04d}"
)
births = st.dates(date(1900, 1, 1), date(2100, 12, 31))
seqs = st.integers(0, 999)
numbers = st.builds(idnumber.make, regions, births, seqs)


@pytest.mark.parametrize(
    "typed",
    [
        EXAMPLE,
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "'11010519491231002X",
        "110105-19491231-002X",
        "\u200b11010519491231002X\ufeff",
    ],
)
def test_reads_what_people_type(typed):
    number = idnumber.parse(typed)
    assert number == idnumber.IdNumber(EXAMPLE, date(1949, 12, 31), "2", "110105")
    assert number.kind is Kind.RESIDENT


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", idnumber.EmptyNumber),
        (None, idnumber.EmptyNumber),
        ("  ", idnumber.EmptyNumber),
        ("1101051949123100", idnumber.BrokenByExcel),
        ("1101051949123102", idnumber.WrongLength),
        ("11010519491231002X0", idnumber.WrongLength),
        ("110105491231002", idnumber.OldNumber),
        (110105491231002, idnumber.OldNumber),
        ("1101051949123100XX", idnumber.WrongCharacter),
        ("11010519491231O02X", idnumber.WrongCharacter),
        ("99010519491231002X", idnumber.WrongRegion),
        ("11010519491331002X", idnumber.WrongDate),
        ("11010519490229002X", idnumber.WrongDate),
        ("11010518991231002X", idnumber.WrongDate),
        ("110105194912310021", idnumber.WrongCheckDigit),
        ("3.10E+17", idnumber.BrokenByExcel),
        ("3.10101E17", idnumber.BrokenByExcel),
        (3.10101201401010000e17, idnumber.BrokenByExcel),
        (310101201401010000, idnumber.BrokenByExcel),
        ("310101201401010000", idnumber.BrokenByExcel),
        (float("inf"), idnumber.BrokenByExcel),
        (12.5, idnumber.WrongForm),
        (True, idnumber.WrongForm),
        (date(2014, 1, 1), idnumber.WrongForm),
        ("一二三", idnumber.WrongLength),
    ],
)
def test_refuses_with_a_reason(typed, error):
    with pytest.raises(error) as caught:
        idnumber.parse(typed)
    assert type(caught.value) is error
    assert any("\u4e00" <= char <= "\u9fff" for char in caught.value.reason)
    if isinstance(typed, str) and len(typed) > 8:
        assert typed[6:14] not in caught.value.reason


def test_reason_codes_are_distinct():
    codes = [kind.code for kind in idnumber.IdNumberError.__subclasses__()]
    assert len(codes) == len(set(codes)) == 9


def test_birth_after_today():
    text = idnumber.make("310101", date(2026, 9, 2), 12)
    assert idnumber.parse(text).birth_on == date(2026, 9, 2)
    with pytest.raises(idnumber.WrongDate):
        idnumber.parse(text, today=date(2026, 9, 1))


@given(regions, births, seqs)
def test_made_numbers_parse(region, birth_on, seq):
    number = idnumber.parse(idnumber.make(region, birth_on, seq))
    assert (number.region, number.birth_on, number.sex) == (region, birth_on, "1" if seq % 2 else "2")


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_single_slip_is_caught(number, place, char):
    assume(number[place] != char)
    with pytest.raises(idnumber.IdNumberError):
        idnumber.parse(number[:place] + char + number[place + 1 :])


@given(numbers, st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(number, place):
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    with pytest.raises(idnumber.IdNumberError):
        idnumber.parse(swapped)


@given(numbers.filter(lambda number: not number.endswith("X")))
def test_every_number_kept_as_a_number_is_broken(number):
    for cell in (int(number), float(number), f"{float(number):.2E}"):
        assert idnumber.is_broken_by_excel(cell)
        with pytest.raises(idnumber.BrokenByExcel):
            idnumber.parse(cell)


@given(numbers)
def test_sound_numbers_are_never_called_broken(number):
    assert not idnumber.is_broken_by_excel(number)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.dates()))
def test_nothing_else_than_our_error_comes_out(cell):
    try:
        idnumber.parse(cell)
    except idnumber.IdNumberError as error:
        assert error.code


@pytest.mark.parametrize(
    "cell", [None, True, "", "张三", 12, 41883.0, "20140901", "E12345678", "12E4567", date(2014, 1, 1)]
)
def test_not_broken(cell):
    assert not idnumber.is_broken_by_excel(cell)


@pytest.mark.parametrize(
    ("region", "seq"), [("31010", 1), ("980101", 1), ("31010a", 1), ("310101", 1000), ("310101", -1)]
)
def test_make_refuses(region, seq):
    with pytest.raises(ValueError, match=r"region|range"):
        idnumber.make(region, date(2014, 1, 1), seq)


@given(numbers)
def test_formal_roll_numbers(number):
    roll = idnumber.parse_roll_number(idnumber.make_roll_number(number).lower())
    parsed = idnumber.parse(number)
    assert roll == idnumber.RollNumber("G" + number, "G", parsed.birth_on, parsed.sex, number)


@pytest.mark.parametrize("form", "JL")
def test_other_roll_numbers_carry_the_birth_date(form):
    roll = idnumber.parse_roll_number(form + "310101201409010019")
    assert roll == idnumber.RollNumber(form + "310101201409010019", form, date(2014, 9, 1), None, None)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        (EXAMPLE, idnumber.WrongForm),
        ("K" + EXAMPLE, idnumber.WrongForm),
        ("G" + EXAMPLE[:-1], idnumber.WrongLength),
        ("G" + EXAMPLE[:-1] + "0", idnumber.WrongCheckDigit),
        ("L310101201413010019", idnumber.WrongDate),
        ("L31010120141301001A", idnumber.WrongCharacter),
        (3.1e17, idnumber.BrokenByExcel),
        (None, idnumber.EmptyNumber),
    ],
)
def test_refuses_roll_numbers(typed, error):
    with pytest.raises(error):
        idnumber.parse_roll_number(typed)


def test_fictional_numbers_pass_only_where_asked():
    text = idnumber.make("990102", date(2014, 9, 1), 7)
    for read in (idnumber.parse, lambda cell, **kw: idnumber.check_document(Kind.RESIDENT, cell, **kw)):
        with pytest.raises(idnumber.WrongRegion):
            read(text)
        assert read(text, fictional=True).text == text
    assert idnumber.parse(text, fictional=True).is_fictional
    assert not idnumber.parse(EXAMPLE).is_fictional
    roll = idnumber.make_roll_number(text)
    assert idnumber.parse_roll_number(roll, fictional=True).id_text == text
    with pytest.raises(idnumber.WrongRegion):
        idnumber.parse_roll_number(roll)


PERMIT = idnumber.make("810000", date(2014, 9, 1), 1)


@pytest.mark.parametrize(
    ("kind", "typed", "text", "birth_on", "sex"),
    [
        (Kind.RESIDENT, EXAMPLE.lower(), EXAMPLE, date(1949, 12, 31), "2"),
        (Kind.RESIDENCE_PERMIT, PERMIT, PERMIT, date(2014, 9, 1), "1"),
        (Kind.TRAVEL_PERMIT, "h12345678", "H12345678", None, None),
        (Kind.TRAVEL_PERMIT, "M1234567801", "M1234567801", None, None),
        (Kind.TRAVEL_PERMIT, 12345678.0, "12345678", None, None),
        (Kind.PASSPORT, "E 1234 5678", "E12345678", None, None),
        (Kind.PERMANENT_RESIDENT, "USA310112345678", "USA310112345678", None, None),
        (Kind.PERMANENT_RESIDENT, "931840201409010019", "931840201409010019", date(2014, 9, 1), None),
        (Kind.BIRTH_CERTIFICATE, "u310123456", "U310123456", None, None),
        (Kind.NONE, None, "", None, None),
        (Kind.NONE, " ", "", None, None),
    ],
)
def test_documents(kind, typed, text, birth_on, sex):
    assert idnumber.check_document(kind, typed) == idnumber.Document(kind, text, birth_on, sex)


@pytest.mark.parametrize(
    ("kind", "typed", "error"),
    [
        (Kind.RESIDENT, PERMIT, idnumber.WrongForm),
        (Kind.RESIDENCE_PERMIT, EXAMPLE, idnumber.WrongForm),
        (Kind.TRAVEL_PERMIT, "Z12345678", idnumber.WrongForm),
        (Kind.PASSPORT, "ABCDEFG", idnumber.WrongForm),
        (Kind.PASSPORT, "E123/678", idnumber.WrongForm),
        (Kind.PASSPORT, "", idnumber.EmptyNumber),
        (Kind.PERMANENT_RESIDENT, "USA31011234567", idnumber.WrongForm),
        (Kind.PERMANENT_RESIDENT, "931840201413010019", idnumber.WrongDate),
        (Kind.BIRTH_CERTIFICATE, "31012345", idnumber.WrongForm),
        (Kind.NONE, "E12345678", idnumber.WrongForm),
        (Kind.NONE, 5, idnumber.WrongForm),
    ],
)
def test_refuses_documents(kind, typed, error):
    with pytest.raises(error):
        idnumber.check_document(kind, typed)


def test_every_kind_has_a_name():
    assert set(idnumber.DOCUMENT_NAMES) == set(Kind)


@pytest.mark.parametrize(
    ("text", "masked"),
    [(EXAMPLE, "*" * 14 + "002X"), ("E12345678", "*****5678"), ("12345", "***45"), ("1", "*"), ("", "")],
)
def test_mask(text, masked):
    assert idnumber.mask(text) == masked


@given(st.text(max_size=40))
def test_mask_shows_at_most_four_and_at_most_half(text):
    masked = idnumber.mask(text)
    shown = min(4, len(text) // 2)
    assert len(masked) == len(text)
    assert masked[: len(text) - shown] == "*" * (len(text) - shown)
