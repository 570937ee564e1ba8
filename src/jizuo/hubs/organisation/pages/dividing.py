"""The draw of classes: the rule, the frozen list, the seed before witnesses, the lists, and the same draw again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, NotAllowed
from jizuo.ground.pages.parts import Action, Sheet
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.organisation import intakes
from jizuo.hubs.organisation.actions import dividing as actions
from jizuo.hubs.organisation.actions import dividing_apply
from jizuo.hubs.organisation.importers.identity import SEX_WORDS
from jizuo.hubs.organisation.intakes import (
    APPLIED,
    DIVISION_TITLES,
    DRAWN,
    DROPPED,
    FROZEN,
    PROPOSED,
    UNDONE,
    WAYS,
)
from jizuo.hubs.organisation.pages.district import lead
from jizuo.hubs.organisation.pages.intake import chosen, tabs, title_of
from jizuo.hubs.organisation.pages.same_people import words_of
from jizuo.hubs.organisation.queries import dividing as queries
from jizuo.hubs.organisation.queries.dividing import DividedClass, Division
from jizuo.hubs.organisation.queries.intake import OFFICE
from jizuo.plain.school_year import SchoolYear

TONES = {PROPOSED: "huang", FROZEN: "lan", DRAWN: "lan", APPLIED: "lv", UNDONE: "", DROPPED: ""}
WITNESS_PLACES = 4


@never_cache
def page(request: ActingRequest) -> HttpResponse:
    """Where the draw of a year stands and what is next."""
    of = chosen(request)
    if of is None:
        return redirect(to("intake"))
    held = queries.divisions(school_year=of.school_year, stage=of.stage)
    now = next((one for one in held if one.state in (PROPOSED, FROZEN, DRAWN)), None)
    most = now.most if now else intakes.usual_most(of.stage)
    is_head = scopes.current().role == scopes.HEAD
    context = {
        "of": of, "tabs": tabs(of, "dividing"), "now": now, "state": DIVISION_TITLES[now.state] if now else "",
        "tone": TONES[now.state] if now else "", "is_head": is_head,
        "input_hash": grouped(now.input_hash) if now else "", "result_hash": grouped(now.result_hash) if now else "",
        "classes": len(now.class_nos) if now else intakes.classes_needed(of.unplaced, most), "most": most, "limit": intakes.MOST,
        "per_class": -(-of.unplaced // len(now.class_nos)) if now and now.class_nos else 0,
        "places": range(WITNESS_PLACES), "lists": to(f"dividing/{now.division_id}") if now else "",
        "kept": [
            {"one": one, "state": DIVISION_TITLES[one.state], "tone": TONES[one.state],
             "href": to(f"dividing/{one.division_id}") if one.seed else "", "undo": f"undo-{one.division_id.hex}"}
            for one in held if one is not now
        ],
        "slips": lead("slips"), "teaching": lead("imports/new"),
        "where": [request.unit_name, title_of(of)],
    }  # fmt: skip
    return render(request, "organisation/dividing.html", context)


@never_cache
def act(request: ActingRequest) -> HttpResponse:
    """Propose, approve, draw, drop, apply, undo."""
    told = request.POST
    back = redirect(to(f"dividing?year={told.get('year', '')}&stage={told.get('stage', '')}"))
    if request.method != "POST":
        return back
    try:
        said = done(told.get("act", ""), told)
    except (BadInput, Conflict, NotAllowed) as error:
        for problem in error.problems or [None]:
            messages.error(request, f"{problem.what}。{problem.fix}" if problem else words_of(error))
    else:
        messages.success(request, said)
    return back


def done(word: str, told: Any) -> str:
    """Do what a button says; returns what to tell. Raises BadInput, Conflict, NotAllowed, NotFound."""

    def number(key: str) -> int:
        text = told.get(key, "").strip()
        return int(text) if text.isdecimal() and len(text) < 6 else 0

    if word == "propose":
        actions.propose_division(
            school_year=number("year"),
            stage=told.get("stage", ""),
            classes=number("classes"),
            most=number("most"),
        )
        return _("方案已提出，等校长批准")
    try:
        division_id = UUID(told.get("division", ""))
    except ValueError:
        raise BadInput(_("没有这次分班"), fix=_("请刷新页面")) from None
    if word == "approve":
        actions.approve_division(division_id=division_id)
        return _("名单已锁定。请先公布校验值，再当众抽种子")
    if word == "draw":
        seen = [
            list(pair) for pair in zip(told.getlist("witness"), told.getlist("witness_role"), strict=False)
        ]
        actions.draw_division(division_id=division_id, seed=told.get("seed", ""), witnesses=seen)
        return _("已抽签，请核对各班名单")
    if word == "drop":
        actions.drop_division(division_id=division_id, reason=told.get("reason", ""))
        return _("已作废，留在记录里")
    if word == "apply":
        counts = dividing_apply.apply_division(division_id=division_id)
        return _("已应用：%(n)s 名新生进了班，接着可以导入任课表、发账号纸条") % {"n": counts.get("pupil", 0)}
    if word == "undo":
        counts = dividing_apply.undo_division(division_id=division_id)
        kept = _("；%(n)s 人应用后有改动，保留") % {"n": counts["kept"]} if counts["kept"] else ""
        return _("已撤销，新生回到等分班") + kept
    raise BadInput(_("没有这一步"), fix=_("请刷新页面"))


def shown(classes: list[DividedClass]) -> list[dict[str, Any]]:
    """Classes with the words of a page."""
    return [
        {
            "klass": one, "size": one.boys + one.girls,
            "lines": [
                {"line": line, "sex": SEX_WORDS.get(line.sex, ""), "way": WAYS.get(line.way, "") if line.way != "drawn" else ""}
                for line in one.lines
            ],
        }
        for one in classes
    ]  # fmt: skip


def grouped(text: str) -> str:
    """A hash in groups of eight, so that it can be read out and breaks on a phone."""
    return " ".join(text[at : at + 8] for at in range(0, len(text), 8))


def place_of(found: Division) -> str:
    """The address of a draw's own list of a year."""
    return to(f"dividing?year={found.school_year}&stage={found.stage}")


