"""WeCom (企业微信): a QR code on any page, silently inside WeCom itself.

Pages of developer.work.weixin.qq.com followed here: 企业微信Web登录 构建登录链接 (98152: wwlogin/sso/login,
login_type CorpApp), 构造网页授权链接 (91022), 获取用户登录身份 (98176) and 获取访问用户身份 (91023: auth/getuserinfo),
获取访问用户敏感信息 (95833: auth/getuserdetail), 获取access_token (91039), 全局错误码 (90313): 40029 invalid code, 42003 code
expired, 50001 redirect address not trusted, 40013 invalid corpid, 40001 invalid secret. A code lives five minutes and
counts once. The corporation's token is asked for once and kept (`ground.gateways.tokens`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from jizuo.ground.gateways import tokens
from jizuo.ground.gateways.shapes import SendResult
from jizuo.hubs.identity.rules.upstream import fitting_kind
from jizuo.hubs.identity.upstream import line
from jizuo.hubs.identity.upstream.shapes import Claimed, Finding, Going, Refused, Source

WEB = "https://login.work.weixin.qq.com"
ENTRANCE = "https://open.weixin.qq.com"
ENDPOINT = "https://qyapi.weixin.qq.com"
USED_UP = frozenset({40029, 42003, 41008})
CLIENT_FAULTS = frozenset({40001, 40013, 40091, 41002, 41004, 301002, 50001})
STALE = frozenset({40014, 42001})


def away(source: Source, going: Going) -> str:
    """Where the browser goes. Inside WeCom with snsapi_privateinfo when a phone is to recognise people, since only then
    a user_ticket comes along; the person is asked there."""
    agent = source.setting("agent_id")
    if fitting_kind(going.user_agent) == "wecom":
        scope = "snsapi_privateinfo" if source.match_claim == "mobile" else "snsapi_base"
        asked = {
            "appid": source.client_id, "redirect_uri": going.back, "response_type": "code", "scope": scope,
            "state": going.state, "agentid": agent,
        }  # fmt: skip
        entrance = source.setting("entrance", ENTRANCE).rstrip("/")
        return f"{entrance}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"
    asked = {
        "login_type": "CorpApp", "appid": source.client_id, "agentid": agent, "redirect_uri": going.back,
        "state": going.state,
    }  # fmt: skip
    return f"{source.setting('web', WEB).rstrip('/')}/wwlogin/sso/login?{urlencode(asked)}"


def finish(source: Source, going: Going, query: Mapping[str, str]) -> Claimed:
    """Who came back: a member of the corporation. Raises Refused, also for a visitor from outside (openid only)."""
    code = query.get("code")
    if not code:
        raise Refused("access_denied", _("您在企业微信里没有同意登录"), _("可以换一种方式登录"))
    told = _ask(source, lambda token: _get(source, "getuserinfo", {"access_token": token, "code": code}))
    user = told.get("userid") or told.get("UserId")
    if not isinstance(user, str) or not 0 < len(user) <= 255:
        raise Refused(
            "no-member", _("您不是这个企业微信的成员"), _("请换一种方式登录，或请学校把您加入企业微信")
        )
    claims: dict[str, Any] = {"userid": user}
    ticket = told.get("user_ticket")
    if source.match_claim == "mobile" and isinstance(ticket, str) and ticket:
        more = _ask(
            source,
            lambda token: line.post_json(
                f"{_endpoint(source)}/cgi-bin/auth/getuserdetail?{urlencode({'access_token': token})}",
                {"user_ticket": ticket},
            ),
        )
        if more.get("userid") == user and isinstance(more.get("mobile"), str):
            claims["mobile"] = more["mobile"]
    return Claimed(issuer=issuer_of(source), subject=user, claims=claims)


def issuer_of(source: Source) -> str:
    """Whose word its user ids are: of this corporation at this endpoint. Another endpoint is another's word."""
    return f"{_endpoint(source)}/{source.client_id}"


def _endpoint(source: Source) -> str:
    return source.setting("endpoint", ENDPOINT).rstrip("/")


def _get(source: Source, name: str, asked: Mapping[str, str]) -> line.Answer:
    return line.get(f"{_endpoint(source)}/cgi-bin/auth/{name}", params=asked)


def _ask(source: Source, once: Callable[[str], line.Answer]) -> dict[str, Any]:
    """One call with the corporation's token, renewed once when it is no longer known. Raises Refused."""
    account = (_endpoint(source), source.client_id, source.secrets.get("secret", ""))
    token = _held(source, account)
    told = once(token).told()
    if tokens.errcode(told) in STALE:
        told = once(_held(source, account, stale=token)).told()
    if tokens.errcode(told) != 0:
        raise refusal(tokens.errcode(told))
    return told


def _held(source: Source, account: tuple[str, str, str], *, stale: str = "") -> str:
    def fetch(_is_forced: bool) -> tokens.Token | SendResult:
        asked = {"corpid": source.client_id, "corpsecret": account[2]}
        told = line.get(f"{account[0]}/cgi-bin/gettoken", params=asked).told()
        text, seconds = told.get("access_token"), told.get("expires_in")
        if isinstance(text, str) and text and isinstance(seconds, int) and seconds > 0:
            return tokens.Token(text, seconds)
        return SendResult("refused", code=str(told.get("errcode", "")))

    held = tokens.held(account, fetch, stale=stale)
    if isinstance(held, SendResult):
        raise refusal(int(held.code) if held.code.isdecimal() else None)
    return held


def refusal(errcode: int | None) -> Refused:
    """An errcode as a person reads it."""
    code = "error" if errcode is None else str(errcode)
    if errcode in USED_UP:
        return Refused(code, _("登录码过期了，或已经用过"), _("请从登录页重新扫码"))
    if errcode in CLIENT_FAULTS:
        return Refused(
            code, _("企业微信不认识本基座的应用"), _("请管理员核对企业编号、应用编号、密钥和授权回调域")
        )
    return Refused(code, _("企业微信没有让登录继续"), _("请从登录页重新开始；一直这样时请找管理员"))


def look(source: Source, _back: str) -> list[Finding]:
    """Take a token, and show a code that cannot be right."""
    try:
        _ask(
            source, lambda token: _get(source, "getuserinfo", {"access_token": token, "code": "look-0-jizuo"})
        )
    except Refused as fault:
        if fault.code in {str(one) for one in USED_UP}:
            return [Finding(_("企业微信认得企业编号和密钥"), True)]
        return [Finding(fault.what, False, fault.fix)]
    return [Finding(_("企业微信接受了一个假的登录码"), False, _("请核对接口地址"))]
