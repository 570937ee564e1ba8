"""What people at the desk read for kinds, states, places and ways of an application."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

KINDS = {
    "confidential": _("网站（有自己的服务器）"),
    "public": _("手机应用或网页应用（放不住密钥）"),
    "screen": _("教室大屏、电视（没有键盘）"),
}
WAYS = {
    "client_secret_basic": _("密钥放在请求头（client_secret_basic，常用）"),
    "client_secret_post": _("密钥放在表单（client_secret_post）"),
    "private_key_jwt": _("应用用私钥签名（private_key_jwt）"),
}
ALGS = {"ES256": _("ES256（常用）"), "RS256": _("RS256（旧软件）")}
PLACES = {
    "authorize": _("应用把人送来登录"), "answer": _("登录后送回应用"), "token": _("应用换令牌"),
    "userinfo": _("应用读取信息"), "device": _("屏幕要代码"), "introspect": _("应用查令牌"), "revoke": _("应用作废令牌"),
    "cas": _("CAS 票据"), "plain": _("简易接入"),
}  # fmt: skip
PROTOCOLS = {"oidc": "OpenID Connect", "cas": "CAS", "plain": _("简易接入")}
BY = {"self": _("本人"), "guardian": _("家长"), "school": _("学校")}
#: State of a part in a sign-on -> (words, tone).
ENDS = {
    "none": (_("登录着"), "qing"),
    "pending": (_("正在通知它退出"), "huang"),
    "answered": (_("已退出，应用已回应"), "lv"),
    "failed": (_("通知不到，它已读不到信息"), "zhu"),
    "cannot": (_("应用不收退出通知，它已读不到信息"), ""),
}
KEYS = {
    "coming": (_("已公布，未启用"), "lan"),
    "signing": (_("正在签名"), "lv"),
    "retired": (_("已停用，仍公布"), ""),
}
