"""Identity numbers: the 18 characters of GB 11643, the pupil numbers built on them, and other documents.

Rules marked (to check) are kept as data because the primary text was not to hand.
"""

import math
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jizuo.plain.text import half_width, strip_invisible

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_PLAIN = re.compile(r"[GJL]?[0-9]{17}[0-9X]")
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?E\+?[0-9]{2,3}")
_SEPARATORS = re.compile(r"[\s'‘’`\-‐‑‒–—_]+")

# First two digits of GB/T 2260; 81, 82, 83 begin the residence permits of Hong Kong, Macao, Taiwan people.
PROVINCES = frozenset(
    f"{area}{province}"
    for area, provinces in enumerate(("12345", "123", "1234567", "123456", "01234", "12345", "1", "123"), 1)
    for province in provinces
)
# GB/T 2260 has no such province: made-up people of a demonstration carry it and can be nobody's number.
FICTIONAL_PROVINCE = "99"
_RESIDENCE_PERMITS = frozenset(("81", "82", "83"))
_EARLIEST = date(1900, 1, 1)


class DocumentKind(StrEnum):
    """What kind of paper a number comes from; the value is our own stable code."""

    RESIDENT = "resident"
    RESIDENCE_PERMIT = "residence_permit"
    TRAVEL_PERMIT = "travel_permit"
    PASSPORT = "passport"
    PERMANENT_RESIDENT = "permanent_resident"
    BIRTH_CERTIFICATE = "birth_certificate"
    NONE = "none"


DOCUMENT_NAMES: dict[DocumentKind, str] = {
    DocumentKind.RESIDENT: "居民身份证",
    DocumentKind.RESIDENCE_PERMIT: "港澳台居民居住证",
    DocumentKind.TRAVEL_PERMIT: "来往内地（大陆）通行证",
    DocumentKind.PASSPORT: "护照",
    DocumentKind.PERMANENT_RESIDENT: "外国人永久居留身份证",
    DocumentKind.BIRTH_CERTIFICATE: "出生医学证明",
    DocumentKind.NONE: "无证件",
}


class IdNumberError(ValueError):
    """A number that cannot be taken. `code` is stable for programs, `reason` is Chinese for people.

    Neither repeats the number, so both may be logged.
    """

    code = "id"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class EmptyNumber(IdNumberError):
    code = "empty"


class WrongLength(IdNumberError):
    code = "length"


class OldNumber(IdNumberError):
    code = "old15"


class WrongCharacter(IdNumberError):
    code = "character"


class WrongRegion(IdNumberError):
    code = "region"


class WrongDate(IdNumberError):
    code = "date"


class WrongCheckDigit(IdNumberError):
    code = "check_digit"


class BrokenByExcel(IdNumberError):
    code = "excel"

    def __init__(self, reason: str = "被 Excel 改坏，请用文本格式重填") -> None:
        super().__init__(reason)


