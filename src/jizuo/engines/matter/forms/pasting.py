"""A block of a spreadsheet pasted into the rows of a form: cells fill rows and columns from the one where it was pasted.

What people see is read back as what is handed in: a name becomes the person, 是 becomes yes. A cell that cannot be read stays as
it was pasted, with what is wrong by its row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from jizuo.engines.matter.forms import choosing, views
from jizuo.engines.matter.forms.asked import Asked
from jizuo.engines.matter.forms.checking import EMPTY, TABLES, FormContext
from jizuo.engines.matter.forms.drawn import COLUMN_KINDS, plain_title
from jizuo.engines.matter.forms.kinds import KINDS, Wrong
from jizuo.ground.errors import Problem
from jizuo.plain import text as texts

#: Kinds whose answers are people and orgs of the base.
NAMED = frozenset({"person", "people", "org", "orgs", "unit", "units"})
#: Stands for a name that several have.
AMBIGUOUS = "?"
MOST_LETTERS = 400_000
YES, NO = frozenset("是有对√✓Yy1"), frozenset("否无不×✗Nn0")
_AT = re.compile(r"(?P<key>[a-z][a-z0-9_]*)\[(?P<row>\d{1,4})\]\.(?P<cell>[a-z][a-z0-9_]*)(?:\[\])?")


def block_of(text: str) -> list[list[str]]:
    """The cells of what a spreadsheet puts on the clipboard: tabs between cells, quotes around a cell with breaks. Empty lines
    at the end are no rows."""
    kept = text[:MOST_LETTERS].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    rows = [
        [texts.strip_invisible(cell).strip() for cell in row]
        for row in csv.reader(io.StringIO(kept, newline=""), delimiter="\t")
    ]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def put(
    fields: Sequence[Asked], data: Mapping[str, Any], at: str, text: str, ctx: FormContext
) -> tuple[dict[str, Any], list[Problem]]:
    """(answers with the block in its place, what is wrong by cell). at: name of the cell it was pasted into; text: as it came
    from the clipboard. A first row of column titles is left out. Inside a door; a read for each kind of people or orgs."""
    told = dict(data)
    found = _AT.fullmatch(at)
    one = next((one for one in fields if found and one.key == found["key"] and one.kind in TABLES), None)
    block = block_of(text)
    if found is None or one is None or not block:
        return told, []
    every, fixed, most = views.columns_in(one, ctx)
    keys = [each.key for each in every if each.is_typed and each.key not in fixed]
    if found["cell"] not in keys:
        return told, []
    into = [each for each in every if each.key in keys[keys.index(found["cell"]) :]]
    if is_head(block[0], into):
        block = block[1:]
    first = int(found["row"])
    problems = [*_too_many(one, block, into, first, most)]
    block = [row[: len(into)] for row in block[: max(0, most - first)]]
    held = told.get(one.key)
    rows = [dict(row) if isinstance(row, Mapping) else {} for row in held] if isinstance(held, list) else []
    rows += [{} for _row in range(first + len(block) - len(rows))]
    words = [
        _words(each, {row[place] for row in block if place < len(row)}, ctx)
        for place, each in enumerate(into)
    ]
    for number, cells in enumerate(block, first):
        for place, cell in enumerate(cells):
            value, wrong = read_cell(into[place], cell, words[place], ctx)
            rows[number][into[place].key] = value
            if wrong is not None:
                spot = f"{one.key}[{number}].{into[place].key}"
                problems.append(
                    Problem(
                        spot,
                        _("第 %(row)s 行：%(what)s") % {"row": number + 1, "what": wrong.what},
                        wrong.fix,
                    )
                )
    told[one.key] = rows
    return told, problems


def is_head(cells: Sequence[str], into: Sequence[Asked]) -> bool:
    """Whether a first row names the columns it stands over."""
    return any(cells[: len(into)]) and all(
        not cell or plain_title(cell) in (plain_title(each.word), plain_title(each.title))
        for cell, each in zip(cells, into, strict=False)
    )  # fmt: skip


def _too_many(
    one: Asked, block: Sequence[Sequence[str]], into: Sequence[Asked], first: int, most: int
) -> list[Problem]:
    found = []
    if first + len(block) > most:
        left = block[max(0, most - first)]
        found.append(
            Problem(
                one.key,
                _("粘贴了 %(count)s 行，这里最多 %(most)s 行；从“%(cell)s”那一行起没有放进来")
                % {"count": len(block), "most": most, "cell": next(filter(None, left), "")[:20]},
                _("分几次提交"),
            )
        )
    wide = [number for number, row in enumerate(block) if any(row[len(into) :])]
    if wide:
        found.append(
            Problem(
                one.key,
                _("粘贴的第 %(row)s 行有 %(count)s 列，从“%(title)s”起只有 %(most)s 列")
                % {
                    "row": wide[0] + 1,
                    "count": len(block[wide[0]]),
                    "title": into[0].word,
                    "most": len(into),
                },
                _("只复制这几列再粘贴"),
            )
        )
    return found


def read_cell(one: Asked, cell: str, words: Mapping[str, Any], ctx: FormContext) -> tuple[Any, Wrong | None]:
    """(value as it is handed in, what is wrong with it). words: what is seen -> what is handed in."""
    if cell in EMPTY:
        return "", None
    if one.kind in ("choices", "people", "orgs", "units"):
        told: Any = [words.get(part, part) for part in re.split(r"[、,，;；\s]+", cell) if part]
    else:
        told = words.get(cell, cell)
    if one.kind in NAMED:
        values = told if isinstance(told, list) else [told]
        if AMBIGUOUS in values:
            return "", Wrong(_("有同名的：%(name)s") % {"name": cell[:20]}, _("请从列表里选，或写学号、工号"))
        if set(values) - set(words.values()):
            return "", Wrong(_("找不到“%(name)s”") % {"name": cell[:20]}, _("请从列表里选"))
        return told, None
    try:
        KINDS[one.kind].check(one, told, ctx)
    except Wrong as wrong:
        return told, wrong
    return told, None


def _words(one: Asked, cells: set[str], ctx: FormContext) -> dict[str, Any]:
    """What is seen in a column -> what is handed in."""
    if one.kind == "yes_no":
        return {cell: "yes" if cell[0] in YES else "no" for cell in cells if cell and cell[0] in YES | NO}
    if one.kind == "code":
        rows = ctx.tables.get(one.code) or ()
        return {row.name: row.code for row in rows if row.in_force(ctx.today)}
    if one.kind == "choice" and not set(one.field.options) - {*COLUMN_KINDS, *ctx.words}:
        return {word: key for key, word in {**COLUMN_KINDS, **ctx.words}.items()}
    if one.kind in ("person", "people"):
        names = {part for cell in cells for part in (cell, *re.split(r"[、,，;；\s]+", cell)) if part}
        found = [choice for choice, _key in choosing.people(one.field.of or choosing.PUPIL, named=names)]
    elif one.kind in ("org", "orgs"):
        found = choosing.orgs(one.field.of or "class")
    elif one.kind in ("unit", "units"):
        found = choosing.units(one.field.of or "school")
    else:
        return {}
    told: dict[str, Any] = {}
    for choice in found:
        told[choice.word] = AMBIGUOUS if choice.word in told else choice.value
        if one.kind in ("person", "people"):
            told.setdefault(choice.detail.rpartition(" ")[2], choice.value)
    return told
