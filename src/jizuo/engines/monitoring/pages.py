"""The phone list: who is to be called, by whom it was done, and with what."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.engines.monitoring import actions, queries
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.pages.parts import Tab
from jizuo.ground.pages.shell import Page, to

READERS = scopes.SCHOOL_ROLES | scopes.CLASS_ROLES
#: What is mostly said after a call.
NOTES = (gettext_lazy("家长说明了情况"), gettext_lazy("孩子已到校"), gettext_lazy("没人接，稍后再打"))


@never_cache
def cases(request: ActingRequest) -> HttpResponse:
    """Open cases, or those that were closed."""
    if request.method == "POST":
        return done(request)
    state = "closed" if request.GET.get("state") == "closed" else "open"
    found = queries.case_list(
        state=state, to_call=state == "open", after=request.GET.get("after", ""), limit=50
    )
    context = {
        "lines": found.rows,
        "is_open": state == "open",
        "next": f"?state={state}&after={found.next}" if found.next else "",
        "notes": NOTES,
        "where": [request.unit_name],
        "tabs": [
            Tab(_("要打的电话"), to("cases"), state == "open", len(found.rows) if state == "open" else None),
            Tab(_("办好的"), to("cases?state=closed"), state == "closed"),
        ],
    }
    return render(request, "monitoring/cases.html", context)


def done(request: ActingRequest) -> HttpResponse:
    """Keep what was done."""
    try:
        case_id = UUID(request.POST.get("case", ""))
    except ValueError:
        raise NotFound(_("没有这一条")) from None
    try:
        actions.close_case(
            case_id=case_id, note=request.POST.get("quick", "") or request.POST.get("note", "")
        )
        messages.success(request, _("已记下"))
    except BadInput as error:
        messages.error(request, f"{error.detail}。{error.fix}")
    return redirect(to("cases"))


PAGES = (Page("cases", cases, gettext_lazy("电话名单"), READERS, "scene", "电", order=30, name="cases"),)
