"""Setting a source up step by step: connection, query, trial and mapping, schedule; and any sheet by hand."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, DoorError, NotFound, Problem
from jizuo.ground.files import actions as files
from jizuo.ground.pages.parts import Step
from jizuo.ground.pages.shell import to
from jizuo.hubs.data import datasets, stages
from jizuo.hubs.data.actions import connecting, walk
from jizuo.hubs.data.collecting import MANAGERS, SEERS, ConnectorView
from jizuo.hubs.data.connectors import kinds
from jizuo.hubs.data.jobs.walk import batch_row
from jizuo.hubs.data.pages import mapping
from jizuo.hubs.data.pages.collecting import TITLE, page
from jizuo.hubs.data.pages.imports import as_csv
from jizuo.hubs.data.pages.imports import at as imports_at
from jizuo.hubs.data.queries import collecting as queries
from jizuo.hubs.data.queries import imports as import_queries
from jizuo.hubs.data.queries import owning
from jizuo.hubs.data.sources import SETTLED
from jizuo.hubs.data.tables import checking
from jizuo.hubs.data.tables.importer import NAME as TABLE
from jizuo.hubs.data.tables.wanted import is_open, wanted_of

STEPS = {
    "connection": gettext_lazy("连接"), "query": gettext_lazy("取什么"), "mapping": gettext_lazy("试取与对应"),
    "schedule": gettext_lazy("时间与写入"),
}  # fmt: skip
SHOWN = 500


def new(request: ActingRequest) -> HttpResponse:
    """Choose a kind of source and name it."""
    fault: DoorError | None = None
    if request.method == "POST":
        unit = request.POST.get("unit_no", "")
        try:
            connector_id = connecting.add_connector(
                kind=request.POST.get("kind", ""), title=request.POST.get("title", ""),
                unit_no=int(unit) if unit.isdecimal() else None,
            )  # fmt: skip
        except (BadInput, NotFound) as error:
            fault = error
        else:
            return redirect(to(f"collect/{connector_id}/edit/connection"))
    units = import_queries.importing_units() if len(scopes.current().units) > 1 else []
    return render(request, "data/collect_new.html", {
        "fault": fault, "kinds": kinds.KINDS.values(), "told": request.POST, "units": units,
        "unit_no": request.POST.get("unit_no", str(scopes.current().unit_no)), "trail": [(TITLE, to("collect"))],
        "where": [request.unit_name],
    }, status=fault.status if fault else 200)  # fmt: skip


def edit(request: ActingRequest, connector_id: UUID, step: str) -> HttpResponse:
    """One step of setting a source up."""
    if step not in STEPS:
        raise NotFound(_("没有这一步"))
    fault: DoorError | None = None
    if request.method == "POST":
        one = queries.connector(connector_id=connector_id)
        try:
            save(request, one, step)
        except (BadInput, Conflict) as error:
            fault = error
        else:
            return redirect(after(request, one, step))
    one = queries.connector(connector_id=connector_id)
    kind = kinds.get(one.kind)
    at = to(f"collect/{connector_id}")
    order = list(STEPS)
    steps = [
        Step(str(title), "now" if key == step else "done" if order.index(key) < order.index(step) else "ahead",
             href=f"{at}/edit/{key}")
        for key, title in STEPS.items()
    ]  # fmt: skip
    context = {
        "one": one, "kind": kind, "step": step, "steps": steps, "fault": fault, "at": at,
        "fields": [field_of(setting, one, request.POST if fault else None) for setting in kind.settings if setting.step == step],
        "trail": [(TITLE, to("collect")), (one.title, at)], "where": [one.unit_name, kind.title],
    }  # fmt: skip
    if step == "mapping":
        context |= mapping.context(one)
    if step == "schedule":
        context["sources"] = [
            (found.name, found.title) for found in owning.source_list() if found.name != SETTLED
        ]
    return render(request, "data/collect_edit.html", context, status=fault.status if fault else 200)


def field_of(setting: Any, one: ConnectorView, told: Any) -> dict[str, Any]:
    """A setting as drawn; a secret says only whether it is kept."""
    value = (told or {}).get(setting.key) if told else one.settings.get(setting.key, setting.usual)
    return {"setting": setting, "value": value or "", "is_kept": setting.key in one.secret_keys}


def save(request: ActingRequest, one: ConnectorView, step: str) -> None:
    """Write what one step asks. Raises BadInput."""
    told = request.POST
    kind = kinds.get(one.kind)
    if step in ("connection", "query"):
        asked = [setting for setting in kind.settings if setting.step == step]
        connecting.save_connector(
            connector_id=one.connector_id,
            title=told.get("title") if step == "connection" else None,
            settings={field.key: told.get(field.key, "") for field in asked if field.kind != "secret"},
            secrets={field.key: told.get(field.key, "") for field in asked if field.kind == "secret"},
        )
    elif step == "mapping":
        mapping.save(told, one)
    else:
        connecting.save_connector(
            connector_id=one.connector_id, schedule=schedule_of(request), increment=increment_of(request),
            is_full=bool(told.get("is_full")), applies_itself=bool(told.get("applies_itself")),
            source=told.get("source", "").strip(),
        )  # fmt: skip
        connecting.switch_connector(connector_id=one.connector_id, is_on=bool(told.get("is_on")))


def schedule_of(request: ActingRequest) -> dict[str, Any]:
    """The schedule as posted."""
    told = request.POST
    if told.get("when") == "at":
        return {"at": told.get("at", "")}
    if told.get("when") == "every":
        minutes = told.get("every_minutes", "")
        if not minutes.isdecimal() or len(minutes) > 6:
            raise BadInput(_("时间安排有误"), problems=[Problem(_("每隔几分钟"), _("请写整数"))])
        return {"every_minutes": int(minutes)}
    return {}


def increment_of(request: ActingRequest) -> dict[str, Any]:
    """The incremental column as posted."""
    told = request.POST
    overlap = told.get("overlap", "") or "0"
    if not overlap.isdecimal() or len(overlap) > 6:
        raise BadInput(_("重叠应是不小于 0 的整数"), problems=[Problem(_("重叠"), overlap[:20])])
    return {"column": told.get("column", ""), "overlap": int(overlap), "param": told.get("param", "")}


def after(request: ActingRequest, one: ConnectorView, step: str) -> str:
    """Where a saved step leads."""
    at = to(f"collect/{one.connector_id}")
    if request.POST.get("then") == "try":
        connecting.try_connector(connector_id=one.connector_id)
        messages.success(request, _("正在试取，几秒后刷新就能看到。"))
        return f"{at}/edit/mapping"
    if request.POST.get("then") == "stay":
        return f"{at}/edit/{step}"
    order = [*STEPS]
    place = order.index(step) + 1
    return f"{at}/edit/{order[place]}" if place < len(order) else at


def table_new(request: ActingRequest) -> HttpResponse:
    """Any sheet into any dataset that names its key: choose the dataset, bring the file."""
    fault: DoorError | None = None
    if request.method == "POST":
        try:
            batch_id = take_table(request)
        except (BadInput, Conflict, NotFound) as error:
            fault = error
        else:
            return redirect(imports_at(str(batch_id)))
    targets = [(name, found.word) for name, found in datasets.all_datasets().items() if is_open(found)]
    return render(request, "data/table_new.html", {
        "fault": fault, "targets": targets, "told": request.POST or request.GET, "trail": [(TITLE, to("collect"))],
        "where": [request.unit_name],
    }, status=fault.status if fault else 200)  # fmt: skip


def take_table(request: ActingRequest) -> UUID:
    """Keep the posted sheet and land it. Raises BadInput."""
    dataset = request.POST.get("dataset", "")
    upload, pasted = request.FILES.get("file"), request.POST.get("pasted", "").strip("\n")
    stream: Any = upload
    name = (upload.name or "") if upload else ""
    if pasted and upload is None:
        stream, name = io.BytesIO(as_csv(pasted)), f"{_('粘贴的内容')}.csv"
    if stream is None or not dataset:
        raise BadInput(
            _("还缺内容"), problems=[Problem(_("数据集和文件"), _("请选一个数据集，并选文件或粘贴"))]
        )
    ref = files.keep(stream, name=name, kind="roster", grade=datasets.SENSITIVE, owner_dataset="batch")
    return walk.land_batch(
        importer=TABLE, file_id=ref.file_id, title=ref.name, is_full=bool(request.POST.get("is_full")),
        options={"dataset": dataset},
    )  # fmt: skip


def cleaned(request: ActingRequest, batch_id: UUID) -> HttpResponse:
    """Every value that cleaning changed, with what stood there; numbers of people masked."""
    batch = import_queries.batch(batch_id=batch_id)
    found = batch_row(batch_id=batch_id)
    if not batch.options.get("cleaned") or "stage_file_sha256" not in found:
        raise NotFound(_("这一批没有改写过的值，或还没有检查完"))
    frame = stages.table(found["stage_file_sha256"], checking.ORIGINALS)
    wanted = {one.key: one for one in wanted_of(datasets.get(batch.options["dataset"]))}
    lines = []
    for row in frame.head(SHOWN).iter_rows(named=True):
        one = wanted.get(row["field"])
        is_hidden = one is not None and one.is_secret
        lines.append({
            "place": f"{row['sheet']}!{row['column']}{row['row_no']}", "field": one.title if one else row["field"],
            "was": "＊" if is_hidden else row["original"], "now": "＊" if is_hidden else row["value"],
            "steps": "、".join(str(mapping.STEP_TITLES.get(step, step)) for step in row["steps"].split()),
        })  # fmt: skip
    return render(request, "data/cleaned.html", {
        "batch": batch, "lines": lines, "total": frame.height, "more": max(frame.height - SHOWN, 0),
        "trail": [(_("名册导入"), imports_at()), (batch.title, imports_at(str(batch_id)))], "where": [batch.importer_title],
    })  # fmt: skip


PAGES = (
    page("new", new, MANAGERS),
    page("<uuid:connector_id>/edit/<slug:step>", edit, MANAGERS),
    page("table", table_new, SEERS),
    page("cleaned/<uuid:batch_id>", cleaned, SEERS),
)
