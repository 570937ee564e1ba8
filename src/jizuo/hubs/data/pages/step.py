"""One import on its walk: progress, faults mended in place, who is new, changed and gone, receipt, undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jizuo.ground import actions as ground_actions
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.files import pages as file_pages
from jizuo.ground.files import store
from jizuo.ground.pages import parts
from jizuo.ground.pages.parts import Action, Number, Progress, Sheet, Tab
from jizuo.ground.pages.shell import to
from jizuo.ground.queries import JobView
from jizuo.hubs.data import datasets, mends, owners
from jizuo.hubs.data.actions import walk
from jizuo.hubs.data.pages.imports import TONES, at
from jizuo.hubs.data.queries import imports as queries
from jizuo.hubs.data.queries.imports import FieldChange, Walk
from jizuo.hubs.data.rules import walk as rules
from jizuo.hubs.data.shapes import BatchView, Patch, ProblemView
from jizuo.hubs.data.tables.importer import NAME as TABLE
from jizuo.plain.workbook import mark as marking
from jizuo.plain.workbook.comments import Mark

#: A patch of this column leaves the whole row out.
WHOLE_ROW = "*"
SIZE = 50
LIVE = frozenset({rules.LANDED, rules.CHECKING, rules.APPLYING, rules.UNDOING})
PREVIEWED = frozenset({rules.READY, rules.HELD, rules.APPLYING, rules.APPLIED, rules.UNDOING, rules.UNDONE})
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def owner_word(owner: str) -> str:
    """Who owns a value, as people say it."""
    short = {"register": _("学籍系统"), "school": _("学校"), "family": _("家长本人")}
    return short.get(owner) or owners.word_of(owner)


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A fault as drawn. options: what the text may mean; is_hidden: what stood there is masked, so a new value is
    typed into an empty field; may_type: the cell can be mended here; may_drop: the row can be left out."""

    fault: ProblemView
    place: str
    options: Sequence[str]
    is_hidden: bool
    may_type: bool
    may_drop: bool


def show(request: ActingRequest, batch_id: UUID) -> HttpResponse:
    """The page of one batch."""
    wanted = request.GET.get("show", "")
    after = _after(request)
    found = queries.walk_view(
        batch_id=batch_id,
        severity="warn" if wanted == "warn" else "error",
        verdict=wanted if wanted in ("new", "changed", "gone") else "",
        after=after,
        limit=SIZE + 1,
    )
    batch = found.batch
    tally = queries.people_counts(batch.counts)
    tabs = tabs_of(batch, tally)
    view = wanted if any(tab_key == wanted for tab_key, _tab in tabs) else (tabs[0][0] if tabs else "")
    if view in ("new", "changed", "gone", "warn") and view != wanted:
        found = queries.walk_view(
            batch_id=batch_id, severity="warn" if view == "warn" else "error",
            verdict="" if view == "warn" else view, after=after, limit=SIZE + 1,
        )  # fmt: skip
    changes = found.changes
    faults = found.problems[:SIZE] if view in ("error", "warn") else []
    more = _more(view, faults, len(found.problems), changes)
    context = {
        "batch": batch,
        "walk": found,
        "state": walk.state_title(batch.state),
        "state_tone": TONES.get(batch.state, ""),
        "steps": steps_of(batch),
        "progress": progress_of(batch, found.job) if batch.state in LIVE else None,
        "numbers": numbers_of(batch, tally),
        "tabs": [Tab(tab.label, f"{request.path}?show={key}", key == view, tab.count) for key, tab in tabs],
        "view": view,
        "view_title": next((tab.label for key, tab in tabs if key == view), ""),
        "lines": fault_lines(batch, faults),
        "switches": [
            {"key": key, "title": title, "is_on": bool(batch.options.get(key))}
            for key, title in mends.switches_of(batch.importer)
        ],
        "changes": [_shown(change) for change in changes if more is None or change.ordinal <= more],
        "more": "" if more is None else f"{request.path}?show={view}&after={more}",
        "main": main_action(batch, tally),
        "others": other_actions(batch),
        "confirm": effect_words(batch, tally) or heard_words(batch),
        "undo_words": _("没有被再次修改的内容会回到导入之前；之后又改过的留在原处，并列在回执里。"),
        "may_be_held": batch.state in (rules.READY, rules.HELD),
        "has_columns": mends.columns_of(batch.importer) is not None,
        "may_approve": not found.is_mine,
        "where": where_of(batch),
        "trail": [(_("名册导入"), at())],
        "undo": (batch.receipt or {}).get("undo"),
        "is_nothing": bool((batch.receipt or {}).get("is_nothing")),
        "notes": [*batch.options.get("notes", []), *filter(None, [heard_words(batch)])],
    }
    return render(request, "data/step.html", context)


