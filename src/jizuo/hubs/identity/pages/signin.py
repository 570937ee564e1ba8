"""Signing in and out: by password, by a code sent to a phone, by a code on paper, and the second factor."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from jizuo.ground.errors import DoorError
from jizuo.ground.gateways import sms
from jizuo.ground.pages.format import clock
from jizuo.ground.pages.parts import Tab
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import codes as code_actions
from jizuo.hubs.identity.actions import devices, factors, homes, passkeys, sessions, signin
from jizuo.hubs.identity.adapters import SecondFactorStage
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.gate import safe_next
from jizuo.hubs.identity.models import Account
from jizuo.hubs.identity.pages import forms, keys, outside
from jizuo.hubs.identity.protocols.openid import tickets
from jizuo.hubs.identity.queries import roles_of
from jizuo.hubs.identity.rules import codes, limits, strength
from jizuo.hubs.identity.rules.codes import BadCode
from jizuo.hubs.identity.rules.limits import Purpose
from jizuo.hubs.identity.shapes import Attempt

SENT, CHOOSE, SLIP = "sent_code", "choose_account", "slip_code"
#: What counts at the home base and not here for whom that is elsewhere; other sources that one linked stay ways in.
HOME_ASKS = frozenset({strength.PASSWORD, strength.SMS}) | strength.KEYS
WAYS = ("password", "phone", "paper", "passkey")


def has_sms() -> bool:
    """Whether this base can send short messages."""
    return not isinstance(sms.configured(), sms.NoGateway)


@never_cache
@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> HttpResponse:
    """One page, four ways."""
    way = request.GET.get("by", "password")
    if way not in WAYS:
        way = "password"
    if request.user.is_authenticated and request.method == "GET" and "again" not in request.GET:
        return redirect(safe_next(request))
    return {"password": _by_password, "phone": _by_phone, "paper": _by_paper, "passkey": _by_passkey}[way](
        request
    )


def _page(request: HttpRequest, way: str, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
    following = safe_next(request, "")
    tail = f"&{urlencode({'next': following})}" if following else ""
    words = {
        "password": _("密码"),
        "phone": _("短信验证码"),
        "paper": _("纸条码"),
        "passkey": _("通行密钥"),
    }
    tabs = [Tab(words[one], f"?by={one}{tail}", one == way) for one in WAYS]
    context = {
        "form": form, "way": way, "tabs": tabs, "next": following, "elsewhere": outside.buttons(request, following),
        "is_in_app": outside.is_in_app(request), **more,
    }  # fmt: skip
    response = render(request, "identity/sign_in.html", context, status=status)
    tickets.let_through(response, following)
    return response


def _by_password(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        first = {"ticket": forms.issue_ticket(), "name": request.session.get(sessions.NAME, "")}
        return _page(request, "password", forms.PasswordSignIn(initial=first))
    form = forms.PasswordSignIn(request.POST)
    if not form.is_valid():
        return _page(request, "password", form, status=422)
    told = form.cleaned_data
    try:
        name = codes.sign_in_name(told["name"])
    except BadCode:
        # By its form alone this is nobody's name; the plain answer of a wrong password stands for it too.
        name = codes.SignInName(codes.NameKind.LOGIN_CODE, told["name"].strip()[:254])
    with entry.as_visitor(request):
        attempt = signin.sign_in(
            name=name,
            password=Secret(told["password"]),
            address=entry.address_of(request),
            form_age_seconds=forms.age_seconds(told["ticket"]),
        )
    if attempt.account_ids:
        return enter(request, attempt.account_ids[0], ["pwd"], is_own_device=told["own_device"])
    return _refused(request, "password", form, attempt, _("账号或密码不对。请核对后再试，或用“忘记密码”。"))


def _refused(request: HttpRequest, way: str, form: Any, attempt: Attempt, words: str) -> HttpResponse:
    if attempt.wait_seconds:
        form.add_error(
            None, _("这里刚才失败的登录较多，请等 %(n)s 秒再点一次。") % {"n": attempt.wait_seconds}
        )
        return _page(request, way, form, status=429)
    if attempt.locked_until:
        form.add_error(
            None,
            _("错了太多次，在这里请 %(time)s 以后再试，或用“忘记密码”、向学校要一张纸条。")
            % {"time": clock(attempt.locked_until)},
        )
        return _page(request, way, form, status=429)
    form.add_error(None, words)
    return _page(request, way, form, status=422)


def _by_phone(request: HttpRequest) -> HttpResponse:
    if not has_sms():
        return _page(request, "phone", None, has_sms=False)
    sent = request.session.get(SENT) if request.GET.get("sent") else None
    if request.method != "POST":
        form: Any = forms.SentCode() if sent else forms.PhoneSignIn()
        return _page(request, "phone", form, sent=sent, has_sms=True)
    if "phone" in request.POST:
        return _send(request)
    form = forms.SentCode(request.POST)
    held = request.session.get(SENT)
    if not form.is_valid() or not held:
        return _page(request, "phone", form, status=422, sent=held, has_sms=True)
    with entry.as_visitor(request):
        attempt = code_actions.sign_in_by_sent_code(
            code_id=UUID(held["id"]),
            code=Secret(form.cleaned_data["code"]),
            address=entry.address_of(request),
        )
    if not attempt.account_ids:
        form.add_error("code", _("验证码不对或已过期。可以返回重发。"))
        return _page(request, "phone", form, status=422, sent=held, has_sms=True)
    request.session.pop(SENT, None)
    is_own = form.cleaned_data["own_device"]
    if len(attempt.account_ids) > 1:
        request.session[CHOOSE] = {
            "ids": [str(one) for one in attempt.account_ids],
            "own": is_own,
            "next": safe_next(request, ""),
            "at": timezone.now().timestamp(),
        }
        return redirect("sign-in-choose")
    return enter(request, attempt.account_ids[0], ["sms"], is_own_device=is_own)


def _send(request: HttpRequest) -> HttpResponse:
    form = forms.PhoneSignIn(request.POST)
    if not form.is_valid():
        return _page(request, "phone", form, status=422, has_sms=True)
    try:
        phone = signin.or_bad_input("phone", codes.phone, form.cleaned_data["phone"])
        with entry.as_visitor(request):
            code_id = code_actions.ask_code(
                purpose=Purpose.SIGN_IN, target=Secret(phone), kind=code_actions.PHONE,
                address=entry.address_of(request),
            )  # fmt: skip
    except DoorError as error:
        form.take(error)
        return _page(request, "phone", form, status=error.status, has_sms=True)
    request.session[SENT] = {"id": str(code_id), "to": codes.mask_phone(phone[-4:])}
    following = safe_next(request, "")
    tail = f"&{urlencode({'next': following})}" if following else ""
    return redirect(f"{request.path}?by=phone&sent=1{tail}")


def choose(request: HttpRequest) -> HttpResponse:
    """Whose account, when two people of a family share the phone that was just proven."""
    held = request.session.get(CHOOSE)
    if not held or timezone.now().timestamp() - held["at"] > 300:
        return redirect("account_login")
    if request.method == "POST" and request.POST.get("account") in held["ids"]:
        del request.session[CHOOSE]
        account_id = UUID(request.POST["account"])
        return enter(request, account_id, ["sms"], is_own_device=held["own"], following=held["next"])
    accounts = Account.objects.filter(pk__in=held["ids"]).order_by("display_name")
    response = render(request, "identity/choose.html", {"accounts": accounts})
    tickets.let_through(response, held["next"])
    return response


def _by_paper(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        first = {"ticket": forms.issue_ticket(), "code": request.session.pop(SLIP, "")}
        return _page(request, "paper", forms.PaperSignIn(initial=first))
    form = forms.PaperSignIn(request.POST)
    if not form.is_valid():
        return _page(request, "paper", form, status=422)
    told = form.cleaned_data
    try:
        code = signin.or_bad_input("code", codes.read, told["code"], codes.SLIP_LENGTH)
    except DoorError as error:
        form.take(error)
        return _page(request, "paper", form, status=error.status)
    with entry.as_visitor(request):
        attempt = code_actions.sign_in_by_paper(
            code=Secret(code),
            address=entry.address_of(request),
            form_age_seconds=forms.age_seconds(told["ticket"]),
        )
    if attempt.account_ids:
        return enter(request, attempt.account_ids[0], ["paper"], is_own_device=told["own_device"])
    return _refused(
        request,
        "paper",
        form,
        attempt,
        _("这个码不能登录：可能用过了、过期了，或是启用账号用的。请看纸条上的说明。"),
    )


def _by_passkey(request: HttpRequest) -> HttpResponse:
    site = keys.site_of(request)
    if request.method != "POST":
        return _page(request, "passkey", forms.PasskeySignIn(), key=keys.for_page(request, "sign_in"))
    form = forms.PasskeySignIn(request.POST)
    challenge_id = keys.taken_challenge(request)
    if form.is_valid() and challenge_id:
        with entry.as_visitor(request):
            used = passkeys.sign_in_by_passkey(
                challenge_id=challenge_id,
                answer=Secret(form.cleaned_data["answer"]),
                site=site,
                address=entry.address_of(request),
            )
        if used.account_id is not None:
            is_own = form.cleaned_data["own_device"]
            return enter(request, used.account_id, [used.method], is_own_device=is_own)
    form.add_error(None, _("这个通行密钥没有通过。请再试一次，或用密码登录。"))
    return _page(request, "passkey", form, status=422, key=keys.for_page(request, "sign_in"))


@require_POST
def passkey_options(request: HttpRequest) -> JsonResponse:
    """A challenge for the passkeys this browser holds; asked for by the page's script when its button is pressed."""
    with entry.as_visitor(request):
        asked = passkeys.ask_sign_in(site=keys.site_of(request))
    return keys.asked(request, asked)


