"""Columns that a person draws (kind ``columns``) and the sheet filled by them (kind ``sheet``). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from jizuo.engines.matter.forms.asked import Asked
from jizuo.engines.matter.shapes import Field
from jizuo.ground.errors import Problem
from jizuo.ground.packs import forbidden
from jizuo.plain import text as texts
from jizuo.plain import typed

#: Kinds that a drawn column may have, with the words for them.
COLUMN_KINDS = {
    "number": "数字", "text": "文字", "choice": "单选", "date": "日期", "money": "金额", "yes_no": "是否", "code": "代码表",
}  # fmt: skip
MOST_COLUMNS, MOST_TITLE, MOST_OPTIONS = 60, 30, 30
#: Rows of a sheet where a school fills several, and cells in all: as many as one page hands in.
MOST_SHEET_ROWS, MOST_CELLS = 500, 12_000
#: The answer to the field ``rows`` beside drawn columns that lets a school fill more than one.
MANY = "一校多行"
_KEY = re.compile(r"c[1-9]\d{0,2}")


class Column(msgspec.Struct, frozen=True, omit_defaults=True):
    """A drawn column. key: c1, c2 ...; kind: of `COLUMN_KINDS`; code: id of a code table; known: a word of `known` that
    fills it; then a school does not write it."""

    key: str
    title: str
    kind: str = "number"
    options: tuple[str, ...] = ()
    code: str = ""
    required: bool = True
    known: str = ""


class Held(msgspec.Struct, frozen=True):
    """Where the base holds already what a column would ask for. word: a word of `known` that gives it, '' for none."""

    dataset: str
    field: str
    where: str
    word: str = ""


def most_rows(columns: int) -> int:
    """How many rows a sheet of so many columns may hold where a school fills several."""
    return min(MOST_SHEET_ROWS, MOST_CELLS // max(1, columns))


def read_columns(
    where: str,
    told: Any,
    held: Mapping[str, Sequence[Held]],
    tables: Mapping[str, Any],
    words: Mapping[str, str],
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The drawn columns as kept with their keys, and everything wrong. held: by plain title (`plain_title`) what the base
    holds already; tables: code tables in force; words: known words that may fill a column."""
    if not isinstance(told, list | tuple):
        return [], [Problem(where, _("应为一组列"))]
    if len(told) > MOST_COLUMNS:
        return [], [
            Problem(where, _("最多 %(n)s 列") % {"n": MOST_COLUMNS}, _("分成几次收，或去掉用不上的列"))
        ]
    found: list[Column] = []
    problems: list[Problem] = []
    titles: set[str] = set()
    used = {str(one.get("key")) for one in told if isinstance(one, Mapping)}
    free = (f"c{number}" for number in range(1, 1_000) if f"c{number}" not in used)
    taken: set[str] = set()
    for place, one in enumerate(told):
        spot = f"{where}[{place}]"
        if not isinstance(one, Mapping):
            problems.append(Problem(spot, _("应为一列")))
            continue
        title = texts.clean(str(one.get("title") or ""))
        if not title:
            if any(one.get(name) for name in ("options", "code", "known")):
                problems.append(Problem(f"{spot}.title", _("没有写列名"), _("如 本周请假人次")))
            continue
        key = str(one.get("key") or "")
        if not _KEY.fullmatch(key) or key in taken:
            key = next(free)
        taken.add(key)
        column, wrong = _column(spot, key, title, one, tables, words)
        problems += wrong
        if plain_title(title) in titles:
            problems.append(
                Problem(f"{spot}.title", _("“%(title)s”画了两次") % {"title": title}, _("去掉一列"))
            )
        titles.add(plain_title(title))
        problems += [
            Problem(f"{spot}.title", fault.what, fault.fix)
            for fault in forbidden.problems_of(spot, key, (title,), column.kind)
        ]
        places = held.get(plain_title(title), ())
        if places and not any(each.word and each.word == column.known for each in places):
            word = next((each.word for each in places if each.word), "")
            problems.append(
                Problem(
                    f"{spot}.title",
                    _("“%(title)s”基座里已经有了：%(where)s") % {"title": title, "where": places[0].where},
                    _("在“基座带出”里选“%(word)s”，学校不用再填") % {"word": words[word]}
                    if word in words
                    else _("去掉这一列，直接从那里取"),
                )
            )
        found.append(column)
    if not found and not problems:
        problems.append(Problem(where, _("还没有画列"), _("至少写一列要学校填什么")))
    return [msgspec.to_builtins(one) for one in found], problems


def _column(
    spot: str,
    key: str,
    title: str,
    one: Mapping[str, Any],
    tables: Mapping[str, Any],
    words: Mapping[str, str],
) -> tuple[Column, list[Problem]]:
    problems = []
    if len(title) > MOST_TITLE:
        problems.append(Problem(f"{spot}.title", _("列名最长 %(n)s 个字") % {"n": MOST_TITLE}))
    kind = str(one.get("kind") or "number")
    if kind not in COLUMN_KINDS:
        problems.append(Problem(f"{spot}.kind", _("没有这种列"), "、".join(COLUMN_KINDS.values())))
        kind = "text"
    options = one.get("options") or ()
    if isinstance(options, str):
        options = re.split(r"[、,，;；\n]+", options)
    options = tuple(dict.fromkeys(texts.clean(str(each))[:40] for each in options if str(each).strip()))
    if kind == "choice" and not 2 <= len(options) <= MOST_OPTIONS:
        problems.append(
            Problem(f"{spot}.options", _("单选要有 2 到 %(n)s 个选项") % {"n": MOST_OPTIONS}, _("用顿号隔开"))
        )
    code = str(one.get("code") or "")
    if kind == "code" and code not in tables:
        problems.append(Problem(f"{spot}.code", _("没有这张代码表"), _("从列表里选")))
    known = str(one.get("known") or "")
    if known and known not in words:
        problems.append(Problem(f"{spot}.known", _("基座带不出这一项"), _("从列表里选，或留空让学校填")))
        known = ""
    column = Column(
        key, title, kind, options if kind == "choice" else (), code if kind == "code" else "",
        bool(one.get("required", True)), known,
    )  # fmt: skip
    return column, problems


def plain_title(title: str) -> str:
    """A title as two of them are compared."""
    return forbidden.plain(texts.clean(title)).removesuffix("数量").lower()


def columns_of(told: Any) -> list[Column]:
    """The drawn columns of an earlier answer; those that cannot be read are left out."""
    found = []
    for one in told if isinstance(told, list | tuple) else ():
        try:
            found.append(typed.convert(one, Column))
        except msgspec.ValidationError:
            continue
    return found


def asked_column(column: Column) -> Asked:
    """A drawn column as a field of a form."""
    field = Field(
        key=column.key, kind=column.kind, title=column.title, options=column.options, code=column.code
    )
    return Asked(
        column.key, column.kind, column.title, "", column.required, 2, 200, 2, column.code, (), field,
    )  # fmt: skip
