"""Lists out as Excel, and who took what."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.doors import role_title
from jizuo.ground.files.pages import disposition
from jizuo.ground.pages.asks import Ask
from jizuo.ground.pages.shell import Page, guest_actions
from jizuo.ground.pages.tables import Column, Filter
from jizuo.hubs.data.pages.step import XLSX
from jizuo.hubs.organisation.pages import people
from jizuo.hubs.organisation.queries import classes as queries
from jizuo.hubs.organisation.queries.people import OFFICE_ROLES, classes_in_reach
from jizuo.plain.workbook.write import ListSheet, OutColumn, write_list


def page(request: ActingRequest) -> HttpResponse:
    """What can be taken, and what was taken by whom."""
    scope = scopes.current()
    units = people.units_to_choose()
    classes = classes_in_reach(unit_no=None)
    taken = [{"taken": one, "role": role_title(one.role)} for one in queries.exports_taken()]
    context = {
        "classes": classes,
        "grades": list(dict.fromkeys((one.grade_key, one.grade) for one in classes if one.grade)),
        "units": units,
        "taken": taken,
        "others": guest_actions("exports"),
        "is_office": scope.role in OFFICE_ROLES,
        "where": [request.unit_name],
    }
    return render(request, "organisation/exports.html", context)


@never_cache
def pupils(request: ActingRequest) -> HttpResponse:
    """The list of pupils as shown, as a workbook; ``split=class`` gives each class a sheet of its own."""
    units = people.units_to_choose()
    chosen = people.chosen_unit(request)
    classes = classes_in_reach(unit_no=chosen)
    columns = people.pupil_columns(with_phone=False, many_units=bool(units) and chosen is None)
    filters = people.pupil_filters(classes, units)
    ask = Ask.read(request.GET, columns, filters, sort="name")
    title = said(request, _("学生名单"), ask, filters)
    with_phone = bool({"phone", "guardian"} & set(ask.columns))
    lines: Sequence[Any] = queries.export_pupils(ask=ask, classes=classes, with_phone=with_phone, title=title)
    lines = [people.with_unit(line, dict(units)) for line in lines]
    shown = [column for column in columns if column.key in ask.columns]
    if request.GET.get("split") == "class":
        order = {one.org_id: place for place, one in enumerate(classes)}
        lines = sorted(lines, key=lambda line: (order.get(line.class_id, len(order)), line.seat_no or 999))
        groups = [
            (name or _("未分班"), list(some))
            for name, some in groupby(lines, key=lambda line: line.class_name)
        ]
    else:
        groups = [(title, list(lines))]
    return workbook(request, title, shown, groups)


@never_cache
def staff(request: ActingRequest) -> HttpResponse:
    """The list of staff as shown, as a workbook."""
    units = people.units_to_choose()
    columns = people.staff_columns(many_units=bool(units) and people.chosen_unit(request) is None)
    filters = people.staff_filters(units)
    ask = Ask.read(request.GET, columns, filters, sort="name")
    title = said(request, _("教职工名单"), ask, filters)
    lines = queries.export_staff(ask=ask, with_phone="phone" in ask.columns, title=title)
    rows = [people.with_unit(line, dict(units)) for line in lines]
    return workbook(request, title, [one for one in columns if one.key in ask.columns], [(title, rows)])


def said(request: ActingRequest, kind: str, ask: Ask, filters: Sequence[Filter]) -> str:
    """What the file is called: unit, kind, and what it was narrowed to."""
    words = {(one.key, str(value)): f"{one.label}{label}" if one.key not in ("unit", "grade", "class") else str(label)
             for one in filters for value, label in one.choices}  # fmt: skip
    narrowed = [words[key, value] for key, value in ask.filters.items()]
    unit = getattr(request, "unit_short_name", "") or request.unit_name
    return " ".join([f"{unit}{kind}", *narrowed])


def workbook(
    request: ActingRequest, title: str, columns: Sequence[Column], groups: Sequence[tuple[str, Sequence[Any]]]
) -> HttpResponse:
    """An xlsx of text cells, ready to print; the foot says who took it and when."""
    now = timezone.localtime()
    out = [OutColumn("no", _("序号")), *(OutColumn(column.key, str(column.label)) for column in columns)]
    sheets = [
        ListSheet(
            title if len(groups) == 1 else f"{name}",
            out,
            [{"no": str(place), **{column.key: column.text(row) for column in columns}} for place, row in enumerate(rows, 1)],
            subtitle=_("共 %(n)s 人，数据截至 %(at)s") % {"n": f"{len(rows):,}", "at": now.strftime("%Y-%m-%d %H:%M")},
            name=name,
        )
        for name, rows in groups
    ]  # fmt: skip
    who = request.user.display_name
    footer = _("%(who)s %(at)s 取自基座") % {"who": who, "at": now.strftime("%Y-%m-%d %H:%M")}
    body = write_list(sheets or [ListSheet(title, out, [])], landscape=len(out) > 8, footer=footer)
    name = f"{title} {now:%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": disposition(name, is_shown=False), "Cache-Control": "private, no-store"}
    return HttpResponse(body, content_type=XLSX, headers=headers)


PAGES = (
    Page(
        "exports",
        page,
        gettext_lazy("导出名单"),
        queries.EXPORTING_ROLES,
        "data",
        "出",
        order=20,
        on_phone=False,
        name="exports",
    ),
    Page("exports/pupils.xlsx", pupils, gettext_lazy("导出学生名单"), queries.EXPORTING_ROLES, in_menu=False),
    Page(
        "exports/staff.xlsx",
        staff,
        gettext_lazy("导出教职工名单"),
        queries.EXPORTING_ROLES & OFFICE_ROLES,
        in_menu=False,
    ),
)
