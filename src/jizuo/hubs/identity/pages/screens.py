"""Opening a classroom screen: the code on the screen, the teacher's phone, and the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import DoorError, NotAllowed
from jizuo.ground.pages import screens as screen_pages
from jizuo.ground.pages.screens import START, ScreenRequest
from jizuo.ground.pages.shell import Page, here
from jizuo.ground.scope import CLASS_ROLES
from jizuo.hubs.identity import entry, queries
from jizuo.hubs.identity.actions import screens
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.rules import codes
from jizuo.hubs.identity.rules import screens as rules

#: In the web session of a screen that waits.
WAIT = "screen_wait"


@never_cache
def start(request: ScreenRequest) -> HttpResponse:
    """The screen's own start: a new code, or what it shows once a teacher has opened it."""
    if request.screen is not None:
        return redirect(screen_pages.offered()[0].address)
    if _state(request) == "open" and _fetched(request):
        return redirect(screen_pages.offered()[0].address)
    return render(request, "identity/screen_start.html", _new_code(request))


@never_cache
def wait(request: ScreenRequest) -> HttpResponse:
    """What a waiting screen asks every two seconds: nothing new, a new code, or on to the class."""
    if not request.headers.get("HX-Request"):
        return redirect(START)
    state = _state(request)
    if state == "open":
        _fetched(request)
        return HttpResponse(status=204, headers={"HX-Redirect": START})
    if state == request.GET.get("as"):
        return HttpResponse(status=204)
    if state == "taken":
        return render(request, "identity/_screen_wait.html", {"state": state})
    return render(request, "identity/_screen_wait.html", _new_code(request))


@never_cache
def tick(request: ScreenRequest) -> HttpResponse:
    """What a screen in use asks every few seconds; one that has ended is led away, so nothing stays on it."""
    if request.screen is not None:
        return HttpResponse(status=204)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": START})
    return redirect(START)


@never_cache
@require_POST
def end(request: ScreenRequest) -> HttpResponse:
    """One tap on the screen ends it."""
    screen = request.screen
    if screen is not None:
        with scopes.use(screen.scope):
            screens.leave_screen(sid=screen.sid)
        request.session.flush()
    return redirect(START)


def _state(request: ScreenRequest) -> str:
    wait_id = request.session.get(WAIT)
    if not wait_id:
        return "over"
    with entry.as_visitor(request):
        return screens.waiting_state(wait_id=UUID(wait_id))


def _fetched(request: ScreenRequest) -> bool:
    """Whether the screen took up the session opened for it. Whoever was signed in at this machine is signed out: a
    screen's session carries nobody."""
    wait_id = UUID(request.session[WAIT])
    request.session.flush()
    request.session.create()
    request.session.set_expiry(0)
    with entry.as_visitor(request):
        return screens.fetch_screen(wait_id=wait_id, session_key=request.session.session_key or "")


def _new_code(request: ScreenRequest) -> dict[str, Any]:
    held = request.session.get(WAIT)
    with entry.as_visitor(request):
        shown = screens.show_code(
            wait_id=UUID(held) if held else None,
            device=entry.device_of(request.META.get("HTTP_USER_AGENT", "")),
            address=entry.address_of(request),
        )
    request.session[WAIT] = str(shown.wait_id)
    address = request.build_absolute_uri(reverse("screen-open", args=[shown.code]))
    picture = segno.make(address, error="m").svg_data_uri(scale=8, border=2, light="#fff")
    return {
        "state": "waiting",
        "picture": picture,
        "code": codes.show(shown.code),
        "host": request.get_host(),
    }


@never_cache
@login_required
def scanned(request: ActingRequest, code: str) -> HttpResponse:
    """Where the scanned code leads: to the teaching role used last."""
    for role in queries.roles_of_request(request):
        if role.role in CLASS_ROLES:
            return redirect(here(role.grant_no, f"screen?code={codes.tidy(code)}"))
    raise NotAllowed(_("课堂大屏由任课的老师打开"), fix=_("请换用老师的账号扫码"))


@never_cache
def phone(request: ActingRequest) -> HttpResponse:
    """The teacher's side: type the code or come with it, choose class and length, and end what is open."""
    context: dict[str, Any] = {"lengths": rules.LENGTHS, "usual": rules.LESSON_MINUTES, "status": 200}
    typed = request.GET.get("code", "")
    if request.method == "POST" and _acted(request, context):
        return redirect(request.path)
    if typed and context["status"] in (200, 422):
        _look(request, typed, context)
    if "seen" in context:
        context |= {
            "classes": screens.screen_classes(),
            "roles": [
                (role, here(role.grant_no, f"screen?code={codes.tidy(typed)}"))
                for role in queries.roles_of_request(request)
                if role.role in CLASS_ROLES and role.grant_no != scopes.current().grant_no
            ],
        }
    context |= {"typed": typed, "open": screens.my_screens(), "address": f"{request.get_host()}{START}"}
    context["where"] = [request.unit_name]
    return render(request, "identity/screen_phone.html", context, status=context["status"])


def _look(request: ActingRequest, typed: str, context: dict[str, Any]) -> None:
    """Put the scanned screen, or what is wrong with the code, into the page."""
    try:
        look = screens.look_at_screen(code=Secret(typed), address=entry.address_of(request))
    except DoorError as error:
        context |= {"wrong": error.problems[0].what, "fix": error.problems[0].fix, "status": 422}
        return
    if look.screen:
        context |= {"seen": look.screen, "shown": codes.show(codes.tidy(typed))}
    elif look.locked_until:
        context |= {"locked_until": look.locked_until, "status": 422}
    else:
        fix = _("大屏上的码每分钟换一次，只用一次。请扫现在显示的码")
        context |= {"wrong": _("没有大屏在显示这个码"), "fix": fix, "status": 422}


def _acted(request: ActingRequest, context: dict[str, Any]) -> bool:
    """Open or end a screen as posted; False with a fault in the page's context."""
    try:
        if "end" in request.POST:
            is_done = screens.close_screen(sid=_id(request, "end"))
            messages.success(request, _("大屏已结束。") if is_done else _("大屏早已结束。"))
            return True
        minutes = request.POST.get("minutes", "")
        opened = screens.open_screen(
            wait_id=_id(request, "wait_id"),
            class_id=_id(request, "class_id"),
            minutes=int(minutes) if minutes.isdecimal() and len(minutes) < 5 else 0,
        )
    except DoorError as error:
        context |= {"wrong": error.detail, "fix": error.fix, "status": error.status}
        return False
    messages.success(request, _("大屏已打开，现在显示%(name)s。") % {"name": opened.about})
    return True


def _id(request: ActingRequest, field: str) -> UUID:
    try:
        return UUID(request.POST.get(field, ""))
    except ValueError:
        return UUID(int=0)


PAGES = (
    Page(
        path="screen",
        view=phone,
        title=gettext_lazy("课堂大屏"),
        roles=CLASS_ROLES,
        group="people",
        icon="屏",
        order=80,
        on_phone=False,
    ),
)
