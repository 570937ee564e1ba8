"""The own account: which role to act in, password, phone, e-mail, second factor, sessions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from jizuo.ground import grants
from jizuo.ground.errors import BadInput, DoorError, NotAllowed
from jizuo.hubs.identity import entry, queries, sightings
from jizuo.hubs.identity.actions import codes as code_actions
from jizuo.hubs.identity.actions import devices, factors, outside, passkeys, passwords, sessions, signin
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.gate import safe_next
from jizuo.hubs.identity.models import Account
from jizuo.hubs.identity.pages import forms, keys, my_apps
from jizuo.hubs.identity.pages.signin import has_sms, remember_factor
from jizuo.hubs.identity.protocols.openid import tickets
from jizuo.hubs.identity.queries import roles_of
from jizuo.hubs.identity.rules import bindings as binding_rules
from jizuo.hubs.identity.rules import codes, limits, strength
from jizuo.hubs.identity.rules.limits import Purpose

PROVING = "proving"


def home(request: HttpRequest) -> HttpResponse:
    """Signed out: the sign-in page. One role: straight to it. Several: choose, the one used last first."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    roles = queries.roles_of_request(request)
    if len(roles) == 1 and not request.GET.get("choose"):
        return redirect("as-role", grant_no=roles[0].grant_no)
    asked = []
    if not roles:
        with entry.as_self(request):
            asked = queries.my_bindings(account_id=_me(request).pk)
    return render(request, "identity/roles.html", {"roles": roles, "asked": asked, "account": request.user})


@login_required
def go(request: HttpRequest, grant_no: int) -> HttpResponse:
    """Act in one role from now on; the address says which, so another tab keeps its own."""
    grants.note_use(grant_no, _me(request).pk)
    return redirect(f"/as/{grant_no}/")


def _me(request: HttpRequest) -> Account:
    user: Any = request.user
    return user


def _this_sid(request: HttpRequest) -> UUID | None:
    sign_on = getattr(request.session, "sign_on", None)
    return sign_on.sid if sign_on else None


@never_cache
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Everything about the own account on one page."""
    account = _me(request)
    with entry.as_self(request):
        open_sessions = queries.my_sessions(account_id=account.pk, this_sid=_this_sid(request))
        asked = queries.my_bindings(account_id=account.pk)
        site = keys.site_of(request)
        held_keys = sightings.my_passkeys(account_id=account.pk, rp_id=site.rp_id)
        remembered = sightings.my_devices(account_id=account.pk, mark=entry.browser_of(request).mark)
        outside_links = outside.my_links(account_id=account.pk)
    context = my_apps.context(request, account.pk) | {
        "passkeys": held_keys,
        "devices": remembered,
        "is_named": keys.is_named(request),
        "outside_links": outside_links,
        "account": account,
        "login_code": codes.show(account.login_code),
        "phone": codes.mask_phone(account.phone_tail),
        "email": codes.mask_email(account.email),
        "has_totp": factors.has_totp(account.pk),
        "is_admin": limits.group(roles_of(account.pk)) == "admin",
        "sessions": open_sessions,
        "asked": asked,
        "relations": binding_rules.RELATIONS,
        "roles": queries.roles_of_request(request),
    }
    return render(request, "identity/me.html", context)


@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """After activation, for staff: a phone and a second factor are offered once; both can wait."""
    return render(request, "identity/welcome.html", {"has_sms": has_sms()})


@never_cache
@login_required
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change the password."""
    form = forms.ChangePassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            with entry.as_self(request):
                done = passwords.change_password(
                    account_id=_me(request).pk,
                    old=Secret(told["old"]),
                    new=Secret(told["password"]),
                    address=entry.address_of(request),
                    keep_sid=_this_sid(request),
                )
        except DoorError as error:
            form.take(_moved(error, {"new": "password", "password": "old"}))
        else:
            if done:
                _stay_signed_in(request)
                messages.success(request, _("密码已改，其他设备上的登录都已退出。"))
                return redirect("me")
            form.add_error("old", _("现在的密码不对。"))
    return _form(request, form, _("修改密码"))


def _moved(error: DoorError, places: dict[str, str]) -> DoorError:
    """The same refusal with its places named as this form names them."""
    problems = [
        type(problem)(places.get(problem.where, problem.where), problem.what, problem.fix)
        for problem in error.problems
    ]
    return BadInput(error.detail, fix=error.fix, problems=problems)


def _stay_signed_in(request: HttpRequest) -> None:
    update_session_auth_hash(request, Account.objects.get(pk=_me(request).pk))


