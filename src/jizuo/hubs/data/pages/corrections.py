"""校核纠错: the inbox of those who answer, one ticket with what may be done, one's own tickets, the sheet of papers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.ground import scope as scopes
from jizuo.ground import typesetting
from jizuo.ground.acting import ActingRequest
from jizuo.ground.doors import role_title
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.files.pages import disposition
from jizuo.ground.pages.parts import Tab
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.data.actions import corrections as actions
from jizuo.hubs.data.queries import corrections as queries
from jizuo.hubs.data.queries.corrections import Ticket
from jizuo.hubs.data.rules import corrections as rules

VIEWS = (
    ("open", gettext_lazy("待答复")),
    ("waiting", gettext_lazy("等系统更正")),
    ("done", gettext_lazy("已办结")),
)
OWNERS = (
    ("", gettext_lazy("全部来源")),
    ("register", gettext_lazy("学籍（教师）系统")),
    ("school", gettext_lazy("学校")),
    ("family", gettext_lazy("家长本人")),
)


def place_of(text: str) -> UUID | None:
    """The ticket of an address to go on after; the first page for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


@never_cache
def inbox(request: ActingRequest) -> HttpResponse:
    """What people said is wrong, the one due first on top."""
    view = request.GET.get("view", "open")
    view = view if view in queries.VIEWS else "open"
    owner, late = request.GET.get("owner", "")[:40], request.GET.get("late") == "1"
    found = queries.correction_inbox(
        view=view, late=late, owner=owner, after=place_of(request.GET.get("after", ""))
    )
    kept = {"view": view, "owner": owner, "late": "1" if late else ""}
    context = {
        "lines": [drawn(one) for one in found.tickets],
        "tabs": [
            Tab(str(word), to(f"corrections?view={key}"), key == view, found.counts[key])
            for key, word in VIEWS
        ],
        "view": view,
        "owner": owner,
        "owners": OWNERS,
        "late": late,
        "late_count": found.late,
        "more": f"{request.path}?{urlencode({**kept, 'after': found.next})}" if found.next else "",
        "where": [request.unit_name],
        "may_set": scopes.current().role == scopes.DISTRICT_ADMIN,
    }
    return render(request, "data/corrections.html", context)


def drawn(ticket: Ticket) -> dict[str, Any]:
    """A ticket with its words for a page."""
    state = ticket.state
    left = ticket.days_left
    is_live = state in rules.LIVE
    return {
        "ticket": ticket,
        "state": rules.STATE_TITLES[state],
        "tone": rules.STATE_TONES[state],
        "left": left_words(left) if is_live else "",
        "left_tone": "zhu" if left < 0 else "huang" if left <= rules.CLOCKS[rules.REMIND] else "",
        "href": to(f"corrections/{ticket.correction_id}"),
        "subject_href": to(ticket.subject.path) if ticket.subject and not is_family() else "",
        "said": [{"said": one, "role": role_title(one.role) if one.role else ""} for one in ticket.said],
    }


def left_words(left: int) -> str:
    """How many working days are left, in words."""
    if left < 0:
        return _("逾期 %(n)s 个工作日") % {"n": -left}
    return _("今天到期") if left == 0 else _("还剩 %(n)s 个工作日") % {"n": left}


def is_family() -> bool:
    """True for a pupil or guardian, who has no page of a person."""
    return scopes.current().role in scopes.FAMILY_ROLES


@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """What the acting account said is wrong."""
    context = {
        "lines": [drawn(one) for one in queries.my_corrections()],
        "where_to": to("known") if is_family() else to("people/pupils"),
        "is_family": is_family(),
    }
    return render(request, "data/my_corrections.html", context)


