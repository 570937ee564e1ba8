"""What an editor shows and what comes back: questions about the whole, and rows of questions that can be moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground.errors import Problem
from jizuo.ground.packs import reading
from jizuo.ground.packs.studio import conditions, options, plain, words
from jizuo.ground.packs.studio.plain import Changes, Files

Values = Mapping[str, str | list[str]]
MOST_ROWS, MOST_FILTERS = 60, 5


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. kind: text | long | number | select | check | checks; value: a text, for `checks` a tuple of keys;
    options: (key, words)."""

    name: str
    label: Any
    kind: str = "text"
    value: Any = ""
    options: tuple[tuple[str, Any], ...] = ()
    hint: Any = ""
    is_must: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row. origin: its place in the file, so that what is not asked about is kept; marks: beginnings of `Problem.where`
    that belong beside it; is_fixed: it cannot be moved or taken out."""

    title: str
    asked: tuple[Asked, ...]
    origin: int
    marks: tuple[str, ...] = ()
    side: Any = ""
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole editor. new: what is asked of a row that is added; paths: of the files it writes."""

    title: str
    head: tuple[Asked, ...]
    rows: tuple[Row, ...] = ()
    new: tuple[Asked, ...] = ()
    rows_title: Any = ""
    add_word: Any = ""
    paths: tuple[str, ...] = ()


@dataclass(slots=True)
class Told:
    """What came back. rows: (origin, values); a row that is new has the origin -1."""

    head: Values
    rows: list[tuple[int, Values]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Editor:
    """sheet: (files, name) -> what is shown; write: (files, name, what came back) -> files that change."""

    folder: str
    sheet: Callable[[Files, str], Sheet]
    write: Callable[[Files, str, Told], Changes]


def text(values: Values, name: str) -> str:
    """One answer as a text without blanks around it."""
    value = values.get(name, "")
    return (value if isinstance(value, str) else "、".join(value)).strip()


def many(values: Values, name: str) -> list[str]:
    """The ticked keys of one question."""
    value = values.get(name, [])
    return list(value) if isinstance(value, list) else [value] if value else []


def chosen(kept: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """A table of words as options."""
    return tuple(kept.items())


def with_held(options_of: Iterable[tuple[str, Any]], held: str) -> tuple[tuple[str, Any], ...]:
    """Options with the one that the file says now, so that saving never loses a word the studio does not know."""
    found = tuple(options_of)
    return found if not held or held in {key for key, _word in found} else (*found, (held, held))


def ticked(value: Any) -> tuple[str, ...]:
    """The keys of a list in a file, as a question of kind `checks` holds them."""
    return tuple(map(str, plain.listed(value)))


def pick(
    name: str, label: Any, held: str, options_of: Iterable[tuple[str, Any]], *, none: Any = "", hint: Any = ""
) -> Asked:
    """A choice among options, the one that is held among them. none: words for choosing nothing, '' when one must."""
    every = [("", none), *options_of] if none else list(options_of)
    return Asked(name, label, "select", held, with_held(every, held), hint)


def posted(sheet: Sheet, post: Any) -> Told:
    """The answers of a posted sheet with its buttons done: up, down, remove, add. post: a QueryDict."""

    def values(asked: Iterable[Asked], prefix: str) -> dict[str, str | list[str]]:
        return {
            one.name: post.getlist(f"{prefix}{one.name}")[:200]
            if one.kind == "checks"
            else str(post.get(f"{prefix}{one.name}", ""))[:20_000]
            for one in asked
        }

    told = Told(values(sheet.head, "h-"))
    told.rows = [(row.origin, values(row.asked, f"r{place}-")) for place, row in enumerate(sheet.rows)]
    deed, _colon, place_text = str(post.get("do", "save")).partition(":")
    place = int(place_text) if place_text.isdigit() else -1
    if 0 <= place < len(told.rows) and not sheet.rows[place].is_fixed:
        if deed == "remove":
            told.rows.pop(place)
        other = place + (-1 if deed == "up" else 1)
        if deed in ("up", "down") and 0 <= other < len(told.rows):
            told.rows[place], told.rows[other] = told.rows[other], told.rows[place]
    fresh = values(sheet.new, "new-")
    is_added = deed == "add" or (deed == "save" and bool(fresh.get("title")))
    if is_added and len(told.rows) < MOST_ROWS and sheet.new:
        told.rows.append((-1, fresh))
    return told


def beside(problems: Sequence[Problem], sheet: Sheet) -> tuple[list[Problem], list[list[Problem]]]:
    """(of the whole sheet, of each row) among the problems of the draft."""
    rows: list[list[Problem]] = [[] for _row in sheet.rows]
    whole = []
    for one in problems:
        place = next(
            (
                number
                for number, row in enumerate(sheet.rows)
                if any(_under(one.where, mark) for mark in row.marks)
            ),
            None,
        )
        if place is not None:
            rows[place].append(one)
        elif any(one.where == path or one.where.startswith(f"{path}:") for path in sheet.paths):
            whole.append(one)
    return whole, rows


def _under(where: str, mark: str) -> bool:
    return where == mark or (where.startswith(mark) and where[len(mark)] in ".[ :")


def filter_questions(files: Files, dataset: str, where: Any, prefix: str = "w") -> list[Asked]:
    """Three questions for each filter of a list, and for one more."""
    held = [one for one in plain.listed(where) if isinstance(one, list) and len(one) == 3]
    known = plain.elements(files, dataset)
    found: list[Asked] = []
    for place in range(min(len(held) + 1, MOST_FILTERS)):
        column, op, value = held[place] if place < len(held) else ("", "eq", "")
        names = options.of_code(files, str(known.get(str(column), {}).get("code", "")))
        found += [
            Asked(
                f"{prefix}{place}-column", _("只算哪些：项目") if place == 0 else _("并且：项目"), "select",
                str(column),
                with_held(plain.element_choices(files, dataset, none=_("不限")), str(column)),
            ),
            Asked(f"{prefix}{place}-op", _("怎么比"), "select", str(op), chosen(words.FILTERS)),
            Asked(
                f"{prefix}{place}-value", _("和什么比"), "text",
                conditions.where_words(value, names) if column else "",
                hint=_("可写 今天、本月一日、我、我的班，或写选项的名字"),
            ),
        ]  # fmt: skip
    return found


def filters_told(files: Files, dataset: str, values: Values, prefix: str = "w") -> list[list[Any]]:
    """The filters that came back, as a file says them."""
    known = plain.elements(files, dataset)
    found = []
    for place in range(MOST_FILTERS):
        column, op = text(values, f"{prefix}{place}-column"), text(values, f"{prefix}{place}-op") or "eq"
        if not column:
            continue
        one = known.get(column, {})
        names = options.of_code(files, str(one.get("code", "")))
        value = conditions.where_value(
            text(values, f"{prefix}{place}-value"), op, str(one.get("type", "text")), names
        )
        found.append([column, op, value])
    return found


def put(held: dict[str, Any], word: str, value: Any, usual: Any = None) -> None:
    """Say a word, or leave it out when it says what is usual; one that says the same as before stays as it is written."""
    is_said = value not in ("", None, [], {}, False) and value != usual
    if word in held and (held[word] == value or (not is_said and not held[word])):
        return
    if is_said or (word in held and usual is not None and value not in ("", None)):
        held[word] = value
    else:
        held.pop(word, None)


def file_changes(files: Files, path: str, told: Mapping[str, Any]) -> Changes:
    """The file of what is told, nothing when it says the same as before."""
    return {} if plain.told(files, path) == dict(told) else {path: reading.to_yaml(told)}