def _form(request: HttpRequest, form: Any, title: str, **more: Any) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, "identity/form.html", {"form": form, "title": title, **more}, status=status)


@never_cache
@login_required
def phone(request: HttpRequest) -> HttpResponse:
    """Put a phone on the account: the number first, then the code sent to it."""
    return _prove(request, code_actions.PHONE)


@never_cache
@login_required
def email(request: HttpRequest) -> HttpResponse:
    """Put an e-mail address on the account, likewise."""
    return _prove(request, code_actions.EMAIL)


def _prove(request: HttpRequest, kind: str) -> HttpResponse:
    is_phone = kind == code_actions.PHONE
    title = _("登记手机号") if is_phone else _("登记邮箱")
    if is_phone and not has_sms():
        return render(request, "identity/no_sms.html", {"title": title})
    if request.method == "POST" and request.POST.get("drop"):
        with entry.as_self(request):
            code_actions.drop_target(account_id=_me(request).pk, kind=kind)
        messages.success(request, _("已取下。"))
        return redirect("me")
    held = request.session.get(PROVING)
    if request.GET.get("sent") and held is not None and held["kind"] == kind:
        return _prove_code(request, held, title)
    form: Any = (forms.Phone if is_phone else forms.Email)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            read = codes.phone if is_phone else codes.email
            target = signin.or_bad_input(kind, read, form.cleaned_data[kind])
            with entry.as_self(request):
                code_id = code_actions.ask_code(
                    purpose=Purpose.NEW_PHONE if is_phone else Purpose.NEW_EMAIL,
                    target=Secret(target),
                    kind=kind,
                    address=entry.address_of(request),
                )
        except DoorError as error:
            form.take(error)
        else:
            masked = codes.mask_phone(target[-4:]) if is_phone else target
            request.session[PROVING] = {"id": str(code_id), "kind": kind, "to": masked}
            return redirect(f"{request.path}?sent=1")
    return _form(request, form, title, button=_("发送验证码"))


def _prove_code(request: HttpRequest, held: dict[str, str], title: str) -> HttpResponse:
    form = forms.Code(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with entry.as_self(request):
                done = code_actions.prove_target(
                    account_id=_me(request).pk,
                    code_id=UUID(held["id"]),
                    code=Secret(form.cleaned_data["code"]),
                    email="" if held["kind"] == code_actions.PHONE else held["to"],
                )
        except DoorError as error:
            form.take(error)
        else:
            if done:
                request.session.pop(PROVING, None)
                messages.success(request, _("已登记，以后可以用它登录和找回密码。"))
                return redirect("me")
            form.add_error("code", _("验证码不对或已过期。"))
    note = _("验证码已发往 %(to)s。") % {"to": held["to"]}
    return _form(request, form, title, note=note)


@never_cache
@login_required
@sensitive_post_parameters()
def turn_on(request: HttpRequest) -> HttpResponse:
    """Turn on the second factor: scan, type a code and the password; recovery codes are shown once."""
    account = _me(request)
    if factors.has_totp(account.pk):
        return redirect("me")
    form = forms.TurnOnTotp(request.POST or None)
    secret = get_totp_secret(regenerate=request.method != "POST")
    if request.method == "POST" and form.is_valid():
        try:
            with entry.as_self(request):
                made = factors.turn_on_totp(
                    account_id=account.pk,
                    secret=Secret(secret),
                    code=Secret(form.cleaned_data["code"]),
                    password=Secret(form.cleaned_data["password"]),
                    address=entry.address_of(request),
                )
        except DoorError as error:
            form.take(error)
        else:
            if made is not None:
                clear_totp_secret(request)
                remember_factor(request, account.pk, strength.OTP)
                return _show_recovery(request, made)
            form.add_error("password", _("密码不对。"))
    address = get_adapter().build_totp_url(account, secret)
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=2)
    spaced = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    context = {"form": form, "picture": picture, "secret": spaced, "next": safe_next(request, "")}
    return render(request, "identity/totp.html", context, status=422 if form.errors else 200)


def _show_recovery(request: HttpRequest, made: list[str]) -> HttpResponse:
    return render(
        request, "identity/recovery_codes.html", {"codes": made, "next": safe_next(request, "/me/")}
    )


@never_cache
@login_required
@require_POST
def turn_off(request: HttpRequest) -> HttpResponse:
    """Turn off the second factor."""
    try:
        with entry.as_self(request):
            factors.turn_off_totp(account_id=_me(request).pk)
    except NotAllowed:
        raise
    except DoorError as error:
        messages.error(request, f"{error.detail}。" if not error.problems else error.problems[0].what)
        return redirect("me")
    messages.success(request, _("动态码已关闭。"))
    return redirect("me")


