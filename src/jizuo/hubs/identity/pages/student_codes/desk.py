"""The desk of cards: a class with its cards, to make, print, report lost and make anew, and the portraits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, NotFound
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.identity import student_cards
from jizuo.hubs.identity.actions.student_codes import cards
from jizuo.hubs.identity.pages.grants import first_words
from jizuo.hubs.identity.pages.slips import chosen_ids
from jizuo.hubs.identity.rules import student_codes as rules

DESK = frozenset(cards.CARD_DESK)


def class_asked(text: str) -> UUID | None:
    """The class named in the address; raises NotFound for no id at all."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound(_("没有这个班"), fix=_("请从班级列表中选择")) from None


def state(line: Any) -> tuple[str, str]:
    """(word, tone) of a pupil's card."""
    if line.card_id is None:
        return (str(_(rules.END_WORDS[rules.CardEnd(line.was)])), "zhu") if line.was else (_("没有卡"), "")
    if line.valid_to <= scopes.current().today:
        return _("已过期"), "zhu"
    return (_("在用"), "lv") if line.printed_at else (_("待打印"), "huang")


@never_cache
def page(request: ActingRequest) -> HttpResponse:
    """One class with its cards."""
    desk = cards.card_desk(class_id=class_asked(request.GET.get("class", "")))
    carded = sum(line.card_id is not None for line in desk.lines)
    context = {
        "desk": desk, "others": [Action(_("扫码地点"), href=to("scan-places"))], "where": [request.unit_name],
        # The day on the page is the day on the card: the last one on which it counts.
        "lines": [
            (line, *state(line), line.valid_to - timedelta(days=1) if line.valid_to else None) for line in desk.lines
        ],
        "carded": carded, "without": len(desk.lines) - carded,
        "counts": _("%(all)s 人，%(n)s 人有卡") % {"all": len(desk.lines), "n": carded},
        "class_name": dict(desk.classes).get(desk.class_id, "") if desk.class_id else "",
    }  # fmt: skip
    return render(request, "identity/student_cards.html", context)


@require_POST
def act(request: ActingRequest) -> HttpResponse:
    """Do what the pressed button says to the ticked pupils: issue, lost, reissue, print."""
    chosen, what = chosen_ids(request, "pick"), request.POST.get("do", "")
    if not chosen and what in ("issue", "print"):
        desk = cards.card_desk(class_id=class_asked(request.POST.get("class", "")))
        chosen = [one.person_id for one in desk.lines]
    try:
        if what == "print":
            made = cards.print_cards(person_ids=chosen)
            if not made:
                messages.error(request, _("选的人都还没有卡，请先制卡。"))
                return back(request)
            response = HttpResponse(
                student_cards.cards_pdf(made, unit_name=request.unit_short_name or request.unit_name),
                content_type="application/pdf",
            )
            response["Content-Disposition"] = f'attachment; filename="cards-{len(made)}.pdf"'
            return response
        if what == "issue":
            count = cards.issue_cards(person_ids=chosen)
            messages.success(request, _("已制卡 %(n)s 张，请打印。") % {"n": count})
        elif what == "reissue":
            count = cards.reissue_cards(person_ids=chosen)
            messages.success(request, _("已换发 %(n)s 张，旧卡作废，请打印。") % {"n": count})
        elif what == "lost":
            count = cards.report_lost(person_ids=chosen)
            messages.success(request, _("已挂失 %(n)s 张，马上作废。") % {"n": count})
    except (BadInput, Conflict) as error:
        messages.error(request, first_words(error))
    return back(request)


@require_POST
def photo(request: ActingRequest) -> HttpResponse:
    """Keep or take away one pupil's portrait."""
    chosen = chosen_ids(request, "person")
    given = request.FILES.get("photo")
    is_gone = "remove" in request.POST
    if len(chosen) != 1 or (given is None and not is_gone):
        messages.error(request, _("请选一张照片。"))
        return back(request)
    content = b"" if is_gone or given is None else given.read(rules.MOST_PHOTO_BYTES * 8)
    try:
        cards.put_photo(person_id=chosen[0], photo=content)
    except BadInput as error:
        messages.error(request, f"{error.problems[0].what}。{error.problems[0].fix}。")
    else:
        messages.success(request, _("照片已取下。") if is_gone else _("照片已放好。"))
    return back(request)


def back(request: ActingRequest) -> HttpResponse:
    """The desk again, at the class it showed."""
    class_id = class_asked(request.POST.get("class", ""))
    return redirect(to(f"student-cards?class={class_id}" if class_id else "student-cards"))


PAGES = (
    Page("student-cards", page, gettext_lazy("学生卡"), DESK, group="people", icon="卡", order=78, on_phone=False,
         beside="slips", beside_for=DESK),
    Page("student-cards/do", act, gettext_lazy("学生卡"), DESK, in_menu=False),
    Page("student-cards/photo", photo, gettext_lazy("放学生照片"), DESK, in_menu=False),
)  # fmt: skip
