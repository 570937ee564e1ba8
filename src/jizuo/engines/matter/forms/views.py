"""A form as it is shown: every field with its value, its choices, who says it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from jizuo.engines.matter import days
from jizuo.engines.matter.forms import asked, checking, choosing, computing, drawn, kinds
from jizuo.engines.matter.forms.asked import Asked, AskedPage, said
from jizuo.engines.matter.forms.checking import FormContext
from jizuo.engines.matter.forms.choosing import Choice
from jizuo.engines.matter.forms.drawn import COLUMN_KINDS, columns_of
from jizuo.engines.matter.forms.standing import Standing, context_of
from jizuo.engines.matter.shapes import Field
from jizuo.ground.errors import Problem
from jizuo.ground.pages.shell import to

#: A code table of more rows than this is not offered as a list.
MOST_CODES = 400
#: Choices that stand side by side to be tapped; more open as a list.
MOST_CHIPS = 6


class FieldView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field as shown. name: under which it is handed in (``lines[0].count`` in a table); value: as handed in or kept;
    words: the same for people; owner: who says a value that the base brought, '' for none; rows: cells of a table; accept:
    which files a browser offers for it, '' for every one; is_live: others change with its answer, or it with theirs."""

    key: str
    name: str
    kind: str
    widget: str
    title: str
    hint: str = ""
    is_required: bool = False
    is_shown: bool = True
    is_locked: bool = False
    is_computed: bool = False
    is_conditional: bool = False
    value: Any = None
    words: str = ""
    owner: str = ""
    choices: list[Choice] = []
    is_more: bool = False
    accept: str = ""
    error: str = ""
    length: int = 0
    least: int | float | None = None
    most: int | float | None = None
    step: str = ""
    unit: str = ""
    heads: list[str] = []
    rows: list[list[FieldView]] = []
    can_add: bool = False
    is_wide: bool = False
    is_several: bool = False

    @property
    def chosen(self) -> list[str]:
        """The values of what is chosen, as texts."""
        told = self.value if isinstance(self.value, list | tuple) else [self.value]
        return [
            "yes" if one is True else "no" if one is False else str(one)
            for one in told
            if one not in (None, "")
        ]

    @property
    def template(self) -> str:
        """The template that asks for it."""
        return f"matter/forms/fields/{self.widget}.html"

    @property
    def dom_id(self) -> str:
        """Its name as part of an element's id."""
        return self.name.replace("[", "-").replace("].", "-")

    @property
    def post_name(self) -> str:
        """The name of its input."""
        return f"{self.name}[]" if self.is_several else self.name

    @property
    def told(self) -> Any:
        """Its value as a browser hands it in."""
        if self.rows:
            return [{cell.key: cell.told for cell in row if not cell.is_computed} for row in self.rows]
        if self.is_several:
            return self.chosen
        return self.chosen[0] if isinstance(self.value, bool) else self.plain_value

    @property
    def plain_value(self) -> str:
        """The value as text without grouping or words."""
        return "" if self.value is None else str(self.value)

    @property
    def files(self) -> list[dict[str, str]]:
        """Its files with the address of each."""
        told = self.value if isinstance(self.value, list) else []
        return [
            {"id": one["id"], "name": one["name"], "href": to(f"files/{one['id']}")}
            for one in told
            if isinstance(one, dict)
        ]

    @property
    def is_chips(self) -> bool:
        """Whether its choices stand side by side."""
        return len(self.choices) <= MOST_CHIPS and not self.is_more


class PageView(msgspec.Struct, frozen=True):
    """One page of a form."""

    title: str
    about: str
    is_shown: bool
    fields: list[FieldView]


class FormView(msgspec.Struct, frozen=True):
    """A form as it is opened. page: the one it stands at, from 0; submit_key: under which it is handed in, '' until one is
    made; paper_no: number of the paper twin it is typed back from; problems: where, what, fix; again_on: day of the
    earlier answer that can be taken over; taken: names of what was."""

    scene: str
    scene_title: str
    form: str
    title: str
    about: str
    done: str
    pages: list[PageView]
    page: int = 0
    subject_id: UUID | None = None
    subject_name: str = ""
    matter_id: UUID | None = None
    draft_id: UUID | None = None
    submit_key: str = ""
    step: str = ""
    task_id: UUID | None = None
    verb: str = ""
    paper_no: int = 0
    problems: list[Problem] = []
    is_live: bool = False
    again_on: date | None = None
    taken: list[str] = []