def _after(request: ActingRequest) -> int:
    told = request.GET.get("after", "")
    if told and not told.lstrip("-").isdecimal():
        raise BadInput(_("翻页的位置读不出来"), problems=[Problem("after", told[:20], _("请回到第一页再翻"))])
    return int(told) if told else -1


def _more(view: str, faults: Sequence[ProblemView], read: int, changes: list[FieldChange]) -> int | None:
    """The ordinal to go on after, None on the last page. One more than a page was read to know."""
    if view in ("error", "warn"):
        return faults[-1].ordinal if read > SIZE else None
    ordinals = list(dict.fromkeys(change.ordinal for change in changes))
    return ordinals[SIZE - 1] if len(ordinals) > SIZE else None


def _shown(change: FieldChange) -> dict[str, Any]:
    return {"change": change, "owner": owner_word(change.owner) if change.owner else ""}


def tabs_of(batch: BatchView, tally: dict[str, int]) -> list[tuple[str, Tab]]:
    """What can be looked at now, the most pressing first; a view without rows is left out."""
    found: list[tuple[str, Any, int]] = []
    if batch.problems:
        found.append(("error", _("要改的"), batch.problems))
    if batch.state in PREVIEWED:
        found += [
            ("changed", _("有变化"), tally.get("changed", 0)),
            ("gone", words_of(batch)[1], tally.get("gone", 0)),
            ("new", words_of(batch)[0], tally.get("new", 0)),
        ]
    found.append(("warn", _("提醒"), batch.warnings))
    return [(key, Tab(label, "", count=count)) for key, label, count in found if count]


def fault_lines(batch: BatchView, faults: Sequence[ProblemView]) -> list[FaultLine]:
    """The faults with what can be done about each."""
    options: dict[str, Sequence[str]] = {}
    lines = []
    for fault in faults:
        choose = mends.choice_for(fault.code)
        if choose and fault.code not in options:
            options[fault.code] = choose(batch.unit_no, scopes.current().today).options
        is_cell = bool(
            fault.row_no and fault.column.isalpha() and fault.field and batch.importer != "oneroster"
        )
        place = f"{fault.sheet or fault.file}!{fault.column}{fault.row_no or ''}"
        lines.append(
            FaultLine(
                fault, place, options.get(fault.code, ()) if fault.value else (), "*" in fault.value,
                is_cell and fault.code not in ("doubtful_column", "unused_column", "forbidden_column", "no_column"),
                bool(fault.row_no and is_cell and fault.severity == "error"),
            )
        )  # fmt: skip
    return lines


def steps_of(batch: BatchView) -> Sequence[parts.Step]:
    """Where the batch stands on the walk."""
    step, is_stuck = {
        rules.LANDED: ("check", False), rules.CHECKING: ("check", False), rules.FAULTY: ("preview", True),
        rules.READY: ("preview", False), rules.HELD: ("approve", True), rules.APPLYING: ("apply", False),
        rules.APPLIED: ("done", False), rules.UNDOING: ("receipt", False), rules.UNDONE: ("done", False),
        rules.DISCARDED: ("preview", True), rules.FAILED: ("check", True),
    }[batch.state]  # fmt: skip
    receipt = {"receipt": at(f"{batch.batch_id}/receipt")} if batch.receipt else {}
    return parts.walk(step, is_stuck=is_stuck, hrefs=receipt)


