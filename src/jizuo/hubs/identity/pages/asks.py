"""The queue of people whom a source knows and the school must recognise."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground.errors import BadInput, Conflict, NotFound
from jizuo.ground.pages.asks import Ask
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.identity import queries
from jizuo.hubs.identity.actions import asks
from jizuo.hubs.identity.pages.grants import first_words
from jizuo.hubs.identity.rules import codes
from jizuo.hubs.identity.shapes import AskLine

DECIDERS = frozenset(asks.DECIDERS)
MOST_FOUND = 8
#: What a source calls a thing -> what the desk reads.
CLAIMS = {
    "name": gettext_lazy("姓名"), "phone_number": gettext_lazy("手机"), "mobile": gettext_lazy("手机"),
    "email": gettext_lazy("邮箱"), "user": gettext_lazy("账号"), "userid": gettext_lazy("账号"),
    "preferred_username": gettext_lazy("账号"), "unit": gettext_lazy("单位"), "school": gettext_lazy("学校"),
    "department": gettext_lazy("部门"),
}  # fmt: skip


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Who waits; `find` looks for accounts by name beside one of them: an offer to look at, never a match by itself."""
    found = []
    text, about = request.GET.get("find", "").strip()[:50], request.GET.get("about", "")
    if text:
        lines = queries.accounts(ask=Ask(text=text), whole=MOST_FOUND)
        found = [(line, codes.show(line.login_code)) for line in lines]
    context = {
        "asks": [(one, claims_of(one)) for one in asks.asks()],
        "found": found,
        "text": text,
        "about": about,
    }
    return render(request, "identity/asks.html", context)


def claims_of(line: AskLine) -> list[tuple[str, str]]:
    """(words, value) of what the source said of the person."""
    return [(str(CLAIMS.get(name, name)), value) for name, value in line.claims]


def decide(request: HttpRequest) -> HttpResponse:
    """Approve or refuse one."""
    back = redirect(to("sign-in-asks"))
    try:
        ask_id = UUID(request.POST.get("ask", ""))
    except ValueError:
        return back
    try:
        if request.POST.get("act") == "approve":
            asks.approve_ask(ask_id=ask_id, login_code=request.POST.get("login_code", ""))
            messages.success(request, _("已确认。下次从那里登录就进入这个账号。"))
        else:
            asks.refuse_ask(ask_id=ask_id, why=request.POST.get("why", ""))
            messages.success(request, _("已拒绝，对方看得到理由。"))
    except (BadInput, NotFound, Conflict) as error:
        messages.error(request, first_words(error))
    return back


PAGES = (
    Page(
        "sign-in-asks",
        page,
        gettext_lazy("认人"),
        DECIDERS,
        group="people",
        icon="认",
        order=46,
    ),
    Page("sign-in-asks/decide", decide, gettext_lazy("认人"), DECIDERS, in_menu=False),
)
