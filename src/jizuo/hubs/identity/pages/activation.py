"""With a slip in the hand: activate an account, set a new password, answer an invitation; and recovery without one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from jizuo.ground import scope as scopes
from jizuo.ground.errors import DoorError
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import codes as code_actions
from jizuo.hubs.identity.actions import signin
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.models import Account
from jizuo.hubs.identity.pages import forms
from jizuo.hubs.identity.pages.signin import SLIP, enter, has_sms
from jizuo.hubs.identity.queries import roles_of
from jizuo.hubs.identity.rules import codes, limits
from jizuo.hubs.identity.rules.limits import Purpose

RECOVERING = "recovering"


@never_cache
def start(request: HttpRequest, code: str = "") -> HttpResponse:
    """Type the code, or come by the slip's QR code; the address is left at once so that it stays in no history."""
    if code:
        return _look(request, code, forms.SlipCode(initial={"code": code}))
    if request.method != "POST":
        return render(request, "identity/slip.html", {"form": forms.SlipCode()})
    form = forms.SlipCode(request.POST)
    if not form.is_valid():
        return render(request, "identity/slip.html", {"form": form}, status=422)
    return _look(request, form.cleaned_data["code"], form)


def _look(request: HttpRequest, code: str, form: forms.SlipCode) -> HttpResponse:
    try:
        with entry.as_visitor(request):
            seen = code_actions.look_at_slip(code=Secret(code))
    except DoorError as error:
        shown = forms.SlipCode({"code": code})
        shown.is_valid()
        shown.take(error)
        return render(request, "identity/slip.html", {"form": shown}, status=error.status)
    request.session[SLIP] = codes.tidy(code)
    if seen.purpose == Purpose.INVITE:
        return redirect("bind-invitation")
    if seen.purpose == Purpose.CLASS_ONCE:
        return redirect("bind")
    if seen.purpose == Purpose.PAPER:
        return redirect("/sign-in/?by=paper")
    return redirect("activate-password")


@never_cache
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Set the password with the slip looked at before, and be signed in."""
    code = request.session.get(SLIP, "")
    try:
        with entry.as_visitor(request):
            seen = code_actions.look_at_slip(code=Secret(code))
    except DoorError as error:
        request.session.pop(SLIP, None)
        form: Any = forms.SlipCode({"code": code})
        form.is_valid()
        form.take(error)
        return render(request, "identity/slip.html", {"form": form}, status=error.status)
    form = forms.Activation(request.POST or None)
    form.fields["password"].help_text = _("至少 %(n)s 位。三四个不相干的词连起来，好记也难猜。") % {
        "n": seen.shortest
    }
    if request.method == "POST" and form.is_valid():
        try:
            with entry.as_visitor(request):
                account_id = code_actions.activate(
                    code=Secret(code), password=Secret(form.cleaned_data["password"])
                )
        except DoorError as error:
            form.take(error)
        else:
            request.session.pop(SLIP, None)
            return _entered(request, account_id, form.cleaned_data["own_device"], seen.purpose)
    status = 422 if request.method == "POST" else 200
    return render(request, "identity/activate.html", {"form": form, "seen": seen}, status=status)


def _entered(request: HttpRequest, account_id: UUID, is_own_device: bool, purpose: str) -> HttpResponse:
    account = Account.objects.get(pk=account_id)
    messages.success(
        request, _("密码设好了。您的登录码是 %(code)s，请记下。") % {"code": codes.show(account.login_code)}
    )
    is_staff = bool(roles_of(account_id) & scopes.STAFF_ROLES)
    offer = "/me/welcome/" if purpose == Purpose.ACTIVATE and is_staff else "/"
    return enter(request, account_id, ["paper", "pwd"], is_own_device=is_own_device, following=offer)


@never_cache
def recover(request: HttpRequest) -> HttpResponse:
    """Ask for a code to the phone or e-mail address of an account. The answer is the same for everybody."""
    form = forms.RecoverName(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            name = signin.read_name(form.cleaned_data["name"])
            goes = code_actions.kind_and_target(name)
            if goes is None:
                form.add_error(
                    "name", _("登录码收不到消息。请填手机号或邮箱，或向学校要一张重设密码的纸条。")
                )
            elif goes[0] == code_actions.PHONE and not has_sms():
                form.add_error("name", _("这里还没有开通短信。请填邮箱，或向学校要一张重设密码的纸条。"))
            else:
                with entry.as_visitor(request):
                    code_id = code_actions.ask_code(
                        purpose=Purpose.RECOVER, target=Secret(goes[1]), kind=goes[0],
                        address=entry.address_of(request),
                    )  # fmt: skip
                masked = codes.mask_email(goes[1]) if "@" in goes[1] else codes.mask_phone(goes[1][-4:])
                request.session[RECOVERING] = {"id": str(code_id), "to": masked}
                return redirect("recover-code")
        except DoorError as error:
            form.take(error)
    status = 422 if request.method == "POST" else 200
    return render(request, "identity/recover.html", {"form": form}, status=status)


@never_cache
@sensitive_post_parameters()
def recover_code(request: HttpRequest) -> HttpResponse:
    """The code and the new password."""
    held = request.session.get(RECOVERING)
    if not held:
        return redirect("recover")
    form = forms.RecoverCode(request.POST or None)
    choices: list[Account] = []
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        chosen = request.POST.get("account", "")
        try:
            with entry.as_visitor(request):
                attempt = code_actions.recover(
                    code_id=UUID(held["id"]),
                    code=Secret(told["code"]),
                    password=Secret(told["password"]),
                    account_id=UUID(chosen) if chosen else None,
                    address=entry.address_of(request),
                )
        except (DoorError, ValueError) as error:
            if isinstance(error, DoorError):
                form.take(error)
            else:
                form.add_error(None, _("请从列出的账号里选一个。"))
        else:
            if len(attempt.account_ids) == 1:
                request.session.pop(RECOVERING, None)
                messages.success(request, _("新密码已设好，其他设备上的登录都已退出。请用新密码登录。"))
                return redirect("account_login")
            if attempt.account_ids:
                choices = list(Account.objects.filter(pk__in=attempt.account_ids))
            else:
                form.add_error(
                    "code",
                    _("验证码不对或已过期。没有收到的话，请看手机号或邮箱是否登记过，或向学校要纸条。"),
                )
    context = {"form": form, "held": held, "choices": choices, "shortest": limits.SHORTEST["family"]}
    return render(request, "identity/recover_code.html", context, status=422 if form.errors else 200)
