"""One source per field: who is believed, where sources differ, who may speak, and what was remembered."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, DoorError, NotFound
from jizuo.ground.pages.parts import Tab
from jizuo.ground.pages.shell import Page, to
from jizuo.ground.shapes import JobRef
from jizuo.hubs.data import codes, datasets, sources
from jizuo.hubs.data.actions import owning, settling
from jizuo.hubs.data.actions.owning import STEWARDS
from jizuo.hubs.data.actions.settling import SETTLERS, Group
from jizuo.hubs.data.queries import conflicts, imports
from jizuo.hubs.data.queries import owning as queries
from jizuo.hubs.data.queries.conflicts import ConflictGroup
from jizuo.hubs.data.queries.lineage import VALUERS
from jizuo.hubs.data.queries.owning import READERS
from jizuo.hubs.data.rules.settling import CAUSES, VERDICTS

GROUP_KEYS = ("dataset", "field", "owner", "source", "cause", "held", "claimed")
TONES = {"writing": "lv", "part": "lan", "sign": "huang", "date": "huang", "other": "zhu"}


def tabs(current: str) -> list[Tab]:
    """The views of one source per field that the acting role may open."""
    views = (
        ("owners", _("字段归属"), READERS), ("owners/conflicts", _("不一致"), SETTLERS),
        ("owners/rules", _("记住的做法"), SETTLERS), ("owners/sources", _("数据来源"), READERS),
    )  # fmt: skip
    role = scopes.current().role
    return [Tab(word, to(where), where == current) for where, word, roles in views if role in roles]


def masters() -> list[tuple[str, str]]:
    """(name, title) of the datasets that keep what each source says."""
    return [(name, one.word) for name, one in sorted(datasets.all_datasets().items()) if one.is_master]


@never_cache
def listed(request: ActingRequest) -> HttpResponse:
    """Who is believed about each field of a dataset."""
    choices = masters()
    chosen = request.GET.get("dataset") or (choices[0][0] if choices else "")
    fields = queries.owned_fields(dataset=chosen) if chosen else []
    context = {
        "tabs": tabs("owners"), "where": [request.unit_name], "choices": choices, "chosen": chosen,
        "fields": fields, "missing": sum(not one.owner for one in fields),
        "may_change": scopes.current().role in STEWARDS,
    }  # fmt: skip
    return render(request, "data/owners.html", context)


@never_cache
def change(request: ActingRequest) -> HttpResponse:
    """Name another owner: first the effect, then the change."""
    asked = request.POST if request.method == "POST" else request.GET
    dataset, name = asked.get("dataset", ""), asked.get("field", "")
    element = owning.owned_field(dataset, name)
    context: dict[str, Any] = {
        "dataset": datasets.get(dataset), "field": element, "asked": asked, "where": [request.unit_name],
        "sources": [one for one in queries.source_list() if one.name != sources.SETTLED],
        "units": imports.importing_units(), "back": to(f"owners?dataset={dataset}"),
    }  # fmt: skip
    status = 200
    if request.method == "POST":
        try:
            given: dict[str, Any] = {
                "dataset": dataset, "field": name, "source": asked.get("source", ""), "unit_no": number(asked.get("unit")),
            }  # fmt: skip
            if asked.get("act") == "apply":
                ref = owning.set_owner(
                    **given, begin_on=day(asked.get("begin_on")), reason=asked.get("reason", "")
                )
                messages.success(
                    request,
                    _("已改。正在按各来源说过的重算，完成后页面上的值随之更新。")
                    if ref
                    else _("已登记，到那一天起生效。"),
                )
                return redirect(context["back"])
            context["effect"] = queries.owner_effect(**given)
        except BadInput as error:
            context["fault"], status = error, 422
    return render(request, "data/owner_change.html", context, status=status)


def number(text: str | None) -> int | None:
    """A unit number typed or chosen; None for none."""
    return int(text) if text and text.isdigit() else None


def day(text: str | None) -> date | None:
    """A day of a form; None when left empty. Raises BadInput."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        what = _("应为日期，如 2026-09-01")
        raise BadInput(what, problems=[]) from None


@never_cache
def end(request: ActingRequest, line_id: UUID) -> HttpResponse:
    """End a line of the register."""
    try:
        owning.end_owner(line_id=line_id, reason=request.POST.get("reason", ""))
        messages.success(request, _("已撤回，正在重算。"))
    except BadInput as error:
        messages.error(request, f"{error.detail}：{error.problems[0].what}")
    return redirect(to(f"owners?dataset={request.POST.get('dataset', '')}"))


@never_cache
def grouped(request: ActingRequest) -> HttpResponse:
    """Open differences by cause."""
    if request.method == "POST":
        return settle(request)
    found = conflicts.conflict_groups(dataset=request.GET.get("dataset", ""))
    context = {
        "tabs": tabs("owners/conflicts"), "where": [request.unit_name], "choices": masters(),
        "chosen": request.GET.get("dataset", ""), "total": sum(one.count for one in found),
        "groups": [group_of(one) for one in found], "verdicts": VERDICTS,
    }  # fmt: skip
    return render(request, "data/conflicts.html", context)


def group_of(one: ConflictGroup) -> dict[str, Any]:
    """A group as a line of the page."""
    query = f"dataset={one.dataset}&field={one.field}&owner={one.owner}&source={one.source}&cause={one.cause}"
    return {
        "one": one, "cause": CAUSES.get(one.cause, one.cause), "tone": TONES.get(one.cause, ""),
        "href": to(f"owners/conflicts/list?{query}"),
    }  # fmt: skip


