"""The catalogue: searching it, one dataset, one word, the register of data assets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict
from jizuo.ground.pages.parts import Action, Number, Tab
from jizuo.ground.pages.shell import Page, is_open_to, to
from jizuo.hubs.data import codes
from jizuo.hubs.data.actions import catalogue as actions
from jizuo.hubs.data.queries import catalogue as queries
from jizuo.hubs.data.queries.catalogue import Asset, DatasetLine
from jizuo.hubs.data.rules import catalogue as rules
from jizuo.hubs.data.rules import sharing as sharing_rules
from jizuo.plain.workbook.write import ListSheet, OutColumn, write_list

SHARE_TONES = {"open": "lv", "asked": "huang", "closed": "zhu"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def tabs(current: str) -> list[Tab]:
    """The tabs of those who answer for data; none for others."""
    if scopes.current().role not in queries.WATCHERS:
        return []
    return [
        Tab(_("目录"), to("catalogue"), current == "catalogue"),
        Tab(_("数据资产登记簿"), to("catalogue/assets"), current == "assets"),
    ]


def trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way back to the catalogue, for those who may open its list, and on to (words, address)."""
    has_list = is_open_to(scopes.current().role, "catalogue")
    return [*([(_("数据目录"), to("catalogue"))] if has_list else []), *more]


def share_word(key: str) -> str:
    """The word for a share type."""
    return str(sharing_rules.TYPES.get(key, key))


def shown(line: DatasetLine) -> dict[str, Any]:
    """One dataset as the list draws it."""
    return {
        "one": line,
        "href": to(f"catalogue/{line.name}"),
        "share": (share_word(line.share_type), SHARE_TONES.get(line.share_type, "")),
        "cycle": rules.CYCLES.get(line.cycle, ""),
        "owners": "、".join(line.owners[:4]),
    }


@never_cache
def listed(request: ActingRequest) -> HttpResponse:
    """Everything there is, or what a search found."""
    text, kind = request.GET.get("q", ""), request.GET.get("kind", "")
    kind = kind if kind in rules.KINDS else ""
    context: dict[str, Any] = {
        "text": text, "address": request.path, "tabs": tabs("catalogue"), "where": [request.unit_name],
        "is_watcher": scopes.current().role in queries.WATCHERS,
    }  # fmt: skip
    if text.strip():
        answer = queries.catalogue_search(text=text, kind=kind)
        context |= {
            "count": answer.count,
            "found": [
                {"one": one, "kind": rules.KINDS[one.kind], "href": to(one.path) if one.path else ""}
                for one in answer.found
            ],
            "kinds": [Tab(_("全部"), f"{request.path}?q={text}", not kind)]
            + [
                Tab(word, f"{request.path}?q={text}&kind={key}", key == kind)
                for key, word in rules.KINDS.items()
            ],
        }
    else:
        context["lines"] = [shown(line) for line in queries.catalogue_list()]
    return render(request, "data/catalogue.html", context)


@never_cache
def dataset(request: ActingRequest, name: str) -> HttpResponse:
    """One dataset."""
    view = queries.catalogue_dataset(name=name)
    line, role = view.line, scopes.current().role
    numbers = []
    if role in queries.WATCHERS:
        numbers = [
            Number(_("行数"), line.rows, _("行"), definition=_("您的范围内、最近一次清点时的行数")),
            Number(_("质量"), line.score, _("分"), decimals=1, detail=line.stars,
                   href=to("quality") if is_open_to(role, "quality") else ""),
            Number(_("共享合约"), line.readers, _("份"), definition=_("今天有效的、与您有关的合约")),
        ]  # fmt: skip
    context = {
        "name": name,
        "shown": shown(line),
        "view": view,
        "numbers": numbers,
        "elements": [
            {
                "one": one,
                "href": to(f"lineage/{name}/{one.key}"),
                "code_table": table.name if (table := codes.tables().get(one.code_table)) else one.code_table,
                "code_href": to(f"standards/codes/{one.code_table}")
                if one.code_table and is_open_to(role, "standards/codes")
                else "",
                "rule": one.rule.replace("(to check)", _("（待核对）")),
            }
            for one in view.elements
        ],
        "terms": [(title, to(f"catalogue/terms/{key}")) for key, title in view.terms],
        "trail": trail(),
        "where": [name, line.version],
        "main": Action(_("登记为数据资产"), href=to(f"catalogue/assets?dataset={name}"))
        if role in queries.KEEPERS
        else None,
    }
    return render(request, "data/catalogue_dataset.html", context)


