"""Outside sources as people see them: the list, one source with its runs, rows put aside."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.pages.asks import Ask, Slice
from jizuo.ground.pages.parts import Action, Tab
from jizuo.ground.pages.shell import Page, to
from jizuo.ground.pages.tables import Column, Table
from jizuo.hubs.data import datasets, importers
from jizuo.hubs.data.actions import collecting, connecting
from jizuo.hubs.data.collecting import MANAGERS, SEERS, ConnectorView, Mended, RunView
from jizuo.hubs.data.connectors import kinds
from jizuo.hubs.data.queries import collecting as queries
from jizuo.hubs.data.rules import collecting as rules
from jizuo.hubs.data.tables.importer import NAME as TABLE

TITLE = gettext_lazy("数据采集")
RUN_TITLES = {
    rules.FETCHING: gettext_lazy("正在取"), rules.CHECKING: gettext_lazy("正在检查"), rules.WAITING: gettext_lazy("等人处理"),
    rules.APPLYING: gettext_lazy("正在写入"), rules.APPLIED: gettext_lazy("已写入"), rules.NOTHING: gettext_lazy("没有新内容"),
    rules.FAILED: gettext_lazy("没有取成"), rules.DISCARDED: gettext_lazy("已放弃"),
}  # fmt: skip
RUN_TONES = {
    rules.WAITING: "huang", rules.FAILED: "zhu", rules.APPLIED: "lv", rules.FETCHING: "lan", rules.CHECKING: "lan",
    rules.APPLYING: "lan",
}  # fmt: skip
REASONS = {
    collecting.SCHEDULE: gettext_lazy("按时"), collecting.HAND: gettext_lazy("手动"), collecting.MORE: gettext_lazy("接着取"),
    collecting.REPLAY: gettext_lazy("重放"), collecting.MENDED: gettext_lazy("改好的行"),
}  # fmt: skip
ASIDE_TITLES = {
    collecting.OPEN: gettext_lazy("要改的"), collecting.RETRYING: gettext_lazy("正在重试"),
    collecting.MENDED_ROW: gettext_lazy("已改好"), collecting.GONE: gettext_lazy("来源已改"),
    collecting.DISCARDED: gettext_lazy("已放弃"),
}  # fmt: skip
SIZE = 50


def state_of(one: ConnectorView) -> tuple[str, str]:
    """(words, tone) of where a source stands."""
    if one.troubles:
        return _("%(n)s 个问题") % {"n": one.troubles}, "zhu"
    if one.last_state in (rules.FAILED, rules.WAITING):
        return str(RUN_TITLES[one.last_state]), RUN_TONES[one.last_state]
    if not one.is_on:
        return _("没有打开"), ""
    return _("正常"), "lv"


def schedule_words(told: dict[str, Any]) -> str:
    """A schedule as people say it."""
    if "at" in told:
        return _("每天 %(at)s") % {"at": told["at"]}
    if "every_minutes" in told:
        return _("每 %(n)s 分钟") % {"n": told["every_minutes"]}
    return _("只手动")


def target_words(one: ConnectorView) -> str:
    """What a source's rows become."""
    if one.importer == TABLE:
        known = datasets.all_datasets().get(one.dataset)
        return known.word if known else _("还没有选")
    kind = importers.all_importers().get(one.importer)
    return str(kind.title) if kind else one.importer


def listed(request: ActingRequest) -> HttpResponse:
    """The sources in reach, with what is wrong first."""
    columns = [
        Column("title", _("来源"), href=lambda one: to(f"collect/{one.connector_id}")),
        Column("state", _("状态"), kind="tag", value=lambda one: state_of(one)[0], tone=lambda one: state_of(one)[1]),
        Column("kind", _("种类"), value=lambda one: kinds.get(one.kind).title),
        Column("target", _("进哪里"), value=target_words),
        Column("last_run_at", _("上次"), kind="moment"),
        Column("next_at", _("下次"), kind="moment"),
        Column("last_rows", _("行数"), kind="figure"),
        Column("quarantined", _("隔离"), kind="figure", value=lambda one: one.quarantined or None,
               href=lambda one: to(f"collect/{one.connector_id}/aside")),
        Column("unit_name", _("单位"), kind="short"),
    ]  # fmt: skip
    add = Action(_("接入一个来源"), href=to("collect/new")) if may_manage() else None
    table = Table(
        "collect", _("来源"), columns, Slice(queries.connectors()), Ask.read(request.GET, columns, [], sort="title"),
        address=request.path,
        empty=_("还没有接入过别的系统。学籍、教务、一卡通都可以接：数据库、接口，或者一个放文件的文件夹。"),
        empty_actions=[add] if add else [],
    )  # fmt: skip
    return render(request, "data/collect.html", {
        "table": table, "main": add, "others": [Action(_("导入任意表格"), href=to("collect/table"))],
        "troubles": queries.collect_troubles(), "may_manage": may_manage(), "where": [request.unit_name],
    })  # fmt: skip


