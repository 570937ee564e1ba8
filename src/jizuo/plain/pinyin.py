"""Pinyin of names: sort keys, initials and the prefix keys of search.

Readings of single characters come from pypinyin's dictionary; surnames and a few characters of given names
have their own readings here, because the commonest reading of a character is often not the one in a name.
A person's own wish (`override`) goes before all of them.
"""

import os
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import islice, product

from jizuo.plain.names import COMPOUND_SURNAMES, is_han, match_key, split

SORT_KEY_LENGTH = 120
MOST_KEYS = 6

# character(s), then readings with tone digit, the usual one first; all are offered to search
_SURNAMES = """
单shan4/dan1 單shan4/dan1 曾zeng1/ceng2 解xie4/jie3 仇qiu2/chou2 查zha1/cha2 任ren2 区ou1/qu1 區ou1/qu1
盖ge3/gai4 蓋ge3/gai4 尉wei4/yu4 朴piao2/pu3 乐yue4/le4 樂yue4/le4 长chang2/zhang3 翟zhai2/di2 纪ji3
紀ji3 洗xian3/xi3 冼xian3 员yun4/yuan2 貟yun4 贠yun4 宁ning4 甯ning4 覃qin2/tan2 黑he4/hei1 卜bu3
牟mou2/mu4 折she2/zhe2 祭zhai4/ji4 么yao1 秘bi4/mi4 缪miao4/mou2 繆miao4/mou2 能nai4/neng2 句gou1/ju4
召shao4/zhao4 车che1 哈ha3 那na1 过guo1 過guo1 令ling2 应ying1 藏zang4/cang2 贾jia3 賈jia3 燕yan1 华hua4
華hua4 宓mi4/fu2 种chong2/zhong3 繁po2/fan2 郇xun2/huan2 隗wei3/kui2 炅gui4/jiong3 都du1/dou1 干gan1
葛ge3 观guan4 鲜xian1 相xiang4 要yao1 殷yin1 訾zi1 薄bo2/bao2 贲ben1/bi4 费fei4/bi4 郗xi1/chi1
郄qie4/xi4 盛sheng4/cheng2 柏bai3/bo2 佴nai4/er4 厍she4 曲qu1 适kuo4/shi4 乜nie4/mie1 乘cheng2
行xing2/hang2 褚chu3/zhu3 圈juan4/quan1 眭sui1 番pan1/fan1 强qiang2/jiang4 撒sa3 舍she4 莘shen1/xin1
於yu1 沈shen3 占zhan1 瞿qu2 角jue2/jiao3 阚kan4 闞kan4 洪hong2 重chong2/zhong4 阿a1 晟cheng2 仉zhang3
钭tou3 昝zan3 逯lu4 郜gao4 仝tong2 亓qi2 妫gui1 俞yu2 叶ye4 夏xia4 谌chen2/shen4 諶chen2/shen4 谷gu3
尉迟yu4.chi2 尉遲yu4.chi2 万俟mo4.qi2 萬俟mo4.qi2 单于chan2.yu2 單于chan2.yu2 长孙zhang3.sun1
長孫zhang3.sun1 澹台tan2.tai2 澹臺tan2.tai2 令狐ling2.hu2 亓官qi2.guan1 乐正yue4.zheng4 鲜于xian1.yu2
鮮于xian1.yu2 宰父zai3.fu3 夹谷jia2.gu3 子车zi3.ju1 谷梁gu3.liang2 夏侯xia4.hou2 那拉na4.la1 叶赫ye4.he4
百里bai3.li3 纳兰na4.lan2 納蘭na4.lan2
"""
_GIVEN = """
晟sheng4/cheng2 茜qian4/xi1 朝chao2/zhao1 长chang2/zhang3 卜bu3 曾zeng1/ceng2 都du1 子zi3 参shen1/can1
着zhuo2 了liao3 么me 的di4 得de2 地di4 没mo4 少shao4 葛ge3 乐le4/yue4 樂le4/yue4 行xing2/hang2
柏bai3/bo2 重chong2/zhong4 传chuan2 盛sheng4 颉jie2/xie2 娜na4 莎sha1 兴xing1 为wei2 仔zi3/zai3
栖qi1/xi1 莘xin1/shen1 蔚wei4/yu4 和he2 露lu4 翟zhai2 单dan1 覃tan2/qin2 朴pu3 澹dan4/tan2 祭ji4
中zhong1 倩qian4 阿a1 艾ai4 吾wu2 提ti2 拉la1 力li4 买mai3 木mu4
"""