@require_POST
@login_stage_required(stage=SecondFactorStage.key, redirect_urlname="account_login")
def second_options(request: HttpRequest) -> JsonResponse:
    """A challenge for the passkeys of the account that is signing in."""
    account = request._login_stage.login.user  # type: ignore[attr-defined]
    with entry.as_visitor(request):
        asked = passkeys.ask_proof(account_id=account.pk, site=keys.site_of(request))
    return keys.asked(request, asked)


def enter(
    request: HttpRequest,
    account_id: UUID,
    methods: list[str],
    *,
    is_own_device: bool,
    following: str | None = None,
) -> HttpResponse:
    """Sign the account in through allauth's stages: the second factor first where one is on, unless what was shown
    elsewhere stands for it. Whose home is another base is sent there, whatever was shown here but a slip of the school:
    whom that base has shut out does not come in by a passkey made here before."""
    account = Account.objects.get(pk=account_id)
    if methods[0] in HOME_ASKS and (home := homes.home_of(account_id)):
        return outside.send_home(request, home, safe_next(request, "") if following is None else following)
    if request.user.is_authenticated and request.user.pk != account_id:
        logout(request)
    request.session[sessions.OWN_DEVICE] = bool(is_own_device)
    request.session[sessions.METHODS] = methods
    if strength.level(methods) >= strength.TWO:
        remember_factor(request, account_id, methods[-1])
    following = safe_next(request, "") if following is None else following
    return perform_login(request, Login(user=account, redirect_url=following or None))


