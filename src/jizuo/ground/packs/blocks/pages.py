"""The pages of a scene: a page of blocks, one block by itself, and the pages of a classroom screen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.files.pages import disposition
from jizuo.ground.packs.blocks import asking, portal
from jizuo.ground.packs.blocks.asking import BlockView
from jizuo.ground.pages.parts import Action, Tab
from jizuo.ground.pages.screens import ScreenPage, ScreenRequest, frame
from jizuo.ground.pages.shell import Page, to

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def drawn(block: BlockView, request: Any) -> SafeString:
    """A block as HTML; a skeleton that loads by itself where its content is still to come."""
    told: dict[str, Any] = {"part_id": f"b-{block.place}", "address": block.address, "title": block.title}
    if block.context is None:
        return mark_safe(render_to_string("ground/blocks/_lazy.html", told, request))  # noqa: S308
    template = "ground/blocks/_refusal.html" if "refusal" in block.context else block.template
    return mark_safe(render_to_string(template, told | dict(block.context), request))  # noqa: S308


def laid_out(blocks: Sequence[BlockView], request: Any) -> list[dict[str, Any]]:
    """The blocks in their order; numbers and starts that follow each other stand side by side."""
    rows: list[dict[str, Any]] = []
    for kind, group in groupby(blocks, key=lambda one: one.kind if one.kind in ("number", "form") else ""):
        parts = [drawn(one, request) for one in group]
        rows += [{"kind": kind, "parts": parts}] if kind else [{"kind": "", "parts": [one]} for one in parts]
    return rows


@never_cache
def page(request: ActingRequest, scene: str, name: str = "", place: int | None = None) -> HttpResponse:
    """A page of a scene."""
    query = request.GET if request.GET else {}
    found = asking.block_page(scene=scene, page=name, place=place, query=query)
    tabs = [Tab(title, to(f"s/{scene}/{key}"), key == found.name) for key, title in found.tabs]
    starts = [Action(title, href=to(f"s/{scene}/new/{form}")) for form, title in found.start]
    has_start = any(one.kind == "form" for one in found.blocks)
    context = {
        "title": found.title,
        "where": [request.unit_name, found.scene_title],
        "about": found.about,
        "tabs": tabs if len(tabs) > 1 else [],
        "main": starts[0] if starts and not has_start else None,
        "others": starts[1:] if not has_start else [],
        "rows": laid_out(found.blocks, request),
        "fresh": timezone.now(),
        "trail": [(_("场景"), to("scenes"))],
    }
    return render(request, "ground/scenes/page.html", context)


@never_cache
def part(request: ActingRequest, scene: str, name: str, place: int) -> HttpResponse:
    """One block: its workbook, what was posted to it, the part alone for the page's own script, else the whole page."""
    if request.method == "POST":
        return acted(request, scene, name, place)
    if "file" in request.GET:
        title, body = asking.block_file(scene=scene, page=name, place=place, query=request.GET)
        headers = {
            "Content-Disposition": disposition(title, is_shown=False),
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(body, content_type=XLSX, headers=headers)
    if request.headers.get("HX-Request"):
        block = asking.block_part(scene=scene, page=name, place=place, query=request.GET)
        return HttpResponse(drawn(block, request))
    return page(request, scene, name, place)


def acted(request: ActingRequest, scene: str, name: str, place: int) -> HttpResponse:
    """Do what was posted and go back to the page."""
    query = ""
    try:
        done = asking.block_act(scene=scene, page=name, place=place, posted=request.POST)
    except BadInput as error:
        words = [f"{one.what}。{one.fix}" for one in error.problems[:3]] or [f"{error.detail}。{error.fix}"]
        messages.error(request, " ".join(words))
    else:
        messages.success(request, done.words)
        query = done.query
    return redirect(to(f"s/{scene}/{name}/{place}?{query}" if query else f"s/{scene}/{name}"))


def screen(request: ScreenRequest) -> HttpResponse:
    """What the scenes of the school show to a class."""
    choices = portal.screen_pages()
    wanted = request.GET.get("page", "")
    chosen = next((one for one in choices if f"{one[0]}.{one[1]}" == wanted), choices[0] if choices else None)
    if wanted and (chosen is None or f"{chosen[0]}.{chosen[1]}" != wanted):
        raise NotFound(_("没有这个页面"))
    rows: list[dict[str, Any]] = []
    if chosen is not None:
        found = asking.block_page(scene=chosen[0], page=chosen[1], place=None, query={})
        rows = laid_out(found.blocks, request)
    tabs = [
        Tab(title, f"?page={scene}.{name}", chosen is not None and (scene, name) == chosen[:2])
        for scene, name, title in choices
    ]
    context = {"tabs": tabs if len(tabs) > 1 else [], "rows": rows, "title": chosen[2] if chosen else ""}
    return render(request, "ground/scenes/screen.html", {**context, **frame(request)})


PAGES = (
    Page("s/<slug:scene>/", page, gettext_lazy("场景"), scopes.ROLES, in_menu=False),
    Page("s/<slug:scene>/<slug:name>", page, gettext_lazy("场景"), scopes.ROLES, in_menu=False),
    Page("s/<slug:scene>/<slug:name>/<int:place>", part, gettext_lazy("场景"), scopes.ROLES, in_menu=False),
)
SCREENS = (ScreenPage("scenes", screen, gettext_lazy("场景"), order=60),)
