"""Registering an application and changing it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import acting, doors
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.pages.inputs import DayInput
from jizuo.ground.pages.shell import to
from jizuo.hubs.identity.actions import app_desk, apps
from jizuo.hubs.identity.actions.app_desk import AppSeen
from jizuo.hubs.identity.pages.apps.words import ALGS, KINDS, WAYS
from jizuo.hubs.identity.pages.forms import PlainForm
from jizuo.hubs.identity.protocols.openid.showing import word_of
from jizuo.hubs.identity.rules import apps as rules
from jizuo.hubs.identity.rules import device_codes, openid
from jizuo.hubs.identity.rules.apps import Registration

#: The longest exception from PKCE; another one may follow, and the page counts each down.
MOST_EXEMPT_DAYS = 180
#: What the form keeps folded where all is as usual.
DETAILS = frozenset({"token_auth", "jwks_uri", "id_token_alg", "pkce_exempt_until"})


def _lines(label: Any, hint: Any = "", rows: int = 3, example: str = "") -> forms.CharField:
    attrs = {"rows": rows, "spellcheck": "false", "autocapitalize": "none", "placeholder": example}
    area = forms.Textarea(attrs=attrs)
    return forms.CharField(label=label, help_text=hint, required=False, widget=area, max_length=20_000)


def _address(label: Any, hint: Any = "", example: str = "") -> forms.CharField:
    attrs = {"inputmode": "url", "spellcheck": "false", "autocapitalize": "none", "placeholder": example}
    box = forms.TextInput(attrs=attrs)
    return forms.CharField(
        label=label, help_text=hint, required=False, widget=box, max_length=rules.LONGEST_URI
    )


class AppForm(PlainForm):
    """An application as people fill it in. The scopes stand beside it in the page (`scope_lines`)."""

    name = forms.CharField(
        label=gettext_lazy("应用名称"), max_length=80, help_text=gettext_lazy("师生登录时看到的名字。")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("种类"), choices=list(KINDS.items()), widget=forms.RadioSelect
    )
    home_address = _address(gettext_lazy("首页地址"), example="https://app.example.cn/")
    redirect_uris = _lines(
        gettext_lazy("OpenID 回调地址，一行一个"),
        gettext_lazy("登录后送回的地址，与请求里的逐字相同。用 CAS 或简易接入、教室大屏的不填。"),
        example="https://app.example.cn/callback",
    )
    cas_services = _lines(
        gettext_lazy("CAS 服务地址，一行一个"), gettext_lazy("只有 CAS 应用要填。"), rows=2,
        example="https://app.example.cn/*",
    )  # fmt: skip
    plain_addresses = _lines(
        gettext_lazy("简易接入的接收地址，一行一个"), gettext_lazy("只有用简易接入的应用要填。"), rows=2,
        example="https://app.example.cn/sign-in",
    )  # fmt: skip
    post_logout_uris = _lines(
        gettext_lazy("退出后送回的地址，一行一个"), rows=2, example="https://app.example.cn/left"
    )
    backchannel_logout_uri = _address(
        gettext_lazy("退出通知地址"),
        gettext_lazy("有人退出时通知应用。不填的，退出后它照样读不到信息，下次再问。"),
        "https://app.example.cn/backchannel-logout",
    )
    token_auth = forms.ChoiceField(
        label=gettext_lazy("怎样出示密钥"),
        choices=list(WAYS.items()),
        initial=rules.BY_HEADER,
        required=False,
    )
    jwks_uri = _address(gettext_lazy("公钥地址（jwks_uri）"), gettext_lazy("只有用私钥签名的应用要填。"))
    id_token_alg = forms.ChoiceField(
        label=gettext_lazy("签名算法"), choices=list(ALGS.items()), initial=rules.ES256, required=False
    )
    pkce_exempt_until = forms.DateField(
        label=gettext_lazy("不带 PKCE 也可以，直到"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("只给确实不支持的旧软件，最长 180 天；不填就一直要带。"),
    )

    def clean_pkce_exempt_until(self) -> Any:
        day = self.cleaned_data["pkce_exempt_until"]
        today = acting.today()
        if day is not None and not today < day <= today + timedelta(days=MOST_EXEMPT_DAYS):
            raise forms.ValidationError(_("例外最长 180 天，且要在今天以后。"))
        return day

    def registration(self, before: Registration | None, posted: Any) -> Registration:
        """What the form says, with what it does not ask taken from `before`; posted: the scopes ticked."""
        told = self.cleaned_data
        kind = told["kind"]
        wanted = ["openid", *(one for one in openid.SCOPES[1:] if one in posted.getlist("scope"))]
        own = [one for one in before.scopes if one not in openid.SCOPES] if before else []
        reasons = {one: posted.get(f"why-{one}", "").strip()[:200] for one in wanted}
        grants: tuple[str, ...] = (
            ("authorization_code", "refresh_token")
            if kind != rules.SCREEN
            else (device_codes.GRANT, "refresh_token")
        )
        if before is not None and "client_credentials" in before.grants:
            grants = (*grants, "client_credentials")
        return Registration(
            name=told["name"],
            kind=kind,
            token_auth=rules.NO_SECRET
            if kind != rules.CONFIDENTIAL
            else told["token_auth"] or rules.BY_HEADER,
            redirect_uris=lines_of(told["redirect_uris"]),
            post_logout_uris=lines_of(told["post_logout_uris"]),
            backchannel_logout_uri=told["backchannel_logout_uri"],
            home_address=told["home_address"],
            jwks=before.jwks if before else None,
            jwks_uri=told["jwks_uri"],
            sector=before.sector if before else "",
            scopes=(*wanted, *own),
            agreed_scopes=tuple(one for one in (*wanted, *own) if one in posted.getlist("agreed")),
            grants=grants,
            id_token_alg=told["id_token_alg"] or rules.ES256,
            pkce_exempt_until=told["pkce_exempt_until"] if kind == rules.CONFIDENTIAL else None,
            cas_services=lines_of(told["cas_services"]),
            plain_addresses=lines_of(told["plain_addresses"]),
            reasons={one: why for one, why in reasons.items() if why},
        )


def lines_of(text: str) -> tuple[str, ...]:
    """One address a line, each once, blank lines left out."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def refuse_bare(told: Registration) -> None:
    """Raise BadInput for all that is wrong at once: the rules of a registration, and what the page asks beyond them: a way
    in, and why each scope is needed."""
    problems = [Problem(where, str(what), str(fix)) for where, what, fix in rules.faults(told)]
    if told.kind != rules.SCREEN and not (told.redirect_uris or told.cas_services or told.plain_addresses):
        problems.append(Problem("redirect_uris", _("还没有地址"), _("请至少填一种接入方式的地址")))
    for scope in told.scopes[1:]:
        if scope in openid.SCOPES and scope not in told.reasons:
            problems.append(
                Problem(
                    "scope", _("没有写为什么要“%(scope)s”") % {"scope": word_of(scope)}, _("请写一句用途，或不勾选它")
                )
            )  # fmt: skip
    if problems:
        raise BadInput(problems[0].what, problems=problems)


