"""Pages of printing and seals, and the public page where anybody checks a certificate."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import acting
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound
from jizuo.ground.files.pages import disposition
from jizuo.ground.pages.parts import Tab
from jizuo.ground.pages.shell import Page, to
from jizuo.ground.scope import BASE_UNIT, Scope
from jizuo.hubs.organisation.pages.same_people import asked_id, words_of
from jizuo.hubs.organisation.printing import actions, paper, queries, rules
from jizuo.hubs.organisation.printing.queries import OFFICE, PRINTERS
from jizuo.hubs.organisation.printing.shapes import CertificateView, Sheet
from jizuo.hubs.organisation.queries import moving as moving_queries
from jizuo.hubs.organisation.queries import search
from jizuo.hubs.organisation.queries.classes import class_list

SEAL_TONES = {rules.ASKED: "huang", rules.APPROVED: "lan", rules.REFUSED: "zhu", rules.SEALED: "lv"}
CHECK_STATES = {
    "valid": (gettext_lazy("有效"), "lv"), "expired": (gettext_lazy("已过有效期"), "huang"),
    "withdrawn": (gettext_lazy("已作废"), "zhu"),
}  # fmt: skip
MOST_FOUND = 20


def tabs(current: str) -> list[Tab]:
    """The pages of printing that the acting role may open."""
    pages = (
        ("printing", _("班级打印"), PRINTERS), ("printing/certificates", _("在读证明"), OFFICE),
        ("printing/copies", _("打印登记"), OFFICE), ("printing/seals", _("用印登记"), PRINTERS),
        ("printing/words", _("字样"), OFFICE),
    )  # fmt: skip
    role = scopes.current().role
    return [Tab(word, to(where), where == current) for where, word, roles in pages if role in roles]


def whole(text: str, otherwise: int) -> int:
    """A small whole number of a form, or `otherwise` for none; 0 for what is no number."""
    text = text.strip()
    return otherwise if not text else int(text) if text.isdecimal() and len(text) < 5 else 0


def pdf(request: ActingRequest, sheet: Sheet) -> HttpResponse:
    """A sheet set and shown in the browser."""
    body = paper.render(
        sheet.kind, {**sheet.data, "by": request.user.display_name}, blocks=sheet.blocks, paper=sheet.paper,
        check_address=f"{request.scheme}://{request.get_host()}/check/",
    )  # fmt: skip
    headers = {
        "Content-Disposition": disposition(f"{sheet.title}.pdf", is_shown=True), "Cache-Control": "private, no-store"
    }  # fmt: skip
    return HttpResponse(body, content_type="application/pdf", headers=headers)


@never_cache
def page(request: ActingRequest) -> HttpResponse:
    """What to print of which class."""
    lines = class_list()
    context = {
        "tabs": tabs("printing"), "lines": lines, "chosen": request.GET.get("class", ""),
        "kinds": [(key, rules.KINDS[key].title) for key in rules.OF_A_CLASS],
        "where": [request.unit_name],
    }  # fmt: skip
    return render(request, "organisation/printing.html", context)


@never_cache
def class_file(request: ActingRequest) -> HttpResponse:
    """The PDF of a class; a POST, since the copy is written down."""
    if request.method != "POST":
        return redirect(to("printing"))
    post = request.POST
    try:
        sheet = actions.print_class(
            class_id=asked_id(post.get("class", "")) or UUID(int=0), kind=post.get("kind", ""),
            paper=post.get("paper", "a4"), copies=whole(post.get("copies", ""), 1), reason=post.get("reason", ""),
        )  # fmt: skip
    except BadInput as error:
        messages.error(request, words_of(error))
        return redirect(to("printing"))
    return pdf(request, sheet)


@never_cache
def certificates(request: ActingRequest) -> HttpResponse:
    """Issue a certificate for a pupil found by name, and those issued lately."""
    who_id = asked_id(request.GET.get("who", ""))
    text = request.GET.get("q", "").strip()
    found = (
        [one for one in search.find(text=text).people if one.role == "pupil"] if text and not who_id else []
    )
    today = scopes.current().today
    context = {
        "tabs": tabs("printing/certificates"), "text": text,
        "who": moving_queries.mover(affiliation_id=who_id) if who_id else None,
        "found": [(one, to(f"printing/certificates?who={one.affiliation_id}")) for one in found[:MOST_FOUND]],
        "rows": [
            {"one": one, "state": CHECK_STATES[state_of(one, today)]}
            for one in queries.certificates(affiliation_id=who_id)
        ],
        "where": [request.unit_name],
    }  # fmt: skip
    return render(request, "organisation/certificates.html", context)


def state_of(one: CertificateView, today: date) -> str:
    """valid, expired or withdrawn."""
    return "withdrawn" if one.withdrawn_on else "valid" if today < one.valid_to else "expired"


@never_cache
def certificate_file(request: ActingRequest, certificate_id: UUID) -> HttpResponse:
    """The PDF of a certificate."""
    return pdf(request, actions.print_certificate(certificate_id=certificate_id))


@never_cache
def transfer_file(request: ActingRequest, movement_id: UUID) -> HttpResponse:
    """The PDF of a 转学联系表; a POST, since the copy is written down."""
    if request.method != "POST":
        return redirect(to(f"moving/{movement_id}"))
    return pdf(
        request,
        actions.print_transfer(movement_id=movement_id, copies=whole(request.POST.get("copies", ""), 1)),
    )


@never_cache
def copies(request: ActingRequest) -> HttpResponse:
    """Who printed what."""
    told = request.GET.get("before", "")
    found = queries.print_copies(before=int(told) if told.isdecimal() and len(told) < 18 else None, limit=51)
    context = {
        "tabs": tabs("printing/copies"), "rows": found[:50],
        "next": to(f"printing/copies?before={found[49].copy_id}") if len(found) > 50 else "",
        "where": [request.unit_name],
    }  # fmt: skip
    return render(request, "organisation/print_copies.html", context)


@never_cache
def seals(request: ActingRequest) -> HttpResponse:
    """Ask for a seal; what waits and what was sealed."""
    role = scopes.current().role
    found = queries.seal_uses() if role in OFFICE else []
    context = {
        "tabs": tabs("printing/seals"), "seals": rules.SEALS, "what": request.GET.get("what", "")[:160],
        "certificate": asked_id(request.GET.get("certificate", "")),
        "rows": [
            {"one": one, "state": rules.STATE_TITLES[one.state], "tone": SEAL_TONES[one.state],
             "may_decide": role == scopes.HEAD and one.state == rules.ASKED,
             "may_seal": role in OFFICE and one.state == rules.APPROVED} for one in found
        ],
        "may_list": role in OFFICE, "where": [request.unit_name],
    }  # fmt: skip
    return render(request, "organisation/seals.html", context)


@never_cache
def words(request: ActingRequest) -> HttpResponse:
    """The school's words on each kind of paper."""
    told = request.GET.get("kind", "")
    kind = told if told in rules.KINDS else rules.ENROLMENT
    own = {one.kind: one.blocks for one in queries.print_templates()}.get(kind, {})
    context = {
        "tabs": tabs("printing/words"), "kind": kind, "title": rules.KINDS[kind].title,
        "kinds": [Tab(one.title, to(f"printing/words?kind={key}"), key == kind) for key, one in rules.KINDS.items()],
        "blocks": [
            {"key": key, "block": block, "text": own.get(key) or block.usual, "is_own": key in own,
             "fields": "　".join(rules.known_fields(block))} for key, block in rules.KINDS[kind].blocks.items()
        ],
        "where": [request.unit_name],
    }  # fmt: skip
    return render(request, "organisation/print_words.html", context)


