"""The answers of a form, checked: what is wrong is named by field, what is kept is what may be kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from jizuo.engines.matter.forms import computing, drawn, rows
from jizuo.engines.matter.forms.asked import MOST_ROWS, Asked, AskedPage, asked_of
from jizuo.engines.matter.forms.computing import ROW_NAMES
from jizuo.engines.matter.forms.drawn import Held
from jizuo.engines.matter.forms.kinds import KINDS, Known, Wrong
from jizuo.engines.matter.shapes import Form
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.packs.checking import near
from jizuo.hubs.data.standards import Element

MOST_PROBLEMS = 100
EMPTY: tuple[Any, ...] = (None, "", [], (), {})
#: Kinds with rows.
TABLES = frozenset({"table", "columns", "sheet"})
#: As many rows as any table may hold: one that was not drawn again would be lost with the next page.
MOST_DRAWN = max(MOST_ROWS, drawn.MOST_SHEET_ROWS)


@dataclass(frozen=True, slots=True)
class FormContext(Known):
    """What an answer is checked against. applicant: the acting role; subject: ``person_id name class_id`` of whom it is
    about; given: answers of the matter's first form, when this one is filled at a step; steps: those of its steps; fixed:
    values of locked fields, which no browser sets; held: plain title -> where the base holds it, for drawn columns; words:
    known words of drawn columns; known_cells: word -> value of drawn columns that the base fills."""

    unit_no: int = 0
    applicant: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    subject: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    steps: Mapping[str, Any] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    elements: Mapping[str, Element] = field(default_factory=dict)
    held: Mapping[str, Sequence[Held]] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    known_cells: Mapping[str, Any] = field(default_factory=dict)

    @property
    def around(self) -> dict[str, Any]:
        """What expressions read beside the form."""
        return {
            "steps": dict(self.steps), "subject": dict(self.subject), "applicant": {"role": self.applicant},
            "settings": dict(self.settings), "today": self.today.isoformat(),
        }  # fmt: skip


def checked(form: Form, data: Any, ctx: FormContext) -> dict[str, Any]:
    """The answers as they are kept: hidden fields dropped, computed ones worked out here, locked ones as the base has them.

    Raises BadInput with a problem for each field (``lines[3].count`` in a table)."""
    values, problems = looked_over(asked_of(form, ctx.elements), data, ctx)
    if problems:
        raise BadInput(_("有 %(count)s 处要改") % {"count": len(problems)}, problems=problems[:MOST_PROBLEMS])
    return values


def refuse_long(pages: Sequence[AskedPage], data: Any) -> None:
    """Raise BadInput where a table has more rows than can be drawn again."""
    for one in (one for page in pages for one in page.fields if one.kind in TABLES):
        told = data.get(one.key) if isinstance(data, Mapping) else None
        if isinstance(told, list) and len(told) > MOST_DRAWN:
            most = min(one.most, MOST_ROWS) if one.kind == "table" else MOST_DRAWN
            what = _("“%(title)s”最多 %(most)s 行，现在是 %(now)s 行，没有写入。") % {
                "title": one.word, "most": most, "now": len(told),
            }  # fmt: skip
            fix = _("请分几次提交；回到上一页，填过的内容还在。")
            raise BadInput(what, fix=fix, problems=[Problem(one.key, what, fix)])


def looked_over(
    pages: Sequence[AskedPage], data: Any, ctx: FormContext, *, only: int | None = None
) -> tuple[dict[str, Any], list[Problem]]:
    """(answers, problems) of pages; of a form on several pages the problems of page `only` (from 0) alone."""
    if not isinstance(data, Mapping):
        return {}, [Problem("form", _("应为一张表"))]
    known = {one.key: one for page in pages for one in page.fields}
    problems = [
        Problem(str(key)[:60], _("表单没有这一项"), near(str(key)[:60], known))
        for key in list(data)[:MOST_PROBLEMS]
        if key not in known and known_row(str(key), known) is None
    ]
    typed: dict[str, Any] = {}
    faults: dict[str, list[Problem]] = {}
    for one in known.values():
        if one.key in ctx.fixed:
            if ctx.fixed[one.key] not in EMPTY:
                typed[one.key] = ctx.fixed[one.key]
            continue
        told = data.get(one.key)
        if not one.is_typed or told in EMPTY:
            continue
        value, wrong = read_value(one, told, ctx)
        if wrong:
            faults[one.key] = wrong
        elif value not in EMPTY:
            typed[one.key] = value
    chosen = rows.chosen(known.values(), typed, ctx.rows)
    given = {**ctx.given, **chosen}
    values, shown = computing.settled(pages, typed, ctx.around, given)
    named = computing.told(pages, values, ctx.around, given)
    for number, page in enumerate(pages):
        if only is not None and number != only:
            continue
        for one in page.fields:
            if one.key not in shown:
                continue
            if one.key in faults:
                problems += faults[one.key]
            elif one.required and one.key not in values and one.key not in ctx.fixed:
                problems.append(Problem(one.key, _("请填写“%(title)s”") % {"title": one.word}))
            elif one.key in values and not computing.holds(one.field.check, named):
                problems.append(
                    Problem(one.key, one.field.say or _("“%(title)s”填得不对") % {"title": one.word})
                )
    for one in known.values():
        if one.kind == "table" and one.key in values:
            values[one.key] = [computing.row_settled(one.columns, row, named) for row in values[one.key]]
        if one.kind == "row" and one.key in values:
            values[f"{one.key}{rows.SUFFIX}"] = chosen[f"{one.key}{rows.SUFFIX}"]
    return values, problems


def known_row(key: str, known: Mapping[str, Asked]) -> Asked | None:
    """The field whose chosen row stands under a key in answers that were kept before."""
    one = known.get(key.removesuffix(rows.SUFFIX))
    return one if one is not None and one.kind == "row" and key.endswith(rows.SUFFIX) else None


def read_value(one: Asked, told: Any, ctx: FormContext) -> tuple[Any, list[Problem]]:
    """(value, what is wrong) of one answer."""
    if one.kind == "table":
        return _table(one, told, ctx)
    if one.kind == "columns":
        return drawn.read_columns(one.key, told, ctx.held, ctx.tables, ctx.words)
    if one.kind == "sheet":
        return _sheet(one, told, ctx)
    try:
        return KINDS[one.kind].check(one, told, ctx), []
    except Wrong as wrong:
        return None, [Problem(one.key, wrong.what, wrong.fix)]


def _table(one: Asked, told: Any, ctx: FormContext) -> tuple[list[dict[str, Any]], list[Problem]]:
    return _rows(one.key, one.columns, told, ctx, min(one.most, MOST_ROWS))


def _sheet(one: Asked, told: Any, ctx: FormContext) -> tuple[list[dict[str, Any]], list[Problem]]:
    stands = {**ctx.given, **ctx.fixed}
    columns = drawn.columns_of(stands.get(one.field.of or "columns"))
    most = drawn.most_rows(len(columns)) if stands.get("rows") == drawn.MANY else 1
    fixed = {
        each.key: ctx.known_cells[each.known]
        for each in columns
        if ctx.known_cells.get(each.known) is not None
    }
    if isinstance(told, list):
        told = [{**row, **fixed} if isinstance(row, Mapping) else row for row in told]
    return _rows(one.key, [drawn.asked_column(each) for each in columns], told, ctx, most)


def _rows(
    where: str, columns: Sequence[Asked], told: Any, ctx: FormContext, most: int
) -> tuple[list[dict[str, Any]], list[Problem]]:
    if not isinstance(told, list | tuple):
        return [], [Problem(where, _("应为一张表"))]
    if len(told) > most:
        return [], [
            Problem(
                where,
                _("最多 %(most)s 行，现在是 %(now)s 行") % {"most": most, "now": len(told)},
                _("分几次提交"),
            )
        ]
    known = {one.key: one for one in columns}
    found: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for number, row in enumerate(told):
        place = f"{where}[{number}]"
        if not isinstance(row, Mapping):
            problems.append(Problem(place, _("应为一行")))
            continue
        if all(value in EMPTY for value in row.values()):
            continue
        problems += [
            Problem(f"{place}.{str(key)[:40]}", _("表里没有这一列"), near(str(key)[:40], known))
            for key in row
            if key not in known
        ]
        kept: dict[str, Any] = {}
        for one in columns:
            value = row.get(one.key)
            if not one.is_typed:
                continue
            if value in EMPTY:
                if one.required:
                    problems.append(
                        Problem(f"{place}.{one.key}", _("请填写“%(title)s”") % {"title": one.word})
                    )
                continue
            try:
                kept[one.key] = KINDS[one.kind].check(one, value, ctx)
            except Wrong as wrong:
                problems.append(Problem(f"{place}.{one.key}", wrong.what, wrong.fix))
        for one in columns:
            if one.key in kept and one.field.check:
                named = {**ctx.around, "form": dict(ctx.given), "row": {**dict.fromkeys(known), **kept}}
                if not computing.holds(one.field.check, named, ROW_NAMES):
                    problems.append(Problem(f"{place}.{one.key}", one.field.say or _("这一格填得不对")))
        found.append(kept)
        if len(problems) > MOST_PROBLEMS:
            break
    return found, problems
