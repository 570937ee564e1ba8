"""Ways in from elsewhere on the own account: connect, disconnect, and which base is home."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from jizuo.ground import acting, grants
from jizuo.ground.errors import BadInput, DoorError, Problem
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import homes, outside, sources
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.pages import outside as pages
from jizuo.hubs.identity.pages.forms import PlainForm
from jizuo.hubs.identity.upstream.shapes import Refused

HOWS = {
    "claim": gettext_lazy("对方证实了您登记的手机、邮箱或登录码"), "local": gettext_lazy("您在这里登录后连接"),
    "school": gettext_lazy("学校确认"), "link": gettext_lazy("登记的平台编号"),
}  # fmt: skip


class Doing(PlainForm):
    """What to do with which way in; the password proves the owner."""

    act = django_forms.ChoiceField(choices=[(one, one) for one in ("link", "unlink", "home", "here")])
    about = django_forms.UUIDField(required=False)
    password = django_forms.CharField(
        label=gettext_lazy("您在这里的密码"),
        strip=False,
        max_length=200,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@never_cache
@login_required
@sensitive_post_parameters()
def elsewhere(request: HttpRequest) -> HttpResponse:
    """The list, and what can be done with each."""
    form = Doing(request.POST or None)
    wrong = ""
    if request.method == "POST":
        if form.is_valid():
            try:
                return _do(request, form)
            except Refused as fault:
                return pages.fault_page(request, fault)
            except DoorError as error:
                wrong = str(error.problems[0].what if error.problems else error.detail)
        else:
            wrong = _("请填密码再点一次")
    user: Any = request.user
    account_id = user.pk
    with entry.as_self(request):
        links = outside.my_links(account_id=account_id)
        offered = [
            line
            for unit_no in (None, *_units(request))
            for line in sources.offered(unit_no=unit_no, user_agent=pages.agent_of(request))
        ]
    known = {one.source_id for one in links}
    fresh = {line.source_id: line for line in offered if line.source_id not in known}
    context = {
        "links": [(one, HOWS.get(one.proved, one.proved)) for one in links], "fresh": list(fresh.values()),
        "wrong": wrong, "home": next((one for one in links if one.is_home), None),
        "may_move": any(one.is_platform for one in links),
    }  # fmt: skip
    return render(request, "identity/elsewhere.html", context, status=422 if wrong else 200)


def _units(request: HttpRequest) -> list[int]:
    """The units in which one holds a role."""
    user: Any = request.user
    return sorted({held.unit_no for held in grants.of_account(user.pk, acting.today())})


def _do(request: HttpRequest, form: Doing) -> HttpResponse:
    told = form.cleaned_data
    about: UUID | None = told["about"]
    proof: dict[str, Any] = {
        "account_id": request.user.pk,
        "password": Secret(told["password"]),
        "address": entry.address_of(request),
    }
    if about is None and told["act"] != "here":
        raise BadInput(_("没有选"), problems=[Problem("about", _("没有选是哪一个"), _("请刷新页面"))])
    with entry.as_self(request):
        if told["act"] == "unlink" and about:
            outside.unlink_mine(link_id=about, **proof)
            messages.success(request, _("已取消连接。从那里登录的地方都已退出。"))
        elif told["act"] in ("home", "here"):
            homes.choose_home(source_id=about if told["act"] == "home" else None, **proof)
            messages.success(request, _("主基座已改。"))
        else:
            outside.prove_me(**proof)
    if told["act"] == "link" and about:
        at, address = pages.go_out(request, about, "", account_id=request.user.pk)
        return pages.onward(request, at.name, address)
    if not request.user.is_authenticated:
        return redirect("account_login")
    return redirect("my-elsewhere")
