"""委托代办: what one lends to a colleague for a time, and what is lent to one."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.engines.matter.actions import asking
from jizuo.engines.matter.pages.one import colleagues, id_of
from jizuo.engines.matter.queries import matters
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.pages.shell import to


@never_cache
def index(request: ActingRequest) -> HttpResponse:
    """One's delegations and a form for another; what is wrong with it stands above what was typed."""
    told = request.POST
    fault: BadInput | None = None
    if request.method == "POST":
        try:
            asking.set_delegation(
                to_person_id=id_of(told.get("person", "")), begin_on=day_of(told.get("begin_on", "")),
                end_on=day_of(told.get("last_on", "")) + timedelta(days=1), reason=told.get("reason", ""),
            )  # fmt: skip
        except BadInput as error:
            fault = error
        else:
            messages.success(request, _("已委托。"))
            return redirect(to("matters/lending"))
    lines = [
        {
            "one": one,
            "last_on": one.end_on - timedelta(days=1),
            "end": to(f"matters/lending/{one.delegation_id}/end"),
        }
        for one in matters.my_delegations()
    ]
    context = {
        "lines": lines, "colleagues": [(str(person_id), name) for person_id, name in colleagues()], "fault": fault,
        "typed": told or {"begin_on": f"{scopes.current().today:%Y-%m-%d}"},
        "trail": [(_("办事"), to("matters"))],
    }  # fmt: skip
    return render(request, "matter/lending.html", context, status=422 if fault else 200)


def day_of(text: str) -> date:
    """A day out of a form. Raises BadInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(_("日期不对"), problems=[Problem("last_on", _("如 2026-09-16"))]) from None


@require_POST
def end(request: ActingRequest, delegation_id: UUID) -> HttpResponse:
    """Let a delegation end today."""
    asking.end_delegation(delegation_id=delegation_id)
    messages.success(request, _("已停止委托。"))
    return redirect(to("matters/lending"))