@never_cache
def lists(request: ActingRequest, division_id: UUID) -> HttpResponse:
    """The lists of a draw."""
    found = queries.division(division_id=division_id)
    classes = queries.divided_classes(division_id=division_id)
    context = {
        "found": found, "classes": shown(classes), "input_hash": grouped(found.input_hash),
        "result_hash": grouped(found.result_hash), "state": DIVISION_TITLES[found.state], "tone": TONES[found.state],
        "total": sum(len(one.lines) for one in classes), "trail": [(_("分班"), place_of(found))],
        "others": [
            Action(_("公示单"), href=to(f"dividing/{division_id}/sheet")),
            Action(_("重演"), href=to(f"dividing/{division_id}/replay")),
        ],
        "class_lists": lead("classes") if found.state == APPLIED else "",
        "where": [request.unit_name, str(SchoolYear(found.school_year))],
    }  # fmt: skip
    return render(request, "organisation/division.html", context)


@never_cache
def sheet(request: ActingRequest, division_id: UUID) -> HttpResponse:
    """What is hung up: masked names and numbers class by class, hashes, seed, witnesses."""
    found = queries.division(division_id=division_id)
    context = {
        "found": found, "input_hash": grouped(found.input_hash), "result_hash": grouped(found.result_hash),
        "classes": queries.divided_classes(division_id=division_id, is_public=True),
        "sheet": Sheet(
            _("新生分班结果公示"), request.unit_name, printed_by=request.user.display_name,
            printed_at=timezone.now(),
        ),
        "year": SchoolYear(found.school_year), "back": to(f"dividing/{division_id}"),
    }  # fmt: skip
    return render(request, "organisation/division_sheet.html", context)


@never_cache
def replay(request: ActingRequest, division_id: UUID) -> HttpResponse:
    """Type the seed and see whether the same lists come out."""
    found = queries.division(division_id=division_id)
    seed = request.GET.get("seed", "").strip()[:120]
    again = queries.replay(division_id=division_id, seed=seed) if seed and found.input_hash else None
    context = {
        "found": found, "seed": seed, "again": again, "result_hash": grouped(again.result_hash) if again else "",
        "classes": shown(again.classes) if again else [],
        "trail": [(_("分班"), place_of(found)), (_("名单"), to(f"dividing/{division_id}"))],
        "where": [request.unit_name, str(SchoolYear(found.school_year))],
    }  # fmt: skip
    return render(request, "organisation/division_replay.html", context)


PAGES = (
    Page("dividing", page, gettext_lazy("分班"), OFFICE, in_menu=False),
    Page("dividing/do", act, gettext_lazy("分班"), OFFICE, in_menu=False),
    Page("dividing/<uuid:division_id>", lists, gettext_lazy("分班名单"), OFFICE, in_menu=False),
    Page("dividing/<uuid:division_id>/sheet", sheet, gettext_lazy("分班公示单"), OFFICE, in_menu=False),
    Page("dividing/<uuid:division_id>/replay", replay, gettext_lazy("重演分班"), OFFICE, in_menu=False),
)
