"""One contract of sharing: its terms, what it gives as a page, a workbook and a document, and its end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict
from jizuo.ground.files.pages import disposition
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.data import masking
from jizuo.hubs.data.actions import sharing as actions
from jizuo.hubs.data.pages.shares import HOW, READERS, column_lines, contract_line, entries
from jizuo.hubs.data.pages.step import XLSX
from jizuo.hubs.data.queries import shared
from jizuo.hubs.data.queries import sharing as queries
from jizuo.hubs.data.rules import sharing as rules
from jizuo.hubs.data.sharing_shapes import SharedRows
from jizuo.plain.workbook.write import ListSheet, OutColumn, write_list

MOST_EXPORTED = 6_000


@never_cache
def one_contract(request: ActingRequest, contract_id: UUID) -> HttpResponse:
    """One contract with its terms and uses."""
    found = queries.share_contract(contract_id=contract_id)
    is_office = scopes.current().role in rules.SHARING_ROLES
    address = f"shares/contracts/{contract_id}"
    context = {
        "line": contract_line(found),
        "entries": entries(found.terms),
        "columns": column_lines(found.terms),
        "uses": queries.share_uses(contract_id=contract_id) if is_office else [],
        "is_office": is_office,
        "trail": [(_("数据共享"), to("shares"))],
        "main": Action(_("打开数据"), post=to(f"{address}/rows")) if found.may_read else None,
        "others": [
            *([Action(_("导出 Excel"), post=to(f"{address}/rows.xlsx"))] if found.may_read else []),
            Action(_("下载合约"), href=to(f"{address}/contract.yaml"), is_download=True),
            *([Action(_("结束合约"), opens="end", tone="zhu")] if found.may_end else []),
        ],
    }
    return render(request, "data/share_contract.html", context)


@require_POST
def end(request: ActingRequest, contract_id: UUID) -> HttpResponse:
    """End a contract now."""
    try:
        actions.end_contract(contract_id=contract_id, reason=request.POST.get("reason", ""))
    except (BadInput, Conflict) as error:
        messages.error(request, f"{error.detail}。{error.fix}")
    else:
        messages.success(request, _("合约已结束，对方不能再读取。"))
    return redirect(to(f"shares/contracts/{contract_id}"))


@never_cache
def rows(request: ActingRequest, contract_id: UUID) -> HttpResponse:
    """What the contract gives, page by page. Opening begins a pull, so it is a post; the pages after it are not."""
    after = request.GET.get("after", "")[:80]
    if request.method != "POST" and not after:
        return redirect(to(f"shares/contracts/{contract_id}"))
    try:
        found = shared.shared_rows(contract_id=contract_id, after=after, limit=50)
    except (Conflict, BadInput) as error:
        messages.error(request, f"{error.detail}。{error.fix}")
        return redirect(to(f"shares/contracts/{contract_id}"))
    context = {
        "found": found,
        "heads": [(word, HOW[how] if how != masking.CLEAR else "") for _key, word, how in found.columns],
        "rows": [[_shown(value) for value in row] for row in found.rows],
        "more": f"{request.path}?after={found.next}" if found.next else "",
        "trail": [(_("数据共享"), to("shares")), (found.number, to(f"shares/contracts/{contract_id}"))],
        "mark": f"{request.user.display_name} {timezone.localtime():%m-%d %H:%M}",
    }
    return render(request, "data/share_rows.html", context)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else str(value)


@require_POST
@never_cache
def workbook(request: ActingRequest, contract_id: UUID) -> HttpResponse:
    """Everything the contract gives as one pull, in text cells; the foot says who took it and when."""
    taken: list[list[Any]] = []
    after, last = "", None
    try:
        while last is None or (after and len(taken) < MOST_EXPORTED):
            last = shared.shared_rows(contract_id=contract_id, after=after, limit=500)
            taken += last.rows
            after = last.next
    except (Conflict, BadInput) as error:
        messages.error(request, f"{error.detail}。{error.fix}")
        return redirect(to(f"shares/contracts/{contract_id}"))
    if after:
        messages.error(request, _("超过 %(n)s 行，请用接口读取。") % {"n": f"{MOST_EXPORTED:,}"})
        return redirect(to(f"shares/contracts/{contract_id}"))
    return _workbook(request, last, taken)


def _workbook(request: ActingRequest, found: SharedRows, taken: list[list[Any]]) -> HttpResponse:
    now = timezone.localtime()
    columns = [OutColumn(key, word) for key, word, _how in found.columns]
    lines = [{column.key: _shown(value) for column, value in zip(columns, row, strict=True)} for row in taken]
    title = _("合约 %(number)s") % {"number": found.number}
    subtitle = _("共 %(n)s 行，数据截至 %(at)s") % {
        "n": f"{len(lines):,}",
        "at": now.strftime("%Y-%m-%d %H:%M"),
    }
    footer = _("%(who)s %(at)s 取自基座") % {
        "who": request.user.display_name,
        "at": now.strftime("%Y-%m-%d %H:%M"),
    }
    body = write_list(
        [ListSheet(title, columns, lines, subtitle=subtitle)], landscape=len(columns) > 8, footer=footer
    )
    headers = {
        "Content-Disposition": disposition(f"{title} {now:%Y-%m-%d}.xlsx", is_shown=False),
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(body, content_type=XLSX, headers=headers)


def document(request: ActingRequest, contract_id: UUID) -> HttpResponse:
    """The contract as YAML."""
    found = queries.share_contract(contract_id=contract_id)
    text = queries.share_contract_yaml(contract_id=contract_id)
    headers = {"Content-Disposition": disposition(f"{found.number}.yaml", is_shown=False)}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)


def _page(path: str, view: Any, roles: frozenset[str]) -> Page:
    return Page(
        f"shares/contracts/<uuid:contract_id>{path}", view, gettext_lazy("数据共享"), roles, in_menu=False
    )


PAGES = (
    _page("", one_contract, READERS),
    _page("/end", end, rules.SHARING_ROLES),
    _page("/rows", rows, READERS),
    _page("/rows.xlsx", workbook, READERS),
    _page("/contract.yaml", document, READERS),
)
