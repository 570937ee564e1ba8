"""Code tables for people: the list, one with its editions and the unit's own codes, a new edition before it counts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, DoorError, NotFound, Problem
from jizuo.ground.pages.parts import Action, Number
from jizuo.ground.pages.shell import to
from jizuo.hubs.data import codes
from jizuo.hubs.data.actions import codes as actions
from jizuo.hubs.data.pages.standards import page, tabs
from jizuo.hubs.data.queries import codes as queries
from jizuo.hubs.data.queries.codes import KEEPERS, LOOKERS, STEWARDS
from jizuo.plain import dates
from jizuo.plain.codes import Code
from jizuo.plain.dates import BadDate
from jizuo.plain.workbook import read as books
from jizuo.plain.workbook import write
from jizuo.plain.workbook.errors import WorkbookError

MOST_CHANGES = 300
STATES = {"draft": "huang", "published": "lv"}
COLUMNS = ("代码", "名称", "上级", "别名", "启用日期", "停用日期", "备注", "来源")


def at(table: str, path: str = "") -> str:
    """An address below a code table."""
    return to(f"standards/codes/{table}/{path}".rstrip("/"))


def listed(request: ActingRequest) -> HttpResponse:
    """Every code table; ``?q=`` looks in Chinese, pinyin and initials, among the codes too."""
    text = request.GET.get("q", "").strip()[:60]
    context = {
        "lines": [(one, at(one.table)) for one in queries.code_table_list(text=text)],
        "text": text,
        "tabs": tabs("codes"),
        "address": to("standards/codes"),
        "where": [request.unit_name],
        "main": Action(_("新的代码表"), href=to("standards/new-codes"))
        if scopes.current().role in STEWARDS
        else None,
    }
    return render(request, "data/codes.html", context)


def show(request: ActingRequest, table: str, fault: DoorError | None = None) -> HttpResponse:
    """One code table: its codes, its editions, and the own unit's codes."""
    text = request.GET.get("q", "").strip()[:60]
    view = queries.code_table(table=table, text=text)
    role = scopes.current().role
    context = {
        "view": view,
        "text": text,
        "address": at(table),
        "fault": fault,
        "told": request.POST if fault else {},
        "editions": [
            (one, STATES[one.state], to(f"standards/edition/{one.edition_id}") if role in STEWARDS else "")
            for one in view.editions
        ],
        "may_keep": role in KEEPERS,
        "do": at(table, "do"),
        "main": Action(_("准备新版本"), href=at(table, "new")) if role in STEWARDS else None,
        "others": [Action(_("下载 Excel"), href=at(table, "rows.xlsx"), is_download=True)],
        "trail": [(_("代码表"), to("standards/codes"))],
        "where": [view.standard, view.edition],
        "left": max(0, view.count - len(view.rows)) if not text else 0,
    }
    return render(request, "data/code_table.html", context, status=fault.status if fault else 200)


