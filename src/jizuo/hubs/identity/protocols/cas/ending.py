"""/logout of CAS 3.0 section 2.3, and its single logout (section 2.3.3)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions.app_sign_ons import Ending, NotTold
from jizuo.hubs.identity.actions.tokens import fresh
from jizuo.hubs.identity.protocols import asking, outgoing
from jizuo.hubs.identity.protocols.cas import services
from jizuo.hubs.identity.protocols.openid import claims
from jizuo.hubs.identity.rules import openid

LOGOUT = """<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="LR-{id}" Version="2.0" \
IssueInstant="{at}"><saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{user}</saml:NameID>\
<samlp:SessionIndex>{ticket}</samlp:SessionIndex></samlp:LogoutRequest>"""


@never_cache
@require_safe
def logout(request: HttpRequest) -> HttpResponse:
    """End the sign-on of this browser at once, as the protocol has it: its cookie comes with a visit of the page only,
    not with a picture or a frame on a foreign one. Back to a registered service (`url` in CAS 2.0); any other address is
    passed over, as if it had not been given."""
    given = dict(request.GET.lists())
    service = openid.single(given, "service") or openid.single(given, "url")
    client = services.find(service) if service else None
    if asking.open_sign_on(request) is not None:
        auth.logout(request)
    if client is not None:
        return asking.send(request, service, "query", {})
    return render(request, "identity/openid_left.html")


def tell(ending: Ending) -> str:
    """Post the word of the end to the service that one ticket was for; raises NotTold. Clients answer with a page or a
    redirect of their own, so both count as taken."""
    try:
        status = outgoing.post_form(ending.address, {"logoutRequest": logout_request(ending)})
    except outgoing.Unreached as fault:
        raise NotTold(fault.code) from None
    if not 200 <= status < 400:
        raise NotTold(f"status {status}")
    return f"status {status}"


def logout_request(ending: Ending) -> str:
    """The SAML 2.0 LogoutRequest of one ticket."""
    return LOGOUT.format(
        id=fresh(),
        at=entry.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        user=escape(claims.subject(ending.account_id, ending.sector)),
        ticket=escape(ending.handle),
    )
