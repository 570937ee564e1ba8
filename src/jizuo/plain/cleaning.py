"""Cleaning steps as declarations: what is done to the values of one column, and what each step changed.

A step is told as ``{"step": "split", "by": "、", "take": 1}`` or by its name alone (``"trim"``). A chain of steps
turns what stood in a cell into a stored text, or says why it cannot; the original is kept beside every value.

>>> clean(parse(["trim", "half_width", "date"]), " ２０１４.9.1 ").value
'2014-09-01'
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from jizuo.plain import dates, idnumber, names, phones
from jizuo.plain.codes import CodeTable, UnknownCode
from jizuo.plain.dates import BadDate, Precision
from jizuo.plain.idnumber import BrokenByExcel, IdNumberError
from jizuo.plain.names import BadName
from jizuo.plain.phones import BadPhone
from jizuo.plain.text import bare_number, collapse, half_width, is_blank, strip_invisible

Tables = Callable[[str], CodeTable | None]

#: Texts by which people say that there is nothing to say.
EMPTY_WORDS = frozenset(
    ("无", "-", "—", "——", "/", "／", "暂无", "没有", "不详", "未知", "N/A", "n/a", "null", "NULL")
)
DITTO = frozenset(("同上", "〃", "″", '"', "”", "“", "''", "〞", "々", "同上。", "ditto", "-同上-", "—〃—"))
YES = frozenset(("是", "有", "对", "y", "yes", "true", "t", "1", "√", "✓"))
NO = frozenset(("否", "无", "不是", "没有", "非", "n", "no", "false", "f", "0", "×", "x", "不"))
#: Excel keeps 15 digits: a number cell of 16 and more has lost some (school-practice.md section 4).
LOST_FROM = 10**15
_SPLIT = re.compile(r"[、，,；;/／|｜\s]+")


class BadStep(ValueError):
    """A declaration that cannot be run; `reason` is Chinese and names the step."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Step:
    """One declared step. by: separator of split and join ('' of split: any common one); take: which part of a split,
    from 1; value: of constant and default; table: of code; most: longest text, figures or largest number; places: digits
    after the point; columns: headings that join puts behind this column."""

    kind: str
    by: str = ""
    take: int = 1
    value: str = ""
    table: str = ""
    most: int = 0
    places: int = 0
    columns: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """The declaration again, without what is as usual."""
        usual = Step(self.kind)
        found: dict[str, Any] = {"step": self.kind}
        for key in _OPTIONS:
            if getattr(self, key) != getattr(usual, key):
                held = getattr(self, key)
                found[key] = list(held) if isinstance(held, tuple) else held
        return found


class Unclean(NamedTuple):
    """Why a value cannot be stored. code is stable; the words are Chinese."""

    code: str
    reason: str
    fix: str = ""
    suggestion: str = ""


class Cleaned(NamedTuple):
    """value: the text to store, None where nothing is said or `fault` says why not; was: what stood there as shown;
    steps: the kinds that changed it, in order."""

    value: str | None
    was: str
    steps: tuple[str, ...] = ()
    fault: Unclean | None = None

    @property
    def is_changed(self) -> bool:
        return bool(self.steps)


class _Stop(Exception):
    def __init__(self, fault: Unclean) -> None:
        self.fault = fault


Body = Callable[[Step, Any, Tables], Any]


