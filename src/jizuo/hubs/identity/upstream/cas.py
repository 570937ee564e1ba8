"""A CAS server above us (CAS Protocol 3.0: /login, /p3/serviceValidate, single logout).

CAS has no state of its own: ours stands in the service address, so the server's answer comes back with it, and the
ticket counts only for that very address.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers import expat

from django.utils.translation import gettext as _

from jizuo.hubs.identity.upstream import line
from jizuo.hubs.identity.upstream.shapes import Claimed, Ended, Finding, Going, Refused, Source
from jizuo.hubs.identity.upstream.tokens import number

SPACE = "{http://www.yale.edu/tp/cas}"
SAML = "{urn:oasis:names:tc:SAML:2.0:protocol}"
MOST_BYTES = 64 * 1024
DEEPEST = 16


def service_of(going: Going) -> str:
    """The service address of one attempt."""
    return f"{going.back}?{urlencode({'state': going.state})}"


def away(source: Source, going: Going) -> str:
    """Where the browser goes to sign in."""
    base = source.setting("address").rstrip("/")
    line.check_address(base)
    asked = {"service": service_of(going)}
    if _is_renewed(source, going):
        asked["renew"] = "true"
    return f"{base}/login?{urlencode(asked)}"


def finish(source: Source, going: Going, query: Mapping[str, str]) -> Claimed:
    """Who came back. Raises Refused."""
    ticket = query.get("ticket", "")
    # 3.1.1: a service ticket begins with ST-; a proxy ticket is not for signing in.
    if not ticket.startswith("ST-") or len(ticket) > 512:
        raise Refused("no-ticket", _("对方的平台没有给出登录票据"), _("请从登录页重新开始"))
    return _validate(source, service_of(going), ticket, is_renewed=_is_renewed(source, going))


def _is_renewed(source: Source, going: Going) -> bool:
    """Whether the person must prove there who it is: 2.5.1, a ticket of a silent sign-on is then not good."""
    return going.is_again or source.setting("renew") == "true"


def _validate(source: Source, service: str, ticket: str, *, is_renewed: bool) -> Claimed:
    base = source.setting("address").rstrip("/")
    params = {"service": service, "ticket": ticket}
    is_json = source.setting("format", "xml") == "json"
    if is_json:
        params["format"] = "JSON"
    if is_renewed:
        params["renew"] = "true"
    answer = line.get(f"{base}/p3/serviceValidate", params=params)
    if answer.status != 200:
        raise Refused(
            "validate", _("对方的平台没有核对票据"), _("请管理员核对 CAS 地址，并确认对方支持 CAS 3.0")
        )
    user, claims = (read_json if is_json else read_xml)(answer.body)
    return Claimed(
        issuer=base, subject=user, name=_name(claims), claims={"user": user, **claims}, there=ticket,
        authed_at=time.time() if is_renewed else authed_at(claims),
    )  # fmt: skip


def authed_at(claims: Mapping[str, Any]) -> float | None:
    """When the person proved there who it is, in seconds since 1970, by the attribute `authenticationDate` (appendix A):
    an ISO 8601 moment with its offset, also as Java writes it (``...Z[UTC]``), or a number of seconds. None where it says
    none, several, or a moment without its offset, which is none."""
    told = claims.get("authenticationDate")
    if isinstance(told, str):
        try:
            at = datetime.fromisoformat(told.partition("[")[0].strip())
            return at.timestamp() if at.tzinfo is not None else None
        except (ValueError, OverflowError):
            return None
    return number(claims, "authenticationDate")


def _name(claims: Mapping[str, Any]) -> str:
    told = next((claims[one] for one in ("name", "displayName", "cn") if claims.get(one)), "")
    return told[:80] if isinstance(told, str) else ""


def read_json(body: bytes) -> tuple[str, dict[str, Any]]:
    """(user, attributes) of a JSON answer (3.0, 2.5.3). Raises Refused."""
    told = line.Answer(200, body).told().get("serviceResponse")
    if not isinstance(told, dict):
        raise _garbled()
    failed = told.get("authenticationFailure")
    if isinstance(failed, dict):
        raise refusal(failed.get("code"))
    good = told.get("authenticationSuccess")
    if not isinstance(good, dict):
        raise _garbled()
    given = good.get("attributes")
    claims: dict[str, Any] = {}
    for name, value in given.items() if isinstance(given, dict) else ():
        values = [
            one
            for one in (value if isinstance(value, list) else [value])
            if isinstance(one, str | int | float)
        ]
        if values:
            claims[name[:80]] = values[0] if len(values) == 1 else values
    return _user(good.get("user")), claims


def read_xml(body: bytes) -> tuple[str, dict[str, Any]]:
    """(user, attributes) of an XML answer (2.5.1). An attribute that stands twice becomes a list. Raises Refused."""
    root = parse(body)
    if root.tag != f"{SPACE}serviceResponse":
        raise _garbled()
    failed = root.find(f"{SPACE}authenticationFailure")
    if failed is not None:
        raise refusal(failed.get("code"))
    good = root.find(f"{SPACE}authenticationSuccess")
    if good is None or len(good.findall(f"{SPACE}user")) != 1:
        raise _garbled()
    claims: dict[str, Any] = {}
    given = good.find(f"{SPACE}attributes")
    for one in given if given is not None else ():
        name, value = str(one.tag).rpartition("}")[2][:80], (one.text or "").strip()
        known = claims.get(name)
        claims[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    return _user(good.findtext(f"{SPACE}user")), claims


def _user(told: Any) -> str:
    text = told.strip() if isinstance(told, str) else ""
    if not 0 < len(text) <= 255:
        raise _garbled()
    return text


def parse(body: bytes) -> Element:
    """The tree of an XML text without a document type, so that nothing in it expands or is fetched. Raises Refused."""
    builder, depth = TreeBuilder(), 0
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise ValueError("too deep")
        builder.start(_named(name), attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_named(name))

    def refuse(*_told: Any) -> None:
        raise ValueError("a document type")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    if len(body) > MOST_BYTES:
        raise _garbled()
    try:
        parser.Parse(body, True)
        return builder.close()
    except (expat.ExpatError, ValueError, LookupError, ParseError, AssertionError):
        raise _garbled() from None


def _named(name: str) -> str:
    """A name as the tree's own look-ups write it: ``{space}name``."""
    space, _blank, local = name.rpartition(" ")
    return f"{{{space}}}{local}" if space else local


