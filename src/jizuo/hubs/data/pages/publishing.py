"""A draft on its way to a table: tried on sample rows, its effects looked at, published, built."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, DoorError, NotAllowed
from jizuo.ground.pages.parts import Action, Cell, Number, ProblemRow, Progress
from jizuo.ground.pages.shell import to
from jizuo.hubs.data.actions import standards as actions
from jizuo.hubs.data.pages.drafting import at, trail_of
from jizuo.hubs.data.pages.standards import page
from jizuo.hubs.data.queries import standards as queries
from jizuo.plain.workbook import read as books
from jizuo.plain.workbook.errors import WorkbookError

MOST_FAULTS = 200


def trial(request: ActingRequest, version_id: UUID) -> HttpResponse:
    """Lay sample rows against a draft and read every fault."""
    fault: DoorError | None = None
    if request.method == "POST":
        try:
            heads, rows, first = sample_of(request)
            actions.lay_trial(version_id=version_id, heads=heads, rows=rows, first_row=first)
        except (BadInput, Conflict) as error:
            fault = error
        else:
            return redirect(at(version_id, "try"))
    version = queries.standard_version(version_id=version_id)
    found = queries.standard_trial(version_id=version_id)
    context = {
        "version": version,
        "found": found,
        "fault": fault,
        "heads": [_("字段"), _("原值")],
        "rows": [
            ProblemRow(
                _("第 %(row)s 行 %(column)s") % {"row": one.row_no, "column": one.column},
                [Cell(one.title), Cell(one.value or "—", True)],
                one.reason,
                f"→ {one.fix}{_('（是不是 %(value)s？）') % {'value': one.suggestion} if one.suggestion else ''}",
            )
            for one in found.faults[:MOST_FAULTS]
        ],
        "more": max(0, len(found.faults) - MOST_FAULTS),
        "numbers": [
            Number(_("试了"), found.rows, _("行")),
            Number(_("没有问题"), found.good, _("行"), tone="lv"),
            Number(_("要改的"), len(found.faults), _("处"), tone="zhu" if found.faults else ""),
        ],
        "pasted": request.POST.get("pasted", ""),
        "trail": [*trail_of(version), (_("草稿"), at(version_id))],
        "where": [version.number],
        "main": Action(_("看影响，发布"), href=at(version_id, "publish")) if found.rows else None,
        "others": [Action(_("回到草稿"), href=at(version_id))],
    }
    return render(request, "data/standard_trial.html", context, status=fault.status if fault else 200)


def sample_of(request: ActingRequest) -> tuple[list[str], list[list[str]], int]:
    """Headings, rows and the screen row of the first of what was pasted or uploaded. Raises BadInput."""
    file = request.FILES.get("file")
    try:
        book = (
            books.read(file.read(), file.name or "")
            if file is not None
            else books.read_pasted(request.POST.get("pasted", ""))
        )
    except WorkbookError as error:
        raise BadInput(str(error), fix=_("换一个 Excel、WPS 或 CSV 文件，或直接粘贴")) from None
    sheet = book.visible[0]
    filled = [(number, row) for number, row in enumerate(sheet.rows, 1) if any(cell.text for cell in row)]
    if len(filled) < 2:
        raise BadInput(_("没有可试的行"), fix=_("连同表头一起粘贴，至少一行数据"))
    first = filled[0][0]
    heads = [cell.text for cell in filled[0][1]]
    rows = [[cell.text for cell in row] for row in sheet.rows[first:]]
    return heads, rows, first + 1


def publish(request: ActingRequest, version_id: UUID) -> HttpResponse:
    """What a new version touches, a second look, and the publishing itself."""
    fault: DoorError | None = None
    if request.method == "POST":
        try:
            if not request.POST.get("looked"):
                raise BadInput(_("还没有确认"), fix=_("看过下面的影响，再勾上确认"))
            actions.publish_standard(version_id=version_id, seen=request.POST.get("seen", ""))
        except (BadInput, Conflict, NotAllowed) as error:
            fault = error
        else:
            messages.success(request, _("已发布，正在建表。"))
            return redirect(at(version_id, "built"))
    found = queries.standard_impact(version_id=version_id)
    version = found.version
    if version.state != "draft":
        return redirect(at(version_id, "built"))
    words = {
        "new": (_("新加"), "lv"),
        "gone": (_("去掉"), "zhu"),
        "retired": (_("停用"), "huang"),
        "changed": (_("改动"), "lan"),
    }
    context = {
        "found": found,
        "version": version,
        "fault": fault,
        "changes": [(one, *words[one.what]) for one in found.changes],
        "numbers": [
            Number(_("字段"), len(version.body.elements), _("个")),
            Number(_("触及的行"), found.rows, _("行"), tone="huang" if found.rows else ""),
            Number(_("有数据的单位"), len(found.units), _("个")),
            Number(_("在读的"), len(found.readers), _("处"), tone="huang" if found.readers else ""),
        ],
        "may_publish": not found.faults and not found.needs_other,
        "trail": [*trail_of(version), (_("草稿"), at(version_id))],
        "where": [version.number],
        "others": [
            Action(_("回到草稿"), href=at(version_id)),
            Action(_("拿样例试一试"), href=at(version_id, "try")),
        ],
    }  # fmt: skip
    return render(request, "data/standard_publish.html", context, status=fault.status if fault else 200)


def built(request: ActingRequest, version_id: UUID) -> HttpResponse:
    """What became of the table, told again every two seconds while the builder works."""
    version = queries.standard_version(version_id=version_id)
    if version.state == "draft":
        return redirect(at(version_id))
    state = {"done": "done", "refused": "failed"}.get(version.table_state, "running")
    progress = Progress(
        {
            "done": _("数据表已建好，可以用了"),
            "failed": _("建表被拒绝，什么也没有改"),
            "running": _("正在建表，通常几秒钟"),
        }[state],
        percent=100 if state == "done" else None,
        state=state,
        poll=at(version_id, "built?part=1"),
        detail=version.why,
        href=to(f"standards/of/{version.name}"),
        href_word=_("看标准"),
    )
    if request.GET.get("part") and request.headers.get("HX-Request"):
        answer = render(request, "parts/_progress.html", {"progress": progress})
        if not progress.is_live:
            answer["HX-Refresh"] = "true"
        return answer
    context = {
        "version": version,
        "progress": progress,
        "state": state,
        "faults": [line for line in version.why.splitlines() if line],
        "do": at(version_id, "do"),
        "trail": [(_("数据标准"), to("standards")), (version.body.title, to(f"standards/of/{version.name}"))],
        "where": [version.number],
        "main": Action(_("导入数据"), href=to("imports/new")) if state == "done" else None,
    }
    return render(request, "data/standard_built.html", context)


PAGES = (
    page("draft/<uuid:version_id>/try", trial),
    page("draft/<uuid:version_id>/publish", publish),
    page("draft/<uuid:version_id>/built", built),
)
