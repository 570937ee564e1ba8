import pytest

WECHAT = {
    "app_id": "wx1",
    "secret": "s",
    "templates": {"homework": {"id": "TM1", "fields": {"thing1": "title"}}},
}
WECOM = {"corp_id": "ww1", "secret": "s", "agent_id": 1000002}
DING = {"app_key": "d", "app_secret": "s", "agent_id": "77"}


def test_nothing_is_on_by_itself(secrets):
    from jizuo.ground.gateways import channels

    for channel in channels.ALL:
        assert not channels.is_on(channel, 0) and not channels.is_on(channel, 12)


def test_a_units_own_account_goes_before_the_bases(secrets):
    from jizuo.ground.gateways import channels

    secrets("wecom-12", {**WECOM, "corp_id": "own"})
    assert channels.is_on("wecom", 12) and not channels.is_on("wecom", 13) and not channels.is_on("wecom")
    secrets("wecom", WECOM)
    own, base_s = channels.account("wecom", 12), channels.account("wecom", 13)
    assert (own.name, own.unit_no, own.push.corp_id) == ("wecom-12", 12, "own")
    assert (base_s.name, base_s.unit_no, base_s.push.corp_id) == ("wecom", 0, "ww1")


@pytest.mark.parametrize(
    ("service", "told", "word"),
    [
        ("wechat", {"app_id": "wx1"}, "缺少 secret"),
        ("wechat", {**WECHAT, "appid": "x"}, "不认识的项：appid"),
        ("wechat", {**WECHAT, "templates": {"a": "TM1"}}, "templates 里“a”"),
        ("wechat", {**WECHAT, "templates": {"a": {"id": "T", "fields": {"x": 1}}}}, "templates 里“a”"),
        (
            "wechat",
            {**WECHAT, "templates": {"a": {"id": "T", "fields": {}, "kind": "sms"}}},
            "templates 里“a”",
        ),
        ("wechat", {**WECHAT, "templates": ["a"]}, "templates 里"),
        ("wechat", {**WECHAT, "aes_key": "short"}, "43 个字符"),
        ("wecom", {**WECOM, "agent_id": "x"}, "agent_id 应是数字"),
        ("dingtalk", "no json", "不是 JSON"),
    ],
)
def test_wrong_settings_are_said_in_words(secrets, service, told, word):
    from jizuo.ground.gateways import channels
    from jizuo.ground.outside import BadSetting

    secrets(service, told)
    with pytest.raises(BadSetting, match=word):
        channels.account(service, 0)


def test_settings_open_to_others_are_refused(secrets):
    from jizuo.ground.gateways import channels
    from jizuo.ground.outside import BadSetting

    secrets("dingtalk", DING).chmod(0o644)
    with pytest.raises(BadSetting, match="权限"):
        channels.account("dingtalk", 0)


def test_a_number_written_as_text_will_do(secrets):
    from jizuo.ground.gateways import channels

    secrets("dingtalk", DING)
    account = channels.account("dingtalk", 0)
    assert account.push.agent_id == 77 and not channels.takes_events(account.push)
    assert channels.owners(account.push) == ("d",)


@pytest.mark.parametrize("channel", ["wechat", "wechat_mini", "wecom", "wecom_school", "dingtalk"])
@pytest.mark.parametrize("text", ["", "@all", "ALL", "a|b", "a,b", "罗", "a b", "a\nb", "x" * 65, ".a", "@x"])
def test_an_address_is_one_persons(base, channel, text):
    from jizuo.ground.errors import BadInput
    from jizuo.ground.gateways import channels

    with pytest.raises(BadInput, match="接收人编号"):
        channels.normal_address(channel, text)


def test_addresses_in_their_forms(base):
    from jizuo.ground.gateways import channels

    assert (
        channels.normal_address("wechat", " oia2TjuEGTNoeX76QEjQNrcURxG8 ") == "oia2TjuEGTNoeX76QEjQNrcURxG8"
    )
    assert channels.normal_address("wecom", "luo.wei@school") == "luo.wei@school"
    assert channels.normal_address("sms", "138 0013 8000") == "+8613800138000"
    assert channels.normal_address("mail", "Luo@Example.com") == "Luo@example.com"
    assert channels.masked_address("wechat", "oia2TjuEGTNoeX76QEjQNrcURxG8") == "oia****xG8"
    assert channels.masked_address("wecom", "LuoWei") == "L****"
    assert channels.masked_address("sms", "+8613800138000") == "138****8000"
    assert channels.masked_address("mail", "luo@example.com") == "l***@example.com"


def test_missing_values_are_named(base):
    from jizuo.ground.errors import BadInput
    from jizuo.ground.gateways import channels

    channels.check_values(frozenset({"a"}), {"a": "x", "b": "y"})
    with pytest.raises(BadInput, match="缺少 a、c"):
        channels.check_values(frozenset({"a", "b", "c"}), {"a": "", "b": "y"})
