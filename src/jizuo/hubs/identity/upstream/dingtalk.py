"""DingTalk (钉钉): scan or confirm on any page, within DingTalk at once.

Pages of open.dingtalk.com followed here: 登录第三方网站 (login.dingtalk.com/oauth2/auth), 获取用户token
(POST v1.0/oauth2/userAccessToken), 获取用户通讯录个人信息 (GET v1.0/contact/users/me with x-acs-dingtalk-access-token). The code
comes back as authCode, counts once; errors carry a `code` word such as invalidParameter.authCode.notFound. unionId is
the person's own over all applications of one developer; mobile comes only with the right Contact.User.mobile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from jizuo.hubs.identity.upstream import line
from jizuo.hubs.identity.upstream.shapes import Claimed, Finding, Going, Refused, Source

ENTRANCE = "https://login.dingtalk.com"
ENDPOINT = "https://api.dingtalk.com"
#: The country part of a mainland number, as stateCode tells it.
MAINLAND = "86"


def away(source: Source, going: Going) -> str:
    """Where the browser goes."""
    asked = {
        "redirect_uri": going.back, "response_type": "code", "client_id": source.client_id, "scope": "openid",
        "state": going.state, "prompt": "consent",
    }  # fmt: skip
    return f"{source.setting('entrance', ENTRANCE).rstrip('/')}/oauth2/auth?{urlencode(asked)}"


def finish(source: Source, going: Going, query: Mapping[str, str]) -> Claimed:
    """Who came back. Raises Refused."""
    if query.get("error"):
        raise Refused("access_denied", _("您在钉钉里没有同意登录"), _("可以换一种方式登录"))
    code = query.get("authCode") or query.get("code")
    if not code:
        raise Refused("no-code", _("钉钉没有给出登录码"), _("请从登录页重新开始"))
    token = _token(source, code)
    answer = line.get(
        f"{_endpoint(source)}/v1.0/contact/users/me", headers={"x-acs-dingtalk-access-token": token}
    )
    told = answer.told()
    union = told.get("unionId")
    if answer.status != 200 or not isinstance(union, str) or not 0 < len(union) <= 255:
        raise refusal(told.get("code"))
    claims: dict[str, Any] = {"unionId": union}
    if isinstance(told.get("mobile"), str) and str(told.get("stateCode", MAINLAND)) == MAINLAND:
        claims["mobile"] = told["mobile"]
    nick = told.get("nick")
    return Claimed(
        issuer=issuer_of(source),
        subject=union,
        name=nick[:80] if isinstance(nick, str) else "",
        claims=claims,
    )


def issuer_of(source: Source) -> str:
    """Whose word its unionIds are: another endpoint is another's word."""
    return _endpoint(source)


def _endpoint(source: Source) -> str:
    return source.setting("endpoint", ENDPOINT).rstrip("/")


def _token(source: Source, code: str) -> str:
    asked = {
        "clientId": source.client_id, "clientSecret": source.secrets.get("secret", ""), "code": code,
        "grantType": "authorization_code",
    }  # fmt: skip
    answer = line.post_json(f"{_endpoint(source)}/v1.0/oauth2/userAccessToken", asked)
    told = answer.told()
    token = told.get("accessToken")
    if answer.status != 200 or not isinstance(token, str) or not token or not token.isascii():
        raise refusal(told.get("code"))
    return token


def refusal(told: Any) -> Refused:
    """An error's code word as a person reads it."""
    code = told if isinstance(told, str) and len(told) <= 80 and told.isascii() else "error"
    if "authCode" in code:
        return Refused(code, _("登录码过期了，或已经用过"), _("请从登录页重新扫码"))
    if "client" in code.lower():
        return Refused(code, _("钉钉不认识本基座的应用"), _("请管理员核对 Client ID 和 Client Secret"))
    return Refused(code, _("钉钉没有让登录继续"), _("请从登录页重新开始；一直这样时请找管理员"))


def look(source: Source, _back: str) -> list[Finding]:
    """Show a code that cannot be right: the error's word tells whether the application is known."""
    try:
        _token(source, "look-0-jizuo")
    except Refused as fault:
        if "authCode" in fault.code:
            return [Finding(_("钉钉认得 Client ID 和 Client Secret"), True)]
        return [Finding(fault.what, False, fault.fix)]
    return [Finding(_("钉钉接受了一个假的登录码"), False, _("请核对接口地址"))]
