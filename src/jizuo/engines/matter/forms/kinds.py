"""The kinds of fields: how what came in becomes a value, how a value is shown, and the widget that asks for it.

A value is what JSON can hold. Text is typed text; a number an int or float, money an int in fen; a day ISO text; a person or
org the text of its id, a unit its number; a file ``{"id", "name", "size"}`` in a list; a table a list of dicts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.engines.matter.forms.asked import Asked
from jizuo.plain import picture, workdays
from jizuo.plain import text as texts
from jizuo.plain.codes import CodeTable

MOST_YEARS = 120
_DAY = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?::[0-5]\d)?")
#: `of` of a photo that every browser must be able to show.
WEB = "web"
#: A larger number is a slip of the hand in every form of a school.
MOST_NUMBER = 10**12


@dataclass(frozen=True, slots=True)
class Seen:
    """A file that the person may hand in."""

    id: str
    name: str
    size: int
    type: str


@dataclass(frozen=True, slots=True)
class Known:
    """What checking knows beside the form: all of it read before. people, orgs: ``of`` word -> id -> name of those asked
    for that are within reach; units: number -> name; files: id -> file; rows: dataset -> label -> row."""

    today: date
    tables: Mapping[str, CodeTable] = field(default_factory=dict)
    people: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    orgs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)
    files: Mapping[str, Seen] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)


class Wrong(ValueError):
    """A value that may not stand. what, fix: in words of the person who filled it."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


@dataclass(frozen=True, slots=True)
class Kind:
    """check: (asked, what came in, known) -> value, raises Wrong; show: (asked, value, known) -> words; widget: template
    below ``matter/forms/fields``; wide: takes the whole line on a desktop."""

    check: Callable[[Asked, Any, Known], Any]
    show: Callable[[Asked, Any, Known], str]
    widget: str
    wide: bool = False


def _text(asked: Asked, told: Any, _known: Known) -> str:
    if not isinstance(told, str):
        raise Wrong(_("应为文字"))
    value = texts.strip_invisible(unicodedata.normalize("NFC", told)).replace("\r\n", "\n").strip()
    if asked.kind != "long_text":
        value = texts.collapse(value)
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Wrong(_("含有不能保存的字符"), _("请重新输入"))
    if len(value) > asked.length:
        raise Wrong(_("最长 %(most)s 个字，现在是 %(now)s 个") % {"most": asked.length, "now": len(value)})
    return value


def _decimal(told: Any) -> Decimal:
    if isinstance(told, str):
        told = texts.half_width(told).replace(",", "").replace(" ", "").strip()
    try:
        number = (
            Decimal(str(told))
            if isinstance(told, str | int | float | Decimal) and not isinstance(told, bool)
            else None
        )
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise Wrong(_("应为数字"), _("如 12"))
    if abs(number) > MOST_NUMBER:
        raise Wrong(_("数字太大"), _("请检查多打的位数"))
    return number


def _bounds(asked: Asked, number: Decimal, unit: str = "") -> None:
    least, most = asked.field.least, asked.field.most
    if least is not None and number < Decimal(str(least)):
        raise Wrong(_("不能小于 %(least)s") % {"least": f"{least}{unit}"})
    if most is not None and number > Decimal(str(most)):
        raise Wrong(_("不能大于 %(most)s") % {"most": f"{most}{unit}"})


def _number(asked: Asked, told: Any, _known: Known) -> int | float:
    number = _decimal(told)
    if -int(number.normalize().as_tuple().exponent) > asked.scale:
        raise Wrong(_("应为整数") if not asked.scale else _("最多 %(most)s 位小数") % {"most": asked.scale})
    _bounds(asked, number)
    return int(number) if number == number.to_integral_value() else float(number)


def _money(asked: Asked, told: Any, _known: Known) -> int:
    """Fen. A text is yuan as a person writes it, a whole number is fen already; least and most are in yuan."""
    if isinstance(told, int) and not isinstance(told, bool):
        fen = Decimal(told)
    elif isinstance(told, str):
        fen = _decimal(told.strip().lstrip("¥￥").removesuffix("元")) * 100
    else:
        raise Wrong(_("金额应为元和分"), _("如 12.50"))
    if fen != fen.to_integral_value():
        raise Wrong(_("金额最多到分"), _("如 12.50"))
    if abs(fen) > MOST_NUMBER:
        raise Wrong(_("金额太大"), _("请检查多打的位数"))
    _bounds(asked, fen / 100, _("元"))
    return int(fen)


def read_day(told: Any) -> date:
    """A day as people write it: 2026-09-01, 2026.9.1, 2026年9月1日, 20260901. Raises Wrong."""
    if isinstance(told, date) and not isinstance(told, datetime):
        return told
    found = _DAY.fullmatch(texts.half_width(told).replace(" ", "").strip()) if isinstance(told, str) else None
    if found is None:
        raise Wrong(_("日期读不出来"), _("如 2026-09-01"))
    parts = [int(one) for one in found.groups() if one is not None]
    try:
        return date(*parts)
    except ValueError:
        raise Wrong(_("没有这一天"), _("请对照日历")) from None


