"""What a classroom screen may open: its own pages, while the lesson lasts and its teacher still has the class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from jizuo.ground import acting
from jizuo.ground.pages import screens
from jizuo.ground.pages.screens import START, Screen, ScreenRequest
from jizuo.ground.scope import SCREEN
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import sessions
from jizuo.hubs.identity.store import SignOn

#: Of the sign-in itself: the start, what a screen in use asks every few seconds, and its end.
OWN = frozenset({START, f"{START}tick/", f"{START}end/"})


class Screens:
    """Middleware, outside `ActingRole`: `request.screen` for a screen in use, None for everybody else. Whatever a
    screen asks for beside its own pages leads back to its start."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: ScreenRequest) -> HttpResponseBase:
        request.screen = None
        if request.session.session_key:
            request.session.get("sid")
        sign_on = getattr(request.session, "sign_on", None)
        if sign_on is None or sign_on.purpose != SCREEN:
            return self.get_response(request)
        request.screen = _screen(request, sign_on)
        if request.screen is None:
            sessions.end_key(request.session.session_key, why="no_grant")
            request.session.flush()
            return _back(request)
        if request.path_info not in OWN and request.path_info not in {
            page.address for page in screens.offered()
        }:
            return _back(request)
        return self.get_response(request)


def _screen(request: HttpRequest, sign_on: SignOn) -> Screen | None:
    """The screen behind a session; None once the grant that opened it has ended or lost the class."""
    found = acting.scope_of(sign_on.grant_no or 0, sign_on.account_id, acting.today())
    if found is None or sign_on.org_id is None or sign_on.org_id not in found.scope.org_ids:
        return None
    scope = replace(
        found.scope,
        role=SCREEN,
        units=(found.scope.unit_no,),
        person_id=None,
        org_ids=(sign_on.org_id,),
        request_id=uuid4().hex,
        address=entry.address_of(request),
        session_key=request.session.session_key or "",
    )
    return Screen(sign_on.sid, scope, sign_on.about, found.unit_name, sign_on.ends_at)


def _back(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": START})
    return redirect(START)
