"""An OpenID provider above us: the national, provincial or city platform, or another base.

OpenID Connect Discovery 1.0, Core 1.0 (code flow), PKCE with S256 (RFC 7636), `iss` in the answer against mix-up
(RFC 9207), RP-Initiated Logout 1.0, Back-Channel Logout 1.0. Metadata and keys are kept ten minutes in this process;
a key that nobody knows has the keys fetched again, at most once a minute.
"""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _
from joserfc.jwk import KeySet

from jizuo.hubs.identity.rules.strength import FRESH
from jizuo.hubs.identity.upstream import line, tokens
from jizuo.hubs.identity.upstream.shapes import Claimed, Ended, Finding, Going, Refused, Source

KEPT_SECONDS = 600
REFETCH_SECONDS = 60
SCOPE = "openid profile phone email"
#: A bad client or code of the token endpoint (RFC 6749, 5.2).
CLIENT_FAULTS = frozenset({"invalid_client", "unauthorized_client"})
#: The person said no (RFC 6749, 4.1.2.1); the second (OpenID Connect Core 1.0, 3.1.2.6) is LemonLDAP::NG's word for it.
DENIED = frozenset({"access_denied", "consent_required"})

_kept: dict[str, tuple[float, Any]] = {}
_lock = threading.Lock()


def metadata(source: Source) -> dict[str, Any]:
    """The discovery document, its issuer compared sign by sign. Raises Refused."""
    issuer = source.setting("issuer")
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    known = _held(address, KEPT_SECONDS)
    if known is not None:
        return dict(known)
    answer = line.get(address)
    told = answer.told()
    if answer.status != 200 or not told:
        raise Refused("discovery", _("没有读到对方的发现文档"), _("请核对颁发者（issuer）地址"))
    if told.get("issuer") != issuer:
        raise Refused(
            "issuer", _("发现文档里的颁发者和填的不一样"), _("请照发现文档里的 issuer 填，一个字符都不能差")
        )
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(told.get(name), str):
            raise Refused("discovery", _("发现文档里没有 %(name)s") % {"name": name}, _("请联系对方的平台"))
        line.check_address(told[name])
    _keep(address, told)
    return told


def keys_of(told: Mapping[str, Any], *, is_forced: bool = False) -> KeySet:
    """The provider's keys. is_forced: fetch again, unless that was done within the last minute. Raises Refused."""
    address = str(told["jwks_uri"])
    known = _held(address, REFETCH_SECONDS if is_forced else KEPT_SECONDS)
    if known is None:
        answer = line.get(address)
        known = tokens.read_keys(answer.told() if answer.status == 200 else {})
        _keep(address, known)
    return known


def _held(address: str, seconds: float) -> Any:
    with _lock:
        at, value = _kept.get(address, (-1e9, None))
    return value if time.monotonic() - at < seconds else None


def _keep(address: str, value: Any) -> None:
    with _lock:
        _kept[address] = (time.monotonic(), value)


def forget() -> None:
    """Drop what is kept of all providers: settings may have changed."""
    with _lock:
        _kept.clear()


def away(source: Source, going: Going) -> str:
    """Where the browser goes to sign in. Raises Refused when the provider cannot be read."""
    told = metadata(source)
    asked = {
        "response_type": "code",
        "client_id": source.client_id,
        "redirect_uri": going.back,
        "scope": source.setting("scope", SCOPE),
        "state": going.state,
        "nonce": going.nonce,
        "code_challenge": challenge(going.verifier),
        "code_challenge_method": "S256",
    }
    if source.setting("acr_values"):
        asked["acr_values"] = source.setting("acr_values")
    if going.is_again:
        asked["prompt"] = "login"
    if going.is_again or source.second_factor:
        # Core 1.0, 3.1.2.1: with max_age the provider asks who was asked longer ago, and says when that was (auth_time).
        # Whoever sits at the browser can take both off the address: what counts is the auth_time that comes back.
        asked["max_age"] = str(int(FRESH.total_seconds()))
    joint = "&" if "?" in told["authorization_endpoint"] else "?"
    return f"{told['authorization_endpoint']}{joint}{urlencode(asked)}"