class WrongForm(IdNumberError):
    code = "form"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A sound 18-character number. `sex` is GB/T 2261.1 ("1" male, "2" female); `region` has six digits."""

    text: str
    birth_on: date
    sex: str
    region: str

    @property
    def kind(self) -> DocumentKind:
        """Residence permit for the prefixes 81, 82, 83, else the resident identity card."""
        return (
            DocumentKind.RESIDENCE_PERMIT if self.region[:2] in _RESIDENCE_PERMITS else DocumentKind.RESIDENT
        )

    @property
    def is_fictional(self) -> bool:
        """Whether the region is the made-up one of demonstrations."""
        return self.region.startswith(FICTIONAL_PROVINCE)


@dataclass(frozen=True, slots=True)
class RollNumber:
    """A pupil number of the national register (学籍号); `form` is G (formal), J or L.

    `sex` and `id_text` are None for J and L: those carry only the birth date (to check).
    """

    text: str
    form: str
    birth_on: date
    sex: str | None
    id_text: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """A document number of the right form; birth date and sex where the number itself tells them."""

    kind: DocumentKind
    text: str
    birth_on: date | None = None
    sex: str | None = None


def normalise(text: str) -> str:
    """Half width, upper case (so x becomes X), without blanks, quotes, hyphens or invisible characters."""
    return _SEPARATORS.sub("", half_width(strip_invisible(text))).upper()


def check_digit(first17: str) -> str:
    """The 18th character (0-9 or X) for 17 ASCII digits, by GB 11643 (ISO 7064 MOD 11-2)."""
    return _CHECK_DIGITS[sum(int(char) * weight for char, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def is_broken_by_excel(cell: object) -> bool:
    """Whether a spreadsheet has destroyed the number in this cell of an id column.

    True for a number cell of 16 or more digits (a spreadsheet keeps 15), for text in scientific notation, and
    for text of 16 or more digits with nothing but zeros after the 15th - unless that text is a sound GB 11643
    number, which a living person may hold.
    """
    if isinstance(cell, bool) or cell is None:
        return False
    if isinstance(cell, int | float):
        return math.isinf(cell) or abs(cell) >= 1e15
    if not isinstance(cell, str):
        return False
    text = normalise(cell)
    if _SCIENTIFIC.fullmatch(text):
        return True
    if len(text) < 16 or not (text.isascii() and text.isdigit()) or text[15:].strip("0"):
        return False
    return not (len(text) == 18 and check_digit(text[:17]) == text[17])


def parse(cell: object, *, today: date | None = None, fictional: bool = False) -> IdNumber:
    """The 18-character number in a cell or text, however it was typed.

    Takes resident cards and residence permits (81, 82, 83: check digit held to the same rule, to check). A
    birth date after `today` is refused when `today` is given; regions beginning with 99 pass only with
    `fictional`. Raises a subclass of IdNumberError.
    """
    text = _read(cell)
    if len(text) == 15 and text.isascii() and text.isdigit():
        raise OldNumber("15 位旧身份证号已停用，请填 18 位号码")
    if len(text) != 18:
        raise WrongLength(f"身份证号应为 18 位，现为 {len(text)} 位")
    if not _EIGHTEEN.fullmatch(text):
        raise WrongCharacter("身份证号只能是 17 位数字加 1 位数字或 X")
    if text[:2] not in PROVINCES and not (fictional and text.startswith(FICTIONAL_PROVINCE)):
        raise WrongRegion("身份证号前两位不是省级行政区划代码")
    birth_on = _birth_date(text[6:14], today)
    if check_digit(text[:17]) != text[17]:
        raise WrongCheckDigit("身份证号校验位不符，请核对是否抄错")
    return IdNumber(text, birth_on, _sex(text), text[:6])


def make(region: str, birth_on: date, seq: int) -> str:
    """A sound 18-character number for made-up people; `seq` is 0 to 999, odd for male.

    Raises ValueError for a region that is not six digits with a known or the fictional province, or a seq
    out of range.
    """
    if not re.fullmatch(r"[0-9]{6}", region) or region[:2] not in PROVINCES | {FICTIONAL_PROVINCE}:
        raise ValueError(f"not a region code: {region!r}")
    if not 0 <= seq <= 999:
        raise ValueError(f"sequence out of range: {seq}")
    first17 = f"{region}{birth_on:%Y%m%d}{seq:03d}"
    return first17 + check_digit(first17)


def parse_roll_number(cell: object, *, today: date | None = None, fictional: bool = False) -> RollNumber:
    """The pupil number in a cell: G and an id number, or J or L and 18 characters, 7-14 the birth date.

    J and L are held to their form and date only; their region and last character are not tested (to check).
    Raises a subclass of IdNumberError.
    """
    text = _read(cell)
    if len(text) == 18 and _EIGHTEEN.fullmatch(text):
        raise WrongForm("学籍号应以 G、J 或 L 开头，这里像是身份证号")
    if len(text) != 19:
        raise WrongLength(f"学籍号应为字母加 18 位，共 19 位，现为 {len(text)} 位")
    form, rest = text[0], text[1:]
    if form == "G":
        number = parse(rest, today=today, fictional=fictional)
        return RollNumber(text, form, number.birth_on, number.sex, number.text)
    if form not in "JL":
        raise WrongForm("学籍号应以 G、J 或 L 开头")
    if not _EIGHTEEN.fullmatch(rest):
        raise WrongCharacter("学籍号字母后应为 17 位数字加 1 位数字或 X")
    return RollNumber(text, form, _birth_date(rest[6:14], today), None, None)


def make_roll_number(id_text: str) -> str:
    """The formal pupil number of an id number."""
    return "G" + parse(id_text, fictional=True).text


_PASSPORT = re.compile(r"[A-Z0-9]{5,17}")
_TRAVEL_PERMIT = re.compile(r"[HM](?:[0-9]{8}|[0-9]{10})|[0-9]{8}|[0-9]{10}[A-Z]?")
_OLD_PERMANENT = re.compile(r"[A-Z]{3}[0-9]{12}")
_NEW_PERMANENT = re.compile(r"9[0-9]{16}[0-9X]")
_BIRTH_CERTIFICATE = re.compile(r"[A-Z][0-9]{9}")


def check_document(
    kind: DocumentKind, cell: object, *, today: date | None = None, fictional: bool = False
) -> Document:
    """The number in a cell as a document of the given kind, held to that kind's plain form.

    Resident cards and residence permits must pass GB 11643; of the other kinds only length and characters are
    tested, and the birth date of an 18-character permanent residence card (all to check). For NONE the cell
    must be blank. Raises a subclass of IdNumberError.
    """
    if kind is DocumentKind.NONE:
        if cell is not None and (not isinstance(cell, str) or normalise(cell)):
            raise WrongForm("证件类型为“无”时不应填证件号码")
        return Document(kind, "")
    if kind in (DocumentKind.RESIDENT, DocumentKind.RESIDENCE_PERMIT):
        number = parse(cell, today=today, fictional=fictional)
        if number.kind is not kind:
            raise WrongForm(f"这是{DOCUMENT_NAMES[number.kind]}号码，证件类型却填了{DOCUMENT_NAMES[kind]}")
        return Document(kind, number.text, number.birth_on, number.sex)
    text = _read(cell)
    if kind is DocumentKind.PERMANENT_RESIDENT:
        if _NEW_PERMANENT.fullmatch(text):
            return Document(kind, text, _birth_date(text[6:14], today))
        if _OLD_PERMANENT.fullmatch(text):
            return Document(kind, text)
        raise WrongForm("外国人永久居留身份证应为 15 位（3 个字母加 12 位数字）或以 9 开头的 18 位号码")
    if kind is DocumentKind.TRAVEL_PERMIT:
        if _TRAVEL_PERMIT.fullmatch(text):
            return Document(kind, text)
        raise WrongForm("通行证号码应为 H 或 M 加 8 位（或 10 位）数字，台湾居民为 8 位数字")
    if kind is DocumentKind.BIRTH_CERTIFICATE:
        if _BIRTH_CERTIFICATE.fullmatch(text):
            return Document(kind, text)
        raise WrongForm("出生医学证明编号应为 1 个字母加 9 位数字")
    if not _PASSPORT.fullmatch(text) or not any(char.isdigit() for char in text):
        raise WrongForm("护照号码应为 5 到 17 位字母和数字")
    return Document(kind, text)


def mask(text: str) -> str:
    """Stars but for the last four characters; of a text shorter than eight at most half stays."""
    shown = min(4, len(text) // 2)
    return "*" * (len(text) - shown) + text[len(text) - shown :]


def _read(cell: object) -> str:
    if isinstance(cell, str) and _PLAIN.fullmatch(cell) and not cell.endswith("000"):
        return cell
    if is_broken_by_excel(cell):
        raise BrokenByExcel
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | None):
        raise WrongForm("单元格不是文字，请用文本格式重填")
    if isinstance(cell, float):
        if not cell.is_integer():
            raise WrongForm("单元格是带小数的数字，请用文本格式重填")
        cell = int(cell)
    text = "" if cell is None else normalise(str(cell))
    if not text:
        raise EmptyNumber("号码为空")
    return text


def _birth_date(digits: str, today: date | None) -> date:
    try:
        birth_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise WrongDate("号码中的出生日期不存在，请核对是否抄错") from None
    if birth_on < _EARLIEST:
        raise WrongDate("号码中的出生日期早于 1900 年")
    if today is not None and birth_on > today:
        raise WrongDate("号码中的出生日期在今天之后")
    return birth_on


def _sex(text: str) -> str:
    return "1" if int(text[16]) % 2 else "2"