def _date(asked: Asked, told: Any, known: Known) -> str:
    day = read_day(told)
    if abs((day - known.today).days) > MOST_YEARS * 366 or day > known.today + timedelta(days=20 * 366):
        raise Wrong(_("日期太远"), _("请检查年份"))
    if asked.field.of == "school_day" and not workdays.is_working(day):
        raise Wrong(_("这一天不上学"), _("请选上学的日子"))
    return day.isoformat()


def _time(_asked: Asked, told: Any, _known: Known) -> str:
    found = _TIME.fullmatch(texts.half_width(told).strip()) if isinstance(told, str) else None
    if found is None:
        raise Wrong(_("时间读不出来"), _("如 08:30"))
    return f"{int(found[1]):02d}:{found[2]}"


def _moment(_asked: Asked, told: Any, known: Known) -> str:
    try:
        value = datetime.fromisoformat(told) if isinstance(told, str) else told
        if not isinstance(value, datetime):
            raise ValueError
        if value.tzinfo is None:
            value = timezone.make_aware(value)
    except (ValueError, OverflowError):
        raise Wrong(_("时间读不出来"), _("如 2026-09-01 08:30")) from None
    if abs(value.year - known.today.year) > 20:
        raise Wrong(_("日期太远"), _("请检查年份"))
    return value.isoformat(timespec="minutes")


def _period(asked: Asked, told: Any, known: Known) -> int:
    try:
        number = _decimal(told)
    except Wrong:
        number = Decimal(0)
    most = int(asked.field.most or 12)
    if number != number.to_integral_value() or not 1 <= number <= most:
        raise Wrong(_("没有这一节"), _("第 1 到第 %(most)s 节") % {"most": most})
    return int(number)


def _code(asked: Asked, told: Any, known: Known) -> str:
    table = known.tables.get(asked.code)
    row = table.get(told) if table is not None and isinstance(told, str) else None
    if row is None or not row.in_force(known.today):
        raise Wrong(_("没有这个选项"), _("请从列表里选"))
    return row.code


def _choice(asked: Asked, told: Any, _known: Known) -> str:
    if not isinstance(told, str) or told not in asked.field.options:
        raise Wrong(_("没有这个选项"), "、".join(asked.field.options)[:120])
    return told


def _yes_no(_asked: Asked, told: Any, _known: Known) -> bool:
    if isinstance(told, bool):
        return told
    if told in ("yes", "no"):
        return told == "yes"
    raise Wrong(_("请选是或否"))


def _person(asked: Asked, told: Any, known: Known) -> str:
    found = known.people.get(asked.field.of or "pupil", {})
    if not isinstance(told, str) or told not in found:
        raise Wrong(_("没有这个人"), _("请从列表里选"))
    return told


def _org(asked: Asked, told: Any, known: Known) -> str:
    found = known.orgs.get(asked.field.of or "class", {})
    if not isinstance(told, str) or told not in found:
        raise Wrong(_("没有这个班级"), _("请从列表里选"))
    return told


def _unit(_asked: Asked, told: Any, known: Known) -> int:
    number = (
        int(told)
        if isinstance(told, str) and told.isascii() and told.isdecimal() and len(told) < 10
        else told
    )
    if not isinstance(number, int) or isinstance(number, bool) or number not in known.units:
        raise Wrong(_("没有这个单位"), _("请从列表里选"))
    return number


def _row(asked: Asked, told: Any, known: Known) -> str:
    if not isinstance(told, str) or told not in known.rows.get(asked.field.of, {}):
        raise Wrong(_("没有这个选项"), _("请从列表里选"))
    return told


def _several(one: Callable[[Asked, Any, Known], Any]) -> Callable[[Asked, Any, Known], list[Any]]:
    def check(asked: Asked, told: Any, known: Known) -> list[Any]:
        if not isinstance(told, list | tuple):
            raise Wrong(_("应为一组"))
        most = asked.most
        if asked.kind == "units":
            most = max(most, len(known.units))
        if len(told) > most:
            raise Wrong(_("最多 %(most)s 个") % {"most": most})
        return list(dict.fromkeys(one(asked, each, known) for each in told))

    return check


def _files(asked: Asked, told: Any, known: Known) -> list[dict[str, Any]]:
    if not isinstance(told, list | tuple):
        raise Wrong(_("应为文件"))
    if len(told) > asked.most:
        raise Wrong(_("最多 %(most)s 个文件") % {"most": asked.most})
    found = {}
    for one in told:
        file_id = one.get("id") if isinstance(one, Mapping) else one
        file = known.files.get(str(file_id))
        if file is None:
            raise Wrong(_("没有这个文件"), _("请重新上传"))
        if asked.kind != "file" and not file.type.startswith("image/"):
            raise Wrong(_("“%(name)s”不是图片") % {"name": file.name}, _("请拍照或选图片"))
        if asked.field.of == WEB and file.type not in picture.TYPES:
            what = _("“%(name)s”这种图片有的浏览器打不开") % {"name": file.name}
            raise Wrong(what, _("请另存为 JPG、PNG 或 WebP 再传"))
        found[file.id] = {"id": file.id, "name": file.name, "size": file.size}
    return list(found.values())


