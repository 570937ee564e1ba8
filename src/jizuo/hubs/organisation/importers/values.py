"""One cell to one value of a field, or the trouble with it and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from jizuo.hubs.data import codes
from jizuo.hubs.data.importers import ERROR, WARNING
from jizuo.hubs.organisation.importers import columns
from jizuo.hubs.organisation.importers.columns import Spec
from jizuo.plain import dates, idnumber, names, phones
from jizuo.plain.codes import UnknownCode
from jizuo.plain.dates import BadDate, Precision
from jizuo.plain.idnumber import BrokenByExcel, DocumentKind, IdNumberError
from jizuo.plain.names import BadName
from jizuo.plain.phones import BadPhone
from jizuo.plain.text import bare_number, clean
from jizuo.plain.workbook.cells import Cell
from jizuo.plain.workbook.mapping import Checker


class Trouble(NamedTuple):
    """What is wrong with one cell."""

    code: str
    reason: str
    fix: str = ""
    suggestion: str = ""
    severity: str = ERROR


#: A stored value as text (None: nothing said) and the trouble, if any.
Value = tuple[str | None, Trouble | None]
Convert = Callable[[Cell], Value]

_YES = frozenset(["是", "有", "对", "y", "yes", "true", "1", "√", "✓", "在编", "专任"])
_NO = frozenset(["否", "无", "不是", "没有", "非", "n", "no", "false", "0", "×", "x", "不"])
#: Figures of a pupil's number in her class.
PLACE_FIGURES = 3
EMPTY_WORDS = frozenset(("无", "-", "—", "——", "/", "／", "暂无", "没有", "不详", "未知", "N/A", "n/a"))

#: What people write for countries -> GB/T 2659 (three letters); the rest is asked for by its code.
COUNTRIES = {
    word: code
    for code, written in {
        "CHN": "中国 中华人民共和国 汉 大陆", "HKG": "", "JPN": "日本", "KOR": "韩国 大韩民国", "PRK": "朝鲜", "USA": "美国",
        "GBR": "英国", "FRA": "法国", "DEU": "德国", "ITA": "意大利", "ESP": "西班牙", "RUS": "俄罗斯 俄国", "CAN": "加拿大",
        "AUS": "澳大利亚 澳洲", "NZL": "新西兰", "IND": "印度", "PAK": "巴基斯坦", "SGP": "新加坡", "MYS": "马来西亚",
        "THA": "泰国", "VNM": "越南", "PHL": "菲律宾", "IDN": "印度尼西亚 印尼", "MNG": "蒙古 蒙古国", "KAZ": "哈萨克斯坦",
        "UZB": "乌兹别克斯坦", "UKR": "乌克兰", "POL": "波兰", "NLD": "荷兰", "BEL": "比利时", "CHE": "瑞士", "AUT": "奥地利",
        "SWE": "瑞典", "NOR": "挪威", "DNK": "丹麦", "FIN": "芬兰", "IRL": "爱尔兰", "PRT": "葡萄牙", "GRC": "希腊",
        "TUR": "土耳其", "ISR": "以色列", "EGY": "埃及", "ZAF": "南非", "NGA": "尼日利亚", "BRA": "巴西", "ARG": "阿根廷",
        "MEX": "墨西哥", "CHL": "智利", "MMR": "缅甸", "LAO": "老挝", "KHM": "柬埔寨", "NPL": "尼泊尔", "LKA": "斯里兰卡",
        "BGD": "孟加拉国", "IRN": "伊朗", "IRQ": "伊拉克", "SAU": "沙特阿拉伯 沙特", "ARE": "阿联酋", "CZE": "捷克",
        "HUN": "匈牙利", "ROU": "罗马尼亚", "SRB": "塞尔维亚",
    }.items()
    for word in written.split()
}  # fmt: skip
HOME_REGIONS = {
    "香港": "01",
    "中国香港": "01",
    "澳门": "03",
    "中国澳门": "03",
    "台湾": "05",
    "中国台湾": "05",
}


def name(cell: Cell) -> Value:
    """A person's name in its stored form."""
    try:
        read = names.read(cell.text)
    except BadName as error:
        return None, Trouble(f"name_{error.code}", error.reason, _("请填写姓名"))
    if "lost" in read.flags or "private_use" in read.flags:
        return read.text, Trouble(
            "name_lost", _("姓名里有没能保存下来的字"), _("请用能显示这个字的输入法重填"), severity=WARNING
        )
    if "unusual" in read.flags:
        return read.text, Trouble(
            "name_unusual", _("姓名里有数字或符号"), _("请核对姓名；备注请另写一列"), severity=WARNING
        )
    return read.text, None


