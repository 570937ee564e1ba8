import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.plain import text


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("３１０１０１", "310101"),
        ("ａｂＸ", "abX"),
        ("三（２）班", "三（2）班"),
        ("  张\u3000三 \n", "张 三"),
        ("\ufeff姓名\u200b", "姓名"),
        ("a\u00a0\u00a0b", "a b"),
        ("\x00正常\x1f", "正常"),
    ],
)
def test_clean(raw, seen):
    assert text.clean(raw) == seen


def test_half_width_with_marks():
    assert text.half_width("三（２）班，Ａ：１") == "三(2)班,A:1"
    assert text.half_width("（１）", marks=False) == "（1）"


@pytest.mark.parametrize("value", [None, "", " ", "\u3000", "\u200b\ufeff", float("nan"), "\r\n\t"])
def test_blank(value):
    assert text.is_blank(value)


@pytest.mark.parametrize("value", [0, 0.0, False, "0", "无", "-"])
def test_not_blank(value):
    assert not text.is_blank(value)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠", " =", "\u3000+", "'="])
def test_guards_formulas(start):
    assert text.safe_cell(start + "cmd|' /C calc'!A0") == "'" + start + "cmd|' /C calc'!A0"


@pytest.mark.parametrize("plain", ["", "张三", "1-2", "a=b", "'quoted", "’", " x"])
def test_leaves_plain_cells(plain):
    assert text.safe_cell(plain) == plain


@given(st.text())
def test_guard_is_undone(raw):
    guarded = text.safe_cell(raw)
    assert text.bare_cell(guarded) == raw
    assert guarded[:1] not in set("=+-@\t\r\n") or not guarded


@given(st.text())
def test_clean_is_stable(raw):
    once = text.clean(raw)
    assert text.clean(once) == once


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("二十一", 21), ("二〇", 20), ("02", 2),
        ("二〇一四", 2014),
        ("", None), ("十十", None), ("零十", None), ("十零", None), ("百", None), 
        ("²", None), ("٣", None), ("三3", None),
    ],
)  # fmt: skip
def test_chinese_number(word, number):
    assert text.chinese_number(word) == number


@given(st.integers(1, 99))
def test_spoken_numbers_come_back(number):
    assert text.chinese_number(text.say_number(number)) == number


@pytest.mark.parametrize("number", [0, 100, -1])
def test_no_spoken_form(number):
    with pytest.raises(ValueError, match="no spoken form"):
        text.say_number(number)