def numbers_of(batch: BatchView, tally: dict[str, int]) -> list[Number]:
    """The four cards. Before the preview nobody knows who is new: 无数据, never 0."""
    href = at(str(batch.batch_id))
    wait = _("改好后算出") if batch.state == rules.FAULTY else ""
    known = batch.state in PREVIEWED
    new_word, gone_word, unit = words_of(batch)

    def card(key: str, label: Any, definition: Any, detail: Any = "") -> Number:
        value = tally.get(key, 0) if known else None
        return Number(
            label, value, unit if known else "", f"{href}?show={key}" if value else "", definition, batch.title,
            batch.asked_at, detail if known else wait,
        )  # fmt: skip

    parts_of = [
        f"{datasets.get(name).title} {one.get('changed', 0):,}" for name, one in batch.counts.items()
        if one.get("changed") and name in datasets.all_datasets()
    ]  # fmt: skip
    return [
        card("new", new_word, _("文件里有、本校现在没有的")),
        card("changed", _("有变化"), _("两边都有、某一项不同的"), "　".join(parts_of[:3])),
        card(
            "gone", gone_word, _("本校现在有、文件里没有的；只在文件列出全部时才算"),
            "" if batch.is_full else _("文件没有声明列出全部，缺的不算"),
        ),
        Number(
            _("要改的"), batch.problems if batch.state not in (rules.LANDED, rules.CHECKING) else None, _("处"),
            f"{href}?show=error" if batch.problems else "", _("不改好就不能写入的地方；一处都不改，其余各行也不会写入"),
            batch.title, batch.asked_at,
            fault_detail(batch),
            tone="zhu" if batch.problems else "",
        ),
    ]  # fmt: skip


def words_of(batch: BatchView) -> tuple[str, str, str]:
    """What comes, what goes and what is counted: people of a roster, records of any other sheet."""
    if batch.importer == TABLE:
        return _("新增"), _("结束"), _("条")
    return _("新来"), _("离开"), _("人")


def fault_detail(batch: BatchView) -> str:
    """What the faults mean, or how many remarks there are."""
    if batch.problems:
        return _("改好前，其余行也不会写入")
    return _("提醒 %(n)s 处") % {"n": batch.warnings} if batch.warnings else ""


def heard_words(batch: BatchView) -> str:
    """What a source says of records whose values stay those of another; '' where there is none."""
    heard = sum(one.get("heard", 0) for one in batch.counts.values())
    if not heard or batch.state not in PREVIEWED:
        return ""
    return _("%(n)s 条记录的现值不变：这个来源的说法记在旁边，与现值不同的列入“不一致”") % {"n": f"{heard:,}"}


def effect_words(batch: BatchView, tally: dict[str, int]) -> str:
    """The effect of an apply in words: the confirmation names it."""
    said = []
    if batch.importer == TABLE:
        for key, words in (
            ("new", _("新增 %(n)s 条")),
            ("changed", _("%(n)s 条有变化")),
            ("gone", _("%(n)s 条结束")),
        ):
            if tally.get(key):
                said.append(words % {"n": f"{tally[key]:,}"})
        return "，".join(said)
    if tally.get("new"):
        said.append(_("新来 %(n)s 人") % {"n": f"{tally['new']:,}"})
    if tally.get("changed"):
        said.append(_("%(n)s 人的信息有变化") % {"n": f"{tally['changed']:,}"})
    if tally.get("gone"):
        said.append(_("%(n)s 人将离开") % {"n": f"{tally['gone']:,}"})
    return "，".join(said)


def main_action(batch: BatchView, tally: dict[str, int]) -> Action | None:
    """The one thing to do next."""
    if batch.state == rules.FAULTY:
        return Action(
            _("改好 %(n)s 处后可应用") % {"n": batch.problems}, because=_("先改好下面标红的地方，再重新检查")
        )
    if batch.state == rules.READY:
        return Action(_("应用这一批"), opens="confirm-apply")
    if batch.state == rules.HELD:
        return Action(_("批准"), opens="confirm-approve")
    if batch.state == rules.APPLIED:
        return Action(_("看回执"), href=at(f"{batch.batch_id}/receipt"))
    if batch.state == rules.FAILED:
        return Action(_("重新检查"), post=at(f"{batch.batch_id}/do/recheck"))
    return None


def other_actions(batch: BatchView) -> list[Action]:
    """The rest of what can be done now."""
    base = at(str(batch.batch_id))
    found = []
    if batch.raw_file and (batch.problems or batch.warnings) and batch.importer != "oneroster":
        found.append(Action(_("下载标注好的原表"), href=f"{base}/marked.xlsx", is_download=True))
    if batch.options.get("cleaned") and batch.state in PREVIEWED:
        words = _("清洗改写的 %(n)s 处") % {"n": batch.options["cleaned"]}
        found.append(Action(words, href=to(f"collect/cleaned/{batch.batch_id}")))
    if batch.state in (rules.READY, rules.HELD):
        found.append(Action(_("重新检查"), post=f"{base}/do/recheck"))
    if batch.state in (rules.FAULTY, rules.READY, rules.HELD, rules.FAILED):
        found.append(Action(_("放弃"), opens="confirm-discard"))
    if batch.state == rules.APPLIED and not (batch.receipt or {}).get("is_nothing"):
        found.append(Action(_("撤销这次导入"), opens="confirm-undo", tone="zhu"))
    return found