def challenge(verifier: str) -> str:
    """RFC 7636, 4.2: S256 of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def finish(source: Source, going: Going, query: Mapping[str, str]) -> Claimed:
    """Who came back. Raises Refused."""
    told = metadata(source)
    issuer = str(told["issuer"])
    is_told = "iss" in query or told.get("authorization_response_iss_parameter_supported") is True
    if is_told and query.get("iss") != issuer:
        raise Refused("mix-up", _("这个答复不是对方平台给的"), _("请从登录页重新开始"))
    if query.get("error"):
        raise refusal(query["error"])
    if not query.get("code"):
        raise Refused("no-code", _("对方的平台没有给出登录码"), _("请从登录页重新开始"))
    given = _exchange(source, told, going, query["code"])
    id_token, access_token = given.get("id_token"), given.get("access_token")
    if not isinstance(id_token, str) or not isinstance(access_token, str):
        raise Refused("no-id-token", _("对方的平台没有给出身份令牌"), _("请管理员核对对方登记的应用类型"))
    claims = checked(told, id_token)
    tokens.check_id_token(
        claims,
        issuer=issuer,
        client_id=source.client_id,
        nonce=going.nonce,
        access_token=access_token,
        algorithm=str(tokens.header_of(id_token).get("alg", "")),
        now=time.time(),
    )
    more = _userinfo(source, told, access_token, claims)
    whole = {**more, **claims}
    amr = claims.get("amr")
    return Claimed(
        issuer=issuer,
        subject=claims["sub"],
        name=_text(whole.get("name") or whole.get("preferred_username")),
        claims=whole,
        there=_text(claims.get("sid")),
        acr=_text(claims.get("acr")),
        amr=tuple(one for one in amr if isinstance(one, str)) if isinstance(amr, list) else (),
        id_token=id_token,
        authed_at=tokens.number(claims, "auth_time"),
    )


def _exchange(source: Source, told: Mapping[str, Any], going: Going, code: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": going.back,
        "code_verifier": going.verifier,
    }
    endpoint, secret = str(told["token_endpoint"]), source.secrets.get("secret", "")
    ways = told.get("token_endpoint_auth_methods_supported")
    in_form = form | {"client_id": source.client_id} | ({"client_secret": secret} if secret else {})
    if secret and (not isinstance(ways, list) or "client_secret_basic" in ways):
        # RFC 6749, 2.3.1: both are form-encoded before they are joined.
        basic = (quote(source.client_id, safe=""), quote(secret, safe=""))
        answer = line.post_form(endpoint, form, basic=basic)
        is_refused = answer.told().get("error") == "invalid_client"
        if is_refused and isinstance(ways, list) and "client_secret_post" in ways:
            # LemonLDAP::NG 2.16 takes them as they stand, and the whole only up to its first + or /.
            answer = line.post_form(endpoint, in_form)
    else:
        answer = line.post_form(endpoint, in_form)
    given = answer.told()
    if answer.status != 200 or "error" in given:
        raise refusal(given.get("error"))
    return given


def checked(told: Mapping[str, Any], token: str) -> dict[str, Any]:
    """The claims of a token of the provider, keys fetched again for one that is unknown. Raises Refused."""
    offered = told.get("id_token_signing_alg_values_supported")
    names = [one for one in offered if isinstance(one, str)] if isinstance(offered, list) else []
    try:
        return tokens.claims_of(token, keys_of(told), offered=names)
    except tokens.UnknownKey:
        try:
            return tokens.claims_of(token, keys_of(told, is_forced=True), offered=names)
        except tokens.UnknownKey:
            raise Refused("token-kid", _("令牌用的公钥对方没有公布"), _("请过几分钟再试")) from None


def _userinfo(
    source: Source, told: Mapping[str, Any], access_token: str, claims: Mapping[str, Any]
) -> dict[str, Any]:
    """The claims of the userinfo endpoint, of the same subject only (Core 5.3.2); {} where it has none to give."""
    address = told.get("userinfo_endpoint")
    is_needed = not source.match_claim or source.match_claim not in claims or "name" not in claims
    if not isinstance(address, str) or not is_needed:
        return {}
    answer = line.get(address, headers={"Authorization": f"Bearer {access_token}"})
    given = answer.told()
    if answer.status != 200 or not given:
        return {}
    if given.get("sub") != claims["sub"]:
        raise Refused("userinfo-sub", _("对方平台前后说的不是同一个人"), _("请联系对方的平台"))
    return given


def refusal(error: Any) -> Refused:
    """An error of RFC 6749, 4.1.2.1 and 5.2, or OpenID Connect Core 1.0, 3.1.2.6, as a person reads it."""
    code = error if isinstance(error, str) and len(error) <= 40 and error.isascii() else "error"
    if code in DENIED:
        return Refused(code, _("您在对方的平台上没有同意，或那里不让您登录"), _("可以换一种方式登录"))
    if code in CLIENT_FAULTS:
        return Refused(code, _("对方的平台不认识本基座"), _("请管理员核对应用编号和密钥"))
    if code == "invalid_grant":
        return Refused(code, _("登录码过期了，或已经用过"), _("请从登录页重新开始"))
    return Refused(code, _("对方的平台没有让登录继续"), _("请从登录页重新开始；一直这样时请找管理员"))


def farewell(source: Source, id_token: str, back: str) -> str:
    """Where the browser goes to sign out there too (RP-Initiated Logout 1.0); empty when the provider has no such place."""
    address = metadata(source).get("end_session_endpoint")
    if not isinstance(address, str):
        return ""
    line.check_address(address)
    asked = {"client_id": source.client_id, "post_logout_redirect_uri": back}
    if id_token:
        asked["id_token_hint"] = id_token
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def ended(source: Source, form: Mapping[str, str]) -> Ended:
    """What a back-channel call ends. Raises Refused."""
    told = metadata(source)
    claims = checked(told, form.get("logout_token", ""))
    return tokens.check_logout_token(
        claims, issuer=str(told["issuer"]), client_id=source.client_id, now=time.time()
    )


def look(source: Source, back: str) -> list[Finding]:
    """Walk the settings: discovery, keys, and how the token endpoint takes a code that cannot be right."""
    forget()
    found: list[Finding] = []
    try:
        told = metadata(source)
        found.append(Finding(_("发现文档读到了，颁发者一致"), True))
        keys_of(told)
        found.append(Finding(_("公钥读到了"), True))
    except Refused as fault:
        return [*found, Finding(fault.what, False, fault.fix)]
    methods = told.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        found.append(Finding(_("对方没有声明支持 PKCE S256"), None, _("多数平台仍会接受；请以试登录为准")))
    going = Going(back, "look", "look", "look-" * 10)
    try:
        _exchange(source, told, going, "look-" * 6)
    except Refused as fault:
        if fault.code in CLIENT_FAULTS:
            found.append(Finding(fault.what, False, fault.fix))
        elif fault.code == "invalid_grant":
            found.append(Finding(_("对方认得应用编号和密钥"), True))
        else:
            found.append(Finding(_("看不出对方是否认得应用编号和密钥"), None, _("请以试登录为准")))
    return found


def _text(told: Any) -> str:
    return told[:255] if isinstance(told, str) else ""
