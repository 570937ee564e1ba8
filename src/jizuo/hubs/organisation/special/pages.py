"""专责事项: the bureau sets, approves and ends duties and sees numbers; the school's entrusted person keeps the list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.doors import role_title
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.organisation.actions.people import MOST_AN_HOUR
from jizuo.hubs.organisation.definitions import SMALLEST_GROUP
from jizuo.hubs.organisation.special import actions, queries, rules
from jizuo.hubs.organisation.special.queries import Duty
from jizuo.plain import dates

ROLES = rules.SETTERS | rules.ENTRUSTED
TONES = {rules.DRAFT: "huang", rules.LIVE: "lv", rules.CLOSED: ""}


def drawn(duty: Duty) -> dict[str, Any]:
    """A duty with its words for a page."""
    return {
        "duty": duty,
        "state": rules.STATE_TITLES[duty.state],
        "tone": TONES[duty.state],
        "kinds": "、".join(duty.kind_words),
        "roles": "、".join(role_title(role) for role in duty.roles),
        "href": to(f"special/{duty.duty_id}"),
    }


@never_cache
def listed(request: ActingRequest) -> HttpResponse:
    """The duties of the bureau, or those that entrust the acting role."""
    is_setter = scopes.current().role in rules.SETTERS
    found = queries.duty_list() if is_setter else queries.my_duties()
    context = {"lines": [drawn(one) for one in found], "is_setter": is_setter, "where": [request.unit_name]}
    return render(request, "organisation/special.html", context)


@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Draft a duty."""
    if request.method == "POST":
        told = request.POST
        days = []
        for key, word in (("begin_on", _("开始日")), ("until", _("结束日"))):
            try:
                days.append(dates.read(told.get(key, "")).value)
            except dates.BadDate as error:
                raise BadInput(_("专责事项还不能设"), problems=[Problem(word, error.reason)]) from None
        duty_id = actions.set_duty(
            title=told.get("title", ""), legal_basis=told.get("legal_basis", ""), kinds=told.getlist("kinds"),
            unit_nos=[int(one) for one in told.getlist("units") if one.isdecimal()], roles=told.getlist("roles"),
            begin_on=days[0], until=days[1],
        )  # fmt: skip
        messages.success(request, _("已设好，等另一个人批准后才生效。"))
        return redirect(to(f"special/{duty_id}"))
    context = {
        "kinds": [(kind.key, kind.title) for kind in rules.KINDS.values()],
        "units": queries.duty_schools(),
        "roles": [(role, role_title(role)) for role in sorted(rules.ENTRUSTED)],
        "today": scopes.current().today,
        "trail": [(_("专责事项"), to("special"))],
    }
    return render(request, "organisation/special_new.html", context)


@never_cache
def one(request: ActingRequest, duty_id: UUID) -> HttpResponse:
    """A duty: for the bureau its numbers, for the entrusted person its list."""
    scope = scopes.current()
    if scope.role in rules.SETTERS:
        duty = next((found for found in queries.duty_list() if found.duty_id == duty_id), None)
        if duty is None:
            raise NotFound(_("没有这个专责事项"))
        context = {
            **drawn(duty),
            "counts": queries.special_counts(duty_id=duty_id) if duty.is_on else [],
            "least": SMALLEST_GROUP,
            "trail": [(_("专责事项"), to("special"))],
        }
        return render(request, "organisation/special_duty.html", context)
    duty = next((found for found in queries.my_duties() if found.duty_id == duty_id), None)
    if duty is None:
        raise NotFound(_("没有正在进行的专责事项"))
    kind = request.GET.get("kind", "")
    context = {
        **drawn(duty),
        "records": queries.special_list(duty_id=duty_id, kind=kind if kind in duty.kinds else ""),
        "may_write": scope.role != scopes.HOMEROOM_TEACHER,
        "grid": rules.GRID,
        "mark": f"{request.user.display_name} {timezone.localtime():%m-%d %H:%M}",
        "sources": [(key, word) for key, word in rules.SOURCES.items()
                    if any(key in rules.KINDS[one].sources for one in duty.kinds)],
        "trail": [(_("专责事项"), to("special"))],
    }  # fmt: skip
    return render(request, "organisation/special_list.html", context)


@require_POST
def do(request: HttpRequest, duty_id: UUID, verb: str) -> HttpResponse:
    """Approve, end, bring in a list, drop a record."""
    told = request.POST
    if verb == "approve":
        actions.approve_duty(duty_id=duty_id)
        messages.success(request, _("已批准，从开始日起生效。"))
    elif verb == "close":
        count = actions.close_duty(duty_id=duty_id, reason=told.get("reason", ""))
        messages.success(request, _("已结束，%(n)s 条登记已封存。") % {"n": count})
    elif verb == "list":
        count = actions.take_special_list(
            duty_id=duty_id, source=told.get("source", ""), pasted=told.get("pasted", "")
        )
        messages.success(request, _("登记了 %(n)s 条。") % {"n": count})
    elif verb == "drop":
        try:
            record_id = UUID(told.get("record", ""))
        except ValueError:
            raise NotFound(_("没有这条登记")) from None
        actions.drop_special(duty_id=duty_id, record_id=record_id)
        messages.success(request, _("已删除。"))
    else:
        raise NotFound(_("没有这个操作"))
    return redirect(to(f"special/{duty_id}"))


@never_cache
@require_POST
def certificate(request: HttpRequest, duty_id: UUID, record_id: UUID) -> HttpResponse:
    """One certificate's number in full, once, on a page that is not kept."""
    shown = actions.reveal_certificate(
        duty_id=duty_id, record_id=record_id, reason=request.POST.get("reason", "")
    )
    context = {"number": shown, "back": to(f"special/{duty_id}"), "most": MOST_AN_HOUR}
    return render(request, "organisation/number.html", context)


PAGES = (
    Page(
        "special", listed, gettext_lazy("专责事项"), ROLES, "people", "责", order=95, on_phone=False, name="special",
        beside="people/pupils", beside_for=rules.ENTRUSTED,
    ),
    Page("special/new", new, gettext_lazy("设专责事项"), rules.SETTERS, in_menu=False),
    Page("special/<uuid:duty_id>", one, gettext_lazy("专责事项"), ROLES, in_menu=False),
    Page("special/<uuid:duty_id>/do/<slug:verb>", do, gettext_lazy("专责事项"), ROLES, in_menu=False),
    Page(
        "special/<uuid:duty_id>/certificate/<uuid:record_id>", certificate, gettext_lazy("专责事项"), rules.ENTRUSTED,
        in_menu=False,
    ),
)  # fmt: skip
