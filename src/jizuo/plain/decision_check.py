"""What is wrong with a decision table: cells that test nothing, rows that are never reached or quarrel, no row for the rest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from jizuo.plain import decision_tests as tests
from jizuo.plain.decision_tests import BadTest, Test, Value
from jizuo.plain.decisions import DecisionTable, cells_of, kinds_of

MOST_RULES, MOST_INPUTS, MOST_OUTPUTS, MOST_TEXT = 200, 12, 12, 400
#: Pieces into which a row may fall while earlier rows are taken off it; a row beyond counts as reached.
MOST_PIECES = 200
#: A text that no cell names stands for all the others.
_OTHER = "\x00"
#: The values of each input that a row lets through, as bits over the values that its column tells apart.
Box = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong. where: place within the table, ``rules[2].when.days``."""

    where: str
    what: str
    fix: str


def check(table: DecisionTable) -> list[Flaw]:
    """Everything that is wrong with a table; empty for a sound one."""
    found = _names(table) + _outputs(table)
    cells: dict[tuple[int, str], Test] = {}
    keys = {one.key for one in table.inputs}
    for number, rule in enumerate(table.rules):
        for key, cell in rule.when.items():
            where = f"rules[{number}].when.{key}"
            if key not in keys:
                found.append(Flaw(where, f"没有这一列：{key}", f"inputs 里有：{'、'.join(sorted(keys))}"))
                continue
            try:
                cells[number, key] = tests.read(cell)
            except BadTest as error:
                found.append(Flaw(where, error.what, error.fix))
    found += _days(table)
    if found:
        return found
    try:
        kinds_of(table)
    except BadTest as error:
        return [Flaw("inputs", error.what, error.fix)]
    return _quarrels(table)


def _names(table: DecisionTable) -> list[Flaw]:
    found = []
    sizes = (
        ("inputs", len(table.inputs), MOST_INPUTS),
        ("outputs", len(table.outputs), MOST_OUTPUTS),
        ("rules", len(table.rules), MOST_RULES),
    )
    for where, count, most in sizes:
        if not 1 <= count <= most:
            found.append(Flaw(where, f"有 {count} 个", f"要 1 到 {most} 个"))
    for where, names in (("inputs", [one.key for one in table.inputs]), ("outputs", list(table.outputs))):
        for name, count in Counter(names).items():
            if count > 1:
                found.append(Flaw(where, f"名字重复：{name}", "每列一个名字"))
            if not name.isidentifier() or not name.isascii() or len(name) > 40:
                found.append(Flaw(where, f"不能作名字：{name[:40]}", "用小写英文字母、数字和下划线"))
    return found


def _outputs(table: DecisionTable) -> list[Flaw]:
    found = []
    kinds: dict[str, type] = {}
    for number, rule in enumerate(table.rules):
        where = f"rules[{number}].then"
        strange, lacking = set(rule.then) - set(table.outputs), set(table.outputs) - set(rule.then)
        if strange:
            found.append(
                Flaw(
                    where,
                    f"没有这个结果：{'、'.join(sorted(strange))}",
                    f"outputs 里有：{'、'.join(table.outputs)}",
                )
            )
        if lacking:
            found.append(Flaw(where, f"缺结果：{'、'.join(sorted(lacking))}", "每行写全每个结果"))
        for key, value in rule.then.items():
            kind = float if type(value) is int else type(value)
            if kinds.setdefault(key, kind) is not kind:
                found.append(
                    Flaw(
                        f"{where}.{key}",
                        "与上面各行不是一种值",
                        "同一个结果都写数字，或都写文字，或都写 true/false",
                    )
                )
            if isinstance(value, str) and len(value) > MOST_TEXT:
                found.append(Flaw(f"{where}.{key}", f"太长：{len(value)} 个字符", f"最长 {MOST_TEXT} 个字符"))
    return found


