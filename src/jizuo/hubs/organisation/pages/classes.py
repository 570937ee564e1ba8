"""Classes: all of a school by grade, one with its people, and its printed list."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.pages.parts import Action, Sheet
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.organisation import class_names, turns
from jizuo.hubs.organisation.pages.people import units_to_choose
from jizuo.hubs.organisation.printing.queries import PRINTERS
from jizuo.hubs.organisation.queries import classes as queries
from jizuo.hubs.organisation.queries.people import OFFICE_ROLES, PUPIL_ROLES

#: Empty columns to write in, by paper.
BLANKS = {"a4": 6, "a3": 14}
#: What is said of a class by `turns.size_word`: (word, tone).
LARGE: dict[int, tuple[Any, str]] = {
    1: (gettext_lazy("超过标准"), ""), 2: (gettext_lazy("大班额"), "huang"), 3: (gettext_lazy("超大班额"), "zhu"),
}  # fmt: skip


def listed(request: ActingRequest) -> HttpResponse:
    """The classes of one school, grade by grade."""
    told = request.GET.get("f.unit", "")
    units = units_to_choose()
    unit_no = int(told) if told.isdecimal() else None
    lines = queries.class_list(unit_no=unit_no)
    grades = [
        {"title": grade or _("其他"), "lines": [(line, large(line)) for line in group]}
        for grade, group in groupby(lines, key=lambda line: line.view.grade)
    ]
    year = class_names.this_year(scopes.current().today)
    where = [dict(units).get(unit_no or 0, request.unit_name), str(year)]
    role = scopes.current().role
    context = {
        "grades": grades,
        "total": len(lines),
        "pupils": sum(line.pupils for line in lines),
        "units": units,
        "unit_no": unit_no,
        "where": where,
        "others": [Action(_("导出名单"), href=to("exports"))] if role in queries.EXPORTING_ROLES else [],
        "main": Action(_("导入名册"), href=to("imports/new")) if role in OFFICE_ROLES and not lines else None,
    }
    return render(request, "organisation/classes.html", context)


def large(line: queries.ClassLine) -> tuple[Any, str] | None:
    """(word, tone) for a class above the standard size; None within it."""
    year = class_names.this_year(scopes.current().today)
    stage = turns.stage_now(line.view.scheme, line.view.entry_year, line.view.stage, year)
    found = turns.size_word(stage, line.pupils)
    return None if found is None else LARGE[found.level]


@never_cache
def one(request: ActingRequest, class_id: UUID) -> HttpResponse:
    """One class."""
    found = queries.class_page(class_id=class_id)
    base = to(f"classes/{class_id}")
    others = [
        Action(_("打印 A4"), href=f"{base}/print?paper=a4"),
        Action(_("打印 A3"), href=f"{base}/print?paper=a3"),
    ]
    if scopes.current().role in PRINTERS:
        others.append(Action(_("名单、座位卡、门贴"), href=to(f"printing?class={found.view.org_id}")))
    if scopes.current().role in queries.EXPORTING_ROLES:
        others.append(
            Action(
                _("导出 Excel"), href=to(f"exports/pupils.xlsx?f.class={found.view.org_id}"), is_download=True
            )
        )
    context = {
        "klass": found,
        "where": [found.unit_name, *([found.view.grade] if found.view.grade else []), _("%(n)s 人") % {"n": len(found.pupils)}],
        "trail": [(_("班级"), to("classes"))],
        "others": others,
        "main": Action(_("看联系方式"), href=to(f"people/pupils?f.class={found.view.org_id}&cols=name&cols=guardian&cols=phone"))
        if scopes.current().role in (scopes.CLERK, scopes.HOMEROOM_TEACHER)
        else None,
        "girls": sum(pupil.sex == "女" for pupil in found.pupils),
        "boys": sum(pupil.sex == "男" for pupil in found.pupils),
    }  # fmt: skip
    return render(request, "organisation/class.html", context)


@never_cache
def printed(request: ActingRequest, class_id: UUID) -> HttpResponse:
    """The class list on paper, with columns to write in. Guardians never stand on it."""
    found = queries.class_page(class_id=class_id)
    paper = "a3" if request.GET.get("paper") == "a3" else "a4"
    context = {
        "klass": found,
        "paper": paper,
        "blanks": range(BLANKS[paper]),
        "sheet": Sheet(
            _("%(name)s 学生名单") % {"name": found.view.name}, found.unit_name, printed_by=request.user.display_name,
            printed_at=timezone.now(),
        ),
        "back": to(f"classes/{class_id}"),
    }  # fmt: skip
    return render(request, "organisation/class_print.html", context)


PAGES = (
    Page(
        "classes", listed, gettext_lazy("班级与任课"), PUPIL_ROLES, "people", "班", order=30, name="classes"
    ),
    Page("classes/<uuid:class_id>", one, gettext_lazy("班级"), PUPIL_ROLES, in_menu=False),
    Page("classes/<uuid:class_id>/print", printed, gettext_lazy("打印名单"), PUPIL_ROLES, in_menu=False),
)
