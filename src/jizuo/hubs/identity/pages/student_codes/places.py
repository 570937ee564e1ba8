"""The places where codes are scanned: set up, let scanners in, see who is there today; and the school's settings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.identity.actions.student_codes import cards, devices, keys, places, settings
from jizuo.hubs.identity.pages.slips import chosen_ids
from jizuo.hubs.identity.rules import codes
from jizuo.hubs.identity.rules import student_codes as rules

KEEPERS, LOOKERS = frozenset(places.KEEPERS), frozenset(places.LOOKERS)
OFFICE = frozenset({scopes.CLERK})


@never_cache
def page(request: ActingRequest) -> HttpResponse:
    """The places with today's counts; for who keeps them the scanners, for the office settings and keys."""
    return render(request, "identity/scan_places.html", _context(request))


def _context(request: ActingRequest) -> dict[str, Any]:
    role = scopes.current().role
    context: dict[str, Any] = {
        "where": [request.unit_name],
        "places": [(one, purpose_word(one.purpose), f"close-{one.place_id}") for one in places.scan_places()],
        "may_keep": role in KEEPERS,
        "is_office": role in OFFICE,
    }
    if role in KEEPERS:
        purposes = (
            rules.PURPOSE_WORDS
            if role in OFFICE
            else {rules.ScanPurpose.TRIP: rules.PURPOSE_WORDS[rules.ScanPurpose.TRIP]}
        )
        context |= {
            "others": [Action(_("学生卡"), href=to("student-cards"))],
            "scanners": devices.scanners(),
            "classes": cards.card_desk().classes,
            "purposes": [(one, _(word)) for one, word in purposes.items()],
        }
    if role in OFFICE:
        context |= {"setting": settings.code_setting(), "keys": keys.code_keys(), "rules": rules}
    return context


def trail() -> list[tuple[str, str]]:
    """The way back to the places."""
    return [(_("扫码地点"), to("scan-places"))]


def purpose_word(purpose: str) -> str:
    """校门, 研学点名, 图书借阅."""
    return _(rules.PURPOSE_WORDS[rules.ScanPurpose(purpose)])


@never_cache
def present(request: ActingRequest, place_id: UUID) -> HttpResponse:
    """Who passed at a place today."""
    found = places.present_today(place_id=place_id)
    context = {
        "found": found, "trail": trail(), "where": [request.unit_name, purpose_word(found.place.purpose)],
        "share": _("%(n)s / %(due)s 人") % {"n": len(found.present), "due": found.due},
        "absent": _("%(n)s 人") % {"n": len(found.missing)},
    }  # fmt: skip
    return render(request, "identity/scan_present.html", context)


@never_cache
@require_POST
def pairing(request: ActingRequest, place_id: UUID) -> HttpResponse:
    """A code for one device, shown once, and a picture that leads there."""
    code = devices.offer_pairing(place_id=place_id)
    # After the sign # the code stays in the browser: no server in between writes it down.
    address = f"{request.build_absolute_uri(reverse('scanner'))}#{code}"
    context = {
        "code": codes.show(code), "address": request.build_absolute_uri(reverse("scanner")),
        "picture": segno.make(address, error="m").svg_data_uri(scale=6, border=2, light="#fff"),
        "minutes": int(rules.PAIRING_LIFE.total_seconds() // 60), "where": [request.unit_name], "trail": trail(),
    }  # fmt: skip
    return render(request, "identity/scan_pairing.html", context)


@require_POST
def act(request: ActingRequest) -> HttpResponse:
    """Open or close a place, put a scanner out."""
    try:
        if closing := chosen_ids(request, "close"):
            places.close_place(place_id=closing[0])
            messages.success(request, _("地点已关闭，那里的设备都已注销。"))
        elif ending := chosen_ids(request, "end"):
            devices.end_scanner(device_id=ending[0])
            messages.success(request, _("设备已注销。"))
        else:
            places.open_place(
                name=request.POST.get("name", ""),
                purpose=request.POST.get("purpose", ""),
                class_ids=chosen_ids(request, "class"),
            )
            messages.success(request, _("地点已设好。下一步：登记一台扫码设备。"))
    except BadInput as error:
        return _again(request, error)
    return redirect(to("scan-places"))


@require_POST
def setting(request: ActingRequest) -> HttpResponse:
    """Change the school's settings, or take a key back."""
    try:
        if key_id := request.POST.get("key", ""):
            keys.take_key_back(key_id=key_id)
            messages.success(request, _("这把密钥已收回，它签的卡都要换发。"))
        else:
            settings.set_code_setting(
                keep_days=number(request, "keep_days"),
                list_hours=number(request, "list_hours"),
                card_days=number(request, "card_days"),
            )
            messages.success(request, _("已保存。"))
    except BadInput as error:
        return _again(request, error)
    return redirect(to("scan-places"))


def _again(request: ActingRequest, error: BadInput) -> HttpResponse:
    context = _context(request) | {"problems": error.problems}
    return render(request, "identity/scan_places.html", context, status=422)


def number(request: HttpRequest, field: str) -> int:
    """A whole number posted; -1, which no field takes, for anything else."""
    text = request.POST.get(field, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1


PAGES = (
    Page("scan-places", page, gettext_lazy("扫码地点"), LOOKERS, group="people", icon="扫", order=79, on_phone=False,
         beside="slips", beside_for=KEEPERS),
    Page("scan-places/do", act, gettext_lazy("扫码地点"), KEEPERS, in_menu=False),
    Page("scan-places/setting", setting, gettext_lazy("学码的设定"), OFFICE, in_menu=False),
    Page("scan-places/<uuid:place_id>", present, gettext_lazy("今天到了谁"), LOOKERS, in_menu=False),
    Page("scan-places/<uuid:place_id>/pairing", pairing, gettext_lazy("登记扫码设备"), KEEPERS, in_menu=False),
)  # fmt: skip
