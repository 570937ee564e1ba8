"""A guardian asks to be bound to a child, by invitation or by the class's code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from jizuo.ground.errors import DoorError
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import bindings, signin
from jizuo.hubs.identity.actions import codes as code_actions
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.pages import forms
from jizuo.hubs.identity.pages.signin import SLIP, enter, has_sms
from jizuo.hubs.identity.rules import codes
from jizuo.hubs.identity.rules.limits import Purpose
from jizuo.hubs.identity.shapes import Asked, NewGuardian

CLASS, SENT = "bind_class", "bind_sent"


def _who(request: HttpRequest) -> Any:
    return entry.as_self(request) if request.user.is_authenticated else entry.as_visitor(request)


def _guardian_form(request: HttpRequest) -> Any:
    kind = forms.AskAsMyself if request.user.is_authenticated else forms.AskAsNewcomer
    return kind(request.POST or None)


def _guardian(form: Any) -> NewGuardian:
    told = form.cleaned_data
    given = told.get("password")
    return NewGuardian(told["relation"], told.get("name", ""), Secret(given) if given else None)


@never_cache
@sensitive_post_parameters()
def invitation(request: HttpRequest) -> HttpResponse:
    """Answer the invitation whose code was typed before."""
    code = request.session.get(SLIP, "")
    try:
        with entry.as_visitor(request):
            code_actions.look_at_slip(code=Secret(code))
    except DoorError as error:
        request.session.pop(SLIP, None)
        form: Any = forms.SlipCode({"code": code})
        form.is_valid()
        form.take(error)
        return render(request, "identity/slip.html", {"form": form}, status=error.status)
    form = _guardian_form(request)
    if request.method == "POST" and form.is_valid():
        try:
            with _who(request):
                asked = bindings.ask_by_invitation(
                    code=Secret(code), guardian=_guardian(form), address=entry.address_of(request)
                )
        except DoorError as error:
            form.take(error)
        else:
            request.session.pop(SLIP, None)
            return _asked(request, asked)
    context = {"form": form, "title": _("答复学校的邀请")}
    return render(request, "identity/bind.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
def by_class(request: HttpRequest, class_code: str = "") -> HttpResponse:
    """Ask with the class's code (by the QR code or typed), the child's name and a one-time code."""
    if class_code:
        request.session[CLASS] = codes.tidy(class_code)
        return redirect("bind")
    first = {"class_code": request.session.get(CLASS, ""), "once": request.session.get(SLIP, "")}
    child = forms.AskClass(request.POST or None, initial=first)
    if not has_sms():
        del child.fields["phone"], child.fields["sent"]
    form = _guardian_form(request)
    if request.method == "POST" and request.POST.get("send"):
        # Only the number is read here: the rest may still be empty.
        form, child = _unbound(request, child)
        _send(request, child)
        return _page(request, form, child)
    if request.method == "POST" and form.is_valid() and child.is_valid():
        asked = _ask(request, form, child)
        if asked is not None:
            request.session.pop(CLASS, None)
            request.session.pop(SLIP, None)
            request.session.pop(SENT, None)
            return _asked(request, asked)
    return _page(request, form, child)


def _unbound(request: HttpRequest, child: Any) -> tuple[Any, Any]:
    kind = forms.AskAsMyself if request.user.is_authenticated else forms.AskAsNewcomer
    told = {name: request.POST.get(name, "") for name in child.fields}
    filled = {name: request.POST.get(name, "") for name in ("relation", "name")}
    fresh = forms.AskClass(initial=told)
    return kind(initial=filled), fresh


def _page(request: HttpRequest, form: Any, child: Any) -> HttpResponse:
    context = {
        "form": form,
        "child": child,
        "title": _("绑定我的孩子"),
        "sent": request.session.get(SENT),
        "has_sms": has_sms(),
    }
    status = 422 if form.errors or child.errors else 200
    return render(request, "identity/bind.html", context, status=status)


def _send(request: HttpRequest, child: Any) -> None:
    child.cleaned_data = {}
    try:
        phone = signin.or_bad_input("phone", codes.phone, request.POST.get("phone", ""))
        with _who(request):
            code_id = code_actions.ask_code(
                purpose=Purpose.BIND, target=Secret(phone), kind=code_actions.PHONE,
                address=entry.address_of(request),
            )  # fmt: skip
    except DoorError as error:
        child.refused = (
            f"{error.problems[0].what}。{error.problems[0].fix}。" if error.problems else str(error)
        )
        return
    request.session[SENT] = {"id": str(code_id), "to": codes.mask_phone(phone[-4:])}


def _ask(request: HttpRequest, form: Any, child: Any) -> Asked | None:
    told = child.cleaned_data
    held = request.session.get(SENT)
    sent = told.get("sent") if held else ""
    try:
        with _who(request):
            asked = bindings.ask_by_class_code(
                class_code=told["class_code"],
                child_name=told["child_name"],
                guardian=_guardian(form),
                once=Secret(told["once"]) if told.get("once") else None,
                sent_id=UUID(held["id"]) if sent and held else None,
                sent=Secret(sent) if sent else None,
                address=entry.address_of(request),
            )
    except DoorError as error:
        mine = [problem for problem in error.problems if problem.where in form.fields]
        (form if mine or not error.problems else child).take(_at(error, {"code": "once"}))
        return None
    if asked is None:
        child.add_error("sent", _("验证码不对或已过期。"))
    return asked


def _at(error: DoorError, places: dict[str, str]) -> DoorError:
    moved = [type(one)(places.get(one.where, one.where), one.what, one.fix) for one in error.problems]
    return DoorError(error.detail, fix=error.fix, problems=moved)


def _asked(request: HttpRequest, asked: Asked) -> HttpResponse:
    request.session["asked_code"] = codes.show(asked.login_code)
    if request.user.is_authenticated:
        return redirect("bind-done")
    return enter(request, asked.account_id, ["pwd"], is_own_device=False, following="/bind/done/")


def done(request: HttpRequest) -> HttpResponse:
    """What happens next."""
    return render(request, "identity/bind_done.html", {"login_code": request.session.get("asked_code", "")})