def act(request: ActingRequest) -> HttpResponse:
    """Issue, withdraw, ask for a seal, decide, note it used, write words."""
    if request.method != "POST":
        return redirect(to("printing"))
    try:
        where, said = deed(request.POST)
    except (BadInput, Conflict, NotAllowed, NotFound) as error:
        messages.error(request, words_of(error))
        return redirect(to(BACK.get(request.POST.get("act", ""), "printing")))
    messages.success(request, said)
    return redirect(to(where))


BACK = {
    "issue": "printing/certificates", "withdraw": "printing/certificates", "ask": "printing/seals",
    "agree": "printing/seals", "refuse": "printing/seals", "sealed": "printing/seals", "words": "printing/words",
}  # fmt: skip


def deed(post: Any) -> tuple[str, str]:
    """Do what a form asks for; returns (where to go on, what was done). Raises BadInput, Conflict, NotAllowed, NotFound."""
    verb, nobody = post.get("act", ""), UUID(int=0)
    if verb == "issue":
        who_id = asked_id(post.get("who", "")) or nobody
        actions.issue_certificate(
            affiliation_id=who_id, reason=post.get("reason", ""), copies=whole(post.get("copies", ""), 1),
            valid_days=whole(post.get("days", ""), 90),
        )  # fmt: skip
        return f"printing/certificates?who={who_id}", _("证明开好了，点“打印”。")
    if verb == "withdraw":
        actions.withdraw_certificate(
            certificate_id=asked_id(post.get("certificate", "")) or nobody, reason=post.get("reason", "")
        )
        return "printing/certificates", _("已作废，查验页马上会这样说。")
    if verb == "ask":
        actions.ask_seal(
            seal=post.get("seal", ""), what=post.get("what", ""), copies=whole(post.get("copies", ""), 1),
            reason=post.get("reason", ""), certificate_id=asked_id(post.get("certificate", "")),
        )  # fmt: skip
        return "printing/seals", _("已申请，等校长批。")
    seal_use_id = asked_id(post.get("seal_use", "")) or nobody
    if verb in ("agree", "refuse"):
        actions.decide_seal(seal_use_id=seal_use_id, is_agreed=verb == "agree", note=post.get("note", ""))
        return "printing/seals", _("已批，可以用印。") if verb == "agree" else _("没有批。")
    if verb == "sealed":
        number = actions.note_sealed(seal_use_id=seal_use_id)
        return "printing/seals", _("已登记：%(number)s") % {"number": number}
    if verb == "words":
        kind = post.get("kind", "")
        blocks = {
            key.removeprefix("block."): post[key].replace("\r\n", "\n")
            for key in post
            if key.startswith("block.")
        }
        actions.set_print_template(kind=kind, blocks=blocks)
        return f"printing/words?kind={kind}", _("已保存，下一次打印就用。")
    raise BadInput(_("没有这个操作"), fix=_("请刷新页面"))


