"""Quality as each sees it: a district its schools, a school its work and its failing records."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import actions as ground_actions
from jizuo.ground import queries as ground_queries
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import NotFound
from jizuo.ground.pages import format
from jizuo.ground.pages.asks import Ask, Slice
from jizuo.ground.pages.charts import Chart, Series
from jizuo.ground.pages.parts import Action, Number, Progress, Tab, Todo
from jizuo.ground.pages.shell import Page, to
from jizuo.ground.pages.tables import Column, Table
from jizuo.hubs.data import sources
from jizuo.hubs.data.actions import quality_asking
from jizuo.hubs.data.actions.quality_scoring import BY_HAND
from jizuo.hubs.data.queries import quality as queries
from jizuo.hubs.data.queries.quality import SMALLEST, DatasetScore, QualityNow, UnitScore
from jizuo.hubs.data.queries.quality_failures import MENDERS, QualityTask, quality_tasks
from jizuo.hubs.data.queries.quality_rules import STEWARDS, WATCHERS
from jizuo.hubs.data.rules.quality import scoring
from jizuo.hubs.data.rules.quality.declared import DIMENSIONS, dimension_word

SEVERITIES = {
    "block": (gettext_lazy("必须改"), "zhu"), "error": (gettext_lazy("应该改"), "huang"),
    "warn": (gettext_lazy("提醒"), "lan"),
}  # fmt: skip
MOST_WORST = 10


def source_word(name: str) -> str:
    """Who wrote a record last, in words."""
    if name == BY_HAND:
        return _("在页面上录入")
    known = sources.shipped().get(name)
    return known.word if known else name


def definition() -> str:
    """What a score means."""
    return _("每 100 条记录中没有问题的条数，只有提醒的算半条；各维度平均，再各库平均")


def score_number(label: str, score: float | None, now: QualityNow, **more: Any) -> Number:
    """A score with its grade as a card."""
    grade = scoring.grade(score)
    usual: dict[str, Any] = {
        "unit": grade.word if grade else "", "decimals": 1, "definition": definition(),
        "source": scoring.scale().source, "at": now.checked_at, "tone": grade.tone if grade else "",
        "more": to("quality/report"),
    }  # fmt: skip
    return Number(label, None if score is None else round(score, 1), **(usual | more))


def tabs(current: str) -> list[Tab]:
    """The pages of quality that the acting role may open."""
    pages = (
        ("quality", _("概况"), WATCHERS | MENDERS), ("quality/rules", _("规则"), WATCHERS),
        ("quality/report", _("报告"), WATCHERS),
    )  # fmt: skip
    role = scopes.current().role
    return [Tab(word, to(where), where == current) for where, word, roles in pages if role in roles]


@never_cache
def overview(request: ActingRequest) -> HttpResponse:
    """Scores and what waits."""
    role = scopes.current().role
    if request.method == "POST":
        return cancel(request) if "cancel" in request.POST else check_now(request)
    if role == scopes.HOMEROOM_TEACHER:
        found, tasks = None, quality_tasks()
    elif role in scopes.SCHOOL_ROLES:
        both = queries.school_quality()
        found, tasks = both.now, both.tasks
    else:
        found, tasks = queries.quality_now(), []
    context: dict[str, Any] = {
        "tabs": tabs("quality"), "where": [request.unit_name], "found": found,
        "tasks": [todo(one) for one in tasks], "is_mender": role in MENDERS,
        "others": [Action(_("现在检查"), post=to("quality"))],
    }  # fmt: skip
    if tasks and role in scopes.SCHOOL_ROLES:
        context["main"] = Action(_("下载全部待改记录"), href=to("quality/failing.xlsx"), is_download=True)
    if job := request.GET.get("job"):
        context |= {"progress": progress_of(job_asked(job)), "job": job}
    if found is not None:
        context |= shown_now(request, found)
        if role not in scopes.SCHOOL_ROLES:
            context["main"] = Action(_("质量报告 PDF"), href=to("quality/report.pdf"), is_download=True)
    return render(request, "data/quality.html", context)


def check_now(request: ActingRequest) -> HttpResponse:
    """Start a check, or ask for one."""
    if scopes.current().role in STEWARDS:
        job = quality_asking.start_check()
        messages.success(request, _("开始检查。完成后这一页的分数会更新。"))
        return redirect(to(f"quality?job={job.job_id}"))
    quality_asking.ask_check()
    messages.success(request, _("已请基座检查，一两分钟后刷新这一页。"))
    return redirect(to("quality"))


def cancel(request: ActingRequest) -> HttpResponse:
    """Stop a running check at its next dataset; what was checked stays."""
    ground_actions.cancel_job(job_id=job_asked(request.POST.get("cancel", "")))
    return redirect(to("quality"))


def job_asked(text: str) -> UUID:
    """The job's number in an address. Raises NotFound."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(_("没有这个任务")) from error


