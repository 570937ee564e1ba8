"""Telephone numbers of the mainland brought to one form, others kept in the international one."""

import re
from dataclasses import dataclass
from enum import StrEnum

from jizuo.plain.text import half_width, strip_invisible

_NOISE = re.compile(r"[\s()\[\]（）‐‑‒–—―－\-.·'‘’`]+")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
# Area codes: 010, 02x with eight digits; 03xx to 09xx with seven or eight.
_LANDLINE = re.compile(r"(?P<area>010|02[0-9]|0[3-9][0-9]{2})(?P<local>[2-9][0-9]{6,7})")
_LOCAL = re.compile(r"[2-9][0-9]{6,7}")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#|,)\s*([0-9]{1,6})$", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"(?<=[0-9]{7})\s*-\s*([0-9]{1,5})$")
_FOREIGN = re.compile(r"\+[1-9][0-9]{5,14}")


class PhoneKind(StrEnum):
    """Mainland mobile, mainland landline, or any other number in international form."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    FOREIGN = "foreign"


class BadPhone(ValueError):
    """A text that is no number. `code` is empty, form, length, prefix or area; `reason` is Chinese."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in its stored form: 13812345678, 021-12345678, 021-12345678-801, +85212345678."""

    text: str
    kind: PhoneKind


def read(cell: object, *, area: str = "") -> Phone:
    """The telephone number in a cell, with +86, 0086, blanks, dashes, brackets or full width as typed.

    A landline without area code takes `area` (021); without that it is refused. Numbers of other countries
    need their + or 00. Raises BadPhone.
    """
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, str | int | None):
        raise BadPhone("form", "这里应是电话号码")
    typed = "" if cell is None else half_width(strip_invisible(str(cell))).strip()
    if not typed:
        raise BadPhone("empty", "电话号码为空")
    main, extension = _extension(typed)
    digits = _NOISE.sub("", main)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("+86"):
        digits = digits[3:]
        # a landline is dialled from abroad without the first zero of its area code
        if not re.match("0|1[3-9]", digits):
            digits = "0" + digits
    elif digits.startswith("86") and _MOBILE.fullmatch(digits[2:]):
        digits = digits[2:]
    if digits.startswith("+"):
        if _FOREIGN.fullmatch(digits) and not extension:
            return Phone(digits, PhoneKind.FOREIGN)
        raise BadPhone("form", "境外号码应为 + 国家或地区代码加号码")
    if not (digits.isascii() and digits.isdigit()):
        raise BadPhone("form", "电话号码只能有数字，一格请只填一个号码")
    if _MOBILE.fullmatch(digits) and not extension:
        return Phone(digits, PhoneKind.MOBILE)
    if area and _LOCAL.fullmatch(digits):
        digits = area + digits
    if match := _LANDLINE.fullmatch(digits):
        parts = [match["area"], match["local"], *([extension] if extension else [])]
        return Phone("-".join(parts), PhoneKind.LANDLINE)
    raise _why(digits)


def mask(text: str) -> str:
    """138****1234 for a mobile; other numbers keep the area code and at most the last four digits."""
    if _MOBILE.fullmatch(text):
        return f"{text[:3]}****{text[-4:]}"
    head, dash, rest = text.partition("-")
    if not dash:
        head, rest = "", text
    local, dash_2, _extension_digits = rest.partition("-")
    shown = min(4, len(local) // 2)
    hidden = "*" * (len(local) - shown) + local[len(local) - shown :]
    return head + dash + hidden + (dash_2 + "*" * len(_extension_digits))


def _extension(typed: str) -> tuple[str, str]:
    for form in (_EXTENSION, _DASHED_EXTENSION):
        match = form.search(typed)
        if match is None:
            continue
        main = typed[: match.start()]
        if form is _EXTENSION or _LANDLINE.fullmatch(_NOISE.sub("", main)):
            return main, match[1]
    return typed, ""


def _why(digits: str) -> BadPhone:
    if digits.startswith("1") and not digits.startswith("10"):
        if len(digits) != 11:
            return BadPhone("length", f"手机号应为 11 位，现为 {len(digits)} 位")
        return BadPhone("prefix", "手机号应以 13 到 19 开头")
    if _LOCAL.fullmatch(digits):
        return BadPhone("area", "固定电话缺区号，例如 021-12345678")
    if digits.startswith("0"):
        return BadPhone("length", "固定电话应为区号加 7 或 8 位号码")
    return BadPhone("form", "看不懂的电话号码")
