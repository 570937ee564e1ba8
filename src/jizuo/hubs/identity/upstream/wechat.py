"""WeChat: a QR code on any page (网站应用, scope snsapi_login), silently inside WeChat itself (公众号网页授权, snsapi_base).

Pages of developers.weixin.qq.com followed here: 网站应用微信登录开发指南 (connect/qrconnect, sns/oauth2/access_token,
sns/userinfo), 网页授权 (connect/oauth2/authorize), UnionID 机制说明, 全局返回码: 40029 invalid code, 40163 code been used,
42003 code expired, 40013 invalid appid, 40001 and 40125 invalid secret. A code lives five minutes (ten on the website)
and counts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from jizuo.hubs.identity.rules.upstream import fitting_kind
from jizuo.hubs.identity.upstream import line
from jizuo.hubs.identity.upstream.shapes import Claimed, Finding, Going, Refused, Source

ENTRANCE = "https://open.weixin.qq.com"
ENDPOINT = "https://api.weixin.qq.com"
ISSUER = "https://open.weixin.qq.com"
USED_UP = frozenset({40029, 40163, 42003, 41008})
CLIENT_FAULTS = frozenset({40001, 40013, 40125, 41002, 41004})


def app_of(source: Source, user_agent: str) -> tuple[str, str, bool]:
    """(app id, secret, whether it is the official account): inside WeChat only an official account can ask."""
    official = source.setting("official_id")
    is_inside = fitting_kind(user_agent) == "wechat"
    if official and (is_inside or not source.client_id):
        return official, source.secrets.get("official_secret", ""), True
    return source.client_id, source.secrets.get("secret", ""), False


def away(source: Source, going: Going) -> str:
    """Where the browser goes; the order of the parameters and the fragment are asked for by the guide."""
    app_id, _secret, is_official = app_of(source, going.user_agent)
    path, scope = ("oauth2/authorize", "snsapi_base") if is_official else ("qrconnect", "snsapi_login")
    asked = {
        "appid": app_id, "redirect_uri": going.back, "response_type": "code", "scope": scope, "state": going.state,
    }  # fmt: skip
    entrance = source.setting("entrance", ENTRANCE).rstrip("/")
    return f"{entrance}/connect/{path}?{urlencode(asked)}#wechat_redirect"


def finish(source: Source, going: Going, query: Mapping[str, str]) -> Claimed:
    """Who came back. A refusal on the phone comes back with the state alone. Raises Refused."""
    if not query.get("code"):
        raise Refused("access_denied", _("您在微信里没有同意登录"), _("可以换一种方式登录"))
    app_id, secret, _is_official = app_of(source, going.user_agent)
    given = _token(source, app_id, secret, query["code"])
    openid, union = given.get("openid"), given.get("unionid")
    has_both = bool(source.client_id and source.setting("official_id"))
    if has_both and not union and "snsapi_base" not in str(given.get("scope", "")):
        union = _userinfo(source, given).get("unionid")
    if has_both and not (isinstance(union, str) and union):
        # With two applications only the unionid is the same person in both.
        raise Refused(
            "no-unionid",
            _("微信没有给出统一编号（unionid）"),
            _("请管理员把公众号和网站应用绑定到同一个微信开放平台账号"),
        )
    subject = union if has_both else openid
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise Refused("no-openid", _("微信没有说是谁"), _("请从登录页重新开始"))
    issuer = issuer_of(source) if has_both else f"{issuer_of(source)}/{app_id}"
    claims = {name: told for name, told in (("openid", openid), ("unionid", union)) if isinstance(told, str)}
    return Claimed(issuer=issuer, subject=subject, claims=claims)


def issuer_of(source: Source) -> str:
    """Whose word its ids are, without the application: another endpoint is another's word."""
    endpoint = source.setting("endpoint", ENDPOINT).rstrip("/")
    return ISSUER if endpoint == ENDPOINT else endpoint


def _token(source: Source, app_id: str, secret: str, code: str) -> dict[str, Any]:
    endpoint = source.setting("endpoint", ENDPOINT).rstrip("/")
    asked = {"appid": app_id, "secret": secret, "code": code, "grant_type": "authorization_code"}
    given = line.get(f"{endpoint}/sns/oauth2/access_token", params=asked).told()
    if given.get("errcode") or not isinstance(given.get("access_token"), str):
        raise refusal(given.get("errcode"))
    return given


def _userinfo(source: Source, given: Mapping[str, Any]) -> dict[str, Any]:
    endpoint = source.setting("endpoint", ENDPOINT).rstrip("/")
    asked = {
        "access_token": str(given["access_token"]),
        "openid": str(given.get("openid", "")),
        "lang": "zh_CN",
    }
    told = line.get(f"{endpoint}/sns/userinfo", params=asked).told()
    return {} if told.get("errcode") or told.get("openid") != given.get("openid") else told


def refusal(errcode: Any) -> Refused:
    """An errcode as a person reads it."""
    if errcode in USED_UP:
        return Refused(str(errcode), _("登录码过期了，或已经用过"), _("请从登录页重新扫码"))
    if errcode in CLIENT_FAULTS:
        return Refused(str(errcode), _("微信不认识本基座的应用"), _("请管理员核对 AppID 和 AppSecret"))
    code = str(errcode) if isinstance(errcode, int) else "error"
    return Refused(code, _("微信没有让登录继续"), _("请从登录页重新开始；一直这样时请找管理员"))


def look(source: Source, _back: str) -> list[Finding]:
    """Ask each application with a code that cannot be right: the errcode tells whether it is known."""
    apps = [
        (_("网站应用"), source.client_id, "secret"),
        (_("公众号"), source.setting("official_id"), "official_secret"),
    ]
    found = []
    for title, app_id, name in apps:
        if not app_id:
            continue
        try:
            _token(source, app_id, source.secrets.get(name, ""), "look-0-jizuo")
        except Refused as fault:
            is_known = fault.code in {str(one) for one in USED_UP}
            words = (
                _("%(app)s：微信认得 AppID 和 AppSecret") % {"app": title}
                if is_known
                else f"{title}：{fault.what}"
            )
            found.append(Finding(words, is_known, "" if is_known else fault.fix))
    return found or [Finding(_("网站应用和公众号都没有填"), False, _("请至少填一个"))]
