"""The part of an import's page that says which of its columns other sources hold already."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from jizuo.ground.pages.shell import Page
from jizuo.hubs.data import mends
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.queries import imports as queries


def shown(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """By source of record: titles of the columns that need not be filled in, how many records, since when."""
    batch = queries.walk_view(batch_id=batch_id, limit=1).batch
    columns = mends.columns_of(batch.importer)
    found = columns.held(batch.unit_no, batch.source) if columns and columns.held else {}
    titles = dict(columns.fields_for(batch.options)) if columns else {}
    by_source: dict[str, list[str]] = {}
    for key, one in found.items():
        by_source.setdefault(one.source_title, []).append(titles.get(key, one.title))
    lines = [
        {
            "source": source,
            "words": "、".join(words),
            "since": max(one.since for one in found.values() if one.source_title == source),
        }
        for source, words in by_source.items()
    ]
    return render(request, "data/_held.html", {"lines": lines})


PAGES = (
    Page("imports/<uuid:batch_id>/held", shown, gettext_lazy("已有的数据"), IMPORTING_ROLES, in_menu=False),
)