def filled(
    standing: Standing, draft: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """(values to begin with, key -> owner tag of those the base brought): what stands there already, then what the base
    knows, then what is usual."""
    values, owners = dict(standing.values), dict[str, str]()
    knowing = standing.knowing
    for one in asked.fields_of(standing.pages):
        word = one.field.prefill
        if word:
            value = knowing.value(word, one.key)
            if value is not None and (one.field.locked or one.key not in values):
                values[one.key], owners[one.key] = value, knowing.owner(word)
        if one.key not in values and one.field.default is not None:
            values[one.key] = knowing.value("today") if one.field.default == "today" else one.field.default
    if draft is not None:
        fixed = {one.key for one in asked.fields_of(standing.pages) if one.field.locked and one.key in owners}
        values = {
            **{key: values[key] for key in fixed},
            **{key: one for key, one in draft.items() if key not in fixed},
        }
        owners = {
            key: owner for key, owner in owners.items() if draft.get(key, values.get(key)) == values.get(key)
        }
    return values, owners


def form_view(
    standing: Standing,
    values: Mapping[str, Any],
    *,
    owners: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
    ctx: FormContext | None = None,
    with_choices: bool = True,
    found_by: Mapping[str, str] | None = None,
    page: int = 0,
    submit_key: str = "",
    draft_id: UUID | None = None,
    paper_no: int = 0,
    again_on: date | None = None,
    taken: Sequence[str] = (),
) -> FormView:
    """A form with these values. ctx: of `context_of`, when the caller has it; with_choices: also what people, classes and
    units there are to choose; found_by: key -> what was typed to find a person by. Inside a door."""
    context = ctx or context_of(standing, values)
    return drawn_view(
        standing, standing.pages, values, context, owners=owners, problems=problems, with_choices=with_choices,
        found_by=found_by, page=page, submit_key=submit_key, draft_id=draft_id, paper_no=paper_no,
        again_on=again_on, taken=taken,
    )  # fmt: skip


def drawn_view(
    standing: Standing,
    asked_pages: Sequence[AskedPage],
    values: Mapping[str, Any],
    context: FormContext,
    *,
    owners: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
    with_choices: bool = True,
    found_by: Mapping[str, str] | None = None,
    page: int = 0,
    submit_key: str = "",
    draft_id: UUID | None = None,
    paper_no: int = 0,
    again_on: date | None = None,
    taken: Sequence[str] = (),
) -> FormView:
    """As `form_view`, for pages and a context that the caller has."""
    every = [one for told in asked_pages for one in told.fields]
    worked, _faults = checking.looked_over(asked_pages, values, context)
    typed = {one.key: values.get(one.key) for one in every if values.get(one.key) is not None}
    known_values = {**typed, **worked}
    # An empty row that was just added is not an answer, and yet it is shown.
    known_values |= {
        one.key: values[one.key]
        for one in every
        if one.kind in checking.TABLES and isinstance(values.get(one.key), list)
    }
    named = computing.told(asked_pages, worked, context.around, context.given)
    counted = {one.key for one in every if "workdays(" in one.field.compute}
    dates = (
        [worked[one.key] for one in every if one.kind == "date" and worked.get(one.key)] if counted else []
    )
    is_sure = days.is_known(*(date.fromisoformat(one) for one in dates))
    offered = _Offered(context, with_choices, found_by or {})
    faults: dict[str, str] = {}
    for problem in problems:
        faults.setdefault(problem.where, f"{problem.what}{'，' + problem.fix if problem.fix else ''}")
    pages = []
    for told in asked_pages:
        is_page = computing.holds(told.when, named)
        fields = []
        for one in told.fields:
            is_left_empty = one.key in context.fixed and context.fixed[one.key] in checking.EMPTY
            is_shown = is_page and computing.holds(one.field.when, named) and not is_left_empty
            fields.append(
                _field(
                    one,
                    one.key,
                    known_values.get(one.key),
                    standing,
                    context,
                    offered,
                    faults,
                    owners or {},
                    is_shown,
                )
            )
        if not is_sure:
            fields = [_unsure(one) if one.key in counted and one.words else one for one in fields]
        pages.append(PageView(told.word, told.about, is_page, fields))
    form = standing.form
    return FormView(
        scene=standing.scene, scene_title=said(standing.pack.head.title, standing.pack.head.english),
        form=standing.name, title=said(form.title, form.english), about=form.about,
        done=said(form.done, form.done_english), pages=pages, page=_page(pages, page), subject_id=standing.subject_id,
        subject_name=str(context.subject.get("name", "")), matter_id=standing.matter_id, draft_id=draft_id,
        submit_key=submit_key, step=standing.step,
        task_id=standing.task_id,
        verb=standing.verb, paper_no=paper_no, problems=list(problems),
        is_live=computing.depends(asked_pages), again_on=again_on, taken=list(taken),
    )  # fmt: skip


def _unsure(view: FieldView) -> FieldView:
    """A count of working days in a year whose holidays are not published."""
    words = _("%(words)s（放假安排还没有公布，先按周一到周五算）") % {"words": view.words}
    return msgspec.structs.replace(view, words=words)


def _page(pages: Sequence[PageView], wanted: int) -> int:
    """The wanted page, or the next one that is shown."""
    for place in [*range(max(0, wanted), len(pages)), *range(min(wanted, len(pages)) - 1, -1, -1)]:
        if pages[place].is_shown:
            return place
    return 0


class _Offered:
    """The choices of a form's fields, each group read once."""

    def __init__(self, ctx: FormContext, is_wanted: bool, found_by: Mapping[str, str]) -> None:
        self.ctx, self.is_wanted, self.found_by = ctx, is_wanted, found_by
        self.kept: dict[tuple[str, str], tuple[list[Choice], bool]] = {}

    def of(self, one: Asked, value: Any, words: Mapping[str, str]) -> tuple[list[Choice], bool]:
        """(choices, whether there are more) of a field. words: of options that are not called as they are kept."""
        if one.kind in ("choice", "choices"):
            return [Choice(option, words.get(option, option)) for option in one.field.options], False
        if one.kind == "yes_no":
            return [Choice("yes", _("是")), Choice("no", _("否"))], False
        if one.kind == "code":
            table = self.ctx.tables.get(one.code)
            rows = [row for row in table or () if row.in_force(self.ctx.today)]
            return [Choice(row.code, row.name) for row in rows[:MOST_CODES]], False
        if one.kind == "row":
            return [Choice(label, label) for label in self.ctx.rows.get(one.field.of, {})], False
        if one.kind in ("person", "people"):
            return self._people(one.field.of or choosing.PUPIL, value, self.found_by.get(one.key, ""))
        if one.kind in ("org", "orgs"):
            return self._kept("orgs", one.field.of or "class", lambda of: (choosing.orgs(of), False))
        if one.kind in ("unit", "units"):
            return self._kept("units", one.field.of or "school", lambda of: (choosing.units(of), False))
        return [], False

    def _kept(self, group: str, of: str, ask: Any) -> tuple[list[Choice], bool]:
        if not self.is_wanted:
            known: Mapping[Any, str] = self.ctx.orgs.get(of, {}) if group == "orgs" else {}
            known = self.ctx.units if group == "units" else known
            return [Choice(str(value), word) for value, word in known.items()], False
        if (group, of) not in self.kept:
            self.kept[group, of] = ask(of)
        return self.kept[group, of]

    def _people(self, of: str, value: Any, text: str) -> tuple[list[Choice], bool]:
        def ask(_key: str) -> tuple[list[Choice], bool]:
            found = choosing.people(of, text=text, most=choosing.MOST + 1)
            return [one for one, _after in found[: choosing.MOST]], len(found) > choosing.MOST or bool(text)

        choices, is_more = self._kept("people", f"{of}/{text}", ask)
        known = {one.value for one in choices}
        named = self.ctx.people.get(of, {})
        told = value if isinstance(value, list) else [value]
        more = [
            Choice(str(one), named[str(one)]) for one in told if str(one) in named and str(one) not in known
        ]
        return [*more, *choices], is_more


def _field(
    one: Asked,
    name: str,
    value: Any,
    standing: Standing,
    ctx: FormContext,
    offered: _Offered,
    faults: Mapping[str, str],
    owners: Mapping[str, str],
    is_shown: bool = True,
    words: Mapping[str, str] = {},
) -> FieldView:
    heads: list[str] = []
    rows: list[list[FieldView]] = []
    can_add, widget, owner = False, kinds.KINDS[one.kind].widget, owners.get(name, "")
    if one.kind in checking.TABLES:
        columns, fixed, most = columns_in(one, ctx)
        told = [_row(one, row, ctx) for row in value] if isinstance(value, list) and value else [{}]
        heads = [each.word for each in columns]
        can_add = len(told) < most
        labels = {**COLUMN_KINDS, **ctx.words} if one.kind == "columns" else {}
        for number, row in enumerate(told[: checking.MOST_DRAWN]):
            cells = []
            for each in columns:
                spot = f"{name}[{number}].{each.key}"
                is_known = each.key in fixed
                cell = (
                    fixed.get(each.key)
                    if is_known
                    else row.get(each.key)
                    if isinstance(row, Mapping)
                    else None
                )
                tags = {spot: _("学校已有")} if is_known else {spot: owners[spot]} if spot in owners else {}
                view = _field(each, spot, cell, standing, ctx, offered, faults, tags, words=labels)
                cells.append(_cell(view, is_known))
            rows.append(cells)
        value = None
    choices, is_more = offered.of(one, value, words) if one.is_typed else ([], False)
    is_known = one.field.locked and one.key in ctx.fixed
    is_shown = is_shown and not (is_known and one.kind == "columns")
    is_shown = is_shown and not (
        standing.step and one.field.locked and not one.field.prefill and not is_known
    )
    is_computed = bool(one.field.compute) or one.kind == "computed"
    shown = kinds.show(one, value, ctx) if value is not None and not rows else ""
    if not shown and choices and value is not None:
        wanted = {str(each) for each in (value if isinstance(value, list) else [value])}
        shown = "、".join(each.word for each in choices if each.value in wanted)
    bounds = one.kind in ("number", "money", "period")
    return FieldView(
        key=one.key, name=name, kind=one.kind, widget="computed" if is_computed or is_known else widget, title=one.word,
        hint=one.field.hint, is_required=one.required, is_shown=is_shown, is_locked=is_known, is_computed=is_computed,
        is_conditional=bool(one.field.when), value=_written(one, value), words=shown, owner=owner, choices=choices,
        is_more=is_more, error=faults.get(name, ""), length=one.length,
        least=one.field.least if bounds else None, most=one.field.most if bounds else one.most,
        step="0.01" if one.kind == "money" else "1" if not one.scale else f"{10**-one.scale:.{one.scale}f}",
        unit=one.field.unit, heads=heads, rows=rows, can_add=can_add, is_wide=kinds.KINDS[one.kind].wide,
        is_several=one.kind in asked.LIST_KINDS, accept=kinds.accepted(one),
    )  # fmt: skip


def _row(one: Asked, row: Any, ctx: FormContext) -> dict[str, Any]:
    """A row as typed with its computed cells, as far as they can be worked out."""
    told = dict(row) if isinstance(row, Mapping) else {}
    if one.kind == "table" and any(each.field.compute for each in one.columns):
        kept: dict[str, Any] = {}
        for each in one.columns:
            if each.is_typed and told.get(each.key) not in checking.EMPTY:
                value, wrong = checking.read_value(each, told[each.key], ctx)
                kept |= {} if wrong else {each.key: value}
        worked = computing.row_settled(one.columns, kept, {**ctx.around, "form": {}})
        told |= {each.key: worked.get(each.key) for each in one.columns if each.field.compute}
    return told


def _cell(view: FieldView, is_known: bool) -> FieldView:
    return msgspec.structs.replace(view, widget="computed", is_locked=True) if is_known else view


def _written(one: Asked, value: Any) -> Any:
    """A value as an input holds it."""
    if one.kind == "money" and isinstance(value, int) and not isinstance(value, bool):
        return kinds.yuan(value).replace(",", "")
    if one.kind == "moment" and isinstance(value, str):
        return kinds.local_moment(value).replace(" ", "T")
    return value


def columns_in(one: Asked, ctx: FormContext) -> tuple[Sequence[Asked], Mapping[str, Any], int]:
    """(columns, cells that the base fills, most rows) of a table."""
    if one.kind == "table":
        return one.columns, {}, min(one.most, asked.MOST_ROWS)
    if one.kind == "columns":
        return drawing(ctx), {}, drawn.MOST_COLUMNS
    stands = {**ctx.given, **ctx.fixed}
    drawn_columns = columns_of(stands.get(one.field.of or "columns"))
    fixed = {
        each.key: ctx.known_cells[each.known]
        for each in drawn_columns
        if each.known != "last" and ctx.known_cells.get(each.known) is not None
    }
    most = drawn.most_rows(len(drawn_columns)) if stands.get("rows") == drawn.MANY else 1
    return [drawn.asked_column(each) for each in drawn_columns], fixed, most


def drawing(ctx: FormContext) -> list[Asked]:
    """The fields by which one column is drawn."""

    def field(
        key: str,
        kind: str,
        title: str,
        *,
        options: tuple[str, ...] = (),
        hint: str = "",
        required: bool = False,
    ) -> Asked:
        said_of = Field(key=key, kind=kind, title=title, options=options, hint=hint, required=required)
        return Asked(key, kind, title, "", required, 1, drawn.MOST_TITLE, 0, "", (), said_of)

    return [
        field("title", "text", _("列名"), required=True),
        field("kind", "choice", _("填什么"), options=tuple(COLUMN_KINDS)),
        field("options", "text", _("选项"), hint=_("单选时用，用顿号隔开")),
        field("known", "choice", _("基座带出"), options=tuple(ctx.words)),
        field("required", "yes_no", _("必填")),
    ]
