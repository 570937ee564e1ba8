"""Template tags of ``{% load pages %}``; docs/guides/pages.md shows each with an example."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, RadioSelect
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from jizuo.ground.pages import assets, format, shell
from jizuo.ground.pages.charts import Chart
from jizuo.ground.pages.parts import (
    Action,
    Entry,
    Number,
    ProblemRow,
    Progress,
    Sheet,
    Step,
    Tab,
    Tile,
    Todo,
    walk,
)
from jizuo.ground.pages.tables import Table

register = template.Library()

register.filter("figure", format.figure)
register.filter("numeral", format.numeral)
register.filter("duration", format.duration)


@register.filter
def as_json(value: Any) -> str:
    """JSON text for a data attribute (escaped as any other value)."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def prose_day(value: date | None) -> str:
    """九月十六日; empty for None."""
    return format.prose_day(value) if value else ""


@register.filter
def table_day(value: date | datetime | None) -> str:
    """2026-09-16; empty for None."""
    return format.table_day(value)


@register.filter
def recent(value: datetime | None) -> str:
    """今天 08:12; empty for None."""
    return format.recent(value)


@register.filter
def clock(value: datetime | None) -> str:
    """10:32; empty for None."""
    return format.clock(value) if value else ""


@register.simple_tag
def front(entry: str = "main.js") -> SafeString:
    """The built styles and scripts."""
    return assets.tags(entry)


@register.simple_tag(takes_context=True)
def here(context: Context, path: str = "", *parts: Any) -> str:
    """The address of `path` in the acting role; further values are joined with slashes."""
    scope = context.get("scope") or getattr(context.get("request"), "scope", None)
    if scope is None or scope.grant_no is None:
        raise template.TemplateSyntaxError("{% here %} needs an acting role; a signed-out page has none")
    return shell.here(scope.grant_no, "/".join([path.strip("/"), *map(str, parts)]).strip("/"))


@register.simple_block_tag
def card(
    content: str, title: Any = "", *, href: str = "", href_word: Any = "", side: Any = "", name: str = ""
) -> str:
    """A card around its content."""
    return render_to_string(
        "parts/_card.html",
        {
            "content": mark_safe(content),  # noqa: S308  already escaped by the template around it
            "title": title,
            "href": href,
            "href_word": href_word or _("全部"),
            "side": side,
            "name": name,
        },
    )


@register.simple_block_tag
def dialog(content: str, name: str, title: Any) -> str:
    """A dialog, opened by an `Action(opens=name)` or any button with data-opens."""
    return render_to_string(
        "parts/_dialog.html",
        {"content": mark_safe(content), "name": name, "title": title},  # noqa: S308
    )


@register.simple_block_tag
def note(content: str, tone: str = "lan") -> str:
    """A remark within the page, with a bar of its tone."""
    role = "alert" if tone == "zhu" else "note"
    return format_html('<div class="note note-{}" role="{}">{}</div>', tone, role, mark_safe(content))  # noqa: S308


@register.inclusion_tag("parts/_head.html")
def page_head(
    title: Any,
    where: Sequence[Any] = (),
    *,
    fresh: datetime | None = None,
    main: Action | None = None,
    others: Sequence[Action] = (),
    trail: Sequence[tuple[Any, str]] = (),
) -> dict[str, Any]:
    """Where am I, how fresh is this, what shall I do next."""
    return {"title": title, "where": where, "fresh": fresh, "main": main, "others": others, "trail": trail}


@register.inclusion_tag("parts/_answer.html")
def answer(title: Any, *, day: date | None = None, detail: Any = "") -> dict[str, Any]:
    """The answer first: the head of a family's page."""
    return {"title": title, "day": day, "detail": detail}


@register.inclusion_tag("parts/_action.html")
def action(action: Action, *, is_main: bool = False, is_plain: bool = False) -> dict[str, Any]:
    """One button or link. is_plain: drawn as a link, for rows."""
    kind = "btn-link" if is_plain else "btn btn-main" if is_main else "btn"
    if action.tone == "zhu":
        kind += " is-zhu" if is_plain else " btn-zhu"
    return {"action": action, "kind": kind}


@register.inclusion_tag("parts/_number.html")
def number(number: Number | Any, **values: Any) -> dict[str, Any]:
    """A number card, from a `Number` or from a label and its values."""
    if not isinstance(number, Number):
        number = Number(number, **values)
    shift = (
        ""
        if number.shift is None
        else format.figure(abs(number.shift), 0 if number.shift == int(number.shift) else 1)
    )
    text = None if number.value is None else format.figure(number.value, number.decimals)
    return {"number": number, "text": text, "shift": shift}


@register.inclusion_tag("parts/_table.html")
def table(table: Table) -> dict[str, Any]:
    """A table with its tools."""
    return {"table": table, "lines": table.lines}


@register.inclusion_tag("parts/_problems.html")
def problems(
    heads: Sequence[Any], rows: Sequence[ProblemRow], title: Any = "", side: Any = ""
) -> dict[str, Any]:
    """Rows to mend. heads: the labels of the cells; place and mend are added."""
    return {"heads": heads, "rows": rows, "title": title, "side": side}


@register.inclusion_tag("parts/_steps.html")
def steps(at: str | Sequence[Step], *, is_stuck: bool = False) -> dict[str, Any]:
    """Where a walk stands: a key of the import walk, or ready-made steps."""
    return {"steps": walk(at, is_stuck=is_stuck) if isinstance(at, str) else at}


@register.inclusion_tag("parts/_progress.html")
def progress(progress: Progress) -> dict[str, Any]:
    """How far a job is; asks again by itself while it runs."""
    return {"progress": progress}


