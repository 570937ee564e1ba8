"""Pure decisions about code tables: reading an edition from a sheet, what it changes, local codes and their mapping."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from jizuo.ground.errors import Problem
from jizuo.plain import dates
from jizuo.plain.codes import BadTable, Code, CodeTable, UnknownCode
from jizuo.plain.dates import BadDate
from jizuo.plain.text import clean, half_width
from jizuo.plain.workbook.words import normal

DRAFT, PUBLISHED = "draft", "published"
CODE = re.compile(r"[A-Za-z0-9_.\-]{1,20}")
MOST_ROWS = 60_000
#: Rows among which the headings are looked for.
MOST_ABOVE = 10
_HEADS: Mapping[str, tuple[str, ...]] = {
    "code": ("代码", "编码", "code", "值"),
    "name": ("名称", "中文名称", "代码名称", "含义", "name"),
    "parent": ("上级", "上级代码", "父级", "parent"),
    "aliases": ("别名", "曾用名", "其他名称", "alias", "aliases"),
    "since": ("启用日期", "启用", "since"),
    "until": ("停用日期", "停用", "until"),
    "notes": ("备注", "说明", "notes"),
    "source": ("来源", "依据", "source"),
}
_PLACE = {normal(word): place for place, words in _HEADS.items() for word in words}
HEADINGS = frozenset(word for words in _HEADS.values() for word in words)


def read_rows(rows: Sequence[Sequence[str]]) -> tuple[list[Code], list[Problem]]:
    """The codes of a pasted or uploaded sheet, headings first (a title may stand above them); problems name the row on
    the screen, from 1."""
    problems: list[Problem] = []
    orders = [[_PLACE.get(normal(cell), "") for cell in row] for row in rows[:MOST_ABOVE]]
    head = next((n for n, order in enumerate(orders) if "code" in order and "name" in order), 0)
    order = orders[head] if orders else []
    if "code" not in order or "name" not in order:
        return [], [
            Problem(
                "1", _("没有找到“代码”和“名称”两列"), _("第一行写表头：代码、名称，可加上级、别名、停用日期")
            )
        ]
    if len(rows) - head - 1 > MOST_ROWS:
        return [], [Problem("1", _("行数太多"), _("一张代码表最多 %(most)s 行") % {"most": MOST_ROWS})]
    found = []
    for number, row in enumerate(rows[head + 1 :], head + 2):
        told = {place: clean(cell) for place, cell in zip(order, row, strict=False) if place}
        if not any(told.values()):
            continue
        code = half_width(told.get("code", ""))
        if not CODE.fullmatch(code):
            problems.append(
                Problem(
                    str(number),
                    _("代码为空或不合规：%(code)s") % {"code": code[:30]},
                    _("字母和数字，最长 20 位，存成文本以保留前面的 0"),
                )
            )
            continue
        if not told.get("name"):
            problems.append(Problem(str(number), _("名称为空"), _("请补上名称")))
            continue
        days: dict[str, date | None] = {"since": None, "until": None}
        for key in days:
            if told.get(key):
                try:
                    days[key] = dates.read(told[key]).value
                except BadDate as error:
                    problems.append(Problem(str(number), error.reason, _("请写成 2027-09-01")))
        aliases = tuple(word for word in re.split(r"[|、,，;；]", told.get("aliases", "")) if word.strip())
        found.append(
            Code(
                code, told["name"], half_width(told.get("parent", "")), told.get("notes", ""), told.get("source", ""),
                tuple(map(clean, aliases)), days["since"], days["until"],
            )
        )  # fmt: skip
    return found, problems


def table_problems(table_id: str, name: str, rows: Iterable[Code]) -> list[Problem]:
    """Holes of a table: missing parents, doubled codes, circles, aliases that clash."""
    try:
        CodeTable(table_id, name, rows)
    except BadTable as error:
        return [Problem(table_id, words, _("改好这一行再上传")) for words in error.problems]
    return []


@dataclass(frozen=True, slots=True)
class CodeChange:
    """One code that an edition treats otherwise. what: new | gone | ended | changed; words: how."""

    code: str
    name: str
    what: str
    words: str = ""


def changes(old: Iterable[Code], new: Iterable[Code]) -> list[CodeChange]:
    """What an edition changes of the one before, code by code."""
    held = {row.code: row for row in old}
    found = []
    for row in new:
        was = held.pop(row.code, None)
        if was is None:
            found.append(CodeChange(row.code, row.name, "new"))
            continue
        words = []
        if was.name != row.name:
            words.append(f"{was.name} → {row.name}")
        if was.parent != row.parent:
            words.append(_("上级 %(old)s → %(new)s") % {"old": was.parent or "—", "new": row.parent or "—"})
        if was.aliases != row.aliases:
            words.append(_("别名 %(names)s") % {"names": "、".join(row.aliases) or "—"})
        if was.until != row.until and row.until:
            found.append(CodeChange(row.code, row.name, "ended", _("%(day)s 起停用") % {"day": row.until}))
        elif words:
            found.append(CodeChange(row.code, row.name, "changed", "；".join(words)))
    return found + [CodeChange(row.code, row.name, "gone") for row in held.values()]


def with_old_names(old: Iterable[Code], new: Iterable[Code]) -> list[Code]:
    """The rows of a new edition, each accepting also the names under which the edition before knew its code."""
    rows = list(new)
    taken = {normal(row.name) for row in rows} | {normal(alias) for row in rows for alias in row.aliases}
    held = {row.code: row for row in old}
    found = []
    for row in rows:
        was = held.get(row.code)
        more = [
            word
            for word in ((was.name, *was.aliases) if was else ())
            if normal(word) not in taken and len(normal(word)) > 1
        ]
        taken.update(map(normal, more))
        found.append(replace(row, aliases=(*row.aliases, *more)) if more else row)
    return found


@dataclass(frozen=True, slots=True)
class Local:
    """A local code of a unit as the rules see it. maps_to: '' where no national code answers."""

    code: str
    name: str
    maps_to: str = ""
    aliases: tuple[str, ...] = ()
    until: date | None = None


def local_problems(table: CodeTable, codes: Sequence[Local]) -> list[Problem]:
    """What is wrong with a unit's local codes: clashes with the table, unknown targets, mappings in a circle."""
    found: list[Problem] = []
    by_code: dict[str, Local] = {}
    words: dict[str, str] = {}
    for one in codes:
        if not CODE.fullmatch(one.code) or not one.name.strip():
            found.append(
                Problem(one.code[:30] or "code", _("代码或名称不合规"), _("代码用字母和数字，最长 20 位"))
            )
        if one.code in by_code:
            found.append(Problem(one.code, _("本地代码重复"), _("改一个代码")))
        if one.code in table:
            found.append(Problem(one.code, _("与国家代码相同"), _("换一个代码，如在前面加字母")))
        by_code[one.code] = one
        for word in dict.fromkeys(map(normal, (one.name, *one.aliases))):
            if words.setdefault(word, one.code) != one.code:
                found.append(
                    Problem(
                        one.code,
                        _("“%(word)s”已属于 %(code)s") % {"word": word, "code": words[word]},
                        _("名称和别名不能重复"),
                    )
                )
            elif _is_of_table(table, word):
                found.append(
                    Problem(
                        one.code,
                        _("“%(word)s”在代码表里已有") % {"word": word},
                        _("直接用国家代码，不必另设本地代码"),
                    )
                )
    for one in codes:
        try:
            national(table, by_code, one.code)
        except ValueError as error:
            found.append(Problem(one.code, str(error), _("改为对应一个国家代码，没有就空着")))
    return found