def may_manage() -> bool:
    """Whether the acting role sets sources up."""
    return scopes.current().role in MANAGERS


def show(request: ActingRequest, connector_id: UUID) -> HttpResponse:
    """One source: where it stands, its runs, what can be done."""
    one = queries.connector(connector_id=connector_id)
    at = to(f"collect/{connector_id}")
    others = [Action(_("改设置"), href=f"{at}/edit/connection")] if may_manage() else []
    if one.quarantined:
        others.append(Action(_("隔离的 %(n)s 行") % {"n": one.quarantined}, href=f"{at}/aside"))
    if may_manage():
        verb, word = ("off", _("关掉")) if one.is_on else ("on", _("打开"))
        others.append(Action(word, post=f"{at}/do/{verb}"))
        if one.mark:
            others.append(Action(_("从头取"), opens="confirm-reset"))
        others.append(Action(_("停用"), opens="confirm-retire", tone="zhu"))
    state, tone = state_of(one)
    return render(request, "data/collect_show.html", {
        "one": one, "runs": [run_line(run) for run in queries.collect_runs(connector_id=connector_id)],
        "troubles": queries.collect_troubles(connector_id=connector_id) if one.troubles else [], "kind": kinds.get(one.kind),
        "state": state, "tone": tone, "schedule": schedule_words(one.schedule), "target": target_words(one),
        "main": Action(_("现在采集"), post=f"{at}/do/run"), "others": others, "at": at, "may_manage": may_manage(),
        "trail": [(TITLE, to("collect"))], "where": [one.unit_name, kinds.get(one.kind).title],
    })  # fmt: skip


def run_line(run: RunView) -> dict[str, Any]:
    """A run as drawn."""
    return {
        "run": run, "state": RUN_TITLES.get(run.state, run.state), "tone": RUN_TONES.get(run.state, ""),
        "reason": REASONS.get(run.reason, run.reason), "href": to(f"collect/run/{run.run_id}"),
    }  # fmt: skip


def run_page(request: ActingRequest, run_id: UUID) -> HttpResponse:
    """One run: what came, what became of it, its batch."""
    run = queries.collect_run(run_id=run_id)
    one = queries.connector(connector_id=run.connector_id)
    at = to(f"collect/{one.connector_id}")
    main = Action(_("看这一批"), href=to(f"imports/{run.batch_id}")) if run.batch_id else None
    others = []
    if run.may_replay and may_manage():
        others.append(Action(_("重放这一次"), post=f"{at}/do/replay", fields=(("run", str(run.run_id)),)))
    return render(request, "data/collect_run.html", {
        "one": one, "line": run_line(run), "run": run, "main": main, "others": others, "at": at,
        "trail": [(TITLE, to("collect")), (one.title, at)], "where": [one.unit_name],
    })  # fmt: skip


