"""The quality report: a page and a PDF that a bureau can publish, of all its schools or of one.

Nobody is named, groups below ten are left out, and every number says what it means, where it is from and when it was
counted.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground import typesetting
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import NotFound
from jizuo.ground.files.pages import disposition
from jizuo.ground.pages import format
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.data import quality
from jizuo.hubs.data.pages.quality import (
    SEVERITIES,
    definition,
    dimension_rows,
    score_number,
    source_word,
    tabs,
    trend_chart,
)
from jizuo.hubs.data.queries import quality as queries
from jizuo.hubs.data.queries.quality import SMALLEST_PUBLISHED, QualityNow
from jizuo.hubs.data.queries.quality_rules import WATCHERS
from jizuo.hubs.data.rules.quality import scoring

MOST_RULES = 15


def unit_asked(request: ActingRequest) -> int | None:
    """The one school that the address names. Raises NotFound for what is no number."""
    text = request.GET.get("unit", "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise NotFound(_("没有这个单位"))
    return int(text)


@never_cache
def page(request: ActingRequest) -> HttpResponse:
    """The report as a page."""
    unit_no = unit_asked(request)
    found = queries.quality_now(unit_no=unit_no, is_published=True)
    name = found.units[0].name if len(found.units) == 1 else request.unit_name
    query = f"?unit={unit_no}" if unit_no is not None else ""
    context: dict[str, Any] = {
        "tabs": tabs("quality/report"), "where": [name], "found": found,
        "card": score_number(_("综合得分"), found.score, found), "trend": trend_chart(found),
        "dimensions": dimension_rows(found), "worst": worst_rows(found), "schools": school_rows(found),
        "scale": scoring.scale(), "definition": definition(), "least": SMALLEST_PUBLISHED,
        "main": Action(_("下载 PDF"), href=to(f"quality/report.pdf{query}"), is_download=True),
        "trail": [(_("数据质量"), to("quality"))],
    }  # fmt: skip
    return render(request, "data/quality_report.html", context)


def worst_rows(found: QualityNow) -> list[dict[str, Any]]:
    """The rules that most records fail, as published."""
    return [
        {
            "title": one.title, "dataset": quality.title_of(one.dataset), "word": str(SEVERITIES[one.severity][0]),
            "tone": SEVERITIES[one.severity][1], "failing": published(one.failing),
        }
        for one in found.worst[:MOST_RULES]
    ]  # fmt: skip


def published(count: int | None) -> str:
    """A count, or that it is too small to be told."""
    return _("少于 %(n)s") % {"n": SMALLEST_PUBLISHED} if count is None else format.figure(count)


def school_rows(found: QualityNow) -> list[dict[str, Any]]:
    """Schools in the order of their names: a report ranks nobody."""
    if len(found.units) < 2:
        return []
    return [
        {"name": one.name, "score": one.score, "grade": scoring.grade(one.score)} for one in found.units
    ]  # fmt: skip


@never_cache
def pdf(request: ActingRequest) -> HttpResponse:
    """The report set as PDF."""
    unit_no = unit_asked(request)
    found = queries.quality_now(unit_no=unit_no, is_published=True)
    name = found.units[0].name if len(found.units) == 1 else request.unit_name
    title = _("%(unit)s 数据质量报告") % {"unit": name}
    headers = {
        "Content-Disposition": disposition(f"{title} {timezone.localdate():%Y-%m-%d}.pdf", is_shown=True),
        "Cache-Control": "private, no-store",
    }  # fmt: skip
    return HttpResponse(render_pdf(found, name), content_type="application/pdf", headers=headers)


def one(score: float | None) -> str:
    """A score as printed."""
    return _("无数据") if score is None else f"{score:.1f}"


def render_pdf(found: QualityNow, unit_name: str) -> bytes:
    """The report of the units in `found` as PDF; all words and numbers are made here."""
    today = scopes.current().today
    grade = scoring.grade(found.score)
    checked = (
        timezone.localtime(found.checked_at).strftime("%Y-%m-%d %H:%M") if found.checked_at else _("无数据")
    )
    dimensions = dimension_rows(found)
    told: dict[str, Any] = {
        "title": _("数据质量报告"), "unit": unit_name, "day": format.prose_day(today), "date": today.isoformat(),
        "score": one(found.score), "grade": grade.word if grade else "",
        "records": _("共检查 %(n)s 条记录") % {"n": format.figure(found.records)},
        "heads": [_("库"), _("记录"), _("等级"), _("总分"), *(word for word, _cell, _grade in dimensions[0]["cells"])]
        if dimensions else [],
        "rows": [
            [row["title"], format.figure(row["records"]), row["grade"].word if row["grade"] else "", one(row["total"]),
             *("—" if cell is None else f"{cell:.1f}" for _word, cell, _grade in row["cells"])]
            for row in dimensions
        ],
        "trend": [[day.isoformat()[5:], one(score), -1 if score is None else round(score, 1)] for day, score in found.trend],
        "worst": [[row["title"], row["dataset"], row["word"], row["failing"]] for row in worst_rows(found)],
        "schools": [[row["name"], one(row["score"]), row["grade"].word if row["grade"] else ""] for row in school_rows(found)],
        "sources": [[source_word(some.source), format.figure(some.records), one(some.score)] for some in found.sources],
        "grades": "，".join(f"{some.word} {_('不低于')} {some.least:g}" for some in scoring.scale().grades),
        "notes": [
            _("得分：%(what)s。") % {"what": definition()},
            _("等级与维度的依据：%(source)s。") % {"source": scoring.scale().source},
            _("数据来自基座各库，按规则逐条检查；最近一次检查 %(at)s。") % {"at": checked},
            _("少于 %(n)s 条的数不公布；本报告不列任何人的姓名，不排学校的名次。") % {"n": SMALLEST_PUBLISHED},
        ],
        "labels": {
            "score": _("综合得分"), "trend": _("三个月的变化"), "libraries": _("各库得分"), "worst": _("问题最多的规则"),
            "schools": _("各校得分"), "sources": _("按谁写入"), "notes": _("说明"),
            "rule": _("要满足什么"), "library": _("库"), "severity": _("程度"), "failing": _("做不到的记录"),
            "school": _("学校"), "points": _("得分"), "grade": _("等级"), "source": _("谁写入的"), "records": _("记录"),
            "grades": _("等级"), "none": _("没有。"),
        },
    }  # fmt: skip
    source = typesetting.template("jizuo.hubs.data", "templates/data/print/quality.typ")
    return typesetting.set_pdf(source, told)


PAGES = (
    Page("quality/report", page, gettext_lazy("质量报告"), WATCHERS, in_menu=False),
    Page("quality/report.pdf", pdf, gettext_lazy("质量报告"), WATCHERS, in_menu=False),
)