def refusal(told: Any) -> Refused:
    """A failure code of 2.5.2 as a person reads it."""
    code = told if isinstance(told, str) and len(told) <= 40 and told.isascii() else "error"
    if code in ("INVALID_TICKET", "INVALID_TICKET_SPEC"):
        return Refused(code, _("登录票据过期了，或已经用过"), _("请从登录页重新开始"))
    if code in ("INVALID_SERVICE", "UNAUTHORIZED_SERVICE", "UNAUTHORIZED_SERVICE_PROXY"):
        return Refused(code, _("对方的平台不认识本基座的地址"), _("请管理员把回调地址登记到对方的平台"))
    return Refused(code, _("对方的平台没有让登录继续"), _("请从登录页重新开始；一直这样时请找管理员"))


def _garbled() -> Refused:
    return Refused("garbled", _("对方的答复读不懂"), _("请管理员核对 CAS 地址，并确认对方支持 CAS 3.0"))


def farewell(source: Source, _id_token: str, back: str) -> str:
    """Where the browser goes to sign out there too (2.3)."""
    base = source.setting("address").rstrip("/")
    line.check_address(base)
    return f"{base}/logout?{urlencode({'service': back})}"


def ended(_source: Source, form: Mapping[str, str]) -> Ended:
    """What a single-logout call ends (appendix C): the session of the ticket in its SessionIndex, which only the server
    and we know. Raises Refused."""
    root = parse(form.get("logoutRequest", "").strip().encode())
    ticket = (root.findtext(f"{SAML}SessionIndex") or "").strip()
    if root.tag != f"{SAML}LogoutRequest" or not ticket:
        raise _garbled()
    return Ended(there=ticket)


def look(source: Source, back: str) -> list[Finding]:
    """Show the server a ticket that cannot be right: the code of its refusal tells whether it is a CAS that knows us."""
    try:
        _validate(source, back, "ST-look-0-jizuo", is_renewed=False)
    except Refused as fault:
        if fault.code in ("INVALID_TICKET", "INVALID_TICKET_SPEC"):
            return [Finding(_("对方是 CAS 3.0，票据核对正常"), True)]
        return [Finding(fault.what, False, fault.fix)]
    return [Finding(_("对方把一张假票据当成了真的"), False, _("这不是可信的 CAS，请不要启用"))]