@cache
def _dictionary() -> Mapping[int, str]:
    """Readings of a character, parted by commas, by its code point. Loaded at the first name: a process that reads none
    saves 11 MB."""
    # Only single characters are looked up here; the library's phrases would cost every process 50 MB and 0.3 s.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin.constants import PINYIN_DICT

    return PINYIN_DICT


def _numbered(reading: str) -> str:
    """A syllable with its tone mark as letters and tone digit: lǚ -> lv3, zi -> zi5."""
    tone = "5"
    letters: list[str] = []
    for char in unicodedata.normalize("NFD", reading):
        if char in _TONE_MARKS:
            tone = str(_TONE_MARKS.index(char) + 1)
        elif char == "\u0308":
            letters[-1] = "v"
        elif char.isascii():
            letters.append(char)
    return "".join(letters) + tone


class _Reading:
    """One reading of a character or surname: letters without tone, first letters, unit of the sort key."""

    __slots__ = ("first", "full", "sort", "syllables")

    def __init__(self, chars: str, numbered: list[str]) -> None:
        self.syllables = [syllable.rstrip("12345") for syllable in numbered]
        self.full = "".join(self.syllables)
        self.first = "".join(syllable[:1] for syllable in self.syllables)
        self.sort = " ".join(
            f"{syllable}{ord(char):05x}" for syllable, char in zip(numbered, chars, strict=True)
        )


def _table(text: str) -> dict[str, tuple[_Reading, ...]]:
    table = {}
    for entry in text.split():
        chars = entry.rstrip(_READING_CHARS)
        table[chars] = tuple(_Reading(chars, way.split(".")) for way in entry[len(chars) :].split("/"))
    return table


class _Given(dict[str, tuple[_Reading, ...]]):
    """Readings of one character inside a name, filled as characters are met; KeyError for one without any."""

    def __missing__(self, char: str) -> tuple[_Reading, ...]:
        known = _dictionary().get(ord(char))
        if known is None or not unicodedata.is_normalized("NFC", char):
            raise KeyError(char)
        self[char] = ways = (_Reading(char, [_numbered(known.partition(",")[0])]),)
        return ways


class _Surname(dict[str, tuple[_Reading, ...]]):
    """Readings of a surname; one without an entry of its own is read like any other characters."""

    def __missing__(self, surname: str) -> tuple[_Reading, ...]:
        if not surname:
            raise KeyError(surname)
        numbered = [_GIVEN_WAYS[char][0].sort[:-5] for char in surname]
        self[surname] = ways = (_Reading(surname, numbered),)
        return ways


_TONE_MARKS = "\u0304\u0301\u030c\u0300"
_TONES = re.compile(f"[{_TONE_MARKS}]")
_READING_CHARS = "abcdefghijklmnopqrstuvwxyz12345./"
_GIVEN_WAYS = _Given(_table(_GIVEN))
_SURNAME_WAYS = _Surname(_table(_SURNAMES))
_SEVERAL = frozenset(char for char, ways in _GIVEN_WAYS.items() if len(ways) > 1)


def sort_key(name: str, override: str | None = None) -> str:
    """A key that sorts names as a Chinese register does: by syllable, tone, character, from the left.

    Lower-case ASCII for Han and Latin names, at most 120 characters; compare it byte by byte (COLLATE "C").
    It begins with the surname's syllable, so its first letter serves an A-Z index; Han characters without a
    known reading come last. Letters of other scripts stay themselves.
    """
    if override is None:
        try:
            cut = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
            given = name[cut:]
            parts = [_SURNAME_WAYS[name[:cut]][0].sort]
            parts += [_GIVEN_WAYS[char][0].sort for char in given]
            return " ".join(parts)[:SORT_KEY_LENGTH]
        except KeyError:
            pass
    return " ".join(unit.sort for unit in _units(name, override))[:SORT_KEY_LENGTH]


def readings(name: str, override: str | None = None) -> list[str]:
    """The syllables of a name without tones (ü as v), a word of letters as one item in lower case."""
    return [syllable for unit in _units(name, override) for syllable in unit.syllables]


def initials(name: str, override: str | None = None) -> str:
    """First letters of `readings`: 欧阳修 -> oyx, John Smith -> js."""
    return "".join(unit.first for unit in _units(name, override))