def accepted(asked: Asked) -> str:
    """What the `accept` of a field's input says, '' for every file. A phone turns its own pictures into what is named."""
    if asked.kind != "photo":
        return ""
    return ",".join(picture.TYPES) if asked.field.of == WEB else "image/*"


def _none(_asked: Asked, _told: Any, _known: Known) -> None:
    return None


def _show_text(_asked: Asked, value: Any, _known: Known) -> str:
    return str(value)


def _show_number(asked: Asked, value: Any, _known: Known) -> str:
    return f"{value:,}{asked.field.unit}" if isinstance(value, int | float) else str(value)


def yuan(fen: int) -> str:
    """Fen as yuan: ``1,250.00``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def _show_money(_asked: Asked, value: Any, _known: Known) -> str:
    return _("%(yuan)s 元") % {"yuan": yuan(value)} if isinstance(value, int) else str(value)


def _show_moment(_asked: Asked, value: Any, _known: Known) -> str:
    return local_moment(value)


def local_moment(value: Any) -> str:
    """A moment in the base's civil zone: ``2026-09-01 08:30``."""
    try:
        return timezone.localtime(datetime.fromisoformat(value)).strftime("%Y-%m-%d %H:%M")
    except (TypeError, ValueError):
        return str(value)


def _show_period(_asked: Asked, value: Any, _known: Known) -> str:
    return _("第 %(n)s 节") % {"n": value}


def _show_code(asked: Asked, value: Any, known: Known) -> str:
    row = known.tables[asked.code].get(value) if asked.code in known.tables else None
    return row.name if row else str(value)


def _show_yes_no(_asked: Asked, value: Any, _known: Known) -> str:
    return _("是") if value else _("否")


def _show_person(asked: Asked, value: Any, known: Known) -> str:
    return known.people.get(asked.field.of or "pupil", {}).get(str(value), "")


def _show_org(asked: Asked, value: Any, known: Known) -> str:
    return known.orgs.get(asked.field.of or "class", {}).get(str(value), "")


def _show_unit(_asked: Asked, value: Any, known: Known) -> str:
    return known.units.get(value, "")


def _show_several(one: Callable[[Asked, Any, Known], str]) -> Callable[[Asked, Any, Known], str]:
    def show(asked: Asked, value: Any, known: Known) -> str:
        return "、".join(one(asked, each, known) for each in value) if isinstance(value, list) else ""

    return show


def _show_files(_asked: Asked, value: Any, _known: Known) -> str:
    return "、".join(one["name"] for one in value) if isinstance(value, list) else ""


def _show_rows(_asked: Asked, value: Any, _known: Known) -> str:
    return _("%(n)s 行") % {"n": len(value)} if isinstance(value, list) else ""


KINDS: dict[str, Kind] = {
    "text": Kind(_text, _show_text, "text"),
    "long_text": Kind(_text, _show_text, "long_text", wide=True),
    "place": Kind(_text, _show_text, "text"),
    "number": Kind(_number, _show_number, "number"),
    "money": Kind(_money, _show_money, "money"),
    "date": Kind(_date, _show_text, "date"),
    "time": Kind(_time, _show_text, "time"),
    "moment": Kind(_moment, _show_moment, "moment"),
    "period": Kind(_period, _show_period, "period"),
    "code": Kind(_code, _show_code, "choice"),
    "choice": Kind(_choice, _show_text, "choice"),
    "choices": Kind(_several(_choice), _show_several(_show_text), "choices", wide=True),
    "yes_no": Kind(_yes_no, _show_yes_no, "choice"),
    "row": Kind(_row, _show_text, "choice"),
    "person": Kind(_person, _show_person, "person"),
    "people": Kind(_several(_person), _show_several(_show_person), "people", wide=True),
    "org": Kind(_org, _show_org, "choice"),
    "orgs": Kind(_several(_org), _show_several(_show_org), "choices", wide=True),
    "unit": Kind(_unit, _show_unit, "choice"),
    "units": Kind(_several(_unit), _show_several(_show_unit), "choices", wide=True),
    "file": Kind(_files, _show_files, "file", wide=True),
    "photo": Kind(_files, _show_files, "file", wide=True),
    "signature": Kind(_files, _show_files, "signature", wide=True),
    "table": Kind(_none, _show_rows, "table", wide=True),
    "columns": Kind(_none, _show_rows, "table", wide=True),
    "sheet": Kind(_none, _show_rows, "table", wide=True),
    "computed": Kind(_none, _show_number, "computed"),
    "note": Kind(_none, _show_text, "note", wide=True),
}


def show(asked: Asked, value: Any, known: Known) -> str:
    """A value in words, '' for none."""
    if value is None or value == "" or value == []:
        return ""
    return KINDS[asked.kind].show(asked, value, known)


def is_uuid(told: Any) -> bool:
    """Whether a text names a person, org or file."""
    try:
        UUID(str(told))
    except ValueError:
        return False
    return True
