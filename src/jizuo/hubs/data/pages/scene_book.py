"""The rows of a scene as a workbook: what a unit takes along."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground.acting import ActingRequest
from jizuo.ground.files.pages import disposition
from jizuo.ground.packs.actions import MANAGERS
from jizuo.ground.packs.blocks.pages import XLSX
from jizuo.ground.pages.shell import Page
from jizuo.hubs.data.queries.scene_book import scene_book


@never_cache
def book(request: ActingRequest, scene: str) -> HttpResponse:
    """Every row that the acting role reads over its whole unit."""
    body = scene_book(scene=scene)
    name = f"{request.unit_short_name or request.unit_name} {scene} {timezone.localdate():%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": disposition(name, is_shown=False), "Cache-Control": "private, no-store"}
    return HttpResponse(body, content_type=XLSX, headers=headers)


PAGES = (Page("scenes/of/<slug:scene>/rows.xlsx", book, gettext_lazy("带走数据"), MANAGERS, in_menu=False),)
