import pytest

from jizuo.ground.gateways import codes


@pytest.mark.parametrize(
    ("channel", "code", "is_gone", "is_shut", "word"),
    [
        ("wechat", "43004", True, False, "没有关注"),
        ("wechat", "45009", False, True, "次数已用完"),
        ("wechat", "40164", False, True, "白名单"),
        ("wechat_mini", "43101", False, False, "同意"),
        ("wecom", "81013", True, False, "无效"),
        ("wecom_school", "invalid_parent_userid", True, False, "学校通知"),
        ("dingtalk", "33012", True, False, "没有这个人"),
        ("sms", "isv.AMOUNT_NOT_ENOUGH", False, True, "充值"),
        ("mail", "550", True, False, "邮箱"),
        ("mail", "timeout", False, False, "先问"),
        ("wecom", "no-gateway", False, True, "没有设置"),
        ("wechat", "token-timeout", False, True, "没有发出"),
        ("wechat", "99999", False, False, ""),
        ("pigeon", "1", False, False, ""),
    ],
)
def test_what_a_code_means(base, channel, code, is_gone, is_shut, word):
    assert codes.is_gone(channel, code) is is_gone
    assert codes.is_shut(channel, code) is is_shut
    assert word in codes.fix(channel, code)
    assert bool(codes.fix(channel, code)) is bool(word)


def test_every_channel_has_its_list():
    from jizuo.ground.gateways import channels

    assert set(codes.OF) == set(channels.ALL)