def parse(told: Iterable[str | Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps of a declaration. Raises BadStep for an unknown step or option, or an option of the wrong kind."""
    return tuple(_parse_one(one) for one in told)


def _parse_one(told: str | Mapping[str, Any]) -> Step:
    given: Mapping[str, Any] = {"step": told} if isinstance(told, str) else told
    if not isinstance(given, Mapping):
        raise BadStep("清洗步骤应写成名称，或带 step 的对象")
    kind = given.get("step")
    if not isinstance(kind, str) or kind not in KINDS:
        near = difflib.get_close_matches(str(kind), KINDS, 1)
        raise BadStep(f"没有“{kind}”这种清洗步骤" + (f"，是不是“{near[0]}”" if near else ""))
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key == "step":
            continue
        if key not in _OPTIONS or key not in KINDS[kind]:
            raise BadStep(f"清洗步骤“{kind}”没有选项“{key}”")
        if key == "columns":
            if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
                raise BadStep("join 的 columns 应是列名的清单")
            values[key] = tuple(value)
        elif _OPTIONS[key] is int:
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise BadStep(f"清洗步骤“{kind}”的“{key}”应是不小于 0 的整数")
            values[key] = value
        elif not isinstance(value, str):
            raise BadStep(f"清洗步骤“{kind}”的“{key}”应是文字")
        else:
            values[key] = value
    if kind == "code" and not values.get("table"):
        raise BadStep("清洗步骤“code”要说明代码表（table）")
    if kind == "split" and values.get("take", 1) < 1:
        raise BadStep("split 的 take 从 1 开始")
    if kind == "join" and not values.get("columns"):
        raise BadStep("join 要说明接上哪些列（columns）")
    return Step(kind, **values)


def no_tables(_name: str) -> CodeTable | None:
    """No code table at all."""
    return None


def shown(value: object) -> str:
    """A cell's value as a person reads it: whole numbers without a point, days as 2014-09-01."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, datetime):
        if value.time() == time() and value.tzinfo is None:
            return value.date().isoformat()
        return value.isoformat(" ")
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def clean(steps: Sequence[Step], value: object, tables: Tables = no_tables) -> Cleaned:
    """One value through a chain. fill_down and join see a whole column: use `run` for them.

    Numbers of 16 digits and more are refused whatever the steps are. The stored text of a clean value is clean:
    running the same normalising chain on it changes nothing.
    """
    was = shown(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= LOST_FROM:
        return Cleaned(None, was, (), BROKEN)
    now: Any = None if is_blank(value) else value
    done: list[str] = []
    try:
        for step in steps:
            if now is None and step.kind not in _SEE_EMPTY:
                continue
            before = shown(now)
            now = _BODIES[step.kind](step, now, tables)
            if isinstance(now, str) and not now:
                now = None
            if shown(now) != before and step.kind not in done:
                done.append(step.kind)
    except _Stop as stop:
        return Cleaned(None, was, tuple(done), stop.fault)
    return Cleaned(None if now is None else shown(now), was, tuple(done))


def run(
    steps: Sequence[Step],
    column: Sequence[object],
    tables: Tables = no_tables,
    others: Mapping[str, Sequence[object]] | None = None,
) -> list[Cleaned]:
    """A whole column through a chain, equal values worked out once. others: heading -> column, for join.

    fill_down takes the nearest value above for an empty cell or 同上; 同上 without one above is a fault. Steps before
    fill_down or join are run on each cell, those after on what came out. Raises BadStep where join names a column that
    is not there.
    """
    place = next((at for at, step in enumerate(steps) if step.kind in _WHOLE), None)
    if place is None:
        return _each(steps, column, tables)
    first = _each(steps[:place], column, tables)
    step = steps[place]
    middle = _filled(first) if step.kind == "fill_down" else _joined(step, first, others or {})
    rest = run(steps[place + 1 :], [one.value for one in middle], tables, others)
    return [
        before
        if before.fault
        else Cleaned(after.value, before.was, (*before.steps, *after.steps), after.fault)
        for before, after in zip(middle, rest, strict=True)
    ]


def _each(steps: Sequence[Step], column: Sequence[object], tables: Tables) -> list[Cleaned]:
    known: dict[tuple[type, object], Cleaned] = {}
    found = []
    for value in column:
        key = (type(value), value)
        cleaned = known.get(key)
        if cleaned is None:
            cleaned = known[key] = clean(steps, value, tables)
        found.append(cleaned)
    return found


def _filled(column: Sequence[Cleaned]) -> list[Cleaned]:
    above: str | None = None
    found = []
    for one in column:
        if one.fault:
            above = None
        elif one.value is None or one.value in DITTO:
            if above is not None:
                one = Cleaned(above, one.was, (*one.steps, "fill_down"))
            elif one.value is not None:
                fault = Unclean("ditto", "“同上”的上面没有值", "请写出它的值")
                one = Cleaned(None, one.was, one.steps, fault)
        else:
            above = one.value
        found.append(one)
    return found


def _joined(step: Step, column: Sequence[Cleaned], others: Mapping[str, Sequence[object]]) -> list[Cleaned]:
    missing = [name for name in step.columns if name not in others]
    if missing:
        raise BadStep(f"要接上的列不在表里：{'、'.join(missing)}")
    found = []
    for number, one in enumerate(column):
        if one.fault:
            found.append(one)
            continue
        parts = [one.value or "", *(collapse(shown(others[name][number])) for name in step.columns)]
        value = step.by.join(part for part in parts if part) or None
        found.append(Cleaned(value, one.was, (*one.steps, *(() if value == one.value else ("join",)))))
    return found


BROKEN = Unclean(
    "broken_number",
    "被 Excel 改坏，请用文本格式重填",
    "先把这一列设为文本格式，再从原件重新录入号码；改坏的数字无法恢复",
)


def _trim(_step: Step, value: Any, _tables: Tables) -> Any:
    return value.strip() if isinstance(value, str) else value


def _invisible(_step: Step, value: Any, _tables: Tables) -> Any:
    return strip_invisible(value) if isinstance(value, str) else value


def _half_width(_step: Step, value: Any, _tables: Tables) -> Any:
    return half_width(value, marks=False) if isinstance(value, str) else value


def _collapse(_step: Step, value: Any, _tables: Tables) -> Any:
    return collapse(value) if isinstance(value, str) else value


def _no_blanks(_step: Step, value: Any, _tables: Tables) -> Any:
    return "".join(value.split()) if isinstance(value, str) else value


def _empty_words(_step: Step, value: Any, _tables: Tables) -> Any:
    return None if isinstance(value, str) and value.strip() in EMPTY_WORDS else value


def _date(_step: Step, value: Any, _tables: Tables) -> str:
    return _read_date(value, must_have_day=True)


def _month(_step: Step, value: Any, _tables: Tables) -> str:
    return _read_date(value, must_have_day=False)


def _read_date(value: Any, *, must_have_day: bool) -> str:
    try:
        read = dates.read(value)
    except BadDate as error:
        raise _Stop(Unclean(f"date_{error.code}", error.reason, "请写成 2014-09-01 或 20140901")) from None
    if must_have_day and read.precision is not Precision.DAY:
        raise _Stop(Unclean("date_precision", "日期要写到日", "请写成 2014-09-01"))
    return read.value.isoformat()


def _moment(_step: Step, value: Any, _tables: Tables) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    text = half_width(shown(value)).strip().replace("/", "-")
    try:
        return datetime.fromisoformat(text).isoformat(" ")
    except ValueError:
        raise _Stop(Unclean("moment", "看不懂的时间", "请写成 2014-09-01 08:30")) from None


def _code(step: Step, value: Any, tables: Tables) -> str:
    table = tables(step.table)
    if table is None:
        raise _Stop(Unclean("no_table", f"没有代码表“{step.table}”", "请在数据标准里发布这个代码表"))
    try:
        return table.find(value).code
    except UnknownCode as error:
        near = error.nearest[0].name if error.nearest else ""
        raise _Stop(
            Unclean("unknown_code", error.reason, "请改成代码表里的说法，或清空这一格", near)
        ) from None


def _id_number(_step: Step, value: Any, _tables: Tables) -> str:
    try:
        return idnumber.parse(value).text
    except BrokenByExcel:
        raise _Stop(BROKEN) from None
    except IdNumberError as error:
        raise _Stop(Unclean(f"document_{error.code}", error.reason, "请对照证件核对")) from None


def _phone(_step: Step, value: Any, _tables: Tables) -> str:
    try:
        return phones.read(value).text
    except BadPhone as error:
        raise _Stop(Unclean(f"phone_{error.code}", error.reason, "请核对号码；一格只填一个")) from None


def _name(_step: Step, value: Any, _tables: Tables) -> str:
    try:
        return names.read(shown(value)).text
    except BadName as error:
        raise _Stop(Unclean(f"name_{error.code}", error.reason, "请填写姓名")) from None


def _whole(step: Step, value: Any, _tables: Tables) -> str:
    text = collapse(half_width(shown(value)))
    found = re.fullmatch(
        r"([+-]?[0-9]{1,3}(?:,[0-9]{3})+|[+-]?[0-9]{1,18})(?:\.0*)?\s*[号年节座人课时元岁名个]{0,3}", text
    )
    if not found:
        raise _Stop(Unclean("number", "这里应是整数", "请改正，或清空这一格"))
    number = int(found[1].replace(",", ""))
    if step.most and abs(number) > step.most:
        raise _Stop(Unclean("number", f"这里最大是 {step.most}", "请改正，或清空这一格"))
    return str(number)


def _bare_number(step: Step, value: Any, _tables: Tables) -> str:
    return bare_number(shown(value), step.most)


def _decimal(step: Step, value: Any, _tables: Tables) -> str:
    text = collapse(half_width(shown(value)))
    is_share = text.endswith("%")
    bare = text.removesuffix("%").replace(",", "").strip()
    try:
        number = Decimal(bare)
    except InvalidOperation:
        raise _Stop(Unclean("number", "这里应是数字，例如 12 或 12.5", "请改正，或清空这一格")) from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise _Stop(Unclean("number", "这里应是数字，例如 12 或 12.5", "请改正，或清空这一格"))
    if is_share:
        number /= 100
    if step.places and -int(number.normalize().as_tuple().exponent) > step.places:
        short = f"{round(number, step.places):f}"
        raise _Stop(Unclean("places", f"小数点后最多 {step.places} 位", "请改正，或采用四舍五入的值", short))
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def _flag(_step: Step, value: Any, _tables: Tables) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    found = collapse(half_width(shown(value))).casefold()
    if found in YES or found.startswith(("是", "√")):
        return "true"
    if found in NO or found.startswith(("否", "不", "非")):
        return "false"
    raise _Stop(Unclean("flag", "这里应填“是”或“否”", "请改成“是”或“否”，或清空这一格"))


def _most(step: Step, value: Any, _tables: Tables) -> str:
    text = shown(value)
    if step.most and len(text) > step.most:
        raise _Stop(
            Unclean("too_long", f"最多 {step.most} 个字，现为 {len(text)} 个字", "请改短", text[: step.most])
        )
    return text


def _split(step: Step, value: Any, _tables: Tables) -> str | None:
    text = shown(value)
    parts = text.split(step.by) if step.by else _SPLIT.split(text.strip())
    parts = [part.strip() for part in parts]
    return parts[step.take - 1] or None if len(parts) >= step.take else None


def _constant(step: Step, _value: Any, _tables: Tables) -> str:
    return step.value


def _default(step: Step, value: Any, _tables: Tables) -> Any:
    return step.value if value is None else value


_OPTIONS: Mapping[str, type] = {
    "by": str, "take": int, "value": str, "table": str, "most": int, "places": int, "columns": tuple,
}  # fmt: skip
_BODIES: Mapping[str, Body] = {
    "trim": _trim, "invisible": _invisible, "half_width": _half_width, "collapse": _collapse, "no_blanks": _no_blanks,
    "empty_words": _empty_words, "date": _date, "month": _month, "moment": _moment, "code": _code,
    "id_number": _id_number, "phone": _phone, "name": _name, "bare_number": _bare_number, "whole": _whole,
    "decimal": _decimal, "flag": _flag, "most": _most, "split": _split, "constant": _constant, "default": _default,
}  # fmt: skip
#: step -> the options it takes
KINDS: Mapping[str, tuple[str, ...]] = dict.fromkeys((*_BODIES, "fill_down"), ()) | {
    "code": ("table",), "bare_number": ("most",), "whole": ("most",), "decimal": ("places",), "most": ("most",),
    "split": ("by", "take"), "constant": ("value",), "default": ("value",), "join": ("columns", "by"),
}  # fmt: skip
#: Steps that work on a column rather than on a cell, and steps that also see an empty cell.
_WHOLE = frozenset(("fill_down", "join"))
_SEE_EMPTY = frozenset(("constant", "default"))
#: What every typed value goes through first.
TIDY: tuple[Step, ...] = parse(["invisible", "half_width", "collapse"])


def usual(
    kind: str, *, table: str = "", db_type: str = "", is_document: bool = False, is_phone: bool = False,
    is_name: bool = False,
) -> tuple[Step, ...]:  # fmt: skip
    """The steps that a field of this kind gets when nobody declares others. kind: of `datasets.Field`; db_type: of
    PostgreSQL, whose length and digits bound the value."""
    base = db_type.split("(")[0].strip().casefold()
    digits = [int(part) for part in re.findall(r"\d+", db_type)]
    if kind == "code" or table:
        return (*TIDY, Step("empty_words"), Step("code", table=table)) if table else TIDY
    if is_document:
        return (*TIDY, Step("empty_words"), Step("id_number"))
    if is_phone:
        return (*TIDY, Step("empty_words"), Step("phone"))
    if is_name:
        return (Step("invisible"), Step("name"), *((Step("most", most=digits[0]),) if digits else ()))
    if kind == "date" or base == "date":
        return (*TIDY, Step("empty_words"), Step("date"))
    if base.startswith("timestamp"):
        return (*TIDY, Step("empty_words"), Step("moment"))
    if kind == "bool" or base in ("bool", "boolean"):
        return (*TIDY, Step("flag"))
    if base in ("smallint", "integer", "int", "bigint"):
        most = {"smallint": 2**15 - 1, "bigint": 10**15 - 1}.get(base, 2**31 - 1)
        return (*TIDY, Step("empty_words"), Step("whole", most=most))
    if kind == "number" or base in ("numeric", "double precision", "real", "decimal"):
        places = digits[1] if base in ("numeric", "decimal") and len(digits) > 1 else 0
        return (*TIDY, Step("empty_words"), Step("decimal", places=places))
    return (*TIDY, Step("empty_words"), *((Step("most", most=digits[0]),) if digits else ()))
