"""The paper road: slips out, slips in."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import acting, grants
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import BadInput, DoorError, NotFound
from jizuo.ground.files.pages import disposition
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.message import slips
from jizuo.hubs.message.actions import answers
from jizuo.hubs.message.pages.family import forwarded
from jizuo.hubs.message.pages.places import WAYS, answer_word, id_in
from jizuo.hubs.message.queries import notices as queries
from jizuo.hubs.message.queries.inbox import notice_of_slip
from jizuo.hubs.message.queries.notices import WRITERS

MOST_SLIPS = 1500


@never_cache
def slips_file(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """The slips of a class, or of everybody still missing, as PDF."""
    class_id = id_in(request.GET.get("class", ""))
    notice, lines = queries.receipt_lines(notice_id=notice_id, class_id=class_id, missing=True)
    if not lines:
        raise NotFound(_("没有要打印的纸条"), fix=_("都已经回了"))
    if len(lines) > MOST_SLIPS:
        raise BadInput(
            _("一次最多打印 %(n)s 张") % {"n": MOST_SLIPS}, fix=_("请从班级的回执名单里一个班一个班打印")
        )
    body = slips.slips_pdf(
        notice, lines, school=request.unit_name, unit_no=scopes.current().unit_no,
        base_address=f"{request.scheme}://{request.get_host()}",
    )  # fmt: skip
    name = f"{notice.title} {_('回执纸条')}.pdf"
    headers = {"Content-Disposition": disposition(name, is_shown=True), "Cache-Control": "private, no-store"}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


@never_cache
def put_in(request: ActingRequest) -> HttpResponse:
    """Scan or type one slip after another; what is ticked is chosen once and stays chosen."""
    chosen = request.POST.get("answer", "")
    fault: DoorError | None = None
    done = None
    if request.method == "POST":
        try:
            done = answers.put_paper(
                code=request.POST.get("code", ""), answer=chosen, way=request.POST.get("way", answers.PAPER)
            )
        except (BadInput, NotFound) as error:
            fault = error
    context = {
        "fault": fault,
        "done": done,
        "answer": answer_word(done.answer) if done else "",
        "way": WAYS.get(done.way, "") if done else "",
        "chosen": chosen,
        "said": request.POST.get("way") or request.GET.get("way", ""),
        "options": queries.open_options(),
        "code": request.POST.get("code", "") if fault else request.GET.get("code", ""),
        "trail": [(_("通知"), to("notices"))],
    }
    return render(request, "message/paper.html", context, status=422 if fault else 200)


@login_required
@never_cache
def scanned(request: ActingRequest, unit_no: int, code: str) -> HttpResponse:
    """What the QR of a slip opens: a writer of its school goes on to put it in, a family to the own notice."""
    here_in = [one for one in grants.scopes_of(request.user.pk, acting.today()) if one.unit_no == unit_no]
    for scope in here_in:
        if scope.role in WRITERS:
            with scopes.use(scope):
                return redirect(to(f"notices/paper?code={code}"))
    for scope in here_in:
        if scope.role == scopes.GUARDIAN:
            with scopes.use(scope):
                notice_id = notice_of_slip(code=code)
            if notice_id is not None:
                return forwarded(request, notice_id)
    raise NotFound(_("没有这张纸条"), fix=_("它不是发给您的孩子的；如有疑问请联系班主任"))


PAGES = (
    Page("notices/paper", put_in, gettext_lazy("录入纸质回执"), WRITERS, in_menu=False),
    Page(
        "notices/<uuid:notice_id>/slips.pdf", slips_file, gettext_lazy("打印回执纸条"), WRITERS, in_menu=False
    ),
)