@never_cache
def one(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """One ticket."""
    ticket = queries.correction_view(correction_id=correction_id)
    is_answerer = scopes.current().role in rules.ANSWERING_ROLES
    wanted = next((said.wanted for said in ticket.said if said.wanted), "")
    context = {
        "line": drawn(ticket),
        "ticket": ticket,
        "wanted": wanted,
        "most": actions.MOST_TEXT,
        "trail": [(_("校核纠错"), to("corrections"))]
        if is_answerer
        else [(_("我说过的"), to("corrections/mine"))],
        "askers": len(ticket.said),
    }
    return render(request, "data/correction.html", context)


@require_POST
def do(request: ActingRequest, correction_id: UUID, verb: str) -> HttpResponse:
    """Answer, mend, send, dispute or withdraw."""
    told = request.POST
    if verb == "answer":
        actions.answer_correction(correction_id=correction_id, answer=told.get("answer", ""))
        said = _("已答复，提出的人会看到。")
    elif verb == "mend":
        actions.mend_correction(
            correction_id=correction_id, value=told.get("value", ""), answer=told.get("answer", "")
        )
        said = _("已改正并答复。")
    elif verb == "send":
        actions.send_correction(correction_id=correction_id, register_no=told.get("register_no", ""))
        said = _("已记下编号。系统更正后，下次导入时这件会自己办结。")
    elif verb == "dispute":
        actions.dispute_correction(correction_id=correction_id, says=told.get("says", ""))
        said = _("已送区里核定。")
    elif verb == "withdraw":
        actions.withdraw_correction(correction_id=correction_id)
        messages.success(request, _("已撤回。"))
        return redirect(to("corrections/mine"))
    else:
        raise NotFound(_("没有这个操作"))
    messages.success(request, said)
    return redirect(to(f"corrections/{correction_id}"))


@never_cache
def papers(request: ActingRequest, correction_id: UUID) -> HttpResponse:
    """The papers that the register wants for a correction, as a sheet to take along."""
    ticket = queries.correction_view(correction_id=correction_id)
    if not ticket.papers:
        raise NotFound(_("这一项不需要到学籍系统更正"), fix=_("直接等答复即可"))
    source = typesetting.template("jizuo.hubs.data", "templates/data/papers.typ")
    body = typesetting.set_pdf(source, sheet(ticket, request.unit_name))
    headers = {
        "Content-Disposition": disposition(f"{_('更正材料清单')}.pdf", is_shown=True), "Cache-Control": "private, no-store"
    }  # fmt: skip
    return HttpResponse(body, content_type="application/pdf", headers=headers)


def sheet(ticket: Ticket, unit_name: str) -> dict[str, Any]:
    """The values of the printed sheet: whom and what it is about, the papers, places for signature and seal."""
    subject = ticket.subject
    return {
        "title": _("更正材料清单"),
        "rows": [
            [_("姓名"), subject.name if subject else ""],
            [_("班级或单位"), subject.place if subject else ""],
            [_("要更正的项目"), ticket.title],
            [_("以谁为准"), ticket.owner_title],
            [_("提出日期"), timezone.localdate(ticket.asked_at).isoformat()],
        ],
        "papers": ticket.papers,
        "head": _("请带齐下列材料，交学校教务处核对；原件核对后退还"),
        "note": _("材料要求待与本市学籍管理规定核对。办理后学校会登记系统里的受理编号。"),
        "sign": [_("提出人签名"), _("学校经办人"), _("（盖章处）"), _("日期")],
        "unit": unit_name,
    }


@never_cache
def clocks(request: HttpRequest) -> HttpResponse:
    """How many working days each step has."""
    if request.method == "POST":
        try:
            days = {step: int(request.POST.get(step, "")) for step in rules.CLOCKS}
        except ValueError:
            raise BadInput(_("时限要写整数"), fix=_("请填工作日数")) from None
        for step, count in days.items():
            actions.set_correction_clock(step=step, days=count)
        messages.success(request, _("时限已保存；正在办的仍按原来的日子。"))
        return redirect(to("corrections/clocks"))
    held = queries.correction_clocks()
    context = {
        "steps": [
            (step, rules.CLOCK_TITLES[step], held[step], usual) for step, usual in rules.CLOCKS.items()
        ],
        "least": rules.LEAST_DAYS,
        "most": rules.MOST_DAYS,
        "trail": [(_("校核纠错"), to("corrections"))],
    }
    return render(request, "data/correction_clocks.html", context)


PAGES = (
    Page(
        "corrections", inbox, gettext_lazy("校核纠错"), rules.ANSWERING_ROLES, "data", "正", order=30,
        on_phone=False, name="corrections", beside="people/pupils", beside_for=scopes.SCHOOL_ROLES,
    ),
    Page("corrections/mine", mine, gettext_lazy("我说过的"), scopes.ROLES, in_menu=False),
    Page(
        "corrections/clocks", clocks, gettext_lazy("更正时限"), frozenset({scopes.DISTRICT_ADMIN}), in_menu=False
    ),
    Page("corrections/<uuid:correction_id>", one, gettext_lazy("校核纠错"), scopes.ROLES, in_menu=False),
    Page("corrections/<uuid:correction_id>/papers.pdf", papers, gettext_lazy("材料清单"), scopes.ROLES, in_menu=False),
    Page("corrections/<uuid:correction_id>/do/<slug:verb>", do, gettext_lazy("校核纠错"), scopes.ROLES, in_menu=False),
)  # fmt: skip
