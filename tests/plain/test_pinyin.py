import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jizuo.plain import names, pinyin

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("name", "syllables"),
    [
        ("单雄信", "shan xiong xin"),
        ("曾国藩", "zeng guo fan"),
        ("解晓东", "xie xiao dong"),
        ("仇英", "qiu ying"),
        ("查良镛", "zha liang yong"),
        ("任长霞", "ren chang xia"),
        ("区小明", "ou xiao ming"),
        ("盖叫天", "ge jiao tian"),
        ("尉迟恭", "yu chi gong"),
        ("尉健", "wei jian"),
        ("万俟卨", "mo qi xie"),
        ("万家宝", "wan jia bao"),
        ("单于婷", "chan yu ting"),
        ("长孙无忌", "zhang sun wu ji"),
        ("澹台灭明", "tan tai mie ming"),
        ("令狐冲", "ling hu chong"),
        ("乐正绫", "yue zheng ling"),
        ("欧阳修", "ou yang xiu"),
        ("司马相如", "si ma xiang ru"),
        ("朴树", "piao shu"),
        ("吕布", "lv bu"),
        ("翟志刚", "zhai zhi gang"),
        ("缪荃孙", "miao quan sun"),
        ("宁静", "ning jing"),
        ("单单", "shan dan"),
        ("刘䶮", "liu yan"),
        ("刘\ue863", "liu yan"),
        ("李晟", "li sheng"),
        ("艾子", "ai zi"),
        ("阿卜杜拉·买买提", "a bu du la mai mai ti"),
        ("John O'Neil", "john o neil"),
        ("张A", "zhang a"),
        ("Éric Müller", "eric muller"),
        ("张", "zhang"),
        ("", ""),
    ],
)
def test_readings(name, syllables):
    assert pinyin.readings(name) == syllables.split()
    assert pinyin.initials(name) == "".join(part[0] for part in syllables.split())


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("张三", ("张三", "zhangsan", "zs")),
        ("单雄信", ("单雄信", "shanxiongxin", "sxx", "danxiongxin", "dxx")),
        ("任乐", ("任乐", "renle", "rl", "renyue", "ry")),
        ("吕布", ("吕布", "lvbu", "lb", "lyubu")),
        ("覃丽", ("覃丽", "qinli", "ql", "tanli", "tl")),
        ("万俟卨", ("万俟卨", "moqixie", "mqx")),
        ("阿卜杜拉•买买提", ("阿卜杜拉·买买提", "abudulamaimaiti", "abdlmmt")),
        ("John Smith", ("john smith", "johnsmith", "js")),
        ("", ()),
        ("张 三", ("张三", "zhangsan", "zs")),
    ],
)
def test_search_keys(name, keys):
    assert pinyin.search_keys(name) == keys


def test_never_more_than_six_keys():
    keys = pinyin.search_keys("单乐乐行长")
    assert len(keys) == 6
    assert keys[:2] == ("单乐乐行长", "shanlelexingchang")


def test_sorts_by_syllable_tone_and_character():
    register = [
        "安宁",
        "黎明",
        "李明",
        "李娜",
        "里明",
        "单一",
        "孙一",
        "章安",
        "张安",
        "张超",
        "Adam",
        "吕一",
        "路一",
        "𠮷一",
    ]
    ordered = sorted(register, key=pinyin.sort_key)
    assert ordered == [
        "Adam", "安宁", "黎明", "李明", "李娜", "里明", "路一",
        "吕一", "单一", "孙一", "张安", "张超", "章安", "𠮷一",
    ]  # fmt: skip


def test_sort_key_is_not_over_long():
    assert len(pinyin.sort_key("张" * 50)) == pinyin.SORT_KEY_LENGTH


@pytest.mark.parametrize(
    ("name", "override", "keys"),
    [
        ("单一", "dan yi", ("单一", "danyi", "dy", "shanyi", "sy")),
        ("单一", "Dān Yī", ("单一", "danyi", "dy", "shanyi", "sy")),
        ("单一", "dan1 yi1", ("单一", "danyi", "dy", "shanyi", "sy")),
        ("吕一", "lü yi", ("吕一", "lvyi", "ly", "lyuyi")),
        ("李\U00020bb7", "li ji", ("李𠮷", "liji", "lj", "li𠮷", "l𠮷")),
    ],
)
def test_override(name, override, keys):
    assert pinyin.search_keys(name, override) == keys
    assert pinyin.sort_key(name, override).startswith(keys[1][:2])
    assert pinyin.readings(name, override)[0] == keys[1][: len(keys[1]) - 2]


@pytest.mark.parametrize("override", ["", "  ", "张 san", "zh4ng", "-"])
def test_refuses_an_override_that_is_not_pinyin(override):
    with pytest.raises(ValueError, match="拼音"):
        pinyin.search_keys("张三", override)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Zhang San", "zhangsan"),
        ("zhāng sān", "zhangsan"),
        ("xi'an", "xian"),
        ("lü bu", "lvbu"),
        ("lǚ bù", "lvbu"),
        ("ＺＳ", "zs"),
        ("张 三", "张三"),
        ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
        ("", ""),
    ],
)
def test_query_key(typed, key):
    assert pinyin.query_key(typed) == key


@given(st.one_of(HAN, st.text(max_size=20)))
def test_keys_are_few_distinct_and_in_match_form(name):
    keys = pinyin.search_keys(name)
    assert len(keys) <= pinyin.MOST_KEYS
    assert len(set(keys)) == len(keys)
    assert keys[:1] == ((names.match_key(name),) if names.match_key(name) else ())


@given(HAN)
@example("蛾")
def test_short_and_long_road_agree(name):
    slow = pinyin._all_keys(name, None)
    assert pinyin.search_keys(name) == slow
    assert pinyin.sort_key(name) == pinyin.sort_key(" " + name + "\u200b")


@given(HAN)
def test_han_names_sort_in_lower_ascii(name):
    key = pinyin.sort_key(name)
    assert key.isascii()
    assert key == key.lower()
    assert len(key) <= pinyin.SORT_KEY_LENGTH


@given(HAN, HAN)
def test_names_of_one_surname_character_stay_together(left, right):
    surname = "张"
    inside = sorted([surname + left, surname + right, "章一", "章" + left], key=pinyin.sort_key)
    assert [name[0] for name in inside] == ["张", "张", "章", "章"]
