"""The scanner's own addresses: an installable page without anybody's values, and what a registered device asks for.

The page stands apart from every role and is the same for everybody, so a browser may keep it. A device says who it is with
``Authorization: Bearer``; no cookie counts here.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from jizuo.ground import scope as scopes
from jizuo.ground.errors import DoorError, NotFound
from jizuo.ground.pages import assets
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions.student_codes import devices, keys, lists, moving, scans
from jizuo.hubs.identity.actions.student_codes.devices import Device
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.rules import student_codes as rules
from jizuo.hubs.identity.student_code_shapes import Checked, ScanTold
from jizuo.plain import typed

ENTRY, WORKER = "scanner/main.js", "scanner/worker.js"
MOST_BODY = 512 * 1024


class PairAsked(msgspec.Struct):
    """What a device sends to be let in."""

    code: str
    name: str = ""


class CheckAsked(msgspec.Struct):
    """A code from a phone. id: of this scan."""

    id: UUID
    code: str


class OneScan(msgspec.Struct):
    """A scan of a card. at: with its offset."""

    id: UUID
    code: str
    result: str
    at: datetime


class ScansSent(msgspec.Struct):
    """The queue of a device, or its first part."""

    scans: list[OneScan]


def words() -> dict[str, str]:
    """What the scanner's scripts say, in the reader's language."""
    results = {f"result_{one}": _(word) for one, word in rules.RESULT_WORDS.items()}
    purposes = {f"purpose_{one}": _(word) for one, word in rules.PURPOSE_WORDS.items()}
    return results | purposes | {
        "pass": _("可以通过"), "refuse": _("不能通过"), "offline": _("没有网络：手机上的动态码现在查不了，请出示学生卡"),
        "no_list": _("还没有名单，请先同步"), "list_over": _("名单已过期并已删除，请连上网络再同步"),
        "list_new": _("名单刚同步，%(until)s 到期"),
        "leave_ask": _("停用后，这台设备上的名单马上删除，要扫码得重新登记。停用吗？"),
        "list_age": _("名单是 %(age)s前的，%(until)s 到期"), "minutes": _("%(n)s 分钟"), "hours": _("%(n)s 小时"),
        "queued": _("%(n)s 条记录等着上交"), "all_sent": _("记录都已上交"), "online": _("有网络"), "no_network": _("没有网络"),
        "syncing": _("正在同步"), "sync_failed": _("没有同步成：%(why)s"), "pair_failed": _("登记码不对、用过了或已过期"),
        "out": _("这台设备已被注销，名单已删除"), "no_camera": _("打不开摄像头，请用扫码枪或手工输入"), "no_photo": _("没有照片"),
        "no_network_pair": _("没有网络，登记不了"), "clock": _("这台设备的时间不对，请校准后再同步"),
        "on_list": _("名单上 %(n)s 人"),
    }  # fmt: skip


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The scanner. It holds nobody's values and asks for no sign-in."""
    context = {"words": words(), "scripts": assets.tags(ENTRY)}
    return render(request, "identity/scanner.html", context)


