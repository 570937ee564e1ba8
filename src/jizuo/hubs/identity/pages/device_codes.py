"""The page on a phone where a person types the code that a screen shows (RFC 8628 section 3.3)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jizuo.ground.errors import DoorError
from jizuo.hubs.identity import entry, queries
from jizuo.hubs.identity.actions import consents, device_codes
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.protocols.openid import clients, issuer, showing
from jizuo.hubs.identity.rules import device_codes as rules

PAGE = "identity/device.html"


@never_cache
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """The code first; then which application on which screen asks for what; then yes or no."""
    sign_on = getattr(request.session, "sign_on", None)
    if sign_on is None or sign_on.purpose:
        return render(request, PAGE, {"wrong": _("请先用自己的账号登录。")}, status=403)
    typed = (request.POST if request.method == "POST" else request.GET).get("code", "")
    said = request.POST.get("say", "") if request.method == "POST" else ""
    if not typed:
        return render(request, PAGE, {})
    with entry.as_self(request):
        look = device_codes.look_at_device(
            account_id=sign_on.account_id, code=Secret(typed), address=entry.address_of(request)
        )
    if look.locked_until:
        return render(request, PAGE, {"locked_until": look.locked_until}, status=429)
    client = clients.find(look.device.client_id) if look.device else None
    if look.device is None or client is None:
        words = _("没有屏幕在显示这个代码。请与屏幕逐位核对；代码十分钟有效，只用一次。")
        return render(request, PAGE, {"wrong": words, "typed": typed[:20]}, status=422)
    needs_guardian = not set(look.device.scopes) <= consents.agreed_for(sign_on.account_id, client)
    context: dict[str, Any] = {
        "device": look.device,
        "code": rules.show(rules.read(typed)),
        "school": showing.unit_name(look.device.unit_no),
        "wanted": showing.wishes(client.client_id, look.device.scopes),
        "is_child": needs_guardian and consents.is_child(sign_on.account_id),
    }
    if said not in ("yes", "no"):
        return render(request, PAGE, context)
    shown = queries.strength_of(sign_on.sid)
    try:
        with entry.as_self(request, units=consents.pupil_units(sign_on.account_id)):
            device_codes.answer_device(
                account_id=sign_on.account_id, sid=sign_on.sid, code=Secret(typed), client=client, is_yes=said == "yes",
                authed_at=showing.dated(sign_on.sid)[0], acr=shown.acr, amr=list(shown.amr),
                issuer=issuer.issuer(request),
            )  # fmt: skip
    except DoorError as error:
        return render(request, PAGE, {"wrong": f"{error.detail}。{error.fix}。"}, status=error.status)
    return render(request, PAGE, {"done": said, "app": look.device.app})
