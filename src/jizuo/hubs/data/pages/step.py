"""One import on its walk: progress, faults, who is new, changed and gone, whose word stays, what can be done next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.pages import parts
from jizuo.ground.pages.parts import Action, Number, Progress, Tab
from jizuo.ground.pages.shell import is_open_to, to
from jizuo.ground.queries import JobView
from jizuo.hubs.data import datasets, mends, owners
from jizuo.hubs.data.actions import walk
from jizuo.hubs.data.actions.previewing import MOST_BESIDE
from jizuo.hubs.data.actions.touching import PEOPLE
from jizuo.hubs.data.pages.imports import TONES, at
from jizuo.hubs.data.queries import imports as queries
from jizuo.hubs.data.queries.imports import FieldChange
from jizuo.hubs.data.rules import walk as rules
from jizuo.hubs.data.shapes import BatchView, ProblemView
from jizuo.hubs.data.tables.importer import NAME as TABLE

SIZE = 50
#: The views of what a file would do; see `BatchChange.verdict`.
CHANGES = ("new", "changed", "gone", "heard")
LIVE = frozenset({rules.LANDED, rules.CHECKING, rules.APPLYING, rules.UNDOING})
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PREVIEWED = frozenset({rules.READY, rules.HELD, rules.APPLYING, rules.APPLIED, rules.UNDOING, rules.UNDONE})


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
        verdict=wanted if wanted in CHANGES else "",
        after=after,
        limit=SIZE + 1,
    )
    batch = found.batch
    tally = queries.people_counts(batch.counts, batch.options.get(PEOPLE, {}))
    tabs = tabs_of(batch, tally)
    view = wanted if any(tab_key == wanted for tab_key, _tab in tabs) else (tabs[0][0] if tabs else "")
    if view in (*CHANGES, "warn") and view != wanted:
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
        "is_cut": view == "heard" and more is None and beside_count(batch) > MOST_BESIDE,
        "most_beside": MOST_BESIDE,
        "conflicts": to("owners/conflicts") if is_open_to(scopes.current().role, "owners/conflicts") else "",
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
            ("heard", _("说法不同"), beside_count(batch)),
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
        f"{datasets.get(name).word} {one.get('changed', 0):,}" for name, one in batch.counts.items()
        if one.get("changed") and name in datasets.all_datasets()
    ]  # fmt: skip
    new, changed, gone = (
        [f"{title} {count:,}" for title, count in kinds_of(batch, key)] for key in ("new", "changed", "gone")
    )
    return [
        card("new", new_word, _("文件里有、本校现在没有的"), "　".join(new)),
        card("changed", _("有变化"), _("两边都有、某一项不同的"), "　".join(changed or parts_of[:3])),
        card(
            "gone", gone_word, _("本校现在有、文件里没有的；只在文件列出全部时才算"),
            "　".join(gone) if batch.is_full else _("文件没有声明列出全部，缺的不算"),
        ),
        Number(
            _("要改的"), batch.problems if batch.state not in (rules.LANDED, rules.CHECKING) else None, _("处"),
            f"{href}?show=error" if batch.problems else "", _("不改好就不能写入的地方；一处都不改，其余各行也不会写入"),
            batch.title, batch.asked_at,
            fault_detail(batch),
            tone="zhu" if batch.problems else "",
        ),
    ]  # fmt: skip


def kinds_of(batch: BatchView, verdict: str) -> list[tuple[str, int]]:
    """(title, count) of each kind of person that is new, changed or gone, as the preview counted them."""
    told = batch.options.get(PEOPLE, {}).get(verdict, {})
    known = mends.people()
    return (
        [(str(title), told[kind]) for kind, title in known.kinds.items() if told.get(kind)] if known else []
    )


def who_of(batch: BatchView, verdict: str, count: int) -> str:
    """Whom a verdict is about: 学生 3 人、家长 12 人; the bare count where kinds are not told."""
    kinds = [_("%(kind)s %(n)s 人") % {"kind": title, "n": f"{n:,}"} for title, n in kinds_of(batch, verdict)]
    return "、".join(kinds) or _("%(n)s 人") % {"n": f"{count:,}"}


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


def heard_count(batch: BatchView) -> int:
    """Records that keep the word of another source, of which this file says something."""
    return sum(one.get("heard", 0) for one in batch.counts.values())


def beside_count(batch: BatchView) -> int:
    """Records of which the file says another word than the one that stays, as far as the preview has counted them."""
    return sum(
        max(one.get("heard", 0), one.get("beside", 0)) for one in batch.counts.values() if one.get("beside")
    )


def heard_words(batch: BatchView) -> str:
    """What a source says of records whose values stay those of another; '' where there is none."""
    heard = heard_count(batch)
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
        said.append(_("新来 %(who)s") % {"who": who_of(batch, "new", tally["new"])})
    if tally.get("changed"):
        said.append(_("%(who)s的信息有变化") % {"who": who_of(batch, "changed", tally["changed"])})
    if tally.get("gone"):
        said.append(_("%(who)s将离开") % {"who": who_of(batch, "gone", tally["gone"])})
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
        words = _("清洗改写的 %(n)s 处") % {"n": f"{batch.options['cleaned']:,}"}
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
