"""The yearly turn: preview, apply, undo, for one school and for a district; large classes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import queries as ground_queries
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import Conflict, NotFound
from jizuo.ground.pages.parts import Action, Number, Progress, Tab
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.organisation import turns
from jizuo.hubs.organisation.actions import turning
from jizuo.hubs.organisation.pages.classes import LARGE
from jizuo.hubs.organisation.pages.same_people import words_of
from jizuo.hubs.organisation.queries import large_classes
from jizuo.hubs.organisation.queries import moving as moving_queries
from jizuo.hubs.organisation.queries import turning as queries
from jizuo.hubs.organisation.queries.turning import TURNERS, WATCHERS, TurnState, UnitTurn
from jizuo.plain.school_year import SchoolYear

STATES = {
    turning.WAITING: gettext_lazy("排队中"), turning.RUNNING: gettext_lazy("正在升级"),
    turning.APPLIED: gettext_lazy("已升级"), turning.UNDOING: gettext_lazy("正在撤销"),
    turning.UNDONE: gettext_lazy("已撤销"), turning.FAILED: gettext_lazy("没有成功"),
    turning.SKIPPED: gettext_lazy("跳过"),
}  # fmt: skip
TONES = {turning.APPLIED: "lv", turning.FAILED: "zhu", turning.SKIPPED: "huang", turning.UNDONE: ""}
VERDICTS = {
    turns.UP: gettext_lazy("升级"), turns.CROSSES: gettext_lazy("升入下一学段"), turns.LEAVES: gettext_lazy("毕业"),
    turns.NEXT: gettext_lazy("本校升学，等分班"), turns.NEW: gettext_lazy("新生班"),
    turns.UNKNOWN: gettext_lazy("不动"),
}  # fmt: skip
VERDICT_TONES = {turns.LEAVES: "huang", turns.NEXT: "huang", turns.CROSSES: "lan", turns.UNKNOWN: "zhu"}
LOTS = {
    turns.GRADUATES: gettext_lazy("毕业"), turns.GOES: gettext_lazy("本校升学"), turns.STAYS: gettext_lazy("休学，保留"),
    turns.REPEATS: gettext_lazy("留级"), turns.HOME: gettext_lazy("借读期满"), "": gettext_lazy("没有班级"),
}  # fmt: skip
LIVE = (turning.WAITING, turning.RUNNING, turning.UNDOING)


def tabs(current: str) -> list[Tab]:
    """The pages of moving up and leaving that the acting role may open."""
    role = scopes.current().role
    found = [
        ("moving", _("异动"), moving_queries.READERS),
        ("turning", _("升级"), WATCHERS),
        ("graduates", _("毕业"), moving_queries.OFFICE),
        ("missing", _("控辍保学"), moving_queries.OFFICE | moving_queries.DISTRICT),
        ("large-classes", _("大班额"), WATCHERS),
    ]
    shown = [Tab(word, to(path), path == current) for path, word, roles in found if role in roles]
    return shown if len(shown) > 1 else []


def asked_year(request: ActingRequest) -> SchoolYear:
    """The school year of the address."""
    told = request.GET.get("year") or request.POST.get("year") or ""
    usual = turns.default_year(scopes.current().today)
    return SchoolYear(int(told)) if told.isdecimal() and abs(int(told) - usual.first) <= 1 else usual


def progress_of(turn: TurnState, year: SchoolYear) -> Progress | None:
    """How far the job of a turn is; None when none is under way."""
    if turn.state not in LIVE or turn.job_id is None:
        return None
    words = _("正在撤销升级") if turn.state == turning.UNDOING else _("正在升级")
    poll = to(f"turning/{turn.turn_id}/progress?year={year.first}")
    try:
        job = ground_queries.job(job_id=turn.job_id)
    except NotFound:
        return Progress(words, state="waiting", poll=poll)
    detail = f"{job.done:,} / {job.total:,} {job.unit_word}" if job.total else ""
    if job.state in ("failed", "cancelled"):
        return Progress(words, job.percent, None, job.state, detail=f"{job.error} {job.fix}".strip())
    return Progress(words, job.percent, job.left_seconds, "running", poll, detail=detail)


def years(year: SchoolYear, path: str = "turning") -> list[Tab]:
    """This turn and the next one, to look ahead."""
    usual = turns.default_year(scopes.current().today)
    return [
        Tab(_("升入 %(year)s") % {"year": one}, to(f"{path}?year={one.first}"), one == year)
        for one in (usual, usual.shift(1))
    ]


def numbers_of(plans: list[UnitTurn]) -> list[Number]:
    """What the turn does, in four numbers."""

    def total(name: str) -> int:
        return sum(plan.total(name) for plan in plans)

    up = sum(one.verdict in (turns.UP, turns.CROSSES) for plan in plans for one in plan.classes)
    ending = sum(len(plan.ending) for plan in plans)
    return [
        Number(_("升级的班"), up, _("个"), definition=_("班名随学年自动变化，不新建、不改动。")),
        Number(_("结束的班"), ending, _("个"), definition=_("读完本学段最后一年的班，升级后关闭。")),
        Number(_("毕业"), total("graduates"), _("人"), definition=_("学籍在本校、随班毕业的学生，含借出就读的。")),
        Number(
            _("留下等分班"), total("goes") + total("stays") + total("repeats"), _("人"),
            definition=_("本校升入下一学段、休学保留和留级的学生。"),
        ),
    ]  # fmt: skip


def why_not(year: SchoolYear, turn: TurnState | None) -> str:
    """Why the turn cannot be applied now; '' when it can."""
    if turn is not None and turn.state in (*LIVE, turning.APPLIED):
        return str(STATES[turn.state])
    if not turns.is_due(year, scopes.current().today):
        return _("%(year)s 年 6 月 1 日起可以升级") % {"year": year.first}
    return ""


@never_cache
def page(request: ActingRequest) -> HttpResponse:
    """The turn of the acting school, or of every school of a district."""
    scope = scopes.current()
    if scope.role in queries.DISTRICT_TURNERS or scope.role == scopes.DISTRICT_LEADER:
        return district(request)
    return school(request, scope.unit_no)


def school(request: ActingRequest, unit_no: int) -> HttpResponse:
    """Preview, state and result of one school's turn."""
    year = asked_year(request)
    plan, names = queries.turn_page(unit_no=unit_no, school_year=year.first)
    turn = plan.turn
    is_applied = turn is not None and turn.state == turning.APPLIED
    may = scopes.current().role in TURNERS
    because = plan.skipped or why_not(year, turn)
    context = {
        "plan": plan, "because": because, "turn": turn, "year": year, "tabs": tabs("turning"), "years": years(year),
        "where": [plan.unit_name, _("升入 %(year)s") % {"year": year}],
        "numbers": [] if is_applied else numbers_of([plan]),
        "grades": [
            {"grade": one, "word": VERDICTS[one.verdict], "tone": VERDICT_TONES.get(one.verdict, "")}
            for one in queries.grades(plan.classes)
        ],
        "groups": groups_of(plan, names),
        "progress": progress_of(turn, year) if turn else None,
        "state": STATES[turn.state] if turn else "", "tone": TONES.get(turn.state, "lan") if turn else "",
        "main": Action(_("升级"), opens="confirm", because=because) if may and not is_applied else None,
        "others": [Action(_("撤销升级"), opens="undo", tone="zhu")] if may and is_applied else [],
        "receipt": receipt_of(turn) if turn else [],
    }  # fmt: skip
    return render(request, "organisation/turning.html", context)


