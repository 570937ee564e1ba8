"""Pages of items: the catalogue, a guide, the numbers, the papers of a matter."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.engines.matter.items import catalogue, documents, numbers, papers
from jizuo.engines.matter.items.lines import Guide, ItemCount
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, NotAllowed
from jizuo.ground.files.pages import disposition
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import Page, to

SUBJECTS = {
    "pupil": gettext_lazy("学生"), "family": gettext_lazy("家长"), "citizen": gettext_lazy("个人"),
    "staff": gettext_lazy("教职工"), "school": gettext_lazy("学校"),
}  # fmt: skip
CHANNELS = {"phone": gettext_lazy("网上"), "desk": gettext_lazy("窗口"), "paper": gettext_lazy("纸质")}
HOW = {
    "known": (gettext_lazy("免提交"), "lv"), "upload": (gettext_lazy("在线提交"), "qing"),
    "bring": (gettext_lazy("窗口出示"), "huang"),
}  # fmt: skip
STATES = {
    "valid": (gettext_lazy("有效"), "lv"), "expired": (gettext_lazy("已过有效期"), "huang"),
    "withdrawn": (gettext_lazy("已作废"), "zhu"),
}  # fmt: skip


def id_in(text: str) -> UUID | None:
    """The id in an address or form, None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def day_in(text: str) -> date | None:
    """The day in a form, None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@never_cache
def items(request: ActingRequest) -> HttpResponse:
    """The catalogue, with a search that also takes pinyin."""
    text = request.GET.get("q", "").strip()[:40]
    context = {
        "text": text, "where": [request.unit_name],
        "rows": [
            {"line": one, "href": to(f"items/{one.scene}/{one.item}"), "subject": SUBJECTS[one.subject],
             "apply": to(f"s/{one.scene}/new/{one.form}") if one.form else ""}
            for one in catalogue.item_list(text=text)
        ],
        "numbers": to("items/numbers") if scopes.current().role in numbers.READERS else "",
    }  # fmt: skip
    return render(request, "matter/items/list.html", context)


@never_cache
def guide(request: ActingRequest, scene: str, item: str) -> HttpResponse:
    """The guide of one item, with its main action: to apply."""
    found = catalogue.item_guide(scene=scene, item=item, subject_id=id_in(request.GET.get("subject", "")))
    apply = ""
    if found.line.form:
        query = f"?subject={found.subject_id}" if found.subject_id else ""
        apply = to(f"s/{scene}/new/{found.line.form}{query}")
    context = guide_context(found) | {
        "main": Action(_("在线办理"), apply) if apply else None, "trail": [(_("办事大厅"), to("items"))],
        "people": [
            {"name": name, "href": to(f"items/{scene}/{item}?subject={person}"), "is_current": person == found.subject_id}
            for person, name in found.subjects
        ],
        "where": [found.unit],
    }  # fmt: skip
    return render(request, "matter/items/guide.html", context)


def guide_context(found: Guide) -> dict[str, Any]:
    """What the body of a guide is drawn from."""
    return {
        "guide": found, "line": found.line, "subject": SUBJECTS[found.line.subject],
        "materials": [{"line": one, "how": HOW[one.how]} for one in found.materials],
        "channels": "、".join(str(CHANNELS[one]) for one in found.channels),
    }  # fmt: skip


@never_cache
def counts(request: ActingRequest) -> HttpResponse:
    """On-time share and ratings of each item, by unit."""
    begin, end = day_in(request.GET.get("begin", "")), day_in(request.GET.get("end", ""))
    try:
        rows = numbers.item_numbers(begin_on=begin, end_on=end)
    except BadInput as error:
        messages.error(request, str(error.detail))
        rows = numbers.item_numbers()
        begin = end = None
    today = scopes.current().today
    context = {
        "rows": [
            {"line": one, "share": share(one.in_promise, one.ended), "legal": share(one.in_limit, one.ended)}
            for one in rows
        ],
        "totals": totals(rows), "begin": begin or today.replace(month=1, day=1), "end": end or today,
        "many_units": len({one.unit_no for one in rows}) > 1, "where": [request.unit_name], "fewest": numbers.FEWEST,
        "trail": [(_("办事大厅"), to("items"))],
    }  # fmt: skip
    return render(request, "matter/items/numbers.html", context)


def share(part: int, whole: int) -> float | None:
    """A share in per cent with one decimal, None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def totals(rows: list[ItemCount]) -> dict[str, Any]:
    """The sums of all rows, with the share in time."""
    ended = sum(one.ended for one in rows)
    return {
        "received": sum(one.received for one in rows), "late": sum(one.late for one in rows), "ended": ended,
        "running": sum(one.running for one in rows), "share": share(sum(one.in_promise for one in rows), ended),
    }  # fmt: skip


@never_cache
def given(request: ActingRequest, matter_id: UUID) -> HttpResponse:
    """The papers of a matter, as a part of its page; withdraws one by POST."""
    if request.method == "POST":
        try:
            papers.withdraw_document(
                document_id=id_in(request.POST.get("document", "")) or UUID(int=0),
                reason=request.POST.get("reason", ""),
            )
            messages.success(request, _("已作废，查验页马上会这样说。"))
        except (BadInput, Conflict, NotAllowed) as error:
            messages.error(request, str(error.detail))
        return redirect(to(f"matters/{matter_id}"))
    rows = [
        {
            "line": one, "state": STATES[one.state], "is_valid": one.state != "withdrawn",
            "href": to(
                f"printing/certificates/{one.document_id}.pdf" if one.way == "certificate" else f"documents/{one.document_id}.pdf"
            ),
        }
        for one in papers.matter_documents(matter_id=matter_id)
    ]  # fmt: skip
    return render(request, "matter/items/_documents.html", {"rows": rows, "act": request.path})


@never_cache
def document(request: ActingRequest, document_id: UUID) -> HttpResponse:
    """The PDF of a paper."""
    paper = papers.print_document(document_id=document_id)
    body = documents.render(paper, check_address=f"{request.scheme}://{request.get_host()}/check/")
    headers = {
        "Content-Disposition": disposition(f"{paper.title}.pdf", is_shown=True), "Cache-Control": "private, no-store"
    }  # fmt: skip
    return HttpResponse(body, content_type="application/pdf", headers=headers)


PAGES = (
    Page("items", items, gettext_lazy("办事大厅"), scopes.ROLES, "scene", "办", order=12, name="items",
         holds=("items/<slug:scene>/<slug:item>",)),
    Page("items/numbers", counts, gettext_lazy("办件时效和评价"), numbers.READERS, in_menu=False),
    Page("items/<slug:scene>/<slug:item>", guide, gettext_lazy("办事指南"), scopes.ROLES, in_menu=False),
    Page("matters/<uuid:matter_id>/documents", given, gettext_lazy("办事结果"), scopes.ROLES, in_menu=False),
    Page("documents/<uuid:document_id>.pdf", document, gettext_lazy("打印办事结果"), scopes.ROLES, in_menu=False),
)  # fmt: skip