@never_cache
@login_required
@require_POST
def new_recovery(request: HttpRequest) -> HttpResponse:
    """New recovery codes."""
    with entry.as_self(request):
        made = factors.renew_recovery_codes(account_id=_me(request).pk)
    return _show_recovery(request, made)


@never_cache
@login_required
@sensitive_post_parameters()
def step_up(request: HttpRequest) -> HttpResponse:
    """Prove once more who it is, as strongly as a door asked (`level`), and go back there.

    A passkey answers every level, a code of the second factor all but 3, the password 1 and only without either.
    """
    account = _me(request)
    following = safe_next(request)
    level = {"1": strength.ONE, "3": strength.STRONG}.get(request.GET.get("level", ""), strength.TWO)
    has_code, has_key = (
        factors.has_totp(account.pk),
        passkeys.has_passkey(account.pk, keys.site_of(request).rp_id),
    )
    is_code = has_code and not (level == strength.STRONG and has_key)
    is_password = level == strength.ONE and not has_code and not has_key
    if not has_code and not has_key and not is_password:
        return render(request, "identity/step_up_none.html", {"next": following})
    form: Any = (forms.Again if is_password else forms.Factor)(request.POST or None)
    context: dict[str, Any] = {"form": form, "next": following, "has_form": is_code or is_password}
    if has_key:
        context["key"] = keys.for_page(request, "step_up")
    if request.method == "POST":
        method = ""
        if has_key and "answer" in request.POST:
            form = context["form"] = forms.Factor()
            with entry.as_self(request):
                method = keys.checked(request, account.pk)
            context["key_wrong"] = not method
        elif context["has_form"] and form.is_valid():
            method = _proven(request, form, is_password=is_password)
        if method:
            if method != strength.PASSWORD:
                remember_factor(request, account.pk, method)
            return redirect(following)
    is_wrong = request.method == "POST"
    response = render(request, "identity/step_up.html", context, status=422 if is_wrong else 200)
    tickets.let_through(response, following)
    return response


def _proven(request: HttpRequest, form: Any, *, is_password: bool) -> str:
    """The method by which the form proves who it is, or empty with the fault in the form."""
    account, address = _me(request), entry.address_of(request)
    try:
        with entry.as_self(request):
            if is_password:
                told = Secret(form.cleaned_data["password"])
                if signin.prove_password(account=account, password=told, address=address):
                    return strength.PASSWORD
                form.add_error("password", _("密码不对。"))
            else:
                code = Secret(form.cleaned_data["code"])
                if used := factors.check_factor(account_id=account.pk, code=code, address=address):
                    return used
                form.add_error("code", _("不对，或已经用过。请等下一个码再输。"))
    except DoorError as error:
        form.take(error)
    return ""


@login_required
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """End one session of one's own, all but this one, or all."""
    account, this_sid = _me(request), _this_sid(request)
    with entry.as_self(request):
        if request.POST.get("all") == "here" and this_sid:
            sessions.end_every(account_id=account.pk)
            is_out = True
        elif request.POST.get("all") and this_sid:
            is_out = False
            count = sessions.end_others(account_id=account.pk, keep_sid=this_sid)
            messages.success(request, _("已退出其他 %(n)s 处登录。") % {"n": count})
        else:
            is_out = False
            try:
                sid = UUID(request.POST.get("sid", ""))
            except ValueError:
                sid = UUID(int=0)
            done = sessions.end_mine(account_id=account.pk, sid=sid)
            messages.success(request, _("那一处已退出。") if done else _("那一处早已退出。"))
    if is_out:
        logout(request)
        messages.info(request, _("所有地方都已退出。"))
        return redirect("account_login")
    return redirect("me")


@login_required
@require_POST
def forget_device(request: HttpRequest) -> HttpResponse:
    """Forget one remembered device, or all."""
    with entry.as_self(request):
        if request.POST.get("all"):
            devices.forget_devices(account_id=_me(request).pk)
            messages.success(request, _("所有设备都已忘记，下次登录会再问动态码。"))
        else:
            try:
                device_id = UUID(request.POST.get("device", ""))
            except ValueError:
                device_id = UUID(int=0)
            done = devices.forget_device(account_id=_me(request).pk, device_id=device_id)
            messages.success(request, _("已忘记这台设备。") if done else _("这台设备早已忘记。"))
    return redirect("me")