def text(most: int) -> Convert:
    """Free text of at most `most` characters (0: any length); 无, — and the like say nothing."""

    def convert(cell: Cell) -> Value:
        found = clean(cell.text)
        if found in EMPTY_WORDS:
            return None, None
        if most and len(found) > most:
            return None, Trouble(
                "too_long",
                _("最多 %(most)d 个字，现为 %(count)d 个字") % {"most": most, "count": len(found)},
                _("请改短"),
                found[:most],
            )
        return found, None

    return convert


def place(most: int) -> Convert:
    """As `text`, a number in a class without the zeros before it; what has more figures than a class has pupils names
    more than the place, and stays as it is written."""
    read = text(most)

    def convert(cell: Cell) -> Value:
        found, trouble = read(cell)
        return found if found is None else bare_number(found, PLACE_FIGURES), trouble

    return convert


def day(cell: Cell) -> Value:
    """A full date as ISO text."""
    return _date(cell, must_have_day=True)


def month(cell: Cell) -> Value:
    """A date of which the month is enough; it stands on the first day."""
    return _date(cell, must_have_day=False)


def _date(cell: Cell, *, must_have_day: bool) -> Value:
    if cell.kind == "text" and clean(cell.text) in EMPTY_WORDS:
        return None, None
    try:
        read = dates.read(cell.text if cell.kind == "text" else cell.value)
    except BadDate as error:
        return None, Trouble(f"date_{error.code}", error.reason, _("请写成 2014-09-01 或 20140901"))
    if must_have_day and read.precision is not Precision.DAY:
        return None, Trouble("date_precision", _("日期要写到日"), _("请写成 2014-09-01"))
    return read.value.isoformat(), None


def code(table_id: str, on: date | None = None) -> Convert:
    """The code that a text means in a table of the catalogue."""
    table = codes.tables()[table_id]

    def convert(cell: Cell) -> Value:
        try:
            return table.find(cell.text, on=on).code, None
        except UnknownCode as error:
            if clean(cell.text) in EMPTY_WORDS:
                return None, None
            near = error.nearest[0].name if error.nearest else ""
            return None, Trouble("unknown_code", error.reason, _("请改成代码表里的说法，或清空这一格"), near)

    return convert


def soft(table_id: str) -> Convert:
    """As `code`, of a table that is still to be checked: what it does not know is left out with a warning. A division of
    the country is also known by its six or twelve figures."""
    strict = code(table_id)

    def convert(cell: Cell) -> Value:
        found, trouble = strict(cell)
        if trouble is None:
            return found, None
        if table_id == "division" and re.fullmatch(r"[1-8]\d{5}(\d{6})?", clean(cell.text)):
            return clean(cell.text), None
        return None, trouble._replace(severity=WARNING, fix=_("这一格先不收；代码表里没有的请写进备注"))

    return convert


def blood(cell: Cell) -> Value:
    """A, B, AB or O, with 型 and Rh as written; 未知 says nothing."""
    found = clean(cell.text).upper().replace("型", "").replace("血", "").replace("RH", "").strip()
    if found in ("A", "B", "AB", "O"):
        return found, None
    if found in EMPTY_WORDS or "未" in found or "不" in found:
        return None, None
    return None, Trouble("unknown_code", _("血型应为 A、B、AB、O"), _("请改正，或清空这一格"))


def country(cell: Cell) -> Value:
    """A country as GB/T 2659; 香港, 澳门, 台湾 are CHN (see `region`)."""
    found = clean(cell.text)
    if found in HOME_REGIONS:
        return "CHN", None
    if found in COUNTRIES:
        return COUNTRIES[found], None
    if re.fullmatch("[A-Za-z]{3}", found):
        return found.upper(), None
    if found in EMPTY_WORDS:
        return None, None
    return None, Trouble(
        "unknown_code",
        _("看不懂的国籍“%(text)s”") % {"text": found[:20]},
        _("请填国家名称或三位字母代码，例如 日本、JPN"),
    )


def phone(cell: Cell) -> Value:
    """A telephone number in its stored form."""
    if cell.kind == "text" and clean(cell.text) in EMPTY_WORDS:
        return None, None
    try:
        return phones.read(cell.text if cell.kind == "text" else cell.value).text, None
    except BadPhone as error:
        return None, Trouble(f"phone_{error.code}", error.reason, _("请核对号码；一格只填一个"))


def whole(most: int) -> Convert:
    """A whole number from 0 to `most`, also as 3号 or 12年."""

    def convert(cell: Cell) -> Value:
        found = re.fullmatch(r"[^0-9]{0,2}([0-9]{1,6})(?:\.0*)?[号年节座人课时]*", clean(cell.text))
        if found and int(found[1]) <= most:
            return str(int(found[1])), None
        if clean(cell.text) in EMPTY_WORDS:
            return None, None
        return None, Trouble(
            "number", _("这里应是 0 到 %(most)d 的整数") % {"most": most}, _("请改正，或清空这一格")
        )

    return convert


