"""Which column of a file is which: seen, changed, remembered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.hubs.data import mends, stages
from jizuo.hubs.data.actions import walk
from jizuo.hubs.data.importers import CheckInput
from jizuo.hubs.data.mends import Columns, SheetSeen
from jizuo.hubs.data.pages.imports import at
from jizuo.hubs.data.queries import imports as queries
from jizuo.hubs.data.rules import walk as rules
from jizuo.hubs.data.shapes import BatchView


def show(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The columns of a batch's file; a post remembers the choice and checks again."""
    batch, opened, _problems = queries.raw_of(batch_id=batch_id)
    columns = mends.columns_of(batch.importer)
    if columns is None:
        raise NotFound(_("这种文件的列是固定的，不用指定"))
    seen = read(batch, columns, opened.sha256, opened.name)
    if request.method == "POST":
        chosen = posted(request, seen)
        check_once(chosen, columns.fields_for(batch.options))
        for fingerprint, places in chosen.items():
            walk.remember(
                kind="columns", importer=batch.importer, key=fingerprint, value=places, unit_no=batch.unit_no
            )
        walk.mend_batch(batch_id=batch_id, patches=[], options={"columns": chosen})
        messages.success(request, _("列对应已记住，正在重新检查。"))
        return redirect(at(str(batch_id)))
    held = columns.held(batch.unit_no, batch.source) if columns.held else {}
    context = {
        "batch": batch,
        "sheets": seen,
        "fields": [
            (key, title, held[key].source_title if key in held else "")
            for key, title in columns.fields_for(batch.options)
        ],
        "may_change": rules.may_move(batch.state, rules.CHECKING),
        "trail": [(_("名册导入"), at()), (batch.title, at(str(batch_id)))],
        "where": [batch.importer_title],
    }
    return render(request, "data/columns.html", context)


def read(batch: BatchView, columns: Columns, sha256: str, name: str) -> list[SheetSeen]:
    """The headings of the raw file with the patches a person typed."""
    patches = {(p["sheet"], p["row_no"], p["column"]): p["value"] for p in batch.options.get("patches", [])}
    with stages.opened(sha256, PurePath(name).suffix) as path:
        return columns.seen(
            CheckInput(
                path=path, name=name, unit_no=batch.unit_no, source=batch.source, options=batch.options,
                patches=patches, today=scopes.current().today, tell=_silent,
            )
        )  # fmt: skip


def _silent(_done: int, _total: int, _word: str) -> None:
    """Reading headings is too short to be watched."""


def posted(request: HttpRequest, seen: list[SheetSeen]) -> dict[str, dict[str, Any]]:
    """fingerprint -> {column letter: field key, '' for none}, as chosen on the page."""
    return {
        sheet.fingerprint: {
            column.letter: request.POST.get(f"{sheet.fingerprint}.{column.letter}", column.field)
            for column in sheet.columns
            if not column.said
        }
        for sheet in seen
    }


def check_once(chosen: dict[str, dict[str, Any]], fields: Sequence[tuple[str, str]]) -> None:
    """Raise BadInput where one field is fed by two columns of a sheet, or by none that exists."""
    titles = dict(fields)
    problems = []
    for places in chosen.values():
        fed = [key for key in places.values() if key]
        problems += [
            Problem(titles.get(key, key), _("指给了两列"), _("只留一列，另一列选“不读这一列”"))
            for key in dict.fromkeys(fed)
            if fed.count(key) > 1 or key not in titles
        ]
    if problems:
        raise BadInput(_("列对应有重复"), problems=problems)
