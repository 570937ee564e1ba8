"""What an import left behind: its receipt, its file as it came, its file with the faults marked."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import NotFound
from jizuo.ground.files import pages as file_pages
from jizuo.ground.files import store
from jizuo.ground.pages.parts import Sheet
from jizuo.hubs.data import datasets
from jizuo.hubs.data.pages.imports import at
from jizuo.hubs.data.pages.step import XLSX
from jizuo.hubs.data.queries import imports as queries
from jizuo.hubs.data.queries.imports import Walk
from jizuo.plain.workbook import mark as marking
from jizuo.plain.workbook.comments import Mark


def receipt(request: ActingRequest, batch_id: UUID) -> HttpResponse:
    """What was written, by whom, from which file; printable."""
    found: Walk = queries.walk_view(batch_id=batch_id, limit=1)
    batch = found.batch
    if not batch.receipt:
        raise NotFound(_("还没有回执"), fix=_("应用之后才有回执"))
    known = datasets.all_datasets()
    lines = [
        {"title": known[name].word if name in known else name, **counts}
        for name, counts in batch.receipt.get("counts", {}).items()
        if any(counts.get(key) for key in ("new", "changed", "gone", "conflicts"))
    ]
    kept = [
        {"title": next((one.word for one in known.values() if one.table == table), table), "label": label}
        for table, _id, label in (batch.receipt.get("undo") or {}).get("kept", [])
    ]
    context = {
        "batch": batch,
        "walk": found,
        "lines": lines,
        "kept": kept,
        "undo": batch.receipt.get("undo"),
        "sheet": Sheet(
            _("导入回执"), request.unit_name, str(batch.batch_id)[-12:], request.user.display_name
        ),
        "trail": [(_("名册导入"), at()), (batch.title, at(str(batch_id)))],
    }  # fmt: skip
    return render(request, "data/receipt.html", context)


def marked(request: ActingRequest, batch_id: UUID) -> HttpResponse:
    """The workbook as it came, its bad cells red with what is wrong beside them."""
    _batch, opened, problems = queries.raw_of(batch_id=batch_id)
    data = b"".join(store.current().open(opened.sha256))
    marks = [
        Mark(one.sheet, one.row_no, one.column if one.column.isalpha() else "", f"{one.reason}。{one.fix}".strip("。"))
        for one in problems
        if one.row_no and one.sheet
    ]  # fmt: skip
    body = marking.mark(data, opened.name, marks)
    name = f"{opened.name.rsplit('.', 1)[0]}（{_('已标注')}）.xlsx"
    return HttpResponse(
        body,
        content_type=XLSX,
        headers={
            "Content-Disposition": file_pages.disposition(name, is_shown=False),
            "Cache-Control": "private, no-store",
        },
    )


def raw(request: ActingRequest, batch_id: UUID) -> HttpResponseBase:
    """The file as it came."""
    _batch, opened, _problems = queries.raw_of(batch_id=batch_id)
    return file_pages.serve(request, opened)