def groups_of(plan: UnitTurn, names: list[queries.Named]) -> list[dict[str, Any]]:
    """The names class by class."""
    titles: dict[UUID | None, str] = {one.class_id: one.before for one in plan.ending}
    found: dict[UUID | None, list[Any]] = {}
    for one in names:
        is_plain = one.lot in (turns.GRADUATES, turns.GOES)
        found.setdefault(one.class_id, []).append(
            {"name": one.name, "lot": LOTS[one.lot], "is_plain": is_plain}
        )
    return [
        {"title": titles.get(key, "") or _("没有班级"), "people": people} for key, people in found.items()
    ]


def receipt_of(turn: TurnState) -> list[tuple[str, int]]:
    """What a turn did, in words and numbers."""
    words = {
        "schools": _("升级的学校"), "skipped": _("跳过的学校"), "failed": _("没有成功的学校"), "graduates": _("毕业"),
        "loans_over": _("借读期满"), "waiting": _("等分班"), "repeats": _("留级"), "classes": _("结束的班"),
        "guardians": _("随孩子离开的家长"), "sessions": _("新学年学期"),
    }  # fmt: skip
    return [(word, turn.receipt[key]) for key, word in words.items() if key in turn.receipt]


def district(request: ActingRequest) -> HttpResponse:
    """Every school with what its turn does, and the state of the district's own."""
    scope = scopes.current()
    year = asked_year(request)
    told = request.GET.get("unit", "")
    if told.isdecimal():
        return school(request, int(told))
    plans, turn = queries.district_page(school_year=year.first)
    is_applied = turn is not None and turn.state == turning.APPLIED
    may = scope.role in queries.DISTRICT_TURNERS
    rows = [
        {
            "plan": plan, "up": sum(one.verdict in (turns.UP, turns.CROSSES) for one in plan.classes),
            "ending": len(plan.ending), "graduates": plan.total("graduates"),
            "waiting": plan.total("goes") + plan.total("stays") + plan.total("repeats"),
            "state": STATES[plan.turn.state] if plan.turn else "", "tone": TONES.get(plan.turn.state, "lan") if plan.turn else "",
            "reason": plan.skipped or (plan.turn.reason if plan.turn else ""),
            "href": to(f"turning?unit={plan.unit_no}&year={year.first}"),
        }
        for plan in plans
    ]  # fmt: skip
    context = {
        "rows": rows, "because": why_not(year, turn), "turn": turn, "year": year, "tabs": tabs("turning"), "years": years(year),
        "where": [_("%(n)s 所学校") % {"n": len(plans)}, _("升入 %(year)s") % {"year": year}],
        "numbers": [] if is_applied else numbers_of([plan for plan in plans if not plan.skipped]),
        "progress": progress_of(turn, year) if turn else None,
        "state": STATES[turn.state] if turn else "", "tone": TONES.get(turn.state, "lan") if turn else "",
        "main": Action(_("全区升级"), opens="confirm", because=why_not(year, turn)) if may and not is_applied else None,
        "others": [Action(_("撤销全区升级"), opens="undo", tone="zhu")] if may and is_applied else [],
        "receipt": receipt_of(turn) if turn else [],
        "skipped": sum(bool(plan.skipped) for plan in plans),
    }  # fmt: skip
    return render(request, "organisation/turning_district.html", context)


