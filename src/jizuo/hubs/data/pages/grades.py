"""分级: every element with its category and grade, what waits for a person, one element to change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, DoorError, NotAllowed, NotFound
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.data import datasets, masking
from jizuo.hubs.data.actions import grading as actions
from jizuo.hubs.data.pages.shares import tabs
from jizuo.hubs.data.queries import grading as queries
from jizuo.hubs.data.queries.grading import GRADING_ROLES, LOOKING_ROLES
from jizuo.hubs.data.rules.grading import CATEGORIES, GRADES, NATURES
from jizuo.hubs.data.sharing_shapes import ElementView


def line(one: ElementView) -> dict[str, Any]:
    """An element as the table shows it."""
    return {
        "one": one,
        "grade": f"{one.grade} {GRADES[one.grade][0]}",
        "shipped": f"{one.shipped_grade} {GRADES[one.shipped_grade][0]}"
        if one.shipped_grade != one.grade
        else "",
        "category": CATEGORIES.get(one.category, one.category),
        "nature": NATURES.get(one.nature, ""),
        "purpose": masking.purposes().get(one.purpose, one.purpose),
        "href": to(f"shares/grades/{one.dataset}/{one.field}"),
    }


@never_cache
def listed(request: ActingRequest) -> HttpResponse:
    """The elements, narrowed by dataset, grade, kind of value and name; on top what waits for a person."""
    told = request.GET
    dataset, text, nature = told.get("dataset", "")[:60], told.get("q", "")[:60], told.get("nature", "")[:20]
    grade = int(told["grade"]) if told.get("grade", "") in ("1", "2", "3", "4", "5") else 0
    may_change = scopes.current().role in GRADING_ROLES
    found = queries.element_grades(dataset=dataset, text=text, grade=grade, nature=nature, limit=queries.MOST)
    context = {
        "tabs": tabs("shares/grades"),
        "where": [request.unit_name],
        "lines": [line(one) for one in found],
        "is_cut": len(found) >= queries.MOST,
        "proposals": [
            {
                "one": one,
                "grade": f"{one.grade} {GRADES[one.grade][0]}",
                "held": f"{one.held} {GRADES[one.held][0]}" if one.held else _("还没有建表"),
                "nature": NATURES.get(one.nature, ""),
            }
            for one in (queries.grade_proposals() if may_change else [])
        ],
        "datasets": [(name, known.word) for name, known in datasets.all_datasets().items()],
        "grades": [(no, f"{no} {words[0]}", f"{words[1]}：{words[2]}") for no, words in GRADES.items()],
        "natures": list(NATURES.items()),
        "told": {"dataset": dataset, "text": text, "grade": grade, "nature": nature},
        "may_change": may_change,
        "main": Action(_("扫描敏感数据"), post=to("shares/grades/scan")) if may_change else None,
    }
    return render(request, "data/grades.html", context)


@require_POST
def scan(request: ActingRequest) -> HttpResponse:
    """Look for what looks sensitive."""
    count = actions.scan_grades()
    messages.success(
        request,
        _("扫描完了，新增 %(n)s 条建议，请逐条确认。") % {"n": count}
        if count
        else _("扫描完了，没有新的建议。"),
    )
    return redirect(to("shares/grades"))


@require_POST
def settle(request: ActingRequest, proposal_id: UUID) -> HttpResponse:
    """Confirm or refuse one proposal."""
    try:
        actions.settle_grade(
            proposal_id=proposal_id,
            is_confirmed=request.POST.get("verb") == "confirm",
            reason=request.POST.get("reason", ""),
        )
    except (BadInput, Conflict, NotAllowed, NotFound) as error:
        problems = getattr(error, "problems", ())
        messages.error(request, "；".join([str(error.detail), *(str(one.what) for one in problems)]))
    else:
        messages.success(request, _("已记下，立即生效。"))
    return redirect(to("shares/grades"))


@never_cache
def one(request: ActingRequest, dataset: str, field: str) -> HttpResponse:
    """One element: its standing, and a form to change it."""
    found = next(
        (one for one in queries.element_grades(dataset=dataset, limit=queries.MOST) if one.field == field),
        None,
    )
    if found is None:
        raise NotFound(_("没有这个元素"), fix=_("请从列表中选"))
    fault: DoorError | None = None
    if request.method == "POST":
        told = request.POST
        try:
            state = actions.set_grade(
                dataset=dataset,
                field=field,
                grade=int(told["grade"]) if told.get("grade", "").isdecimal() else 0,
                nature=told.get("nature", ""),
                category=told.get("category", ""),
                reason=told.get("reason", ""),
            )
        except (BadInput, NotAllowed) as error:
            fault = error
        else:
            is_done = state == actions.DONE
            messages.success(
                request, _("已改，立即生效。") if is_done else _("降级要由另一个人确认，已放进待确认。")
            )
            return redirect(to("shares/grades"))
    context = {
        "line": line(found),
        "trail": [(_("数据共享"), to("shares")), (_("分级"), to("shares/grades"))],
        "grades": [(no, f"{no} {words[0]}", f"{words[1]}：{words[2]}") for no, words in GRADES.items()],
        "natures": list(NATURES.items()),
        "categories": list(CATEGORIES.items()),
        "may_change": scopes.current().role in GRADING_ROLES,
        "fault": fault,
    }
    return render(request, "data/grade.html", context, status=fault.status if fault else 200)


def _below(path: str, view: Any, roles: frozenset[str] = GRADING_ROLES, *, name: str = "") -> Page:
    return Page(f"shares/{path}", view, gettext_lazy("分级"), roles, in_menu=False, name=name)


PAGES = (
    _below("grades", listed, LOOKING_ROLES),
    _below("grades/scan", scan),
    _below("grades/<uuid:proposal_id>/settle", settle),
    _below("grades/<str:dataset>/<slug:field>", one, LOOKING_ROLES),
)