@register.inclusion_tag("parts/_tabs.html")
def tabs(items: Sequence[Tab]) -> dict[str, Any]:
    """Tabs, each an address of its own."""
    return {"items": items}


@register.simple_tag
def tag(text: Any, tone: str = "") -> SafeString:
    """A small tag."""
    return format_html('<span class="tag{}">{}</span>', f" tag-{tone}" if tone else "", text)


@register.simple_tag
def sentences(*parts: object) -> str:
    """Parts of a refusal as whole sentences, one after the other."""
    return format.sentences(*parts)


@register.simple_tag
def owner(text: Any) -> SafeString:
    """Who owns a value."""
    return format_html('<span class="tag tag-qing" title="{}">{}</span>', _("这一项以它为准"), text)


@register.inclusion_tag("parts/_change.html")
def change(old: Any, new: Any) -> dict[str, Any]:
    """Old and new value: struck and fresh, said aloud as well."""
    return {"old": old, "new": new}


@register.inclusion_tag("parts/_entries.html")
def entries(items: Sequence[Entry]) -> dict[str, Any]:
    """What the base holds, item by item, with who owns each."""
    return {"items": items}


@register.inclusion_tag("parts/_todo.html")
def todo(items: Sequence[Todo], empty: Any = "") -> dict[str, Any]:
    """Matters that wait."""
    return {"items": items, "empty": empty or _("今天没有要处理的事。")}


@register.inclusion_tag("parts/_tiles.html")
def tiles(items: Sequence[Tile]) -> dict[str, Any]:
    """Large targets for a phone."""
    return {"items": items}


@register.inclusion_tag("parts/_empty.html")
def empty(title: Any, text: Any = "", action: Action | None = None) -> dict[str, Any]:
    """Nothing here yet, and what to do."""
    return {"title": title, "text": text, "action": action}


@register.inclusion_tag("parts/_lazy.html")
def lazy(address: str, *, lines: int = 4, label: Any = "") -> dict[str, Any]:
    """A block that loads by itself, with a skeleton meanwhile. The address answers with the part alone."""
    return {"address": address, "lines": range(lines), "label": label or _("正在取来")}


@register.inclusion_tag("parts/_chart.html")
def chart(chart: Chart) -> dict[str, Any]:
    """A chart in a card, with its table twin, definition and source."""
    return {"chart": chart, "data_id": f"c-{chart.name}"}


@register.inclusion_tag("parts/_drop.html")
def drop_zone(
    name: str = "file",
    *,
    accept: str = "",
    title: Any = "",
    hint: Any = "",
    most_mb: int = 0,
    is_many: bool = False,
    is_required: bool = True,
) -> dict[str, Any]:
    """A place to drop or choose files, inside a multipart form."""
    return {
        "name": name,
        "accept": accept,
        "title": title or _("把文件拖到这里，或点此选择"),
        "hint": hint,
        "most_mb": most_mb,
        "is_many": is_many,
        "is_required": is_required,
    }


@register.inclusion_tag("parts/_paste.html")
def paste_grid(name: str = "pasted", columns: Sequence[Any] = (), *, value: str = "") -> dict[str, Any]:
    """A field for cells copied from WPS or Excel, shown as a grid; posts tab-separated lines under `name`."""
    return {"name": name, "columns": [str(column) for column in columns], "value": value}


@register.inclusion_tag("parts/_field.html")
def field(bound: BoundField, *, hint: Any = "") -> dict[str, Any]:
    """One form field with label, hint and errors beside it."""
    return _field(bound, hint)


def _field(bound: BoundField, hint: Any = "") -> dict[str, Any]:
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    is_check = isinstance(widget, CheckboxInput)
    is_group = isinstance(widget, RadioSelect)  # CheckboxSelectMultiple is one too
    style = (
        "form-check-input" if is_check or is_group else "form-select" if kind == "select" else "form-control"
    )
    attrs: dict[str, Any] = {"class": style + (" is-invalid" if bound.errors else "")}
    words = [f"{bound.auto_id}-hint"] if hint or bound.help_text else []
    if bound.errors:
        attrs["aria-invalid"] = "true"
        words.append(f"{bound.auto_id}-wrong")
    # Django sets this itself when a field has help text; ours must also name the fault.
    if words:
        attrs["aria-describedby"] = " ".join(words)
    if is_group:
        widget.attrs["class"] = attrs["class"]
    return {
        "field": bound,
        "drawn": bound if is_group else bound.as_widget(attrs=attrs),
        "hint": hint or bound.help_text,
        "is_check": is_check,
        "is_group": is_group,
        "is_hidden": bound.is_hidden,
        "label": bound.label,
    }


@register.inclusion_tag("parts/_form.html")
def form_body(form: BaseForm) -> dict[str, Any]:
    """Every field of a form and, above them, what is wrong with the whole."""
    return {"form": form, "fields": [_field(bound) for bound in form]}


@register.inclusion_tag("parts/_sheet_head.html")
def sheet_head(sheet: Sheet) -> dict[str, Any]:
    """The head of a printed page; on screen nothing."""
    return {"sheet": sheet}


@register.inclusion_tag("parts/_sheet_foot.html")
def sheet_foot(sheet: Sheet) -> dict[str, Any]:
    """The foot of a printed page with its check code; on screen nothing."""
    return {"sheet": sheet}


@register.inclusion_tag("parts/_watermark.html")
def watermark(text: Any) -> dict[str, Any]:
    """A faint layer of words over the page (who looks, when), on pages with unmasked facts."""
    return {"text": text, "mark_id": f"w-{uuid4().hex[:8]}"}
