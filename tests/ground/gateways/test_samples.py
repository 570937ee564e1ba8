import pytest

from tests.ground.gateways.test_channels import WECHAT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("thing1", "试发"),
        ("time2", "2026-09-16 10:00"),
        ("character_string3", "TEST-1"),
        ("number10", "1"),
        ("x", "试发"),
    ],
)
def test_a_field_gets_what_it_takes(base, name, value):
    from jizuo.ground.gateways.samples import of_field

    assert of_field(name) == value


def test_values_for_a_channels_template(secrets):
    from jizuo.ground.gateways import samples

    assert samples.of("wechat", 0, "homework") == {}
    mapped = {"id": "T", "fields": {"thing1": "title", "time2": "day"}}
    secrets("wechat", {**WECHAT, "templates": {"homework": mapped}})
    assert samples.of("wechat", 0, "homework") == {"title": "试发", "day": "2026-09-16 10:00"}
    assert samples.of("wechat", 0, "other") == {} and samples.of("wecom", 0, "") == {}
    assert samples.of("sms", 0, "login_code") == {"code": "123456"}
    secrets("sms", {"fields": {"homework": ["child", "day"]}})
    assert samples.of("sms", 0, "homework") == {"child": "123456", "day": "123456"}
