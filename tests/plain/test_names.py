import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.plain import names

DOTS = "·•・‧∙⋅.．･●"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("张 三", "张三"),
        ("张\u3000三", "张三"),
        (" 张三\n", "张三"),
        ("张\u200b三", "张三"),
        ("欧 阳 修", "欧阳修"),
        ("阿卜杜拉 · 买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉··买买提", "阿卜杜拉·买买提"),
        ("·买买提·", "买买提"),
        ("John  Smith", "John Smith"),
        ("J. Smith", "J. Smith"),
        ("Ｊｏｈｎ", "John"),
        ("张Ａ", "张A"),
        ("刘\ue863", "刘䶮"),
        ("刘䶮", "刘䶮"),
        ("王\ue854", "王\u9fba"),
        ("\ue831", "\U000215d7"),
        ("李\U00020087", "李\U00020087"),
        ("e\u0301ric", "éric"),
        ("㈱田", "㈱田"),
        ("〇 一", "〇一"),
        ("\ue000 三", "\ue000三"),
    ],
)
def test_normalise(typed, stored):
    assert names.normalise(typed) == stored


@pytest.mark.parametrize("dot", DOTS)
@pytest.mark.parametrize("blank", ["", " ", "\u3000"])
def test_all_middle_dots_are_one(dot, blank):
    assert names.match_key(f"阿卜杜拉{blank}{dot}{blank}买买提") == "阿卜杜拉·买买提"


def test_old_private_code_points():
    assert len(names.PRIVATE_USE) == 80
    assert len(set(names.PRIVATE_USE.values())) == 80
    assert not any(0xE000 <= code <= 0xF8FF for code in names.PRIVATE_USE.values())
    assert chr(names.PRIVATE_USE[0xE863]) == "䶮"


@given(st.text(max_size=60))
def test_normalise_is_stable_and_composed(typed):
    once = names.normalise(typed)
    assert names.normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert names.match_key(once) == names.match_key(typed)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=20), st.data())
def test_blanks_inside_han_names_never_matter(name, data):
    place = data.draw(st.integers(0, len(name)))
    typed = name[:place] + data.draw(st.sampled_from([" ", "\u3000", "\u00a0", "  "])) + name[place:]
    assert names.normalise(typed) == names.normalise(name)


@pytest.mark.parametrize(
    ("typed", "flags"),
    [
        ("张三", ()),
        ("〇", ()),
        ("阿卜杜拉•买买提", ()),
        ("O'Brien", ()),
        ("刘\ue863", ()),
        ("刘\ue000", ("private_use",)),
        ("刘\ufffd", ("lost",)),
        ("刘?", ("lost", "unusual")),
        ("张三2", ("unusual",)),
        ("张三（小）", ("unusual",)),
    ],
)
def test_read_flags(typed, flags):
    assert names.read(typed).flags == flags


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" \u3000", "empty"),
        ("··", "empty"),
        ("张" * 51, "length"),
        ("-", "character"),
        ("'", "character"),
    ],
)
def test_read_refuses(typed, code):
    with pytest.raises(names.BadName) as caught:
        names.read(typed)
    assert caught.value.code == code
    assert "姓名" in caught.value.reason


def test_fifty_characters_are_a_name():
    assert names.read("张" * 50).text == "张" * 50


@pytest.mark.parametrize(
    ("left", "right"),
    [("JOHN Smith", "john smith"), ("葛\U000e0100城", "葛城"), ("张 三", "张三"), ("e\u0301ric", "Éric")],
)
def test_match_key_joins(left, right):
    assert names.match_key(left) == names.match_key(right)


def test_match_key_keeps_variants_apart():
    assert names.match_key("吕明") != names.match_key("呂明")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("张三", ("张", "三")),
        ("欧阳修", ("欧阳", "修")),
        ("欧阳", ("欧", "阳")),
        ("司马相如", ("司马", "相如")),
        ("贺兰英", ("贺", "兰英")),
        ("张", ("张", "")),
        ("阿卜杜拉·买买提", ("", "阿卜杜拉·买买提")),
        ("John Smith", ("", "John Smith")),
        ("", ("", "")),
    ],
)
def test_split(name, parts):
    assert names.split(name) == parts


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("欧阳修", "欧阳*"),
        ("欧阳明月", "欧阳**"),
        ("张", "*"),
        ("", ""),
        ("阿卜杜拉·买买提", "阿***·***"),
        ("John Smith", "J*** *****"),
    ],
)
def test_mask_name(name, masked):
    assert names.mask_name(name) == masked


@given(st.text(min_size=1, max_size=20))
def test_a_mask_hides_all_but_the_surname(name):
    masked = names.mask_name(name)
    kept = len(names.split(name)[0]) or 1
    assert len(masked) == len(name)
    assert set(masked[kept:]) <= {"*", " ", "·"}
