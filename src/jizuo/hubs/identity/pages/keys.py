"""Passkeys on pages: where the base stands, challenges on their way, and the own account's list of them."""

from __future__ import annotations

import ipaddress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jizuo.ground.errors import BadInput, NotFound
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import passkeys
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.pages import forms
from jizuo.hubs.identity.shapes import KeyAsked, Site

#: Where the session keeps the challenge that waits, so that no other browser can answer it.
WAITING = "passkey_challenge"
OPTIONS = {
    "sign_in": "passkey-options",
    "second": "second-options",
    "step_up": "step-up-options",
    "add": "passkey-add-options",
}


def site_of(request: HttpRequest) -> Site:
    """The address in the browser's bar; passkeys are bound to its host. The host is one of the base's own (JIZUO_HOSTS)."""
    scheme = "https" if settings.IS_HTTPS else request.scheme
    return Site(entry.host_of(request), f"{scheme}://{request.get_host()}")


def is_named(request: HttpRequest) -> bool:
    """Whether the base is opened by a name: browsers make no passkey for a bare address."""
    try:
        ipaddress.ip_address(site_of(request).rp_id.strip("[]"))
    except ValueError:
        return True
    return False


def for_page(request: HttpRequest, use: str) -> dict[str, Any]:
    """What the template of a passkey's button needs."""
    return {"options": reverse(OPTIONS[use]), "is_named": is_named(request)}


def asked(request: HttpRequest, told: KeyAsked) -> JsonResponse:
    """Hand a challenge to the page's script and keep its id in the session."""
    request.session[WAITING] = str(told.challenge_id)
    return JsonResponse(dict(told.options))


def taken_challenge(request: HttpRequest) -> UUID | None:
    """The challenge that waits in this session, which forgets it."""
    held = request.session.pop(WAITING, None)
    return UUID(held) if held else None


def checked(request: HttpRequest, account_id: UUID) -> str:
    """The method by which the posted answer proves the account, or empty; inside a scope."""
    challenge_id = taken_challenge(request)
    answer = request.POST.get("answer", "")
    if challenge_id is None or not answer:
        return ""
    return passkeys.check_passkey(
        account_id=account_id, challenge_id=challenge_id, answer=Secret(answer), site=site_of(request)
    )


def _me(request: HttpRequest) -> Any:
    return request.user


@never_cache
@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Make a passkey on this device, or on a phone or key that the browser offers."""
    form = forms.NewPasskey(request.POST or None, initial={"name": entry.browser_of(request).device})
    with entry.as_self(request):
        if request.method != "POST":
            passkeys.look_fresh(account_id=_me(request).pk)
        elif form.is_valid():
            challenge_id = taken_challenge(request)
            try:
                passkeys.add_passkey(
                    account_id=_me(request).pk,
                    challenge_id=challenge_id or UUID(int=0),
                    answer=Secret(form.cleaned_data["answer"]),
                    name=form.cleaned_data["name"],
                    site=site_of(request),
                )
            except BadInput as error:
                form.take(error)
            else:
                messages.success(request, _("通行密钥已登记。下次登录选“通行密钥”，不用再输密码。"))
                return redirect("me")
    context = {"form": form, "key": for_page(request, "add")}
    return render(request, "identity/passkey_add.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def add_options(request: HttpRequest) -> JsonResponse:
    """A challenge for a new passkey."""
    with entry.as_self(request):
        told = passkeys.ask_new_passkey(account_id=_me(request).pk, site=site_of(request))
    return asked(request, told)


@login_required
@require_POST
def step_up_options(request: HttpRequest) -> JsonResponse:
    """A challenge for a passkey of one's own."""
    with entry.as_self(request):
        told = passkeys.ask_proof(account_id=_me(request).pk, site=site_of(request))
    return asked(request, told)


@login_required
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Rename or remove one passkey."""
    try:
        passkey_id = UUID(request.POST.get("passkey", ""))
    except ValueError:
        passkey_id = UUID(int=0)
    with entry.as_self(request):
        if "remove" in request.POST:
            done = passkeys.remove_passkey(account_id=_me(request).pk, passkey_id=passkey_id)
            messages.success(request, _("通行密钥已删除。") if done else _("这个通行密钥早已删除。"))
            return redirect("me")
        try:
            name = request.POST.get("name", "")
            passkeys.rename_passkey(account_id=_me(request).pk, passkey_id=passkey_id, name=name)
        except (BadInput, NotFound) as error:
            what = error.problems[0].what if error.problems else error.detail
            messages.error(request, f"{what}。")
        else:
            messages.success(request, _("已改名。"))
    return redirect("me")
