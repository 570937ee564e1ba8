"""The queue of people who may be one: side by side, merge, keep apart, take a merge back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import queries as ground_queries
from jizuo.ground.errors import BadInput, Conflict, DoorError
from jizuo.ground.pages.admin import job_progress
from jizuo.ground.pages.parts import Tab
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.data.actions import matching as match_actions
from jizuo.hubs.data.codes import name_of
from jizuo.hubs.data.matching import offers, words
from jizuo.hubs.data.queries import matching as match_queries
from jizuo.hubs.data.queries.matching import MatchRunView
from jizuo.hubs.organisation.actions import merging
from jizuo.hubs.organisation.actions.merging import APART, IS_MERGED, OPEN, STEWARDS, Pair, Side
from jizuo.hubs.organisation.alike import REASON
from jizuo.hubs.organisation.mends import KINDS
from jizuo.hubs.organisation.queries.family import number_title

REASONS = {
    "number_name_differs": gettext_lazy("同一个证件号，两处姓名不同"),
    "number_met_again": gettext_lazy("同一个证件号在另一单位出现"),
    "same_name": gettext_lazy("同一单位里有同名的人，凭名单分不清"),
    "two_numbers": gettext_lazy("名单里的两个号码分属两人"),
    "number_of_another": gettext_lazy("名单里的号码，登记在另一人名下"),
    "guardian_number": gettext_lazy("名单里家长的证件号，登记在另一人名下"),
    "guardian_of_one_child": gettext_lazy("同一个孩子的家长，两处同名"),
    "guardian_name_phone": gettext_lazy("两处的家长姓名、电话都相同"),
    REASON: gettext_lazy("没有共同号码，逐项比对后很像同一人"),
}
STATES = {OPEN: gettext_lazy("待比对"), IS_MERGED: gettext_lazy("已合并"), APART: gettext_lazy("不是同一人")}


def lines(pair: Pair) -> list[dict[str, Any]]:
    """The two people row by row; a row that differs is marked."""
    sides = [one for one in (pair.left, pair.right) if one is not None]
    found = []
    for title, read in (
        (_("姓名"), lambda one: one.name),
        (_("曾用名"), lambda one: one.former_name),
        (_("性别"), lambda one: name_of("sex", one.sex)),
        (_("出生日期"), lambda one: one.birth_on.isoformat() if one.birth_on else ""),
        (_("民族"), lambda one: name_of("ethnic", one.ethnic)),
        (_("证件"), numbers_of),
        (_("电话"), lambda one: f"＊＊＊{one.phone_tail}" if one.phone_tail else ""),
        (_("监护人"), lambda one: "、".join(one.guardians)),
        (_("在哪里"), places_of),
        (_("基座号"), lambda one: one.base_no),
    ):
        cells = [read(one) or "" for one in sides]
        is_fact = title not in (_("在哪里"), _("基座号"))
        differs = is_fact and len(set(filter(None, cells))) > 1
        found.append({"title": title, "cells": cells, "differs": differs})
    return found


def numbers_of(one: Side) -> str:
    """Document numbers by their end."""
    return "、".join(f"{number_title(kind)} ＊＊＊{tail}" for kind, tail in one.numbers)


def places_of(one: Side) -> str:
    """Where a person is or was."""
    return "；".join(
        f"{unit} {KINDS.get(role, role)} {begin}—{end or _('今')}"
        for unit, role, begin, end, _no in one.places
    )


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """One page of the queue."""
    state = request.GET.get("state", OPEN)
    state = state if state in STATES else OPEN
    after = asked_id(request.GET.get("after", ""))
    pairs, has_more, count = merging.pair_list(state=state, after=after)
    context = {
        "state": state,
        "tabs": [Tab(word, to(f"same-people?state={key}"), key == state) for key, word in STATES.items()],
        "pairs": [
            {"pair": pair, "why": REASONS.get(pair.reason, pair.reason), "lines": lines(pair),
             "is_one": pair.left_id == pair.right_id, "said": said(pair)} for pair in pairs
        ],
        "latest": to("same-people/latest"),
        "count": count,
        "next": to(f"same-people?state={state}&after={pairs[-1].pair_id}") if has_more else "",
    }  # fmt: skip
    return render(request, "organisation/same_people.html", context)


def said(pair: Pair) -> dict[str, Any] | None:
    """How likely a compared pair is, what speaks for it and what against; None for a pair that was not compared."""
    if pair.probability is None:
        return None
    speaks, against = words.reasons(pair.levels)
    # Never "100 %": a person decides.
    return {"percent": min(99.9, int(pair.probability * 1000) / 10), "for": speaks, "against": against}


def ran(run: MatchRunView) -> dict[str, Any]:
    """The latest search: its progress while it runs, else what it came to."""
    shown = None
    if run.job_id is not None and run.state in ("waiting", "running", "cancelling"):
        shown = replace(job_progress(ground_queries.job(job_id=run.job_id)), poll=to("same-people/progress"))
    return {"run": run, "progress": shown}


@never_cache
def latest(request: HttpRequest) -> HttpResponse:
    """Beginning a search, and what the latest came to: loaded by the page of the queue."""
    runs = match_queries.match_runs(limit=1)
    kinds = [(kind, one.title) for kind, one in offers.all_offers().items()]
    context = {"kinds": kinds, "run": ran(runs[0]) if runs else None}
    return render(request, "organisation/_same_people_run.html", context)


@never_cache
def progress(request: HttpRequest) -> HttpResponse:
    """How far the latest search is; asked by the page itself."""
    runs = match_queries.match_runs(limit=1)
    shown = ran(runs[0])["progress"] if runs else None
    if shown is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "parts/_progress.html", {"progress": shown})


def search(request: HttpRequest) -> HttpResponse:
    """Begin a search."""
    if request.method == "POST":
        try:
            match_actions.start_matching(kind=request.POST.get("kind", ""))
            messages.success(request, _("开始比对。找到的会列在这里，由您确认。"))
        except (BadInput, Conflict) as error:
            messages.error(request, words_of(error))
    return redirect(to("same-people"))


def asked_id(text: str) -> UUID | None:
    """An id of the address; None without one. Raises BadInput for what is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadInput(_("地址有误"), fix=_("请回到第一页")) from None


