"""The student code on a family's phone, and what was scanned of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.ground.errors import NotFound
from jizuo.ground.pages.parts import Tab
from jizuo.ground.pages.shell import Page, to
from jizuo.ground.scope import FAMILY_ROLES
from jizuo.hubs.identity.actions.student_codes import cards, moving, scans, settings
from jizuo.hubs.identity.rules import student_codes as rules
from jizuo.hubs.identity.student_code_shapes import MovingShown


def asked_child(text: str) -> UUID | None:
    """The child named; None for the first. Raises NotFound for no id at all."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound(_("没有这个孩子")) from None


def tabs(family: tuple[tuple[UUID, str], ...], chosen: UUID, path: str) -> list[Tab]:
    """One tab a child; none for an only one."""
    if len(family) < 2:
        return []
    return [Tab(name, to(f"{path}?child={one}"), one == chosen) for one, name in family]


def live_context(shown: MovingShown) -> dict[str, Any]:
    """The picture of a code that was just made, and when the page takes the next."""
    picture = segno.make(shown.code, error="m").svg_data_uri(scale=8, border=2, light="#fff")
    return {"shown": shown, "picture": picture, "next_seconds": rules.MOVING_NEXT_SECONDS}


@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """The code of now; with ``HX-Request`` the part that moves alone."""
    shown = moving.show_moving(child_id=asked_child(request.GET.get("child", "")))
    context = live_context(shown)
    if request.headers.get("HX-Request"):
        return render(request, "identity/_student_code_live.html", context)
    context |= {
        "tabs": tabs(shown.family, shown.person_id, "student-code"),
        "card_until": shown.card_until - timedelta(days=1) if shown.card_until else None,
        "keep_days": settings.code_setting().keep_days,
    }
    return render(request, "identity/student_code.html", context)


@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """What was scanned of the pupil or the child, by day."""
    found = scans.my_scans(child_id=asked_child(request.GET.get("child", "")))
    lines = [
        (one, _(rules.PURPOSE_WORDS[rules.ScanPurpose(one.purpose)]), _(rules.RESULT_WORDS[rules.ScanResult(one.result)]))
        for one in found.scans
    ]  # fmt: skip
    context = {
        "found": found,
        "lines": lines,
        "tabs": tabs(found.family, found.person_id, "student-code/scans"),
        "trail": [(_("学码"), to(f"student-code?child={found.person_id}"))],
    }
    return render(request, "identity/student_scans.html", context)


@require_POST
def lost(request: HttpRequest) -> HttpResponse:
    """Report the own card, or the child's, lost."""
    child_id = asked_child(request.POST.get("child", ""))
    if cards.report_own_lost(child_id=child_id):
        messages.success(request, _("卡已挂失，马上作废；各处的扫码设备下次同步时就知道。请向班主任要新卡。"))
    else:
        messages.success(request, _("现在没有在用的卡。"))
    return redirect(to(f"student-code?child={child_id}" if child_id else "student-code"))


PAGES = (
    Page("student-code", code, gettext_lazy("学码"), FAMILY_ROLES, icon="码", order=15, name="student-code",
         holds=("student-code/scans",)),
    Page("student-code/scans", mine, gettext_lazy("刷码记录"), FAMILY_ROLES, in_menu=False),
    Page("student-code/lost", lost, gettext_lazy("挂失学生卡"), FAMILY_ROLES, in_menu=False),
)  # fmt: skip
