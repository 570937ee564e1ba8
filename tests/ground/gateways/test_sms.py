import json

import pytest

from jizuo.ground.gateways import sms
from jizuo.ground.gateways.aliyun import AliyunSms
from jizuo.ground.gateways.tencent import TencentSms
from jizuo.ground.outside import BadSetting

ALIYUN = {
    "kind": "aliyun",
    "key_id": "i",
    "secret": "s",
    "sign": "基座",
    "templates": {"login_code": "SMS_1"},
}


@pytest.fixture
def write(base, tmp_path, monkeypatch):
    monkeypatch.setenv("JIZUO_DATA", str(tmp_path))
    (tmp_path / "secrets").mkdir()

    def put(**told):
        path = tmp_path / "secrets" / "sms.json"
        path.write_text(json.dumps(told))
        path.chmod(0o600)

    return put


def test_without_a_file_there_is_no_gateway(write):
    gateway = sms.configured()
    assert isinstance(gateway, sms.NoGateway)
    assert "纸质" in gateway.title
    assert gateway.send("+8613800138000", "login_code", {}).code == sms.NO_GATEWAY
    assert sms.daily_cap() == sms.DAILY_CAP


def test_the_file_says_which_gateway(write):
    write(**ALIYUN, daily_cap=20, price_fen=6)
    gateway = sms.configured()
    assert isinstance(gateway, AliyunSms)
    assert (gateway.price_fen, sms.daily_cap()) == (6, 20)
    write(**{**ALIYUN, "kind": "tencent", "app_id": "1"})
    assert isinstance(sms.configured(), TencentSms)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"kind": "pigeon"}, "aliyun 或 tencent"),
        ({"sign": ""}, "缺少 sign"),
        ({"kind": "tencent"}, "缺少 app_id"),
        ({"prise_fen": 3}, "不认识的项：prise_fen"),
    ],
)
def test_a_wrong_file_is_said_in_words(write, change, word):
    write(**{**ALIYUN, **change})
    with pytest.raises(BadSetting, match=word):
        sms.configured()


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("13800138000", "+8613800138000"),
        (" 138 0013-8000 ", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("+852 5123 4567", "+85251234567"),
        ("0085251234567", "+85251234567"),
    ],
)
def test_phone_numbers_in_one_form(base, typed, normal):
    assert sms.normal_phone(typed) == normal
    assert sms.normal_phone(normal) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1380013800",
        "23800138000",
        "138001380001",
        "+8602112345678",
        "abc",
        "+0123456789",
        "+86",
        "010-12345678",
    ],
)
def test_what_is_no_phone_number(base, typed):
    from jizuo.ground.errors import BadInput

    with pytest.raises(BadInput, match="手机号不对"):
        sms.normal_phone(typed)


def test_masks():
    assert sms.masked_phone("+8613800138000") == "138****8000"
    assert sms.masked_phone("+85251234567") == "****4567"
