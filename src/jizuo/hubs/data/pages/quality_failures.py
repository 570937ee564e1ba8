"""The records of the acting school that fail a rule: seen, waived with a reason, taken along as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.doors import role_title
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.files.pages import disposition
from jizuo.ground.pages.asks import Ask
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import Page, to
from jizuo.ground.pages.tables import Bulk, Column, Filter, Table
from jizuo.hubs.data import quality
from jizuo.hubs.data.actions import quality_failures
from jizuo.hubs.data.pages.quality import SEVERITIES, source_word
from jizuo.hubs.data.pages.step import XLSX
from jizuo.hubs.data.queries import quality_failures as queries
from jizuo.hubs.data.rules.quality.declared import dimension_word
from jizuo.plain.workbook.write import ListSheet, OutColumn, write_list

STATES = {"open": gettext_lazy("待改"), "waived": gettext_lazy("已免除"), "closed": gettext_lazy("已改好")}


@never_cache
def failing(request: ActingRequest, code: str) -> HttpResponse:
    """The records of the acting school that fail one rule."""
    if request.method == "POST":
        return settle(request, code)
    columns = [
        Column("name", _("谁"), href=lambda row: to(row.href) if row.href else ""),
        Column("where", _("在哪里")),
        Column("due_on", _("限期"), kind="day", sort=True,
               tone=lambda row: "zhu" if row.state == "open" and row.due_on < scopes.current().today else ""),
        Column("first_seen_at", _("首次发现"), kind="moment"),
        Column("times", _("第几次"), kind="figure", shown=False),
        Column("source", _("谁写入的"), value=lambda row: source_word(row.source)),
        Column("reason", _("免除原因"), shown=False),
    ]  # fmt: skip
    filters = [Filter("state", _("状态"), [(key, word) for key, word in STATES.items() if key != "open"])]
    ask = Ask.read(request.GET, columns, filters, sort="due_on")
    found = queries.failing_rows(code=code, ask=ask)
    rule = found.rule
    state = ask.filters.get("state", "open")
    is_office = scopes.current().role in scopes.SCHOOL_ROLES
    bulk = []
    if is_office and state == "waived":
        bulk = [Bulk(_("收回免除"), to(f"quality/failing/{code}?do=take_up"))]
    elif is_office and state == "open" and rule.severity != "block":
        bulk = [Bulk(_("免除选中的"), to(f"quality/failing/{code}?do=waive"))]
    table = Table(
        "failing", STATES[state], columns, found.slice, ask, address=request.path, filters=filters, total=found.count,
        total_unit=_("条"), export=to(f"quality/failing.xlsx?rule={code}") if is_office and state == "open" else "",
        empty=_("都改好了。"), pick=lambda row: row.failure_id, bulk=bulk,
        row_actions=lambda row: [Action(_("去改"), href=to(row.href))] if row.href and state == "open" else [],
    )  # fmt: skip
    context = {
        "rule": rule, "table": table, "trail": [(_("数据质量"), to("quality"))], "where": [request.unit_name],
        "severity": SEVERITIES[rule.severity], "may_waive": bool(bulk) and state == "open",
        "owner": role_title(rule.owner), "dimension": dimension_word(rule.dimension),
    }  # fmt: skip
    return render(request, "data/quality_failing.html", context)


def settle(request: ActingRequest, code: str) -> HttpResponse:
    """Waive the ticked records, or take a waiver back."""
    try:
        picked = [UUID(one) for one in request.POST.getlist("pick")]
    except ValueError as error:
        raise NotFound(_("没有这些记录")) from error
    back = redirect(to(f"quality/failing/{code}"))
    if not picked:
        messages.error(request, _("先勾选记录"))
        return back
    try:
        if request.GET.get("do") == "take_up":
            count = quality_failures.take_up_failures(code=code, failure_ids=picked)
            messages.success(request, _("%(n)s 条回到待改") % {"n": count})
        else:
            count = quality_failures.waive_failures(
                code=code, failure_ids=picked, reason=request.POST.get("reason", "")
            )
            messages.success(request, _("%(n)s 条已免除，原因记在历史里") % {"n": count})
    except BadInput as error:
        messages.error(request, f"{error.detail}。{error.fix}")
    return back


@never_cache
def workbook(request: ActingRequest) -> HttpResponse:
    """Every failing record of the acting school as a workbook; the call is written down."""
    rows = queries.export_failing(code=request.GET.get("rule", ""))
    now = timezone.localtime()
    columns = [
        OutColumn("library", _("库")), OutColumn("rule", _("要满足什么")), OutColumn("name", _("谁")),
        OutColumn("where", _("在哪里")), OutColumn("fix", _("怎么改")), OutColumn("due", _("限期")),
        OutColumn("owner", _("谁来改")),
    ]  # fmt: skip
    lines: list[Mapping[str, str]] = [
        {
            "library": quality.title_of(rule.dataset), "rule": rule.word, "name": one.name, "where": one.where, "fix": rule.mend,
            "due": one.due_on.isoformat(), "owner": role_title(rule.owner),
        }
        for rule, one in rows
    ]  # fmt: skip
    title = _("%(unit)s 待改的数据") % {"unit": request.unit_short_name or request.unit_name}
    sheet = ListSheet(
        title, columns, lines, subtitle=_("共 %(n)s 条，数据截至 %(at)s") % {
            "n": f"{len(lines):,}", "at": now.strftime("%Y-%m-%d %H:%M")},
    )  # fmt: skip
    footer = _("%(who)s %(at)s 取自基座") % {
        "who": request.user.display_name,
        "at": now.strftime("%Y-%m-%d %H:%M"),
    }
    body = write_list([sheet], landscape=True, footer=footer)
    headers = {
        "Content-Disposition": disposition(f"{title} {now:%Y-%m-%d}.xlsx", is_shown=False),
        "Cache-Control": "private, no-store",
    }  # fmt: skip
    return HttpResponse(body, content_type=XLSX, headers=headers)


PAGES = (
    Page("quality/failing.xlsx", workbook, gettext_lazy("数据质量"), scopes.SCHOOL_ROLES, in_menu=False),
    Page("quality/failing/<slug:code>", failing, gettext_lazy("数据质量"), queries.MENDERS, in_menu=False),
)