def act(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Merge into the chosen side, keep apart, or undo."""
    back = redirect(to("same-people"))
    if request.method != "POST":
        return back
    verb = request.POST.get("act", "")
    try:
        if verb == "apart":
            merging.keep_apart(pair_id=pair_id)
            messages.success(request, _("已记下：不是同一人。"))
        elif verb == "undo":
            merging.undo_merge(pair_id=pair_id)
            messages.success(request, _("已撤销合并，两人又分开了。"))
        elif verb == "merge":
            keep_id = asked_id(request.POST.get("keep", ""))
            if keep_id is None:
                raise BadInput(_("没有选留下哪一个"), fix=_("请选左边或右边"))
            merging.merge(pair_id=pair_id, keep_id=keep_id)
            messages.success(request, _("已合并，需要时可以在“已合并”里撤销。"))
    except (BadInput, Conflict) as error:
        messages.error(request, words_of(error))
    return back


def words_of(error: DoorError) -> str:
    """A refusal in one line."""
    problem = error.problems[0] if error.problems else None
    return f"{problem.what}。{problem.fix}" if problem else f"{error.detail}。{error.fix}"


PAGES = [
    Page(
        "same-people",
        page,
        gettext_lazy("疑似同一人"),
        STEWARDS,
        group="people",
        icon="同",
        order=50,
        on_phone=False,
    ),
    Page("same-people/latest", latest, gettext_lazy("查找同一人"), STEWARDS, in_menu=False),
    Page("same-people/progress", progress, gettext_lazy("查找同一人"), STEWARDS, in_menu=False),
    Page("same-people/search", search, gettext_lazy("查找同一人"), STEWARDS, in_menu=False),
    Page("same-people/<uuid:pair_id>", act, gettext_lazy("比对"), STEWARDS, in_menu=False),
]
