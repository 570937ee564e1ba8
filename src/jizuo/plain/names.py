"""Names of people as they are typed, stored, matched and masked."""

import re
import unicodedata
from dataclasses import dataclass

from jizuo.plain.text import collapse, half_width, strip_invisible

MAX_LENGTH = 50
DOT = "\u00b7"

# Old fonts and GBK systems kept 80 rare characters (䶮 among them) in Unicode's private area, in the order
# of the double bytes FE50 to FEA0. The gb18030 codec knows the standard place of most; the rest were given
# theirs by the 2005 and 2022 editions of GB 18030.
_LATER_EDITIONS = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6,
    0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA,
    0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip
_TRAIL_BYTES = [trail for trail in range(0x50, 0xA1) if trail != 0x7F]
PRIVATE_USE = {
    code: ord(bytes((0xFE, trail)).decode("gb18030")) for code, trail in enumerate(_TRAIL_BYTES, 0xE815)
} | _LATER_EDITIONS

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\ue000-\uf8ff"
_ALL_HAN = re.compile(f"[{_HAN}]+")
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}])\\s+(?=[{_HAN}])")
_DOTS = re.compile("\\s*[\u00b7\u0387\u2022\u2024\u2027\u2219\u22c5\u25cf\u25e6\u30fb\uff65\u16eb\u2e31]\\s*")
_FULL_STOP = re.compile(f"(?<=[{_HAN}])\\s*[.\uff0e]\\s*(?=[{_HAN}])")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_UNUSUAL = re.compile(r"[0-9<>{}\[\]|\\/*#@!?%^&=+~\"“”;:,，。；：、？！（）()《》【】…]")
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_DOT_RUN = re.compile(f"{DOT}+")
_PLAIN_HAN = re.compile("[\u4e00-\u9fff]{2,4}")

# Surnames of two characters that are still borne; a name is split after one only when a given name follows.
# Left out where the first character is a common surname and the second a common first half of a given name
# (贺兰, 梁丘, 左人).
_COMPOUNDS = (
    "欧阳司马上官诸葛东方皇甫尉迟公孙慕容令狐宇文长孙司徒司空夏侯轩辕端木百里呼延东郭南宫南门西门"
    "独孤万俟闻人公羊赫连澹台公冶宗政濮阳淳于单于太叔申屠仲孙钟离鲜于闾丘亓官司寇子车颛孙巫马公西"
    "漆雕乐正壤驷公良拓跋夹谷宰父谷梁段干东门左丘第五纳兰完颜叶赫那拉耶律羊舌达奚歐陽諸葛東方尉遲"
    "公孫長孫軒轅獨孤萬俟聞人赫連澹臺濮陽單于鍾離鮮于閭丘司馬東郭南宮西門納蘭"
)
COMPOUND_SURNAMES = frozenset(map("".join, zip(_COMPOUNDS[::2], _COMPOUNDS[1::2], strict=True)))


class BadName(ValueError):
    """A text that cannot be a name. `code` (empty, length, character) is stable; `reason` is Chinese."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class NameRead:
    """A normalised name and what a person should look at.

    `flags`: "private_use" for a character that only the writer's font knows, "lost" for the mark of a
    character that some system could not write, "unusual" for a digit or sign that names do not carry.
    """

    text: str
    flags: tuple[str, ...] = ()


def normalise(text: str) -> str:
    """The one stored form of a name; does not judge it (see `read`).

    NFC, so that rare characters keep their own code point; Latin and digits in half width; old private code
    points mapped; every middle dot, and a full stop between Han characters, as U+00B7 without blanks around;
    blanks between Han characters removed, others collapsed to one.
    """
    if _PLAIN_HAN.fullmatch(text):
        return text
    text = half_width(strip_invisible(text), marks=False).translate(PRIVATE_USE)
    text = unicodedata.normalize("NFC", text)
    text = _FULL_STOP.sub(DOT, _DOTS.sub(DOT, text))
    return collapse(_BETWEEN_HAN.sub("", _DOT_RUN.sub(DOT, text).strip(DOT + " ")))


def read(text: str) -> NameRead:
    """A typed name in its stored form, with flags for what looks wrong but may be kept.

    Raises BadName when nothing is left, when it has more than 50 characters, or when none is a letter.
    """
    name = normalise(text)
    if not name:
        raise BadName("empty", "姓名为空")
    if len(name) > MAX_LENGTH:
        raise BadName("length", f"姓名最多 {MAX_LENGTH} 个字，现为 {len(name)} 个字")
    flags = []
    if _PRIVATE.search(name):
        flags.append("private_use")
    if "\ufffd" in name or "\u3013" in name or "?" in name or "？" in name:
        flags.append("lost")
    if _UNUSUAL.search(name):
        flags.append("unusual")
    if not flags and not any(char.isalpha() or char == "〇" for char in name):
        raise BadName("character", "姓名里没有文字")
    return NameRead(name, tuple(flags))


def match_key(name: str) -> str:
    """The form under which two spellings of one name are equal: normalised, case folded, no variant marks."""
    if _PLAIN_HAN.fullmatch(name):
        return name
    return _VARIATION.sub("", normalise(name)).casefold()


def is_han(text: str) -> bool:
    """Whether every character is Chinese (rare, compatibility and private ones included) and there is one."""
    return _ALL_HAN.fullmatch(text) is not None


def split(name: str) -> tuple[str, str]:
    """Surname and given name of a normalised Han name; ("", name) for names with a dot or other letters.

    A single character is all surname.
    """
    if not is_han(name):
        return "", name
    cut = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    return name[:cut], name[cut:]


def mask_name(name: str) -> str:
    """The name for a public list: the surname stays, one star for each other character (张*, 欧阳**).

    A name without a Han surname keeps its first character, dots and blanks; a single character gives a star.
    """
    surname, rest = split(name)
    if not surname:
        surname, rest = name[:1], name[1:]
    if not rest:
        return "*" * len(name)
    return surname + "".join(char if char in f"{DOT} " else "*" for char in rest)