def where_of(batch: BatchView) -> list[Any]:
    """Kind and size of the file, under the title."""
    found: list[Any] = [batch.importer_title]
    if batch.rows_read:
        found.append(_("%(n)s 行") % {"n": f"{batch.rows_read:,}"})
    if batch.is_full:
        found.append(_("列出全部人员"))
    return found


def progress_of(batch: BatchView, job: JobView | None) -> Progress:
    """How far the job of a batch is. A job that ended while its batch still waits has failed on the way."""
    base = at(str(batch.batch_id))
    words = {
        rules.LANDED: _("正在收下"), rules.CHECKING: _("正在检查每一行"), rules.APPLYING: _("正在写入"),
        rules.UNDOING: _("正在撤销"),
    }[batch.state]  # fmt: skip
    if job is None:
        return Progress(words, state="waiting", poll=f"{base}/progress")
    detail = f"{job.done:,} / {job.total:,} {job.unit_word}" if job.total else ""
    if job.state in ("failed", "cancelled"):
        return Progress(
            words, job.percent, None, job.state, detail=f"{job.error} {job.fix}".strip() or detail
        )
    state = "running" if job.state in ("done", "cancelling") else job.state
    cancel = f"{base}/do/stop" if batch.state == rules.CHECKING else ""
    return Progress(words, job.percent, job.left_seconds, state, f"{base}/progress", cancel, detail=detail)


def progress(request: ActingRequest, batch_id: UUID) -> HttpResponse:
    """The progress part again; when the job has brought the batch on, the page is loaded anew."""
    found = queries.walk_view(batch_id=batch_id, limit=1)
    if found.batch.state not in LIVE or (found.job and found.job.state in ("failed", "cancelled")):
        return HttpResponse(headers={"HX-Refresh": "true"})
    shown = {"progress": progress_of(found.batch, found.job)}
    return render(request, "parts/_progress.html", shown)


@require_POST
def mend(request: ActingRequest, batch_id: UUID) -> HttpResponse:
    """Take what was typed, chosen, accepted or left out, remember choices, check again."""
    batch = queries.batch(batch_id=batch_id)
    patches, chosen = posted_patches(request)
    for code, text, meant in chosen:
        choose = mends.choice_for(code)
        if choose is None:
            continue
        choice = choose(batch.unit_no, scopes.current().today)
        if meant not in choice.options:
            raise BadInput(_("选的不在列表里"), problems=[Problem(text, meant[:40], _("请重新选一项"))])
        walk.remember(
            kind="value", importer=batch.importer, key=choice.key_of(text), value=meant, unit_no=batch.unit_no
        )
    switches = {
        key: bool(request.POST.get(f"switch.{key}"))
        for key, _title in mends.switches_of(batch.importer)
        if request.POST.get("has_switches")
    }
    is_turned = any(bool(batch.options.get(key)) != value for key, value in switches.items())
    if not patches and not chosen and not is_turned:
        messages.info(request, _("没有改动。请在标红的格里填写，或点“采用”。"))
        return redirect(at(str(batch_id)))
    walk.mend_batch(batch_id=batch_id, patches=patches, options=switches or None)
    return redirect(at(str(batch_id)))


