"""The kinds of sources: what each asks of its declarer, and which protocol speaks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from jizuo.hubs.identity.upstream import cas, dingtalk, oidc, wechat, wecom
from jizuo.hubs.identity.upstream.shapes import Claimed, Ended, Finding, Going, Source


@dataclass(frozen=True, slots=True)
class Field:
    """One value that the declarer fills in. usual: what stands without one; an address is checked like one."""

    name: str
    title: Any
    usual: str = ""
    hint: Any = ""
    is_needed: bool = False
    is_address: bool = False
    choices: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One protocol. method: the word in `SsoSession.methods`. claims: those that it proves, empty: any may be named.
    is_platform: a platform or base above us, which a person's home can be."""

    code: str
    title: Any
    mark: str
    client_title: Any
    fields: tuple[Field, ...]
    secrets: tuple[tuple[str, Any], ...]
    away: Callable[[Source, Going], str]
    finish: Callable[[Source, Going, Mapping[str, str]], Claimed]
    look: Callable[[Source, str], list[Finding]]
    claims: tuple[str, ...] = ()
    is_platform: bool = False
    farewell: Callable[[Source, str, str], str] | None = None
    ended: Callable[[Source, Mapping[str, str]], Ended] | None = None


YES_NO = (("", _("不要")), ("true", _("要")))

KINDS = {
    one.code: one
    for one in (
        Kind(
            "oidc", _("上级平台或别的基座（OpenID Connect）"), "平", _("应用编号（client_id）"),
            (
                Field("issuer", _("颁发者（issuer）"), is_needed=True, is_address=True,
                      hint=_("照对方发现文档里的 issuer 填，一个字符都不能差")),
                Field("scope", _("范围（scope）"), oidc.SCOPE),
                Field("acr_values", _("要求的登录强度（acr_values）"), hint=_("不填就不要求")),
                Field("leave", _("在这里退出时，也从那里退出"), choices=YES_NO),
            ),
            (("secret", _("密钥（client_secret）")),),
            oidc.away, oidc.finish, oidc.look, is_platform=True, farewell=oidc.farewell, ended=oidc.ended,
        ),
        Kind(
            "cas", _("上级平台（CAS 3.0）"), "平", _("应用编号"),
            (
                Field("address", _("CAS 地址"), is_needed=True, is_address=True, hint="https://sso.example.cn/cas"),
                Field("format", _("票据核对的格式"), "xml", choices=(("xml", "XML"), ("json", "JSON"))),
                Field("renew", _("每次都要求重新输密码"), choices=YES_NO),
                Field("leave", _("在这里退出时，也从那里退出"), choices=YES_NO),
            ),
            (), cas.away, cas.finish, cas.look, is_platform=True, farewell=cas.farewell, ended=cas.ended,
        ),
        Kind(
            "wechat", _("微信"), "微", _("网站应用的 AppID"),
            (
                Field("official_id", _("公众号的 AppID"), hint=_("在微信里打开登录页时用；两个都填时要绑定到同一个开放平台账号")),
                Field("entrance", _("授权页地址"), wechat.ENTRANCE, is_address=True),
                Field("endpoint", _("接口地址"), wechat.ENDPOINT, is_address=True),
            ),
            (("secret", _("网站应用的 AppSecret")), ("official_secret", _("公众号的 AppSecret"))),
            wechat.away, wechat.finish, wechat.look, claims=("unionid", "openid"),
        ),
        Kind(
            "wecom", _("企业微信"), "企", _("企业编号（CorpID）"),
            (
                Field("agent_id", _("应用编号（AgentId）"), is_needed=True),
                Field("web", _("扫码页地址"), wecom.WEB, is_address=True),
                Field("entrance", _("授权页地址"), wecom.ENTRANCE, is_address=True),
                Field("endpoint", _("接口地址"), wecom.ENDPOINT, is_address=True),
            ),
            (("secret", _("应用密钥（Secret）")),),
            wecom.away, wecom.finish, wecom.look, claims=("userid", "mobile"),
        ),
        Kind(
            "dingtalk", _("钉钉"), "钉", "Client ID",
            (
                Field("entrance", _("授权页地址"), dingtalk.ENTRANCE, is_address=True),
                Field("endpoint", _("接口地址"), dingtalk.ENDPOINT, is_address=True),
            ),
            (("secret", "Client Secret"),),
            dingtalk.away, dingtalk.finish, dingtalk.look, claims=("unionId", "mobile"),
        ),
    )
}  # fmt: skip
