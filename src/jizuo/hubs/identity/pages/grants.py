"""Acting roles given by hand: who holds them, give one, end one. Both need the second factor."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import grants
from jizuo.ground import scope as scopes
from jizuo.ground.doors import role_title
from jizuo.ground.errors import BadInput, DoorError, NotFound
from jizuo.ground.pages.format import sentences
from jizuo.ground.pages.inputs import DayInput
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.identity import queries
from jizuo.hubs.identity.actions import factors, signin
from jizuo.hubs.identity.pages.forms import PlainForm
from jizuo.hubs.identity.rules import codes

GIVERS = frozenset(grants.MAY_GIVE)


class GiveRole(PlainForm):
    """Whom, where, as what, until when, and why."""

    login_code = django_forms.CharField(label=gettext_lazy("对方的登录码"), max_length=20)
    unit_no = django_forms.TypedChoiceField(label=gettext_lazy("单位"), coerce=int)
    role = django_forms.ChoiceField(label=gettext_lazy("身份"))
    end_on = django_forms.DateField(
        label=gettext_lazy("最后一天"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("不填就一直有效。"),
    )
    reason = django_forms.CharField(label=gettext_lazy("理由"), max_length=150)

    def clean_end_on(self) -> Any:
        last = self.cleaned_data["end_on"]
        if last == date.max:
            raise django_forms.ValidationError(_("日期太远。一直有效就不要填。"))
        return last

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = scopes.current().role
        self.fields["unit_no"].choices = queries.reached_units()  # type: ignore[attr-defined]
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (one, role_title(one)) for one in sorted(grants.MAY_GIVE.get(role, ()))
        ]


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """The list and the form."""
    form = GiveRole(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            code = signin.or_bad_input("login_code", codes.read, told["login_code"], codes.LOGIN_LENGTH)
            found = queries.account_by_code(login_code=code)
            grants.give_by_hand(
                account_id=found.account_id,
                unit_no=told["unit_no"],
                role=told["role"],
                end_on=day_after(told["end_on"]),
                reason=told["reason"],
            )
        except (BadInput, NotFound) as error:
            form.take(error)
        else:
            messages.success(
                request,
                _("已授予%(name)s“%(role)s”。") % {"name": found.name, "role": role_title(told["role"])},
            )
            return redirect(to("grants"))
    lines = [(line, role_title(line.role)) for line in queries.grants_by_hand()]
    context = {"form": form, "lines": lines}
    return render(request, "identity/grants.html", context, status=422 if form.errors else 200)


def day_after(last: date | None) -> date | None:
    """The half-open end of an interval whose last day is `last`."""
    return date.fromordinal(last.toordinal() + 1) if last else None


def end(request: HttpRequest) -> HttpResponse:
    """End one role given by hand."""
    back = redirect(to("grants"))
    text = request.POST.get("grant", "")
    if request.method != "POST" or not text.isdecimal():
        return back
    try:
        grants.end_by_hand(grant_no=int(text[:18]), reason=request.POST.get("reason", ""))
    except (BadInput, NotFound) as error:
        messages.error(request, first_words(error))
    else:
        messages.success(request, _("已收回。"))
    return back


def drop_factor(request: HttpRequest) -> HttpResponse:
    """Take the second factor off somebody who lost it."""
    back = redirect(to("grants"))
    if request.method != "POST":
        return back
    try:
        code = signin.or_bad_input(
            "login_code", codes.read, request.POST.get("login_code", ""), codes.LOGIN_LENGTH
        )
        found = queries.account_by_code(login_code=code)
        factors.drop_factor_of(account_id=found.account_id, reason=request.POST.get("reason", ""))
    except (BadInput, NotFound) as error:
        messages.error(request, first_words(error))
    else:
        messages.success(request, _("已关闭%(name)s的动态码，其登录都已退出。") % {"name": found.name})
    return back


def first_words(error: DoorError) -> str:
    """What a refusal says first, for a message at the top of a page."""
    first = error.problems[0] if error.problems else None
    return sentences(first.what, first.fix) if first else sentences(error.detail, error.fix)


PAGES = (
    Page("grants", page, gettext_lazy("授权"), GIVERS, group="base", icon="权", order=40),
    Page("grants/end", end, gettext_lazy("收回身份"), GIVERS, in_menu=False),
    Page("grants/factor", drop_factor, gettext_lazy("为他人关闭动态码"), GIVERS, in_menu=False),
)
