"""Pages of a classroom screen: what rooms offer there, and the guard that opens them to a screen alone.

A screen is no account: `Screens` of the identity hub puts `request.screen` (a `Screen`) on each request of one and
keeps it from every other address. A page stands at ``/screen/<path>/``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.urls import path as address_pattern
from django.utils import timezone
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.scope import Scope

START = "/screen/"


@dataclass(frozen=True, slots=True)
class ScreenPage:
    """One page of a screen. path: below ``/screen/``, without slashes. view: takes the request alone; the scope of the
    screen is in force. order: place among the tabs; the first is where a screen opens."""

    path: str
    view: Callable[[ScreenRequest], HttpResponse]
    title: Any
    order: int = 50

    @property
    def address(self) -> str:
        return f"{START}{self.path}/"


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen in use. scope: role ``screen``, one org, the units of the teacher's role. about: the class it shows."""

    sid: UUID
    scope: Scope
    about: str
    unit_name: str
    ends_at: datetime


class ScreenRequest(HttpRequest):
    """A request behind the identity hub's `Screens`: screen is None for everybody but a screen in use."""

    screen: Screen | None


_pages: dict[str, ScreenPage] = {}


def offer(pages: Iterable[ScreenPage]) -> None:
    """Add a room's pages. Two pages at one path raise ValueError unless they are the same value."""
    for page in pages:
        if _pages.setdefault(page.path, page) != page:
            raise ValueError(f"two screen pages stand at {page.path!r}")


def offered() -> list[ScreenPage]:
    """Every page of a screen in the order of its tabs."""
    return sorted(_pages.values(), key=lambda page: page.order)


def guarded(page: ScreenPage) -> Callable[[ScreenRequest], HttpResponse]:
    """The page's view for a screen in use; anybody else is sent to where a screen is opened."""

    @wraps(page.view)
    def view(request: ScreenRequest) -> HttpResponse:
        if request.screen is None:
            return redirect(START)
        with scopes.use(request.screen.scope):
            return page.view(request)

    return never_cache(view)


def routes(pages: Iterable[ScreenPage]) -> list[URLPattern]:
    """Address patterns of a plate's screen pages."""
    return [
        address_pattern(page.address.lstrip("/"), guarded(page), name=f"screen-{page.path}") for page in pages
    ]


def frame(request: ScreenRequest) -> dict[str, Any]:
    """Context of ``screen.html``: the screen, the seconds until it has ended, its tabs as (title, address, whether it is
    this one). Raises RuntimeError where no screen is in use."""
    screen = request.screen
    if screen is None:
        raise RuntimeError("no screen is in use")
    left = math.ceil((screen.ends_at - timezone.now()).total_seconds())
    return {
        "screen": screen,
        "left_seconds": max(left, 0) + 1,
        "screen_tabs": [(page.title, page.address, page.address == request.path) for page in offered()],
    }