def apply(request: ActingRequest) -> HttpResponse:
    """Start the turn of the acting school, of a named one, or of the district."""
    year = asked_year(request)
    back = redirect(to(f"turning?year={year.first}"))
    if request.method != "POST":
        return back
    told = request.POST.get("unit", "")
    try:
        if told == "all":
            turning.start_district_turn(school_year=year.first)
        else:
            turning.start_turn(
                unit_no=int(told) if told.isdecimal() else None,
                school_year=year.first,
                effect=request.POST.get("effect", ""),
            )
            back = redirect(to(f"turning?year={year.first}" + (f"&unit={told}" if told.isdecimal() else "")))
    except Conflict as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("已开始升级，做完会显示在这里。"))
    return back


def undo(request: ActingRequest, turn_id: UUID) -> HttpResponse:
    """Start taking a turn back."""
    found = queries.turn_state(turn_id=turn_id)
    own = found.unit_no == scopes.current().unit_no
    back = redirect(to(f"turning?year={found.school_year}" + ("" if own else f"&unit={found.unit_no}")))
    if request.method != "POST":
        return back
    try:
        turning.start_undo(turn_id=turn_id)
    except Conflict as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("已开始撤销。"))
    return back


@never_cache
def progress(request: ActingRequest, turn_id: UUID) -> HttpResponse:
    """The progress part again; the page is loaded anew when the turn has come on."""
    found = queries.turn_state(turn_id=turn_id)
    shown = progress_of(found, SchoolYear(found.school_year))
    if shown is None or shown.state in ("failed", "cancelled"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "parts/_progress.html", {"progress": shown})


@never_cache
def large(request: ActingRequest) -> HttpResponse:
    """Classes above the standard size, the largest first."""
    found = large_classes.large_classes()
    context = {
        "rows": [{"one": one, "word": LARGE[one.level][0], "tone": LARGE[one.level][1]} for one in found],
        "tabs": tabs("large-classes"),
        "has_units": len(scopes.current().units) > 1,
        "where": [request.unit_name, _("%(n)s 个班") % {"n": len(found)}],
    }
    return render(request, "organisation/large_classes.html", context)


PAGES = (
    Page("turning", page, gettext_lazy("升级"), WATCHERS, in_menu=False),
    Page("turning/apply", apply, gettext_lazy("升级"), TURNERS, in_menu=False),
    Page("turning/<uuid:turn_id>/undo", undo, gettext_lazy("撤销升级"), TURNERS, in_menu=False),
    Page("turning/<uuid:turn_id>/progress", progress, gettext_lazy("升级进度"), WATCHERS, in_menu=False),
    Page("large-classes", large, gettext_lazy("大班额"), WATCHERS, in_menu=False),
)