def progress_of(job_id: UUID) -> Progress | None:
    """How far a check is; None once it is done."""
    job = ground_queries.job(job_id=job_id)
    if job.state == "done":
        return None
    is_over = job.state in ("failed", "cancelled")
    return Progress(
        _("正在检查数据质量"), job.percent, job.left_seconds, job.state if is_over else "running",
        "" if is_over else to(f"quality/progress/{job_id}"), detail=f"{job.error} {job.fix}".strip(),
    )  # fmt: skip


@never_cache
def progress(request: ActingRequest, job_id: UUID) -> HttpResponse:
    """The progress part again; the whole page once there are new scores."""
    part = progress_of(job_id)
    if part is None:
        answer = HttpResponse()
        answer["HX-Redirect"] = to("quality")
        return answer
    return render(request, "parts/_progress.html", {"progress": part})


def shown_now(request: ActingRequest, found: QualityNow) -> dict[str, Any]:
    """Cards, table, trend and the worst rules."""
    is_many = len(found.units) > 1
    before = next((score for _day, score in reversed(found.trend[:-4]) if score is not None), None)
    shift = None if before is None or found.score is None else round(found.score - before, 1)
    lead = score_number(
        _("综合得分"), found.score, found, shift=shift, shift_word=_("比四周前"), better="up",
        detail=_("%(n)s 条记录") % {"n": format.figure(found.records)},
    )  # fmt: skip
    return {
        "cards": [lead, *(dataset_card(one, found) for one in found.datasets)],
        "trend": trend_chart(found),
        "table": unit_table(request, found) if is_many else None,
        "worst": [worst_line(one, is_many=is_many) for one in found.worst[:MOST_WORST]],
        "is_many": is_many,
        "sources": [
            {"word": source_word(one.source), "records": one.records, "score": one.score, "grade": scoring.grade(one.score)}
            for one in found.sources
        ],
        "dimensions": dimension_rows(found),
    }  # fmt: skip


def dataset_card(one: DatasetScore, found: QualityNow) -> Number:
    """A dataset's score; the weakest dimension stands below it."""
    known = {key: part.score for key, part in one.dimensions.items() if part.score is not None}
    weakest = min(known, key=lambda key: known[key], default="")
    detail = f"{dimension_word(weakest)} {known[weakest]:.1f}" if weakest and known[weakest] < 99.95 else ""
    return score_number(one.title, one.total.score, found, detail=detail)


def dimension_rows(found: QualityNow) -> list[dict[str, Any]]:
    """Each dataset with a cell for each dimension."""
    rows = []
    for one in found.datasets:
        cells = [part.score if (part := one.dimensions.get(key)) else None for key in DIMENSIONS]
        rows.append(
            {"title": one.title, "records": one.total.records, "total": one.total.score,
             "grade": scoring.grade(one.total.score),
             "cells": [(dimension_word(key), cell, scoring.grade(cell))
                       for key, cell in zip(DIMENSIONS, cells, strict=True)]}
        )  # fmt: skip
    return rows