@never_cache
def check(request: ActingRequest, code: str = "") -> HttpResponse:
    """The public page: a form, or what anybody may know of a certificate. An answer for no certificate is
    the same whatever was asked."""
    told = code or request.GET.get("code", "")
    found = None
    if told.strip():
        with scopes.use(visitor(request, told)):
            found = actions.check_certificate(code=told[:60])
    status = {None: 200, "unknown": 404, "limited": 429}.get(found.state if found else None, 200)
    context = {"found": found, "state": CHECK_STATES.get(found.state) if found else None}
    answer = render(request, "organisation/check.html", context, status=status)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    if status == 429:
        answer["Retry-After"] = str(int(rules.WINDOW.total_seconds()))
    return answer


def visitor(request: ActingRequest, code: str) -> Scope:
    """A visitor who reaches the unit that the code names, for this one look."""
    unit_no = (rules.read_code(code) or (BASE_UNIT, ""))[0]
    return Scope(
        role=scopes.VISITOR, unit_no=BASE_UNIT, units=tuple(dict.fromkeys((BASE_UNIT, unit_no))), today=acting.today(),
        request_id=uuid4().hex, address=str(request.META.get("REMOTE_ADDR") or ""),
    )  # fmt: skip


PAGES = (
    Page("printing", page, gettext_lazy("打印与用印"), PRINTERS, "people", "印", order=45, on_phone=False, name="printing"),
    Page("printing/class.pdf", class_file, gettext_lazy("打印班级"), PRINTERS, in_menu=False),
    Page("printing/certificates", certificates, gettext_lazy("在读证明"), OFFICE, in_menu=False),
    Page("printing/certificates/<uuid:certificate_id>.pdf", certificate_file, gettext_lazy("打印在读证明"),
         OFFICE | scopes.FAMILY_ROLES, in_menu=False),
    Page("printing/transfer/<uuid:movement_id>.pdf", transfer_file, gettext_lazy("打印转学联系表"), OFFICE, in_menu=False),
    Page("printing/copies", copies, gettext_lazy("打印登记"), OFFICE, in_menu=False),
    Page("printing/seals", seals, gettext_lazy("用印登记"), PRINTERS, in_menu=False),
    Page("printing/words", words, gettext_lazy("打印的字样"), OFFICE, in_menu=False),
    Page("printing/do", act, gettext_lazy("打印与用印"), PRINTERS, in_menu=False),
)  # fmt: skip
urlpatterns = [path("check/", check, name="check"), path("check/<str:code>/", check, name="check-code")]