def posted_patches(request: ActingRequest) -> tuple[list[Patch], list[tuple[str, str, str]]]:
    """(patches, choices): the cells that differ from what stood there, and (fault code, text, meant) of what was
    chosen. A button 采用 or 不要这一行 names its line by number. Raises BadInput for a form that is not ours."""
    told = request.POST
    names = ("sheet", "row", "column", "was", "value", "suggestion", "code", "choice")
    lines = list(zip(*(told.getlist(name) for name in names), strict=False))
    if any(len(told.getlist(name)) != len(lines) for name in names):
        raise BadInput(_("表单不完整"), fix=_("请刷新页面后再改"))
    take, drop = told.get("take", ""), told.get("drop", "")
    patches: list[Patch] = []
    chosen: list[tuple[str, str, str]] = []
    for number, (sheet, row, column, was, value, suggestion, code, choice) in enumerate(lines):
        if not row.isdecimal():
            continue
        if drop == str(number):
            patches.append(Patch(sheet, int(row), WHOLE_ROW, ""))
        elif choice or (take == str(number) and suggestion and mends.choice_for(code)):
            chosen.append((code, was, choice or suggestion))
        elif take == str(number) and suggestion:
            patches.append(Patch(sheet, int(row), column, suggestion))
        elif value != was and not (value == "" and "*" in was):
            patches.append(Patch(sheet, int(row), column, value.strip()))
    return patches, list(dict.fromkeys(chosen))


@require_POST
def do(request: ActingRequest, batch_id: UUID, verb: str) -> HttpResponse:
    """Apply, approve, discard, recheck, undo, stop or retry."""
    if verb == "apply":
        walk.apply_batch(batch_id=batch_id)
    elif verb == "approve":
        walk.approve_batch(batch_id=batch_id)
        messages.success(request, _("已批准，现在可以应用。"))
    elif verb == "discard":
        walk.discard_batch(batch_id=batch_id)
        messages.success(request, _("已放弃，没有写入任何内容；原表仍留作记录。"))
        return redirect(at())
    elif verb == "recheck":
        walk.recheck_batch(batch_id=batch_id)
    elif verb == "undo":
        walk.undo_batch(batch_id=batch_id)
    elif verb in ("stop", "retry"):
        job_id = queries.batch(batch_id=batch_id).job_id
        if job_id is None:
            raise NotFound(_("没有正在进行的任务"))
        (ground_actions.cancel_job if verb == "stop" else ground_actions.retry_job)(job_id=job_id)
    else:
        raise NotFound(_("没有这个操作"))
    return redirect(at(str(batch_id)))


def receipt(request: ActingRequest, batch_id: UUID) -> HttpResponse:
    """What was written, by whom, from which file; printable."""
    found: Walk = queries.walk_view(batch_id=batch_id, limit=1)
    batch = found.batch
    if not batch.receipt:
        raise NotFound(_("还没有回执"), fix=_("应用之后才有回执"))
    known = datasets.all_datasets()
    lines = [
        {"title": known[name].title if name in known else name, **counts}
        for name, counts in batch.receipt.get("counts", {}).items()
        if any(counts.get(key) for key in ("new", "changed", "gone", "conflicts"))
    ]
    kept = [
        {"title": next((one.title for one in known.values() if one.table == table), table), "label": label}
        for table, _id, label in (batch.receipt.get("undo") or {}).get("kept", [])
    ]
    context = {
        "batch": batch,
        "walk": found,
        "lines": lines,
        "kept": kept,
        "undo": batch.receipt.get("undo"),
        "sheet": Sheet(
            _("导入回执"), request.unit_name, str(batch.batch_id)[-12:], request.user.display_name
        ),
        "trail": [(_("名册导入"), at()), (batch.title, at(str(batch_id)))],
    }  # fmt: skip
    return render(request, "data/receipt.html", context)


def marked(request: ActingRequest, batch_id: UUID) -> HttpResponse:
    """The workbook as it came, its bad cells red with what is wrong beside them."""
    _batch, opened, problems = queries.raw_of(batch_id=batch_id)
    data = b"".join(store.current().open(opened.sha256))
    marks = [
        Mark(one.sheet, one.row_no, one.column if one.column.isalpha() else "", f"{one.reason}。{one.fix}".strip("。"))
        for one in problems
        if one.row_no and one.sheet
    ]  # fmt: skip
    body = marking.mark(data, opened.name, marks)
    name = f"{opened.name.rsplit('.', 1)[0]}（{_('已标注')}）.xlsx"
    return HttpResponse(
        body,
        content_type=XLSX,
        headers={
            "Content-Disposition": file_pages.disposition(name, is_shown=False),
            "Cache-Control": "private, no-store",
        },
    )


def raw(request: ActingRequest, batch_id: UUID) -> HttpResponseBase:
    """The file as it came."""
    _batch, opened, _problems = queries.raw_of(batch_id=batch_id)
    return file_pages.serve(request, opened)