@require_GET
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: the built script with the names of the files it keeps, which change with every build."""
    built = assets.manifest()
    entry_files = [built[ENTRY]["file"], *built[ENTRY].get("css", [])]
    for name in built[ENTRY].get("imports", []):
        entry_files.append(built[name]["file"])
    files = [static(f"dist/{name}") for name in entry_files]
    files += [reverse("scanner"), reverse("scanner-manifest"), reverse("scanner-icon")]
    script = (assets.DIST / built[WORKER]["file"]).read_text(encoding="utf-8")
    # A worker is fetched anew when its bytes differ; the language is part of what it keeps.
    head = f"self.JIZUO_FILES = {json.dumps(files)}; self.JIZUO_LANGUAGE = {json.dumps(get_language())};\n"
    return HttpResponse(head + script, content_type="text/javascript; charset=utf-8")


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest."""
    told = {
        "name": _("学码扫码"), "short_name": _("扫码"), "start_url": reverse("scanner"), "scope": reverse("scanner"),
        "display": "standalone", "background_color": "#f6f7f5", "theme_color": "#0e6b78", "lang": get_language(),
        "icons": [{"src": reverse("scanner-icon"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")


@require_GET
def icon(request: HttpRequest) -> HttpResponse:
    """The mark of the installed page."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" fill="#0e6b78"/>'
        '<path d="M14 24v-10h10M40 14h10v10M50 40v10h-10M24 50h-10v-10M16 32h32" fill="none" stroke="#fff"'
        ' stroke-width="5" stroke-linecap="round"/></svg>'
    )
    return HttpResponse(svg, content_type="image/svg+xml")


def refused(status: int, word: str) -> JsonResponse:
    """A machine's refusal."""
    return JsonResponse({"error": word}, status=status)


def for_device(view: Callable[[HttpRequest, Device], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """`view` for a registered device, in its scope; 401 for anybody else."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        device = devices.known(token.strip()) if scheme.lower() == "bearer" and len(token) < 100 else None
        if device is None:
            return refused(401, "no such scanner")
        devices.saw(device)
        try:
            with scopes.use(device.scope(entry.address_of(request))):
                return view(request, device)
        except msgspec.MsgspecError:
            return refused(422, "not the expected JSON")
        except NotFound:
            return refused(404, "not found")

    return never_cache(csrf_exempt(guarded))


def body_of(request: HttpRequest) -> bytes:
    """The body; longer than `MOST_BODY` it is read as none, which no shape takes."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return request.body if length.isdecimal() and int(length) <= MOST_BODY else b""


@csrf_exempt
@never_cache
@require_POST
def pair(request: HttpRequest) -> HttpResponse:
    """Let a device in with a pairing code."""
    try:
        asked = typed.from_json(body_of(request), PairAsked)
    except msgspec.MsgspecError:
        return refused(422, "not the expected JSON")
    if "\0" in asked.name:
        return refused(422, "a name without NUL")
    try:
        with entry.as_visitor(request):
            made = devices.pair(
                code=Secret(asked.code[:40]), name=asked.name, address=entry.address_of(request)
            )
    except DoorError as error:
        return refused(429, str(error.detail))
    if made is None:
        return refused(404, "no such pairing code")
    return JsonResponse({"device": str(made.device_id), "token": made.token})


@require_POST
@for_device
def sync(request: HttpRequest, device: Device) -> HttpResponse:
    """The sealed list of this device."""
    made = lists.take_list(device=device)
    return JsonResponse(
        {
            "list": str(made.list_id), "made_at": made.made_at.timestamp(), "expires_at": made.expires_at.timestamp(),
            "stamp": made.stamp, "key": base64.b64encode(made.key).decode(),
            "nonce": base64.b64encode(made.nonce).decode(), "sealed": base64.b64encode(made.sealed).decode(),
        }
    )  # fmt: skip


@require_POST
@for_device
def sent(request: HttpRequest, device: Device) -> HttpResponse:
    """Scans of cards; each counts once however often it is sent."""
    told = typed.from_json(body_of(request), ScansSent).scans
    if len(told) > rules.MOST_SENT or any(one.at.tzinfo is None for one in told):
        return refused(422, f"at most {rules.MOST_SENT} scans, each with a time and its offset")
    given = [ScanTold(one.id, one.code[:200], one.result, one.at) for one in told]
    kept = scans.keep_scans(device=device, scans=given)
    return JsonResponse({"taken": len(told), "kept": kept})


@require_POST
@for_device
def check(request: HttpRequest, device: Device) -> HttpResponse:
    """What a code from a phone comes to."""
    asked = typed.from_json(body_of(request), CheckAsked)
    return JsonResponse(
        as_json(moving.check_moving(device=device, scan_id=asked.id, code=Secret(asked.code)))
    )


def as_json(found: Checked) -> dict[str, Any]:
    """An answer as scanners read it: result, and for this school's pupils name, class and photo."""
    told: dict[str, Any] = {"result": str(found.result)}
    if found.name:
        photo = base64.b64encode(found.photo).decode()
        told |= {"name": found.name, "class": str(found.class_id or ""), "photo": photo}
    return told


@require_POST
@for_device
def leave(request: HttpRequest, device: Device) -> HttpResponse:
    """A device that is given up: its token opens nothing from now on."""
    devices.leave_place(device=device)
    return JsonResponse({})


@require_GET
@for_device
def revoked(request: HttpRequest, device: Device) -> HttpResponse:
    """For gates of other makers: the numbers called back."""
    return JsonResponse(lists.revoked_cards(device=device))


@require_GET
@never_cache
def key_set(request: HttpRequest, unit_no: int) -> HttpResponse:
    """The public keys of a school's cards."""
    if unit_no > 2**31 - 1:
        return JsonResponse({"keys": []})
    with entry.as_visitor(request):
        return JsonResponse(keys.key_set(unit_no=unit_no))