@require_POST
def do(request: ActingRequest, connector_id: UUID, verb: str) -> HttpResponse:
    """Run, switch, replay, read from the start, retire, close a trouble, give rows up."""
    at = to(f"collect/{connector_id}")
    if verb == "run":
        collecting.run_connector(connector_id=connector_id)
        messages.success(request, _("开始采集，做完会出现在下面。"))
    elif verb in ("on", "off"):
        connecting.switch_connector(connector_id=connector_id, is_on=verb == "on")
    elif verb == "replay":
        collecting.replay_run(run_id=_key(request.POST.get("run")))
        messages.success(request, _("开始重放。"))
    elif verb == "reset":
        connecting.reset_mark(connector_id=connector_id)
        messages.success(request, _("下一次会从头取。"))
    elif verb == "retire":
        connecting.retire_connector(connector_id=connector_id)
        messages.success(request, _("已停用，密码已清除；以前写入的内容不变。"))
        return redirect(to("collect"))
    elif verb == "close":
        collecting.close_trouble(trouble_id=_key(request.POST.get("trouble")))
    elif verb == "try":
        connecting.try_connector(connector_id=connector_id)
        messages.success(request, _("正在试取，几秒后刷新就能看到。"))
        return redirect(f"{at}/edit/mapping")
    else:
        raise NotFound(_("没有这个操作"))
    return redirect(at)


def _key(told: str | None) -> UUID:
    try:
        return UUID(told or "")
    except ValueError:
        raise NotFound(_("没有这一项")) from None


def aside(request: ActingRequest, connector_id: UUID) -> HttpResponse:
    """Rows put aside, mended in place."""
    one = queries.connector(connector_id=connector_id)
    at = to(f"collect/{connector_id}/aside")
    if request.method == "POST":
        settle(request, connector_id)
        return redirect(at)
    state = request.GET.get("show", collecting.OPEN)
    state = state if state in ASIDE_TITLES else collecting.OPEN
    rows = queries.quarantined_rows(connector_id=connector_id, state=state, limit=SIZE)
    return render(request, "data/collect_aside.html", {
        "one": one, "rows": [aside_line(row) for row in rows], "state": state, "is_open": state == collecting.OPEN,
        "tabs": [Tab(str(title), f"{at}?show={key}", key == state) for key, title in ASIDE_TITLES.items()],
        "trail": [(TITLE, to("collect")), (one.title, to(f"collect/{connector_id}"))], "where": [one.unit_name],
    })  # fmt: skip


def aside_line(row: Any) -> dict[str, Any]:
    """A row with its wrong cells first; a fault that names no column stands at the row."""
    wrong = {fault["column"]: fault for fault in row.faults if fault["column"] in row.cells}
    cells = [(name, text, wrong.get(name)) for name, text in row.cells.items()]
    cells.sort(key=lambda cell: cell[2] is None)
    return {
        "row": row,
        "cells": cells,
        "whole": [fault for fault in row.faults if fault["column"] not in row.cells],
    }


def settle(request: ActingRequest, connector_id: UUID) -> None:
    """Send the chosen rows again with what was typed, or give them up with the reason."""
    chosen = [_key(key) for key in request.POST.getlist("pick")]
    if request.POST.get("verb") == "discard":
        count = collecting.discard_rows(
            connector_id=connector_id, row_ids=chosen, reason=request.POST.get("reason", "")
        )
        messages.success(request, _("放弃了 %(n)s 行。") % {"n": count})
        return
    if not chosen:
        raise BadInput(_("没有选行"), problems=[Problem(_("行"), _("请在要重试的行前面打勾"))])
    held = {
        row.row_id: row for row in queries.quarantined_rows(connector_id=connector_id, limit=queries.MOST)
    }
    rows = []
    for key in chosen:
        row = held.get(key)
        if row is None:
            continue
        typed = {
            name: request.POST[f"{key}.{at}"] for at, name in enumerate(row.cells)
            if f"{key}.{at}" in request.POST and request.POST[f"{key}.{at}"] != row.cells[name]
        }  # fmt: skip
        rows.append(Mended(key, typed))
    collecting.retry_rows(connector_id=connector_id, rows=rows)
    messages.success(request, _("%(n)s 行正在重试。") % {"n": len(rows)})


def page(path: str, view: Any, roles: frozenset[str] = SEERS) -> Page:
    """A page below the list of sources."""
    return Page(f"collect/{path}", view, TITLE, roles, in_menu=False)


PAGES = (
    Page("collect", listed, TITLE, SEERS, "data", "采", None, 20, on_phone=False, name="collect"),
    page("<uuid:connector_id>", show),
    page("run/<uuid:run_id>", run_page),
    page("<uuid:connector_id>/do/<slug:verb>", do),
    page("<uuid:connector_id>/aside", aside),
)