@never_cache
def term(request: ActingRequest, key: str) -> HttpResponse:
    """One word."""
    view = queries.catalogue_term(key=key)
    page = view.path.partition("?")[0]
    context = {
        "view": view,
        "page": to(view.path) if page and is_open_to(scopes.current().role, page) else "",
        "counts": [
            (f"{title} · {word}", to(f"lineage/{name}/{field}")) for name, title, field, word in view.counts
        ],
        "trail": trail(),
    }
    return render(request, "data/catalogue_term.html", context)


@never_cache
def assets(request: ActingRequest) -> HttpResponse:
    """The register of data assets, and entering one."""
    role, wanted = scopes.current().role, request.GET.get("dataset", "")
    may = role in queries.KEEPERS
    draft = queries.asset_draft(name=wanted) if may and wanted else None
    context = {
        "assets": [asset_shown(one) for one in queries.asset_list(with_retired="all" in request.GET)],
        "draft": draft,
        "draft_share": share_word(draft.share_type) if draft else "",
        "source": "、".join(draft.owners) if draft else "",
        "cycles": rules.CYCLES.items(),
        "may": may,
        "tabs": tabs("assets"),
        "where": [request.unit_name],
        "unit": request.unit_name,
        "others": [Action(_("导出 Excel"), href=to("catalogue/assets.xlsx"), is_download=True)],
    }
    return render(request, "data/assets.html", context)


def asset_shown(one: Asset) -> dict[str, Any]:
    """One entry of the register."""
    return {"one": one, "cycle": rules.CYCLES.get(one.cycle, one.cycle), "share": share_word(one.share_type)}


@require_POST
def asset_do(request: ActingRequest, verb: str) -> HttpResponse:
    """Enter a dataset, or take one out."""
    told = request.POST
    try:
        if verb == "register":
            number = actions.register_asset(
                dataset=told.get("dataset", ""), owner=told.get("owner", ""), steward=told.get("steward", ""),
                source=told.get("source", ""), cycle=told.get("cycle", ""), note=told.get("note", ""),
            )  # fmt: skip
            messages.success(request, _("已登记，编号 %(number)s。") % {"number": number})
        elif verb == "retire":
            actions.retire_asset(number=told.get("number", ""), reason=told.get("reason", ""))
            messages.success(request, _("已注销。"))
    except (BadInput, Conflict) as error:
        words = (
            "；".join(f"{one.where} {one.what}" for one in error.problems) or f"{error.detail} {error.fix}"
        )
        messages.error(request, words)
    return redirect(to("catalogue/assets"))


def assets_xlsx(request: ActingRequest) -> HttpResponse:
    """The register as a workbook."""
    book = assets_book(queries.asset_list(with_retired=True), request.unit_name)
    answer = HttpResponse(book, content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="data-assets.xlsx"'
    return answer


def assets_book(entries: list[Asset], unit: str) -> bytes:
    """The register as an xlsx, entries that ended too."""
    columns = [
        OutColumn("number", _("资产编号")), OutColumn("title", _("名称")), OutColumn("dataset", _("英文名")),
        OutColumn("owner", _("权属单位")), OutColumn("steward", _("管理岗位")), OutColumn("source", _("来源")),
        OutColumn("rows", _("登记时行数"), kind="number"), OutColumn("cycle", _("更新周期")),
        OutColumn("grade", _("最高级别"), kind="number"), OutColumn("share", _("共享类型")),
        OutColumn("registered_on", _("登记日期"), kind="date"), OutColumn("retired_on", _("注销日期"), kind="date"),
        OutColumn("note", _("说明")),
    ]  # fmt: skip
    rows = [
        {name: getattr(one, name) for name in Asset.__struct_fields__}
        | {"cycle": str(rules.CYCLES.get(one.cycle, one.cycle)), "share": share_word(one.share_type)}
        for one in entries
    ]
    return write_list([ListSheet(_("数据资产登记簿"), columns, rows, subtitle=unit)], landscape=True)


@require_POST
def count(request: ActingRequest) -> HttpResponse:
    """Count the rows of every dataset of the reach."""
    done = actions.count_datasets()
    messages.success(request, _("已清点 %(n)s 个数据集。") % {"n": done})
    return redirect(to("catalogue"))


def _page(path: str, view: Any, roles: frozenset[str] = queries.EVERYBODY) -> Page:
    return Page(f"catalogue/{path}", view, gettext_lazy("数据目录"), roles, in_menu=False)


PAGES = (
    Page(
        "catalogue", listed, gettext_lazy("数据目录"), queries.WATCHERS, "data", "目", order=15, on_phone=False,
        holds=("lineage",),
    ),
    _page("count", count, queries.WATCHERS),
    _page("assets", assets, queries.WATCHERS),
    _page("assets.xlsx", assets_xlsx, queries.WATCHERS),
    _page("assets/do/<slug:verb>", asset_do, queries.KEEPERS),
    _page("terms/<str:key>", term),
    _page("<str:name>", dataset),
)  # fmt: skip