def trend_chart(found: QualityNow) -> Chart | None:
    """Has quality risen? None before there are two weeks to compare."""
    if sum(score is not None for _day, score in found.trend) < 2:
        return None
    return Chart(
        "quality-trend", _("这三个月数据质量有没有变好？"), "line",
        [format.table_day(day)[5:] for day, _score in found.trend],
        [Series(_("综合得分"), [None if score is None else round(score, 1) for _day, score in found.trend])],
        unit=_("分"), definition=definition(), source=scoring.scale().source, at=found.checked_at, size="short",
        decimals=1, label_head=_("日期"), floor=0, ceiling=100,
    )  # fmt: skip


def unit_table(request: ActingRequest, found: QualityNow) -> Table:
    """The schools of a district with the score of each dataset."""

    def of(dataset: str) -> Any:
        return lambda row: row.datasets.get(dataset)

    columns = [
        Column("name", _("学校"), sort=True, href=lambda row: to(f"quality/report?unit={row.unit_no}")),
        Column("grade", _("等级"), kind="tag", value=grade_word, tone=grade_tone),
        Column("score", _("综合"), kind="figure", sort=True, decimals=1),
        *(
            Column(one.dataset, one.title, kind="figure", decimals=1, value=of(one.dataset))
            for one in found.datasets
        ),
        Column("open", _("待改"), kind="figure", sort=True, value=lambda row: few(row.open)),
    ]
    ask = Ask.read(request.GET, columns, [], sort="score")
    keys = {
        "name": None,
        "score": lambda row: -1 if row.score is None else row.score,
        "open": lambda row: row.open,
    }
    key = keys[ask.sort]
    rows = sorted(found.units, key=key) if key else list(found.units)
    if ask.is_descending:
        rows = rows[::-1]
    return Table(
        "schools", _("各校得分"), columns, Slice(rows), ask, address=request.path, total=len(rows),
        total_unit=_("所"), empty=_("还没有检查过。点“现在检查”。"), is_wide=True,
    )  # fmt: skip


def few(count: int) -> Any:
    """A count of one school as its overseer may see it."""
    return _("少于 %(n)s") % {"n": SMALLEST} if 0 < count < SMALLEST else count


def grade_word(row: UnitScore) -> str:
    grade = scoring.grade(row.score)
    return grade.word if grade else ""


def grade_tone(row: UnitScore) -> str:
    grade = scoring.grade(row.score)
    return grade.tone if grade else ""


def worst_line(one: queries.WorstRule, *, is_many: bool) -> dict[str, Any]:
    """A rule with its count; a school is led to its records."""
    word, tone = SEVERITIES[one.severity]
    count = _("少于 %(n)s 条") % {"n": SMALLEST} if one.failing is None else _("%(n)s 条") % {
        "n": format.figure(one.failing)}  # fmt: skip
    place = _("%(n)s 所") % {"n": one.units} if is_many else ""
    return {
        "title": one.title, "word": word, "tone": tone, "count": count, "place": place,
        "href": to(f"quality/failing/{one.code}") if scopes.current().role in MENDERS else "",
    }  # fmt: skip


def todo(one: QualityTask) -> Todo:
    """A rule's failing records as work."""
    word, tone = SEVERITIES[one.severity]
    late = _("其中 %(n)s 条过了期限。") % {"n": one.late} if one.late else ""
    return Todo(
        _("%(rule)s：%(n)s 条没做到，%(day)s前改好") % {
            "rule": one.title, "n": format.figure(one.count), "day": format.prose_day(one.due_on)},
        _("过期") if one.late else word, "zhu" if one.late else tone, detail=f"{late}{one.fix}",
        href=to(f"quality/failing/{one.code}"), href_word=_("去改"), count=one.count,
    )  # fmt: skip


ROLES = WATCHERS | MENDERS
PAGES = (
    Page("quality", overview, gettext_lazy("数据质量"), ROLES, "data", "质", None, 40, name="quality"),
    Page("quality/progress/<uuid:job_id>", progress, gettext_lazy("数据质量"), STEWARDS, in_menu=False),
)