def _days(table: DecisionTable) -> list[Flaw]:
    found = []
    for where, text in (("begin_on", table.begin_on), ("until_on", table.until_on)):
        try:
            if text:
                date.fromisoformat(text)
        except ValueError:
            found.append(Flaw(where, f"没有这一天：{text[:20]}", "如 2026-09-01"))
    if not found and table.begin_on and table.until_on and table.begin_on >= table.until_on:
        found.append(Flaw("until_on", "在起始日之前", "晚于 begin_on；这一天已不适用"))
    return found


def _quarrels(table: DecisionTable) -> list[Flaw]:
    cells = cells_of(table)
    points = {one.key: _points([row[one.key] for row in cells]) for one in table.inputs}
    boxes: list[Box] = [
        tuple(
            sum(1 << bit for bit, point in enumerate(points[key]) if test.holds(point))
            for key, test in row.items()
        )
        for row in cells
    ]
    found = []
    for number, box in enumerate(boxes):
        where = f"rules[{number}]"
        if not all(box):
            found.append(Flaw(where, "没有值能同时满足这一行", "改宽范围，或删去这一行"))
        elif table.hit == "first" and _is_covered(box, boxes[:number]):
            found.append(Flaw(where, "永远轮不到这一行：上面的行已经都答了", "移到上面，或删去"))
        else:
            found += [
                Flaw(where, f"与第 {other + 1} 行重合，结果却不同", "改一行的条件，让两行不重合；上面写例外、下面写通例的不算")
                for other in range(number)
                if _quarrel(table, number, other, boxes)
            ]  # fmt: skip
    whole = tuple((1 << len(points[one.key])) - 1 for one in table.inputs)
    if table.hit == "first" and not found and not _is_covered(whole, boxes):
        found.append(Flaw("rules", "有的情况没有一行回答", "最后加一行不写 when 的，作其余情况的结果"))
    return found


def _quarrel(table: DecisionTable, number: int, other: int, boxes: list[Box]) -> bool:
    """Whether two rows answer the same case differently and neither is the exception (the narrower, above) of the other."""
    if table.hit == "collect" or table.rules[number].then == table.rules[other].then:
        return False
    later, earlier = boxes[number], boxes[other]
    meets = all(a & b for a, b in zip(later, earlier, strict=True))
    return meets and not all(a | b == a for a, b in zip(later, earlier, strict=True))


def _is_covered(box: Box, by: list[Box]) -> bool:
    """Whether every case of a box is in one of the others, by taking these off piece by piece."""
    if any(all(a | b == b for a, b in zip(box, other, strict=True)) for other in by):
        return True
    pieces = [box]
    for other in by:
        left: list[Box] = []
        for piece in pieces:
            left += _without(piece, other)
        pieces = left
        if not pieces:
            return True
        if len(pieces) > MOST_PIECES:
            return False
    return False


def _without(box: Box, other: Box) -> list[Box]:
    if not all(a & b for a, b in zip(box, other, strict=True)):
        return [box]
    pieces, rest = [], list(box)
    for place, bits in enumerate(other):
        outside = rest[place] & ~bits
        if outside:
            pieces.append((*rest[:place], outside, *rest[place + 1 :]))
        rest[place] &= bits
    return pieces


def _points(column: list[Test]) -> list[Value | None]:
    """Values that the cells of a column tell apart: each that is named, one beside it on either side, unknown."""
    literals = dict.fromkeys(one for test in column for one in test.literals)
    kinds = {test.kind for test in column} - {"any"}
    points: list[Value | None] = [None, *literals]
    if "text" in kinds:
        points.append(_OTHER)
    elif "yes_no" in kinds:
        points += [True, False]
    elif kinds:
        for one in literals:
            if isinstance(one, Decimal):
                points += [one - tests.QUANTUM, one + tests.QUANTUM]
            elif isinstance(one, date):
                points += [day for step in (-1, 1) if (day := _beside(one, step)) is not None]
    else:
        points.append(_OTHER)
    return list(dict.fromkeys(points))


def _beside(day: date, step: int) -> date | None:
    try:
        return day + timedelta(days=step)
    except OverflowError:
        return None
