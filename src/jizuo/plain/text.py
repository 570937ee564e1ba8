"""Text as it arrives from keyboards and spreadsheets, brought to one form."""

import math
import re

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_LATIN_HALF_WIDTH = {code: half for code, half in _HALF_WIDTH.items() if chr(half).isalnum()}

# Marks that take no room on the screen: zero width spaces and joiners, direction marks, byte order mark,
# soft hyphen, and the other C0/C1 controls that are not white space.
_INVISIBLE = dict.fromkeys(
    (
        *range(0x09),
        *range(0x0E, 0x1C),
        *range(0x7F, 0x85),
        *range(0x86, 0xA0),
        0xAD,
        0x180E,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2065),
        *range(0x2066, 0x206A),
        0xFEFF,
    )
)
_BLANKS = re.compile(r"\s+")
_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")

_SAYS = "零一二三四五六七八九"
_DIGITS = {word: number for number, word in enumerate(_SAYS)} | {"〇": 0, "○": 0, "两": 2}


def half_width(text: str, *, marks: bool = True) -> str:
    """Full-width digits and Latin letters as ASCII; with `marks` also full-width signs and the wide space."""
    return text.translate(_HALF_WIDTH if marks else _LATIN_HALF_WIDTH)


def strip_invisible(text: str) -> str:
    """Without zero width characters, direction marks and control characters (tab and line ends stay)."""
    return text.translate(_INVISIBLE)


def collapse(text: str) -> str:
    """Each run of white space (wide space, no-break space, line ends) as one space, none at the ends."""
    return _BLANKS.sub(" ", text).strip()


def clean(text: str) -> str:
    """The ordinary reading of a typed value: nothing invisible, Latin in half width, blanks collapsed."""
    return collapse(half_width(strip_invisible(text), marks=False))


def is_blank(value: object) -> bool:
    """Whether a cell holds nothing: None, NaN, or text of white space and invisible characters only."""
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return isinstance(value, str) and not strip_invisible(value).strip()


def bare_number(text: str, most: int = 0) -> str:
    """A number written as a text, without the zeros before it: 06 is 6, so that two lists that pad otherwise say the same.
    Any other text, and one of more than `most` figures (0: any), stays: a long number may be put together of parts."""
    is_number = text.isascii() and text.isdigit() and (not most or len(text) <= most)
    return text.lstrip("0") or "0" if is_number else text


def safe_cell(text: str) -> str:
    """Text for a CSV cell that no spreadsheet runs as a formula; `bare_cell` is its inverse.

    A single quote goes before = + - @, tab, CR and LF (also full width), also when blanks stand before them.
    Numbers belong in number cells, so "-5" as text is guarded too.
    """
    if text[:1] in _FORMULA_STARTS and text:
        return "'" + text
    if text.lstrip("' \u00a0\u3000")[:1] in _FORMULA_STARTS and text.lstrip("' \u00a0\u3000"):
        return "'" + text
    return text


def bare_cell(text: str) -> str:
    """The text that `safe_cell` guarded; any other text unchanged."""
    return text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text


def chinese_number(text: str) -> int | None:
    """0 to 99 from Chinese numerals (三, 十二, 二十, 二〇) or ASCII digits of any length; None otherwise."""
    if text.isascii() and text.isdigit():
        return int(text)
    if text in _DIGITS:
        return _DIGITS[text]
    tens, ten, ones = text.partition("十")
    if ten:
        if tens and _DIGITS.get(tens, 0) == 0:
            return None
        if ones and _DIGITS.get(ones, 0) == 0:
            return None
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    if text and all(char in _DIGITS for char in text) and len(text) <= 4:
        return int("".join(str(_DIGITS[char]) for char in text))
    return None


def say_number(number: int) -> str:
    """1 to 99 in Chinese numerals as spoken: 三, 十, 十二, 二十一.

    Raises ValueError outside that range.
    """
    if not 1 <= number <= 99:
        raise ValueError(f"no spoken form for {number}")
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _SAYS[tens] + "十"
    return head + (_SAYS[ones] if ones else "")
