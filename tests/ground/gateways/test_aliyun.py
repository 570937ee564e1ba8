import json
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from jizuo.ground.gateways.aliyun import AliyunSms, canonical_query, sign
from jizuo.ground.gateways.shapes import SendResult
from tests.ground.gateways.provider import Provider, check_acs3

PHONE = "+8613800138000"


@pytest.fixture
def provider():
    made = Provider(check_acs3("test-secret"))
    yield made
    made.close()


def _gateway(provider, **more):
    given = {
        "key_id": "id",
        "secret": "test-secret",
        "sign": "基座 学校",
        "templates": {"login_code": "SMS_1"},
    }
    return AliyunSms(**{**given, "endpoint": provider.endpoint, **more})


def test_the_published_example():
    # The example of the provider's page on the V3 signature (RunInstances).
    query = canonical_query(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    headers = sign(
        "RunInstances",
        "2014-05-26",
        "ecs.cn-shanghai.aliyuncs.com",
        query,
        key_id="YourAccessKeyId",
        secret="YourAccessKeySecret",
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
    )
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;"
        "x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_a_message_is_accepted(provider):
    provider.answer = lambda _r: (200, {"Code": "OK", "Message": "OK", "BizId": "B7", "RequestId": "R"})
    result = _gateway(provider, price_fen=4).send(PHONE, "login_code", {"code": "12 34~*'(张)"})
    assert result == SendResult("accepted", "B7", "OK", 4)
    (request,) = provider.seen
    assert request.fault == ""
    assert (request.headers["x-acs-action"], request.headers["x-acs-version"]) == ("SendSms", "2017-05-25")
    asked = {name: value for name, (value,) in parse_qs(urlsplit(request.path).query).items()}
    assert json.loads(asked.pop("TemplateParam")) == {"code": "12 34~*'(张)"}
    assert asked == {"PhoneNumbers": "13800138000", "SignName": "基座 学校", "TemplateCode": "SMS_1"}


def test_a_number_of_another_country_keeps_its_code(provider):
    provider.answer = lambda _r: (200, {"Code": "OK", "BizId": "B"})
    _gateway(provider).send("+85251234567", "login_code", {})
    assert "PhoneNumbers=85251234567" in provider.seen[0].path


def test_the_provider_notices_a_wrong_secret(provider):
    provider.answer = lambda r: (
        (200, {"Code": "OK"}) if not r.fault else (400, {"Code": "SignatureDoesNotMatch"})
    )
    assert _gateway(provider, secret="other").send(PHONE, "login_code", {}).code == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("status", "told", "state", "code"),
    [
        (
            200,
            {"Code": "isv.BUSINESS_LIMIT_CONTROL", "RequestId": "R"},
            "refused",
            "isv.BUSINESS_LIMIT_CONTROL",
        ),
        (400, {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}, "refused", "isv.MOBILE_NUMBER_ILLEGAL"),
        (503, {"Code": "ServiceUnavailable"}, "unknown", "ServiceUnavailable"),
        (502, b"<html>", "unknown", "http-502"),
        (200, b"", "unknown", "http-200"),
        (200, [], "unknown", "http-200"),
        (302, b"", "unknown", "http-302"),
        (None, b"", "unknown", "RemoteProtocolError"),
    ],
)
def test_what_an_answer_means(provider, status, told, state, code):
    provider.answer = lambda _r: (status, told)
    result = _gateway(provider).send(PHONE, "login_code", {})
    assert (result.state, result.code, result.cost_fen) == (state, code, 0)
    assert len(provider.seen) == 1, "never repeated by itself"


def test_no_answer_in_time_is_unknown_and_not_repeated(provider):
    def slow(_request):
        time.sleep(0.6)
        return 200, {"Code": "OK"}

    provider.answer = slow
    assert _gateway(provider, timeout_seconds=0.2).send(PHONE, "login_code", {}) == SendResult(
        "unknown", code="timeout"
    )
    time.sleep(0.6)
    assert len(provider.seen) == 1


def test_nobody_there_is_refused(provider):
    provider.close()
    assert _gateway(provider).send(PHONE, "login_code", {}) == SendResult("refused", code="unreachable")


def test_a_template_that_is_not_mapped_is_refused_without_a_call(provider):
    assert _gateway(provider).send(PHONE, "other", {}) == SendResult("refused", code="no-template")
    assert provider.seen == []


def test_neither_phone_nor_secret_is_logged(provider, caplog):
    caplog.set_level("DEBUG")
    provider.answer = lambda _r: (200, {"Code": "OK"})
    gateway = _gateway(provider)
    gateway.send(PHONE, "login_code", {"code": "482913"})
    logged = caplog.text + repr(gateway)
    for value in ("13800138000", "482913", "test-secret"):
        assert value not in logged
