"""Graduates of a year: certificate numbers, where each goes, batches to and from other schools."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, NotFound
from jizuo.ground.files.pages import disposition
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.data.codes import name_of
from jizuo.hubs.data.pages.step import XLSX
from jizuo.hubs.organisation.actions import graduating
from jizuo.hubs.organisation.class_names import stage_word
from jizuo.hubs.organisation.pages.same_people import words_of
from jizuo.hubs.organisation.pages.turning import asked_year, tabs, years
from jizuo.hubs.organisation.queries import graduating as queries
from jizuo.hubs.organisation.queries.graduating import OFFICE
from jizuo.plain.workbook.write import ListSheet, OutColumn, write_list

STATES = {
    graduating.SENT: (gettext_lazy("等对方接收"), "huang"), graduating.TAKEN: (gettext_lazy("已接收"), "lv"),
    graduating.RETURNED: (gettext_lazy("已退回"), ""),
}  # fmt: skip


@never_cache
def page(request: ActingRequest) -> HttpResponse:
    """The graduates class by class, and the batches of the year."""
    year = asked_year(request)
    found = queries.graduate_list(school_year=year.first)
    rules = {rule.stage: rule for rule in queries.certificate_rules()}
    handed = queries.handovers()
    stages = list(dict.fromkeys(one.stage for one in found if one.stage))
    ready: dict[int, list[Any]] = {}
    for one in found:
        if one.to_unit_no is not None and one.handover_id is None:
            ready.setdefault(one.to_unit_no, []).append(one)
    context = {
        "tabs": tabs("graduates"), "years": years(year, "graduates"), "year": year,
        "groups": [(name, list(some)) for name, some in groupby(found, key=lambda one: one.class_name)],
        "total": len(found),
        "rules": [
            {"stage": stage, "word": stage_word(stage), "rule": rules.get(stage),
             "lacking": sum(one.stage == stage and not one.certificate_no for one in found)} for stage in stages
        ],
        "receivers": list(queries.receivers().items()) if found else [],
        "ready": [(unit_no, some[0].to_name, len(some)) for unit_no, some in ready.items()],
        "sent": [{"one": one, "state": STATES[one.state]} for one in handed if one.way == "out"],
        "got": [{"one": one, "state": STATES[one.state]} for one in handed if one.way == "in"],
        "where": [request.unit_name, _("%(n)s 人") % {"n": len(found)}],
        "others": [Action(_("导出 Excel"), href=to(f"graduates.xlsx?year={year.first}"), is_download=True)] if found else [],
    }  # fmt: skip
    return render(request, "organisation/graduates.html", context)


def act(request: ActingRequest) -> HttpResponse:
    """Numbers, rule, destinations, handing over, taking or giving back."""
    year = asked_year(request)
    back = redirect(to(f"graduates?year={year.first}"))
    if request.method != "POST":
        return back
    try:
        messages.success(request, deed(request, request.POST.get("act", ""), year.first))
    except (BadInput, Conflict, NotFound) as error:
        messages.error(request, words_of(error))
    return back


def deed(request: ActingRequest, verb: str, school_year: int) -> str:
    """Do what a form of the page asks for; returns what was done, in words. Raises BadInput, Conflict, NotFound."""
    post = request.POST
    if verb == "rule":
        told = post.get("digits", "")
        graduating.set_certificate_rule(
            stage=post.get("stage", ""), prefix=post.get("prefix", "").strip(),
            digits=int(told) if told.isdecimal() and len(told) < 3 else 0,
        )  # fmt: skip
        return _("编号规则已保存。")
    if verb == "number":
        count = graduating.number_certificates(school_year=school_year, stage=post.get("stage", ""))
        return _("已给 %(n)s 名毕业生编号。") % {"n": count}
    if verb == "destine":
        unit = post.get("to_unit_no", "")
        count = graduating.set_destination(
            school_year=school_year, affiliation_ids=picked(post.getlist("pick")),
            to_unit_no=int(unit) if unit.isdecimal() else None, to_text=post.get("to_text", ""),
        )  # fmt: skip
        return _("已登记 %(n)s 人的去向。") % {"n": count}
    if verb == "hand":
        unit = post.get("to_unit_no", "")
        graduating.hand_over(school_year=school_year, to_unit_no=int(unit) if unit.isdecimal() else 0)
        return _("已移交，对方学校会在毕业页看到这一批。")
    if verb in (graduating.TAKEN, graduating.RETURNED):
        (batch_no,) = picked([post.get("batch", "")]) or [UUID(int=0)]
        graduating.settle_handover(batch_no=batch_no, to=verb)
        return _("已接收。") if verb == graduating.TAKEN else _("已退回，可以重新移交。")
    raise BadInput(_("没有这个操作"), fix=_("请刷新页面"))


def picked(told: list[str]) -> list[UUID]:
    """The ids that were ticked; what is no id is left out."""
    found = []
    for one in told:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found


@never_cache
def workbook(request: ActingRequest) -> HttpResponse:
    """The graduates as a document: for a school outside the base, or for the archive."""
    year = asked_year(request)
    found = queries.export_graduates(school_year=year.first)
    title = _("%(unit)s %(year)s届毕业生") % {"unit": request.unit_name, "year": year.first}
    rows = [
        {"no": str(place), "name": one.name, "sex": name_of("sex", one.sex), "class": one.class_name,
         "base_no": one.base_no, "certificate": one.certificate_no, "to": one.to_name}
        for place, one in enumerate(found, 1)
    ]  # fmt: skip
    return sheet(request, title, rows)


@never_cache
def batch(request: ActingRequest, batch_no: UUID) -> HttpResponse:
    """The pupils of one batch as a document."""
    found = queries.handover_pupils(batch_no=batch_no)
    rows = [
        {"no": str(place), "name": one.name, "sex": name_of("sex", one.sex), "class": one.class_name,
         "base_no": one.base_no, "certificate": one.certificate_no, "to": ""}
        for place, one in enumerate(found, 1)
    ]  # fmt: skip
    return sheet(request, _("移交的毕业生"), rows)


def sheet(request: ActingRequest, title: str, rows: list[dict[str, str]]) -> HttpResponse:
    """An xlsx of text cells; the foot says who took it and when."""
    columns = [
        OutColumn("no", _("序号")), OutColumn("name", _("姓名")), OutColumn("sex", _("性别")),
        OutColumn("class", _("毕业班级")), OutColumn("base_no", _("基座号")), OutColumn("certificate", _("毕业证书号")),
        OutColumn("to", _("去向")),
    ]  # fmt: skip
    now = timezone.localtime()
    who = request.user.display_name
    footer = _("%(who)s %(at)s 取自基座") % {"who": who, "at": now.strftime("%Y-%m-%d %H:%M")}
    subtitle = _("共 %(n)s 人，数据截至 %(at)s") % {
        "n": f"{len(rows):,}",
        "at": now.strftime("%Y-%m-%d %H:%M"),
    }
    body = write_list([ListSheet(title, columns, rows, subtitle=subtitle)], footer=footer)
    headers = {
        "Content-Disposition": disposition(f"{title} {now:%Y-%m-%d}.xlsx", is_shown=False),
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(body, content_type=XLSX, headers=headers)


PAGES = (
    Page("graduates", page, gettext_lazy("毕业"), OFFICE, in_menu=False),
    Page("graduates/do", act, gettext_lazy("毕业"), OFFICE, in_menu=False),
    Page("graduates.xlsx", workbook, gettext_lazy("导出毕业生"), OFFICE, in_menu=False),
    Page("graduates/<uuid:batch_no>.xlsx", batch, gettext_lazy("移交名单"), OFFICE, in_menu=False),
)