def remember_factor(request: HttpRequest, account_id: UUID, method: str) -> limits.Limits:
    """Note in the session that the second factor was just given, how strong it was, and for how long it counts."""
    limit = limits.of_session(
        roles_of(account_id), is_own_device=bool(request.session.get(sessions.OWN_DEVICE))
    )
    request.session["second_factor_at"] = timezone.now().timestamp()
    request.session["second_factor_seconds"] = int(limit.factor.total_seconds())
    request.session["second_factor_level"] = strength.STRONG if method in strength.KEYS else strength.TWO
    return limit


@never_cache
@login_stage_required(stage=SecondFactorStage.key, redirect_urlname="account_login")
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second factor during a sign-in: a code, or a passkey of the account."""
    stage = request._login_stage  # type: ignore[attr-defined]
    account = stage.login.user
    form = forms.Factor(request.POST or None)
    context: dict[str, Any] = {"form": form, "has_code": factors.has_totp(account.pk)}
    if passkeys.has_passkey(account.pk, keys.site_of(request).rp_id):
        context["key"] = keys.for_page(request, "second")
    status = 200
    if request.method == "POST":
        status = 422
        used = ""
        if "answer" in request.POST:
            with entry.as_visitor(request):
                used = keys.checked(request, account.pk)
            if not used:
                context |= {"form": forms.Factor(), "key_wrong": True}
        elif form.is_valid():
            try:
                with entry.as_visitor(request):
                    used = factors.check_factor(
                        account_id=account.pk,
                        code=Secret(form.cleaned_data["code"]),
                        address=entry.address_of(request),
                    )
            except DoorError as error:
                form.take(error)
                status = 429
            else:
                if not used:
                    form.add_error("code", _("不对，或已经用过。请等下一个码再输。"))
        if used:
            request.session[sessions.METHODS] = [*request.session.get(sessions.METHODS, []), used]
            remember_factor(request, account.pk, used)
            if request.session.get(sessions.OWN_DEVICE) and limits.group(roles_of(account.pk)) != "admin":
                devices.remember(account.pk, devices.known(request))
            return stage.exit()
    response = render(request, "identity/second_factor.html", context, status=status)
    tickets.let_through(response, stage.login.redirect_url or "")
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session, and where its source wants it the sign-on there too."""
    there = outside.farewell(request)
    logout(request)
    if there:
        return outside.onward(request, *there)
    messages.info(request, _("已退出。"))
    return redirect("account_login")