def decimal(cell: Cell) -> Value:
    """A number with at most one digit after the point, below 1000."""
    found = re.fullmatch(r"([0-9]{1,3})(?:\.([0-9]))?[0]*[节课时]*", clean(cell.text))
    if found:
        return found[1] if not found[2] else f"{found[1]}.{found[2]}", None
    if clean(cell.text) in EMPTY_WORDS:
        return None, None
    return None, Trouble("number", _("这里应是数字，例如 12 或 12.5"), _("请改正，或清空这一格"))


def flag(cell: Cell) -> Value:
    """是 or 否 as ``true`` or ``false``."""
    found = clean(cell.text).casefold()
    if found in _YES or found.startswith(("是", "√")):
        return "true", None
    if found in _NO or found.startswith(("否", "不", "非")):
        return "false", None
    return None, Trouble("flag", _("这里应填“是”或“否”"), _("请改成“是”或“否”，或清空这一格"))


def is_broken(cell: Cell, column_says: bool = False) -> bool:
    """True for a long number that a spreadsheet has ruined."""
    return column_says or idnumber.is_broken_by_excel(cell.value if cell.kind == "number" else cell.text)


BROKEN = Trouble(
    "broken_number",
    "被 Excel 改坏，请用文本格式重填",
    "先把这一列设为文本格式，再从原件重新录入号码；改坏的数字无法恢复",
)


def document(
    cell: Cell, kind: DocumentKind | None, *, today: date, fictional: bool
) -> idnumber.Document | Trouble:
    """The document number in a cell. Without a kind an 18-character number is a resident card or permit."""
    given = cell.text if cell.kind == "text" else cell.value
    try:
        if kind is None:
            number = idnumber.parse(given, today=today, fictional=fictional)
            return idnumber.Document(number.kind, number.text, number.birth_on, number.sex)
        if kind is DocumentKind.NONE:
            return Trouble(
                "document_form", _("证件类型为“无”时不应填证件号码"), _("请清空号码，或改证件类型")
            )
        return idnumber.check_document(kind, given, today=today, fictional=fictional)
    except BrokenByExcel:
        return BROKEN
    except IdNumberError as error:
        fix = _("请对照证件核对")
        if kind is None and error.code in ("length", "character"):
            fix = _("请对照证件核对；不是身份证时请填“证件类型”")
        return Trouble(f"document_{error.code}", error.reason, fix)


def roll(cell: Cell, *, today: date, fictional: bool) -> idnumber.RollNumber | Trouble:
    """The 学籍号 in a cell."""
    try:
        return idnumber.parse_roll_number(
            cell.text if cell.kind == "text" else cell.value, today=today, fictional=fictional
        )
    except BrokenByExcel:
        return BROKEN
    except IdNumberError as error:
        return Trouble(f"roll_{error.code}", error.reason, _("请对照学籍系统核对"))


def converter(spec: Spec, remembered: Mapping[str, str]) -> Convert:
    """The converter of a field, with what the unit remembered of its texts before it."""
    special: dict[str, Convert] = {"blood": blood, "nationality": country}
    plain: dict[str, Convert] = {
        columns.NAME: name, columns.DATE: day, columns.MONTH: month, columns.PHONE: phone, columns.DECIMAL: decimal,
        columns.FLAG: flag,
    }  # fmt: skip
    if spec.key in special:
        convert = special[spec.key]
    elif spec.kind == columns.CODE:
        convert = code(spec.code)
    elif spec.kind == columns.SOFT:
        convert = soft(spec.code)
    elif spec.kind == columns.WHOLE:
        convert = whole(spec.most or 9999)
    elif spec.kind == columns.PLACE:
        convert = place(spec.most)
    else:
        convert = plain.get(spec.kind) or text(spec.most)
    begin = f"{spec.key}|"
    known = {key[len(begin) :]: meant for key, meant in remembered.items() if key.startswith(begin)}
    if not known:
        return convert

    def with_memory(cell: Cell) -> Value:
        meant = known.get(cell.text)
        return convert(cell if meant is None else Cell("text", meant, meant))

    return with_memory


def looks_like_document(sample: str) -> bool:
    """Whether a text could be a document number: long and mostly digits, or ruined."""
    if len(sample) < 15 and "E" not in sample.upper():
        return False
    bare = idnumber.normalise(sample)
    return (len(bare) in (15, 18) and bare[:-1].isdigit()) or idnumber.is_broken_by_excel(sample)


def looks_like_roll(sample: str) -> bool:
    """Whether a text could be a 学籍号."""
    if len(sample) < 19:
        return False
    bare = idnumber.normalise(sample)
    return len(bare) == 19 and bare[0] in "GJL"


#: Tests by content; only of kinds whose values look like nothing else.
CHECKERS: Mapping[str, Checker] = {columns.ROLL: looks_like_roll, columns.DOCUMENT: looks_like_document}
