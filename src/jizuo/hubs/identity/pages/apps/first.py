"""The first sign-in of an application, step by step, with each message as it arrived and the rule it broke."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jizuo.ground.pages.parts import Step
from jizuo.ground.pages.shell import to
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import app_desk, apps
from jizuo.hubs.identity.actions.app_desk import AppSeen, MessageLine
from jizuo.hubs.identity.pages.apps.one import trail
from jizuo.hubs.identity.pages.apps.words import PLACES
from jizuo.hubs.identity.protocols.openid import clients
from jizuo.hubs.identity.rules import apps as rules
from jizuo.hubs.identity.rules.app_messages import RULES
from jizuo.hubs.identity.rules.apps import Registration

#: Where an application of each protocol learns who signed in: with that its first sign-in is through.
LAST = frozenset({"token", "cas", "plain"})


@never_cache
def page(request: HttpRequest, client_id: str) -> HttpResponse:
    """Begin to watch, and see."""
    if request.method == "POST":
        apps.watch_app(client_id=client_id)
        clients.forget()
        return redirect(to(f"apps/{client_id}/first"))
    seen = app_desk.app_seen(client_id=client_id)
    told = context_of(client_id, seen)
    return render(
        request, "identity/apps/first.html", told | {"trail": [*trail(), (told["app"].name, told["home"])]}
    )


@never_cache
def seen(request: HttpRequest, client_id: str) -> HttpResponse:
    """The part that renews itself while somebody watches."""
    return render(
        request, "identity/apps/_first.html", context_of(client_id, app_desk.app_seen(client_id=client_id))
    )


def context_of(client_id: str, seen: AppSeen) -> dict[str, Any]:
    """The walk and the messages."""
    lines = app_desk.app_messages_of(client_id=client_id)
    is_watched = seen.watched_until is not None and entry.now() < seen.watched_until
    is_done = any(line.place in LAST and not line.rule for line in lines) and not _is_stuck(lines)
    return {
        "app": seen.registration,
        "seen": seen,
        "client_id": client_id,
        "home": to(f"apps/{client_id}"),
        "is_watched": is_watched,
        "is_done": is_done,
        "steps": walk(seen, lines),
        "lines": [
            (line, PLACES.get(line.place, line.place), RULES.get(line.rule), sorted(line.said.items())) for line in lines
        ],
        "poll": to(f"apps/{client_id}/first/seen") if is_watched else "",
    }  # fmt: skip


def _is_stuck(lines: list[MessageLine]) -> bool:
    return bool(lines) and lines[0].rule not in ("", "person")


def walk(seen: AppSeen, lines: list[MessageLine]) -> list[Step]:
    """The steps of a first sign-in; the newest message says how far it came, and where it is stuck."""
    places = places_of(seen.registration, lines)
    words = {
        "device": _("屏幕要到代码"), "authorize": _("应用把人送来"), "answer": _("本人登录，送回应用"),
        "token": _("应用换到令牌"), "userinfo": _("应用读到信息"), "cas": _("应用验过票据"),
        "plain": _("应用凭票据读到信息"),
    }  # fmt: skip
    done: set[str] = set()
    stuck = ""
    for line in reversed(lines):
        if line.place == places[0]:
            done, stuck = set(), ""
        if line.rule in ("", "person"):
            done |= {line.place} if not line.rule else set()
            stuck = "" if stuck == line.place else stuck
        elif line.place in places:
            stuck = line.place
    # A message that came before anybody watched was not kept; what follows from it shows that it was good.
    reached = max((places.index(place) for place in done if place in places), default=-1)
    steps = []
    for number, place in enumerate(places):
        state = "stuck" if place == stuck else "done" if number <= reached else "ahead"
        steps.append(Step(words[place], state))
    return steps


def places_of(app: Registration, lines: list[MessageLine]) -> tuple[str, ...]:
    """The places that a first sign-in passes: by the protocol of the newest message that tells one, else by what the
    application is registered for."""
    if app.kind == rules.SCREEN:
        return ("device", "token", "userinfo")
    roads = (("token", app.redirect_uris), ("cas", app.cas_services), ("plain", app.plain_addresses))
    told = [road_of(line) for line in lines]
    last = next(filter(None, [*told, *(place for place, addresses in roads if addresses)]), "token")
    return ("authorize", "answer", "token", "userinfo") if last == "token" else ("authorize", "answer", last)


def road_of(line: MessageLine) -> str:
    """Which of `LAST` a message leads to, by its place or by a parameter that one protocol alone has; empty for none."""
    if line.place in LAST:
        return line.place
    signs = {"redirect_uri": "token", "service": "cas", "redirect": "plain"}
    return next((place for name, place in signs.items() if name in line.said), "")
