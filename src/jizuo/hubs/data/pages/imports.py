"""The list of imports, and bringing a new file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, DoorError, Problem
from jizuo.ground.files import actions as files
from jizuo.ground.pages.asks import Ask, cut
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import guest_actions, here
from jizuo.ground.pages.tables import Column, Filter, Table
from jizuo.hubs.data import datasets, importers, mends
from jizuo.hubs.data.actions import walk
from jizuo.hubs.data.queries import imports as queries
from jizuo.hubs.data.rules import walk as rules

#: Pasted rows become a file of their own, so that they are kept and checked as any other.
PASTED_MOST = 4_000_000
TONES = {
    rules.FAULTY: "zhu", rules.FAILED: "zhu", rules.READY: "huang", rules.HELD: "huang", rules.CHECKING: "lan",
    rules.APPLYING: "lan", rules.UNDOING: "lan", rules.APPLIED: "lv",
}  # fmt: skip
STATES = (
    rules.CHECKING, rules.FAULTY, rules.READY, rules.HELD, rules.APPLYING, rules.APPLIED, rules.UNDONE,
    rules.DISCARDED, rules.FAILED,
)  # fmt: skip
ENDINGS = {"roster": ".xlsx,.xls,.xlsm,.et,.csv,.txt", "oneroster": ".zip"}


def at(path: str = "") -> str:
    """The address of an import page in the acting role."""
    return here(scopes.current().grant_no or 0, f"imports/{path}".rstrip("/"))


def columns() -> list[Column]:
    """The columns of the list."""
    return [
        Column("title", _("文件"), href=lambda line: at(str(line.batch_id))),
        Column("state", _("进度"), kind="tag", value=lambda line: walk.state_title(line.state),
               tone=lambda line: TONES.get(line.state, "")),
        Column("importer_title", _("种类")),
        Column("rows_read", _("行数"), kind="figure", value=lambda line: line.rows_read or None),
        Column("new", _("新来"), kind="figure"),
        Column("changed", _("有变化"), kind="figure"),
        Column("gone", _("离开"), kind="figure"),
        Column("asked_name", _("谁"), kind="short"),
        Column("asked_at", _("何时"), kind="moment"),
    ]  # fmt: skip


def listed(request: ActingRequest) -> HttpResponse:
    """Every import of the units in reach, newest first."""
    shown = columns()
    filters = [Filter("state", _("进度"), [(state, walk.state_title(state)) for state in STATES])]
    ask = Ask.read(request.GET, shown, filters, sort="-batch_id")
    lines = queries.import_lines(
        state=ask.filters.get("state", ""),
        after=_id_of(ask.after),
        before=_id_of(ask.before),
        limit=ask.size + 1,
    )
    start = Action(_("导入新名册"), href=at("new"))
    table = Table(
        "imports", _("导入记录"), shown, cut(lines, ask, sort_key="batch_id", id_key="batch_id"), ask,
        address=request.path, filters=filters, empty=_("还没有导入过。先把学校现有的表拿来，什么样都行。"),
        empty_actions=[start],
    )  # fmt: skip
    where = [request.unit_name]
    return render(
        request,
        "data/imports.html",
        {"table": table, "main": start, "others": guest_actions("imports"), "where": where},
    )


def _id_of(cursor: tuple[Any, str] | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return UUID(cursor[1])
    except ValueError:
        raise BadInput(
            _("表格的地址有误"), problems=[Problem("after", _("翻页的位置读不出来"), _("请回到第一页再翻"))]
        ) from None


def new(request: ActingRequest) -> HttpResponse:
    """Drop a file or paste rows, say what it is, and go to its check."""
    fault: DoorError | None = None
    if request.method == "POST":
        try:
            made = take(request)
        except (BadInput, Conflict) as error:
            fault = error
        else:
            if len(made) == 1:
                return redirect(at(str(made[0])))
            messages.success(request, _("已收下 %(n)s 个文件，正在检查。") % {"n": len(made)})
            return redirect(at())
    known = importers.all_importers()
    units = queries.importing_units() if len(scopes.current().units) > 1 else []
    told = request.POST if request.method == "POST" else request.GET
    listed_kinds = ordered(known.values())
    chosen = told.get("importer") or (listed_kinds[0].name if listed_kinds else "")
    kinds = [
        {
            "name": one.name,
            "title": one.title,
            "hint": hints().get(one.name, ""),
            "switches": mends.switches_of(one.name),
            "is_chosen": one.name == chosen,
        }
        for one in listed_kinds
    ]
    context = {
        "fault": fault,
        "kinds": kinds,
        "units": units,
        "unit_no": told.get("unit_no", str(scopes.current().unit_no)),
        "is_full": bool(told.get("is_full")),
        "pasted": request.POST.get("pasted", ""),
        "accept": ",".join(dict.fromkeys(ENDINGS.get(one.file_kind, "") for one in known.values())),
        "trail": [(_("名册导入"), at())],
        "where": [request.unit_name],
    }
    return render(request, "data/new.html", context, status=fault.status if fault else 200)


def ordered(known: Iterable[Any]) -> list[Any]:
    """Importers in the order a school needs them: its own lists before exchange files."""
    first = ("pupils", "staff", "teaching")
    offered = [one for one in known if getattr(one, "is_offered", True)]
    return sorted(offered, key=lambda one: (first.index(one.name) if one.name in first else 9, one.name))


def hints() -> dict[str, str]:
    """One line for each kind of file, where its title does not say enough."""
    return {
        "pupils": _("学校自己的学生表，带监护人也行；表头不限"),
        "staff": _("教职工表；表头不限"),
        "teaching": _("任课表：行是班级，列是学科"),
        "oneroster": _("别的系统导出的 OneRoster 1.1 或 1.2 压缩包"),
    }


def take(request: ActingRequest) -> list[UUID]:
    """Keep what was posted and start its check; returns the new batches. Raises BadInput, Conflict."""
    importer = importers.all_importers().get(request.POST.get("importer", ""))
    if importer is None:
        raise BadInput(_("没有选文件的种类"), problems=[Problem(_("种类"), _("请选这是什么表"))])
    uploads: list[tuple[Any, str]] = [(file, file.name or "") for file in request.FILES.getlist("file")]
    pasted = request.POST.get("pasted", "").strip("\n")
    if pasted:
        name = _("粘贴的名单 %(at)s") % {"at": timezone.localtime().strftime("%m-%d %H.%M")}
        uploads.append((io.BytesIO(as_csv(pasted)), f"{name}.csv"))
    if not uploads:
        raise BadInput(_("没有收到文件"), problems=[Problem(_("文件"), _("请选择文件，或把表格粘贴到下面"))])
    unit_no = _unit_no(request)
    options = {key: True for key, _title in mends.switches_of(importer.name) if request.POST.get(key)}
    made = []
    for stream, name in uploads:
        ref = files.keep(
            stream,
            name=name,
            kind=importer.file_kind,
            grade=datasets.SENSITIVE,
            owner_dataset="batch",
            unit_no=unit_no,
        )
        made.append(
            walk.land_batch(
                importer=importer.name,
                file_id=ref.file_id,
                title=ref.name,
                source=getattr(importer, "source", "school"),
                is_full=bool(request.POST.get("is_full")),
                unit_no=unit_no,
                options=options,
            )
        )
    return made


def _unit_no(request: ActingRequest) -> int:
    told = request.POST.get("unit_no", "")
    return int(told) if told.isdecimal() else scopes.current().unit_no


def as_csv(pasted: str) -> bytes:
    """Tab-separated text as a CSV file. Raises BadInput for text that is no table."""
    if len(pasted) > PASTED_MOST:
        raise BadInput(_("粘贴的内容太多"), fix=_("请存成文件再上传"))
    rows = list(csv.reader(io.StringIO(pasted), delimiter="\t"))
    if len(rows) < 2 or max(map(len, rows)) < 2:
        raise BadInput(
            _("粘贴的内容不是表格"),
            problems=[Problem(_("粘贴"), _("只读到一行或一列"), _("请连同表头一起复制，至少两行两列"))],
        )
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")
