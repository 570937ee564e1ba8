"""Which rule a refused message of an application broke, how to mend it, and what of a message may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

#: Values that nobody may read again, or that name a person; only their length is kept.
HIDDEN = frozenset({
    "code", "client_secret", "client_assertion", "refresh_token", "token", "access_token", "code_verifier",
    "id_token_hint", "logout_hint", "login_hint", "device_code", "user_code", "ticket", "pgt", "password", "username",
    "state", "nonce", "secret", "sign", "signature",
})  # fmt: skip
MOST_SHOWN, LONGEST_SHOWN = 30, 300
#: Answers that are no fault of the vendor: kept only while somebody watches.
USUAL = frozenset({
    "login_required", "consent_required", "interaction_required", "access_denied", "authorization_pending", "slow_down",
    "expired_token",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """title: the rule in a few words; mend: what the vendor does, a sentence."""

    title: Any
    mend: Any


RULES: dict[str, Rule] = {
    "off": Rule(_("应用已停用"), _("请学校在“应用接入”里启用它。")),
    "redirect": Rule(
        _("回调地址与登记的不是逐字相同"),
        _("把请求里的 redirect_uri 改成登记的地址，或在这里登记它：大小写、端口、末尾的斜线和参数都要一样。"),
    ),
    "no_redirect": Rule(_("请求里没有回调地址"), _("在请求里带上 redirect_uri，写登记过的地址。")),
    "pkce_missing": Rule(
        _("没有带 PKCE"),
        _("在应用里打开 PKCE（S256）。旧软件确实不支持的，学校可在这里给一个有期限的例外。"),
    ),
    "pkce_method": Rule(_("PKCE 不是 S256"), _("code_challenge_method 写 S256；plain 不收。")),
    "verifier": Rule(
        _("code_verifier 与 code_challenge 对不上"),
        _("换令牌时带上发请求时存下的那个 code_verifier；多台服务器要存在共用的会话里。"),
    ),
    "secret": Rule(
        _("密钥不对"),
        _("核对应用里填的密钥，前后不要有空格；找不到了就在这里换一个新的。"),
    ),
    "secret_over": Rule(_("用的是已经作废的旧密钥"), _("在应用里换上新密钥。")),
    "way": Rule(
        _("出示密钥的方式与登记的不同"),
        _("登记的方式写在应用的页面上：client_secret_basic 放在请求头，client_secret_post 放在表单。"),
    ),
    "assertion_key": Rule(
        _("签名不是登记的公钥签的，或算法不在名单里"),
        _("用 ES256、RS256、PS256 或 EdDSA 签名，公钥登记在 jwks 或 jwks_uri；none 和 HS256 不收。"),
    ),
    "clock": Rule(
        _("应用服务器的时钟不准"),
        _("差一分钟以内可以，现在超出了：请在应用的服务器上打开时间同步（NTP）。"),
    ),
    "assertion": Rule(
        _("client_assertion 缺了内容或用过"),
        _("iss 和 sub 写 client_id，aud 写签发者地址，jti 每次换一个，exp 不超过一小时。"),
    ),
    "code_used": Rule(
        _("授权码用了两次"),
        _("一个授权码只换一次；常见的原因是回调页被刷新，或程序重试。由它得到的令牌已作废，请重新登录。"),
    ),
    "code_old": Rule(_("授权码不存在或超过了 60 秒"), _("收到授权码后马上换令牌；不要把它存起来再用。")),
    "redirect_differs": Rule(_("换令牌时的回调地址与请求时不同"), _("两次的 redirect_uri 写成一样。")),
    "refresh_used": Rule(
        _("刷新令牌用了两次"),
        _("每次刷新都会得到新的刷新令牌，请存下新的。这一次登录的令牌已全部作废，请重新登录。"),
    ),
    "refresh_old": Rule(_("刷新令牌不存在、已过期或已作废"), _("请重新走一次登录。")),
    "scope": Rule(_("要了没有登记的范围"), _("从请求里去掉这个范围，或在这里登记它并写明用途。")),
    "grant": Rule(_("没有登记这种授权方式"), _("换成登记的方式，或在这里改应用的种类。")),
    "response_type": Rule(_("response_type 不是 code"), _("只用授权码方式：response_type=code。")),
    "unsupported": Rule(_("用了这里没有的参数"), _("从请求里去掉它；发现文档里写着有哪些。")),
    "doubled": Rule(_("同一个参数写了两次，或有看不懂的符号"), _("每个参数只写一次，用 UTF-8。")),
    "parameter": Rule(_("有一个参数缺了或写错了"), _("英文的一行里写着是哪一个。")),
    "token": Rule(_("访问令牌已过期或已作废"), _("用刷新令牌换一个新的，或重新登录。")),
    "person": Rule(_("还没有登录、同意，或本人没有同意"), _("不是错误：等本人在页面上登录并同意。")),
    "device": Rule(
        _("设备码不对、已过期，或问得太快"), _("按回答里的 interval 间隔再问；过期了重新要一个。")
    ),
    "service": Rule(
        _("服务地址与登记的不同"),
        _("把 service 写成登记的地址，或在这里登记它；验证时写的要和来登录时写的逐字相同。"),
    ),
    "plain": Rule(
        _("回来的地址与登记的不是逐字相同"), _("把 redirect 写成登记的简易接入地址，或在这里登记它。")
    ),
    "app_id": Rule(
        _("没有服务器的应用不能用简易接入"), _("请改用 OpenID Connect：它不需要把密钥放在手机或网页里。")
    ),
    "no_scope": Rule(_("登记的范围里没有 openid"), _("在这里登记 openid；没有它，应用不能让人登录。")),
    "ticket_kind": Rule(
        _("票据送错了地方"), _("ST- 开头的票据送 serviceValidate，PT- 开头的送 proxyValidate。")
    ),
    "renew": Rule(
        _("验证时要求新登录，票据却来自已有的登录"), _("来登录时也带上 renew=true，或验证时不带。")
    ),
    "proxy": Rule(
        _("代理票据不能给"),
        _(
            "pgtUrl 和 targetService 都要是登记过的服务地址，pgtUrl 要能从这里访问；另一个应用也要本人或学校同意过。"
        ),
    ),
    "ticket_used": Rule(_("票据不存在、已用过或超过了 60 秒"), _("一张票据只验证一次，收到就验证。")),
    "other": Rule(_("请求被拒绝"), _("英文的一行里写着原因。")),
}
#: The start of an error's words -> its rule; the first that fits.
WORDS: tuple[tuple[str, str], ...] = (
    ("code_challenge is", "pkce_missing"),
    ("code_challenge", "pkce_method"),
    ("code_verifier", "verifier"),
    ("no such client", "secret"),
    ("no client authentication", "secret"),
    ("this client is registered for another way", "way"),
    ("more than one way", "way"),
    ("no registered key", "assertion_key"),
    ("the client assertion is too old", "clock"),
    ("the client assertion is of the future", "clock"),
    ("times of the client assertion", "assertion"),
    ("the code was used before", "code_used"),
    ("no such code", "code_old"),
    ("the code is too old", "code_old"),
    ("redirect_uri differs", "redirect_differs"),
    ("the refresh token was used before", "refresh_used"),
    ("no such refresh token", "refresh_old"),
    ("this client may not ask", "scope"),
    ("no scope that", "scope"),
    ("too many scopes", "scope"),
    ("this client may not use", "grant"),
    ("response_type must", "response_type"),
    ("parameter given more than once", "doubled"),
    ("parameter holds", "doubled"),
    ("the access token", "token"),
    ("no such app_id", "secret"),
    ("no such ticket", "ticket_used"),
    ("renew is set", "renew"),
    ("this endpoint validates tickets", "ticket_kind"),
)
CODES = {
    "invalid_scope": "scope", "unauthorized_client": "grant", "unsupported_grant_type": "grant",
    "request_not_supported": "unsupported", "request_uri_not_supported": "unsupported",
    "registration_not_supported": "unsupported", "invalid_target": "unsupported", "invalid_token": "token",
    "invalid_request": "parameter", "login_required": "person", "consent_required": "person",
    "interaction_required": "person", "access_denied": "person", "authorization_pending": "device",
    "slow_down": "device", "expired_token": "device", "INVALID_REQUEST": "parameter", "INVALID_SERVICE": "service",
    "INVALID_TICKET": "ticket_used", "INVALID_PROXY_CALLBACK": "proxy", "UNAUTHORIZED_SERVICE_PROXY": "proxy",
    "UNAUTHORIZED_SERVICE": "proxy",
}  # fmt: skip


def rule_of(code: str, words: str) -> str:
    """The key in `RULES` of an error as it was answered."""
    if code in RULES:
        return code
    if "client assertion" in words and not words.startswith(("no registered", "the client assertion is")):
        return "assertion"
    found = next((rule for start, rule in WORDS if words.startswith(start)), None)
    return found or CODES.get(code, "other")


def shown(given: Mapping[str, Any]) -> dict[str, str]:
    """A message as it may be kept: known parameters as they came, what is secret or personal as its length."""
    told: dict[str, str] = {}
    for name, values in list(given.items())[:MOST_SHOWN]:
        each = values if isinstance(values, list | tuple) else [values]
        told[str(name)[:60]] = " | ".join(_value(str(name), str(value)) for value in each[:3])
    return told


def _value(name: str, value: str) -> str:
    if name.lower() in HIDDEN:
        return f"*** ({len(value)})"
    # PostgreSQL's jsonb has no NUL, and nobody reads a control sign.
    clean = "".join(sign if sign.isprintable() else "?" for sign in value)
    return clean[:LONGEST_SHOWN]