def search_keys(name: str, override: str | None = None) -> tuple[str, ...]:
    """What a search by prefix should find the name under: at most 6 keys, no two equal, the likeliest first.

    The name's match key, then full pinyin without blanks and initials for each reading of the surname (and of
    the few given-name characters read in two ways). With `override` its pinyin comes first and the ordinary
    ones stay behind it. Compare with `query_key` of what a person types. Empty for an empty name.
    """
    if override is None:
        try:
            cut = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
            given = name[cut:]
            ways = _SURNAME_WAYS[name[:cut]]
            if _SEVERAL.isdisjoint(given):
                rest = [_GIVEN_WAYS[char][0] for char in given]
                full = "".join([way.full for way in rest])
                first = "".join([way.first for way in rest])
                way = ways[0]
                if (
                    len(ways) == 1
                    and "v" not in way.full
                    and "v" not in full
                    and len(way.full + full) > len(name)
                ):
                    return name, way.full + full, way.first + first
        except KeyError:
            pass
    return _all_keys(name, override)


def query_key(text: str) -> str:
    """What a person types into a search box, in the form of the search keys.

    Pinyin loses tones, blanks and apostrophes, and ü becomes v; text in other scripts becomes a match key.
    """
    key = match_key(text)
    plain = _latin(unicodedata.normalize("NFC", _TONES.sub("", unicodedata.normalize("NFD", key))))
    return "".join(char for char in plain if char.isalnum()) if plain.isascii() else key


def _all_keys(name: str, override: str | None) -> tuple[str, ...]:
    name = match_key(name)
    if not name:
        return ()
    keys = [name]
    spellings = [_units(name, override)] if override is not None else []
    spellings += [list(spelling) for spelling in islice(product(*_ways(name)), MOST_KEYS)]
    for units in spellings:
        keys += ["".join(unit.full for unit in units), "".join(unit.first for unit in units)]
    main = keys[1]
    if "lv" in main or "nv" in main:
        # passports write ü after l and n as yu
        keys.insert(3, main.replace("lv", "lyu").replace("nv", "nyu"))
    return tuple(dict.fromkeys(key for key in keys if key))[:MOST_KEYS]


def _units(name: str, override: str | None) -> list[_Reading]:
    """The chosen reading of each part of a name, from the left."""
    if override is None:
        return [ways[0] for ways in _ways(match_key(name))]
    wished = _wish(override)
    chars = [char for char in match_key(name) if char.isalpha()]
    if len(chars) != len(wished):
        # syllables that do not fall one to a character still give the order and the letters
        chars = [" "] * len(wished)
    return [_Reading(char, [syllable]) for char, syllable in zip(chars, wished, strict=True)]


def _wish(override: str) -> list[str]:
    """Syllables with tone digits of a pinyin text parted by blanks; tone marks and digits may be missing."""
    syllables = []
    for word in override.replace("'", " ").replace("’", " ").casefold().split():
        numbered = _numbered(word.rstrip("12345"))
        if word[-1] in "12345":
            numbered = numbered[:-1] + word[-1]
        if not (numbered[:-1].isascii() and numbered[:-1].isalpha()):
            raise ValueError(f"拼音只能由字母组成：{override}")
        syllables.append(numbered)
    if not syllables:
        raise ValueError("拼音为空")
    return syllables


def _ways(name: str) -> list[tuple[_Reading, ...]]:
    """All readings of each part of a name in its match form: surname, characters, words of letters."""
    surname, rest = split(name)
    parts: list[tuple[_Reading, ...]] = []
    if surname:
        try:
            parts.append(_SURNAME_WAYS[surname])
        except KeyError:
            rest = name
    word = ""
    for char in rest + " ":
        if is_han(char) or not char.isalnum():
            if word:
                parts.append((_word(word),))
                word = ""
            if is_han(char):
                try:
                    parts.append(_GIVEN_WAYS[char])
                except KeyError:
                    parts.append((_unread(char),))
        else:
            word += char
    return parts


def _word(word: str) -> _Reading:
    unit = _Reading.__new__(_Reading)
    unit.full = unit.sort = _latin(word)
    unit.syllables = [unit.full]
    unit.first = unit.full[:1]
    return unit


def _unread(char: str) -> _Reading:
    unit = _Reading.__new__(_Reading)
    unit.full = unit.first = char
    unit.syllables = [char]
    unit.sort = f"~{ord(char):05x}"
    return unit


def _latin(text: str) -> str:
    """Letters in lower case without their marks (é -> e), lü and nü as lv and nv; other scripts unchanged."""
    text = text.casefold().replace("lü", "lv").replace("nü", "nv")
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
