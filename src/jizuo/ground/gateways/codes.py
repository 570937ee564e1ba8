"""What the providers' codes mean for the person who looks after the base: what to do, and what it concerns.

From the providers' own lists: 微信 全局返回码, 企业微信 全局错误码 (90313), 钉钉 服务端API全局错误码, 阿里云 短信服务
错误码, 腾讯云 短信 错误码, RFC 5321. A code that is not here is shown as it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

About = Literal["address", "message", "channel"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """about: address (this person cannot be reached until something changes there), message (this one
    message), channel (nobody gets anything until it is mended). fix: Chinese, what to do."""

    about: About
    fix: Any


_UNKNOWN_WAY = _("可能已送达，也可能没有。请先问一问收件人，不要急着重发。")
_LIMIT = _("这个账号今天的调用次数已用完，明天恢复；也可以在服务商后台申请提高上限。")
_IP = _("服务商不认识这台服务器的出口地址，请把它加进后台的 IP 白名单（可信 IP）。")
_SECRET = _("账号编号或密钥不对，请对照服务商后台改正密钥文件。")
_TOO_FAST = _("发得太快，被服务商挡下，请稍后再发。")
_GONE = _("通讯录里没有这个人，或已离开，请核对编号。")

COMMON: dict[str, Meaning] = {
    "no-gateway": Meaning("channel", _("这个渠道没有设置，什么也不会发出。请在密钥文件夹放入它的设置。")),
    "bad-setting": Meaning("channel", _("设置文件有错，请按提示改正。")),
    "no-template": Meaning("channel", _("设置里没有这个模板，请在 templates 里补上它的对应关系。")),
    "unreachable": Meaning("channel", _("连不上服务商，请检查服务器的外网和域名解析。")),
    "timeout": Meaning("message", _UNKNOWN_WAY),
    "token-unreachable": Meaning("channel", _("连不上服务商，请检查服务器的外网和域名解析。")),
    "token-timeout": Meaning("channel", _("服务商没有按时给出调用凭证，什么也没有发出，可以再试。")),
}
WECHAT: dict[str, Meaning] = {
    "-1": Meaning("message", _UNKNOWN_WAY),
    "40001": Meaning("channel", _SECRET),
    "40003": Meaning("address", _("openid 不属于这个账号，请让本人重新关注或重新授权。")),
    "40013": Meaning("channel", _SECRET),
    "40037": Meaning("channel", _("模板编号不对，请在公众平台核对后改正 templates。")),
    "40125": Meaning("channel", _SECRET),
    "40164": Meaning("channel", _IP),
    "40243": Meaning("channel", _("密钥已被冻结，请在公众平台解冻。")),
    "41030": Meaning("channel", _("小程序页面路径不对，请改正 templates 里的 page。")),
    "42001": Meaning("channel", _("调用凭证过期，换过一次仍不被接受，请核对密钥。")),
    "43004": Meaning("address", _("对方没有关注公众号，请先关注；这之前可改发短信或纸条。")),
    "43101": Meaning("message", _("对方没有同意接收这类通知，请在页面上点一次“接收通知”。")),
    "43107": Meaning("channel", _("这个账号的订阅通知能力被停用，请看公众平台的站内信。")),
    "43108": Meaning("message", _TOO_FAST),
    "43116": Meaning("channel", _("模板因滥用被停用，请换一个模板。")),
    "45009": Meaning("channel", _LIMIT),
    "45011": Meaning("channel", _TOO_FAST),
    "45168": Meaning("message", _("内容里有服务商不允许的词，请改写。")),
    "47003": Meaning("message", _("内容不合模板的格式，例如时间或数字写法不对、字数太多。")),
    "48001": Meaning("channel", _("账号没有这个接口的权限，服务号须先认证并开通模板消息或订阅通知。")),
    "user block": Meaning("address", _("对方关掉了公众号的消息。")),
}
WECOM: dict[str, Meaning] = {
    "-1": Meaning("message", _UNKNOWN_WAY),
    "40001": Meaning("channel", _SECRET),
    "40003": Meaning("address", _GONE),
    "40013": Meaning("channel", _SECRET),
    "40014": Meaning("channel", _("调用凭证不被接受，换过一次仍不行，请核对密钥。")),
    "40056": Meaning("channel", _("agent_id 不对，请在应用的设置页核对。")),
    "42001": Meaning("channel", _("调用凭证过期，换过一次仍不被接受，请核对密钥。")),
    "45009": Meaning("channel", _LIMIT),
    "45033": Meaning("message", _TOO_FAST),
    "48002": Meaning("channel", _("应用没有这个接口的权限；家校通知须把应用加进“家长可使用的应用”。")),
    "60011": Meaning("channel", _("收件人不在应用的可见范围内，请在后台调整可见范围。")),
    "60020": Meaning("channel", _IP),
    "60111": Meaning("address", _GONE),
    "81013": Meaning("address", _("收件人都无效：不在可见范围，或家长没有关注“学校通知”。")),
    "301002": Meaning("channel", _("密钥属于另一个应用，请用与 agent_id 同一个应用的 Secret。")),
    "invaliduser": Meaning("address", _GONE),
    "unlicenseduser": Meaning("address", _("这位成员没有激活接口许可，请在后台为其激活。")),
    "invalid_parent_userid": Meaning("address", _("家校通讯录里没有这位家长，或没有关注“学校通知”。")),
}
DINGTALK: dict[str, Meaning] = {
    "-1": Meaning("message", _UNKNOWN_WAY),
    "invalidClientIdOrSecret": Meaning("channel", _SECRET),
    "33012": Meaning("address", _GONE),
    "40014": Meaning("channel", _("调用凭证不被接受，换过一次仍不行，请核对密钥。")),
    "40035": Meaning("channel", _("参数不被接受，请核对 agent_id。")),
    "42001": Meaning("channel", _("调用凭证过期，换过一次仍不被接受，请核对密钥。")),
    "60011": Meaning("channel", _("应用没有这个接口的权限，请在开发者后台申请。")),
    "60020": Meaning("channel", _IP),
    "90018": Meaning("channel", _TOO_FAST),
    "143103": Meaning("channel", _TOO_FAST),
    "143104": Meaning("channel", _TOO_FAST),
    "143105": Meaning("address", _("今天给这个人的通知太多，被钉钉挡下，明天恢复。")),
    "143106": Meaning("message", _("同样的内容今天已给这个人发过，钉钉不再送达。")),
    "forbidden": Meaning("message", _("被钉钉挡下：同样的内容今天已发过，或今天给这个人的通知太多。")),
    "invalid-user": Meaning("address", _GONE),
}
SMS: dict[str, Meaning] = {
    "isv.BUSINESS_LIMIT_CONTROL": Meaning(
        "message", _("同一个号码收得太多，被运营商规则挡下，请过一小时再发。")
    ),
    "isv.AMOUNT_NOT_ENOUGH": Meaning("channel", _("短信账户余额不足，请充值。")),
    "isv.OUT_OF_SERVICE": Meaning("channel", _("短信账户已停机，请充值。")),
    "isv.MOBILE_NUMBER_ILLEGAL": Meaning("address", _("号码不对，请核对。")),
    "isv.SMS_TEMPLATE_ILLEGAL": Meaning("channel", _("短信模板不存在或没有通过审核。")),
    "isv.SMS_SIGNATURE_ILLEGAL": Meaning("channel", _("短信签名不存在或没有通过审核。")),
    "SignatureDoesNotMatch": Meaning("channel", _SECRET),
    "InvalidAccessKeyId.NotFound": Meaning("channel", _SECRET),
    "AuthFailure.SecretIdNotFound": Meaning("channel", _SECRET),
    "AuthFailure.SignatureFailure": Meaning("channel", _SECRET),
    "FailedOperation.InsufficientBalanceInSmsPackage": Meaning("channel", _("短信套餐用完，请购买。")),
    "FailedOperation.TemplateIncorrectOrUnapproved": Meaning("channel", _("短信模板不存在或没有通过审核。")),
    "FailedOperation.SignatureIncorrectOrUnapproved": Meaning("channel", _("短信签名不存在或没有通过审核。")),
    "InvalidParameterValue.IncorrectPhoneNumber": Meaning("address", _("号码不对，请核对。")),
}
MAIL: dict[str, Meaning] = {
    "535": Meaning("channel", _("邮箱账号或授权码不对。")),
    "550": Meaning("address", _("对方服务器说没有这个邮箱，或拒收。")),
    "554": Meaning("message", _("被对方当成垃圾邮件。")),
}
OF = {
    "wechat": WECHAT, "wechat_mini": WECHAT, "wecom": WECOM, "wecom_school": WECOM, "dingtalk": DINGTALK,
    "sms": SMS, "mail": MAIL,
}  # fmt: skip


def meaning(channel: str, code: str) -> Meaning | None:
    """What a code of a channel means; None for one nobody wrote down."""
    return OF.get(channel, {}).get(code) or COMMON.get(code)


def fix(channel: str, code: str) -> str:
    """What to do about a code, in the reader's language; "" for one nobody wrote down."""
    found = meaning(channel, code)
    return str(found.fix) if found else ""


def is_gone(channel: str, code: str) -> bool:
    """Whether the address is no good any more: not following, gone, never there. It is not tried again until
    it is changed or `ChannelFollowed` is told of it."""
    found = meaning(channel, code)
    return found is not None and found.about == "address"


def is_shut(channel: str, code: str) -> bool:
    """Whether the whole channel is stopped until a person mends it or the day turns: wrong key, used-up limit."""
    found = meaning(channel, code)
    return found is not None and found.about == "channel"