def scope_lines(told: Registration | None, posted: Any) -> list[dict[str, Any]]:
    """The rows of scopes: name, plain words, ticked, why, agreed to by the school."""
    lines = []
    for scope in openid.SCOPES:
        if posted is not None:
            ticked, agreed = scope in posted.getlist("scope"), scope in posted.getlist("agreed")
            why = posted.get(f"why-{scope}", "")
        else:
            ticked = bool(told and scope in told.scopes)
            agreed = bool(told and scope in told.agreed_scopes)
            why = told.reasons.get(scope, "") if told else ""
        is_fixed = scope == openid.OPENID
        lines.append(
            {"scope": scope, "words": word_of(scope), "ticked": ticked or is_fixed, "agreed": agreed, "why": why,
             "is_fixed": is_fixed, "is_bare": posted is not None and ticked and not is_fixed and not why.strip()}
        )  # fmt: skip
    return lines


@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Register one, and go on to its secret."""
    doors.ask_before(apps.register_app)
    form = AppForm(request.POST or None, initial={"kind": rules.CONFIDENTIAL})
    if request.method == "POST" and form.is_valid():
        try:
            told = form.registration(None, request.POST)
            refuse_bare(told)
            client_id = apps.register_app(unit_no=apps.own_unit(), registration=told)
        except BadInput as error:
            form.take(error)
        else:
            messages.success(request, _("已登记“%(name)s”。") % {"name": told.name})
            return redirect(to(f"apps/{client_id}"))
    return _draw(request, form, None, _("登记应用"), to("apps"))


@never_cache
def change(request: HttpRequest, client_id: str) -> HttpResponse:
    """Change one; whoever must be asked again is counted."""
    seen = app_desk.app_seen(client_id=client_id)
    doors.ask_before(apps.change_app)
    before = seen.registration
    initial = {
        **before.values(), **{name: "\n".join(getattr(before, name)) for name in rules.ADDRESS_LISTS},
    }  # fmt: skip
    form = AppForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            told = form.registration(before, request.POST)
            refuse_bare(told)
            asked = apps.change_app(client_id=client_id, registration=told)
        except BadInput as error:
            form.take(error)
        else:
            words = _("已保存。")
            if asked:
                words = _("已保存。范围或地址增加了，同意过的 %(n)s 人下次登录时会再问一次。") % {"n": asked}
            messages.success(request, words)
            return redirect(to(f"apps/{client_id}"))
    back = to(f"apps/{client_id}")
    return _draw(request, form, before, _("修改“%(name)s”") % {"name": before.name}, back, seen)


def _draw(
    request: HttpRequest,
    form: AppForm,
    before: Registration | None,
    title: str,
    back: str,
    seen: AppSeen | None = None,
) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    context = {
        "form": form, "title": title, "lines": scope_lines(before, posted), "back": back, "is_change": seen is not None,
        "agreed": sum(seen.agreed.values()) if seen else 0, "signed_in": seen.signed_in if seen else 0,
        "trail": [(_("应用接入"), to("apps"))],
        "has_details": before is not None or not DETAILS.isdisjoint(form.errors),
    }  # fmt: skip
    return render(request, "identity/apps/edit.html", context, status=422 if form.errors else 200)