def _is_of_table(table: CodeTable, word: str) -> bool:
    return any(word in (normal(row.name), *map(normal, row.aliases)) for row in table)


def national(table: CodeTable, codes: Mapping[str, Local], code: str) -> str:
    """The national code that a code of the unit stands for, '' where none does. Raises ValueError for a circle and for
    a mapping to what is not there."""
    seen: list[str] = []
    while code and code not in table:
        if code in seen:
            raise ValueError(_("对应关系成环：%(path)s") % {"path": " → ".join((*seen, code))})
        seen.append(code)
        if code not in codes:
            raise ValueError(_("没有这个代码：%(code)s") % {"code": code})
        code = codes[code].maps_to
    return code


class UnitTable(CodeTable):
    """A code table as one unit uses it: the national rows, and beside them its local codes."""

    def __init__(self, table: CodeTable, local: Mapping[str, Local]) -> None:
        # The indexes of the national rows are shared, not built again.
        self.__dict__.update(table.__dict__)
        self.table, self.local = table, dict(local)

    def __iter__(self) -> Iterator[Code]:
        yield from self.table
        yield from (self._row(one) for one in self.local.values())

    def get(self, code: str) -> Code | None:
        """The row of exactly this code, national or local."""
        own = self.local.get(code)
        return self.table.get(code) or (self._row(own) if own else None)

    def find(self, cell: object, *, on: date | None = None) -> Code:
        """The row to keep for a cell: a local code that stands for a national one gives that one. Raises UnknownCode with
        the nearest national rows."""
        try:
            return self.table.find(cell, on=on)
        except UnknownCode:
            word = normal(str(cell))
            for one in self.local.values():
                is_meant = word in (normal(one.code), normal(one.name), *map(normal, one.aliases))
                if is_meant and not (one.until is not None and on is not None and on >= one.until):
                    found = self.table.get(national(self.table, self.local, one.code))
                    return found or self._row(one)
            raise

    @staticmethod
    def _row(one: Local) -> Code:
        return Code(one.code, one.name, notes=_("本地代码"), aliases=one.aliases, until=one.until)