def rows_xlsx(request: ActingRequest, table: str) -> HttpResponse:
    """The table as a workbook that can be edited and brought back as the next edition."""
    queries.code_table(table=table)
    known = codes.tables().get(table)
    if known is None:
        raise NotFound(_("没有这张代码表"), fix=_("请从列表里选"))
    columns = [write.OutColumn(name, name) for name in COLUMNS]
    body = write.write_list([write.ListSheet(known.name, columns, [line_of(row) for row in known.rows])])
    answer = HttpResponse(
        body, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    answer["Content-Disposition"] = f'attachment; filename="{table}.xlsx"'
    return answer


def line_of(row: Code) -> dict[str, Any]:
    """A code under the headings of its workbook."""
    values = (
        row.code,
        row.name,
        row.parent,
        "、".join(row.aliases),
        row.since,
        row.until,
        row.notes,
        row.source,
    )
    return dict(zip(COLUMNS, ("" if value is None else str(value) for value in values), strict=True))


def new_table(request: ActingRequest) -> HttpResponse:
    """Stage the first edition of a code table of the base's own."""
    return new(request, "")


def new(request: ActingRequest, table: str) -> HttpResponse:
    """Stage an edition from pasted rows or a file."""
    fault: DoorError | None = None
    told = request.POST
    if request.method == "POST":
        try:
            edition_id = stage(request, table)
        except (BadInput, Conflict) as error:
            fault = error
        else:
            return redirect(to(f"standards/edition/{edition_id}"))
    known = codes.tables().get(table)
    if table and known is None:
        queries.code_table(table=table)
    context = {
        "fault": fault,
        "known": known,
        "table": table,
        "told": told,
        "pasted": told.get("pasted", ""),
        "trail": [(_("代码表"), to("standards/codes")), *([(known.name, at(table))] if known else [])],
        "where": [known.standard] if known else [request.unit_name],
        "sample": at(table, "rows.xlsx") if known else "",
    }
    return render(request, "data/code_edition_new.html", context, status=fault.status if fault else 200)


def stage(request: ActingRequest, table: str) -> UUID:
    """Stage what was posted. Raises BadInput, Conflict."""
    told = request.POST
    file = request.FILES.get("file")
    try:
        day = dates.read(told.get("effective_on", "")).value
        book = (
            books.read(file.read(), file.name or "")
            if file is not None
            else books.read_pasted(told.get("pasted", ""))
        )
    except BadDate as error:
        raise BadInput(
            _("生效日期不对"), problems=[Problem(_("生效日期"), error.reason, _("请写成 2027-09-01"))]
        ) from None
    except WorkbookError as error:
        raise BadInput(str(error), fix=_("换一个 Excel、WPS 或 CSV 文件，或直接粘贴")) from None
    return actions.stage_edition(
        table=table or told.get("table", "").strip(),
        edition=told.get("edition", ""),
        effective_on=day,
        rows=[[cell.text for cell in row] for row in book.visible[0].rows],
        title=told.get("title", ""),
        standard=told.get("standard", ""),
        source=told.get("source", ""),
        to_check=told.get("to_check", ""),
    )


def edition(request: ActingRequest, edition_id: UUID, fault: DoorError | None = None) -> HttpResponse:
    """What a staged edition changes and whom it touches."""
    view = queries.code_edition(edition_id=edition_id)
    words = {
        "new": (_("新加"), "lv"), "gone": (_("去掉"), "zhu"), "ended": (_("停用"), "huang"), "changed": (_("改动"), "lan"),
    }  # fmt: skip
    is_draft = view.state == "draft"
    may_discard = is_draft or view.effective_on > scopes.current().today
    counted = {what: sum(one.what == what for one in view.changes) for what in words}
    context = {
        "view": view,
        "fault": fault,
        "is_draft": is_draft,
        "changes": [(one, *words[one.what]) for one in view.changes[:MOST_CHANGES]],
        "more": max(0, len(view.changes) - MOST_CHANGES),
        "numbers": [
            *(Number(words[what][0], count, _("个")) for what, count in counted.items()),
            Number(_("不变"), view.same, _("个")),
        ],
        "do": to(f"standards/edition/{edition_id}/do"),
        "others": [Action(_("放弃这个版本"), opens="confirm-discard", tone="zhu")] if may_discard else [],
        "trail": [(_("代码表"), to("standards/codes")), (view.title, at(view.table))],
        "where": [view.edition],
    }
    return render(request, "data/code_edition.html", context, status=fault.status if fault else 200)


@require_POST
def edition_do(request: ActingRequest, edition_id: UUID, verb: str) -> HttpResponse:
    """Publish a staged edition, or give it up."""
    table = queries.code_edition(edition_id=edition_id).table
    try:
        if verb == "publish":
            actions.publish_edition(edition_id=edition_id)
            messages.success(request, _("已发布，到生效那天自动启用。"))
        elif verb == "discard":
            actions.discard_edition(edition_id=edition_id)
            return redirect(to("standards/codes"))
        else:
            raise NotFound()
    except (BadInput, Conflict) as error:
        return edition(request, edition_id, error)
    return redirect(at(table))


@require_POST
def do(request: ActingRequest, table: str, verb: str) -> HttpResponse:
    """Keep or take away a code of the own unit."""
    told = request.POST
    try:
        if verb == "keep":
            actions.save_local_code(
                table=table, code=told.get("code", ""), name=told.get("name", ""), maps_to=told.get("maps_to", ""),
                aliases=told.get("aliases", "").replace("，", "、").split("、"),
            )  # fmt: skip
        elif verb == "drop":
            actions.drop_local_code(table=table, code=told.get("code", ""))
        else:
            raise NotFound()
    except (BadInput, Conflict) as error:
        return show(request, table, error)
    return redirect(at(table))


PAGES = (
    page("codes", listed, LOOKERS),
    page("new-codes", new_table),
    page("codes/<slug:table>", show, LOOKERS),
    page("codes/<slug:table>/rows.xlsx", rows_xlsx, LOOKERS),
    page("codes/<slug:table>/new", new),
    page("codes/<slug:table>/do/<slug:verb>", do, KEEPERS),
    page("edition/<uuid:edition_id>", edition),
    page("edition/<uuid:edition_id>/do/<slug:verb>", edition_do),
)
