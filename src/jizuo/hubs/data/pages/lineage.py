"""A field between what feeds it and who reads it, as a picture; one value with its claims, its history and its row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.pages.shell import Page, is_open_to, to
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.pages.catalogue import trail
from jizuo.hubs.data.queries import catalogue, lineage
from jizuo.hubs.data.queries.lineage import VALUERS, FieldLineage
from jizuo.hubs.data.rules import lineage as rules


@never_cache
def field(request: ActingRequest, dataset: str, key: str) -> HttpResponse:
    """Where a field comes from and where it goes."""
    one = lineage.field_lineage(dataset=dataset, field=key)
    is_valuer = scopes.current().role in VALUERS
    records = lineage.field_records(dataset=dataset, field=key) if is_valuer else []
    context = {
        "one": one,
        "records": [
            (label or _("没有名称的记录"), to(f"lineage/{dataset}/{number}/{key}"))
            for number, label in records
        ],
        "pictures": drawn(one),
        "where": [one.dataset_title, one.field],
        "trail": trail((one.dataset_title, to(f"catalogue/{dataset}"))),
        "terms": [(title, to(f"catalogue/terms/{number}")) for number, title in one.terms],
        "is_watcher": scopes.current().role in catalogue.WATCHERS,
    }
    return render(request, "data/lineage_field.html", context)


def drawn(one: FieldLineage) -> list[rules.Picture]:
    """The picture of files, sources, the field and readers: for a wide page and for a narrow one."""
    sources = list(dict.fromkeys(came.source_title for came in one.came)) or (
        [one.owner] if one.owner else []
    )
    imports = to("imports") if is_open_to(scopes.current().role, "imports") else ""
    files = [(came.importer_title, _("%(n)s 次导入") % {"n": came.batches}, imports) for came in one.came]
    readers = [(title, _("数字"), to(f"catalogue/terms/{key}")) for key, title in one.terms]
    readers += [(title, kind, "") for kind, title in one.readers]
    middle = [(one.title, one.dataset_title, "")]
    named = [(title, _("数据源") if title == one.owner else "", "") for title in sources]
    links = [(0, at, sources.index(came.source_title)) for at, came in enumerate(one.came)]
    links += [(1, at, 0) for at in range(len(sources))]
    links += [(2, 0, at) for at in range(len(readers))]
    columns = [files, named, middle, readers]
    return [rules.picture(columns, links), rules.tall_picture(columns, links)]


@never_cache
def value(request: ActingRequest, dataset: str, record_id: UUID, key: str) -> HttpResponse:
    """One value."""
    one = lineage.value_lineage(dataset=dataset, record_id=record_id, field=key)
    may_open = scopes.current().role in IMPORTING_ROLES
    context: dict[str, Any] = {
        "one": one,
        "where": [one.label, one.dataset_title],
        "trail": trail((one.title, to(f"lineage/{dataset}/{key}"))),
        "words": [
            {"one": word, "href": to(f"imports/{word.batch_id}") if word.batch_title and may_open else ""}
            for word in one.words
        ],
        "others": [
            (title, to(f"lineage/{dataset}/{record_id}/{name}"))
            for name, title in lineage.record_fields(dataset=dataset)
            if name != key
        ],
        "origin": to(f"lineage/{dataset}/{record_id}/{key}/row"),
    }  # fmt: skip
    return render(request, "data/lineage_value.html", context)


@never_cache
def row(request: ActingRequest, dataset: str, record_id: UUID, key: str) -> HttpResponse:
    """The row of the file alone, loaded by the page of the value."""
    found = lineage.value_origin(dataset=dataset, record_id=record_id, field=key)
    return render(request, "data/_lineage_row.html", {"found": found})


def openlineage(request: ActingRequest, batch_id: UUID) -> HttpResponse:
    """A batch's lineage for machines."""
    return JsonResponse(lineage.batch_lineage(batch_id=batch_id), safe=False)


def _page(path: str, view: Any, roles: frozenset[str]) -> Page:
    return Page(f"lineage/{path}", view, gettext_lazy("来龙去脉"), roles, in_menu=False)


PAGES = (
    _page("batches/<uuid:batch_id>.json", openlineage, IMPORTING_ROLES),
    _page("<str:dataset>/<uuid:record_id>/<str:key>", value, VALUERS),
    _page("<str:dataset>/<uuid:record_id>/<str:key>/row", row, VALUERS),
    _page("<str:dataset>/<str:key>", field, catalogue.EVERYBODY),
)