def settle(request: ActingRequest) -> HttpResponse:
    """Decide a group, or one line of it; then back to where the reader was."""
    post = request.POST
    back = post.get("back") or to("owners/conflicts")
    if not back.startswith(to("owners/")):
        back = to("owners/conflicts")
    try:
        if "one" in post:
            one = UUID(post["one"])
            if post.get("verdict") == "reopen":
                settling.reopen_conflict(conflict_id=one)
            else:
                settling.settle_conflict(conflict_id=one, verdict=post.get("verdict", ""))
            messages.success(request, _("已处理。"))
        else:
            done = settling.settle_group(
                group=Group(**{key: post.get(key, "") for key in GROUP_KEYS}),
                verdict=post.get("verdict", ""),
                remember="remember" in post,
                reason=post.get("reason", ""),
            )
            messages.success(
                request,
                _("正在处理，可到任务里看进度。")
                if isinstance(done, JobRef)
                else _("已处理 %(n)s 处。") % {"n": done},
            )
    except ValueError:
        messages.error(request, _("没有这一处不一致"))
    except DoorError as error:
        messages.error(request, f"{error.detail} {error.fix}".strip())
    return redirect(back)


@never_cache
def lines(request: ActingRequest) -> HttpResponse:
    """The differences of one group, one by one."""
    if request.method == "POST":
        return settle(request)
    asked = {key: request.GET.get(key, "") for key in GROUP_KEYS[:5]}
    state = request.GET.get("state", "open")
    after = request.GET.get("after")
    try:
        at = UUID(after) if after else None
    except ValueError:
        raise NotFound() from None
    page = conflicts.conflict_list(
        dataset=asked["dataset"], field=asked["field"], owner=asked["owner"], said_by=asked["source"],
        cause=asked["cause"], state=state, after=at,
    )  # fmt: skip
    element = datasets.get(asked["dataset"]).fields[asked["field"]]
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    words = {one.name: one.title for one in queries.source_list()}
    group = next(
        (
            one
            for one in conflicts.conflict_groups(dataset=asked["dataset"])
            if (one.field, one.owner, one.source, one.cause) == tuple(asked[key] for key in GROUP_KEYS[1:5])
        ),
        None,
    )
    context = {
        "where": [request.unit_name], "title": element.word, "asked": asked, "lines": page.rows, "group": group,
        "owner": words.get(asked["owner"], asked["owner"]), "source": words.get(asked["source"], asked["source"]),
        "cause": CAUSES.get(asked["cause"], ""), "state": state, "query": query,
        "may_settle": settling.may_settle(asked["owner"], scopes.current().role),
        "next": to(f"owners/conflicts/list?{query}&state={state}&after={page.next}") if page.next else "",
        "may_trace": scopes.current().role in VALUERS,
        "here": to(f"owners/conflicts/list?{query}&state={state}"), "verdicts": VERDICTS,
        "codes": element.code_table in codes.tables(),
        "states": [Tab(word, to(f"owners/conflicts/list?{query}&state={key}"), key == state) for key, word in (
            ("open", _("待处理")), ("settled", _("已裁定")), ("withdrawn", _("已一致")))],
        "trail": [(_("不一致"), to("owners/conflicts"))],
    }  # fmt: skip
    return render(request, "data/conflict_list.html", context)


@never_cache
def remembered(request: ActingRequest) -> HttpResponse:
    """Remembered ways to settle, each of which can be forgotten."""
    if request.method == "POST":
        try:
            settling.end_rule(rule_id=UUID(request.POST.get("rule", "")))
            messages.success(request, _("已停用。以后同样的不一致会再问。"))
        except (ValueError, NotFound):
            messages.error(request, _("没有这一条做法，请刷新页面"))
        return redirect(to("owners/rules"))
    rules = [
        {"one": one, "cause": CAUSES.get(one.cause, ""), "verdict": VERDICTS[one.verdict]}
        for one in conflicts.settle_rules()
    ]
    context = {"tabs": tabs("owners/rules"), "where": [request.unit_name], "rules": rules}
    return render(request, "data/settle_rules.html", context)


@never_cache
def spoken(request: ActingRequest) -> HttpResponse:
    """Who may speak; a steward adds a source."""
    context: dict[str, Any] = {
        "tabs": tabs("owners/sources"), "where": [request.unit_name], "posted": request.POST,
        "kinds": [(key, word) for key, word in sources.KINDS.items() if key != "decision"],
        "may_add": scopes.current().role in STEWARDS,
    }  # fmt: skip
    status = 200
    if request.method == "POST":
        post = request.POST
        try:
            owning.add_source(
                name=post.get("name", "").strip(), title=post.get("title", ""), english=post.get("english", ""),
                kind=post.get("kind", ""), rank=number(post.get("rank")) or 500,
            )  # fmt: skip
            messages.success(request, _("已登记。"))
            return redirect(to("owners/sources"))
        except DoorError as error:
            context["fault"], status = error, 422
    context["sources"] = [
        {"one": one, "kind": sources.KINDS.get(one.kind, one.kind)} for one in queries.source_list()
    ]
    return render(request, "data/sources.html", context, status=status)


def _below(path: str, view: Any, roles: frozenset[str]) -> Page:
    return Page(f"owners/{path}", view, gettext_lazy("一数一源"), roles, in_menu=False)


PAGES = (
    Page("owners", listed, gettext_lazy("一数一源"), READERS, "data", "源", order=30, name="owners"),
    _below("change", change, STEWARDS),
    _below("lines/<uuid:line_id>/end", end, STEWARDS),
    _below("conflicts", grouped, SETTLERS),
    _below("conflicts/list", lines, SETTLERS),
    _below("rules", remembered, SETTLERS),
    _below("sources", spoken, READERS),
)
