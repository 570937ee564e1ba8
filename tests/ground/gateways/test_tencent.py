import json
from datetime import UTC, datetime

import pytest

from jizuo.ground.gateways.shapes import SendResult
from jizuo.ground.gateways.tencent import TencentSms, sign
from tests.ground.gateways.provider import Provider, check_tc3

PHONE = "+8613800138000"
BODY = b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'


@pytest.fixture
def provider():
    made = Provider(check_tc3("test-secret"))
    yield made
    made.close()


def _gateway(provider, **more):
    given = {
        "key_id": "id",
        "secret": "test-secret",
        "app_id": "1400006666",
        "sign": "基座",
        "templates": {"login_code": "42"},
    }
    return TencentSms(**{**given, "endpoint": provider.endpoint, **more})


@pytest.mark.parametrize(
    ("names", "secret", "signature"),
    [
        # Both examples of the provider's pages on the V3 signature (DescribeInstances), the older without action.
        (
            ("content-type", "host"),
            "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
            "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
        ),
        (
            ("content-type", "host", "x-tc-action"),
            "Gu5t9xGARNpq86cd98joQYCN3*******",
            "be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3",
        ),
    ],
)
def test_the_published_examples(names, secret, signature):
    headers = sign(
        "cvm",
        "DescribeInstances",
        "2017-03-12",
        "cvm.tencentcloudapi.com",
        BODY,
        key_id="AKIDEXAMPLE",
        secret=secret,
        at=datetime.fromtimestamp(1551113065, UTC),
        signed_names=names,
    )
    assert headers["Authorization"] == (
        f"TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/cvm/tc3_request, SignedHeaders={';'.join(names)}, "
        f"Signature={signature}"
    )
    assert headers["X-TC-Timestamp"] == "1551113065"


def _sent(**one):
    status = {
        "SerialNo": "S7",
        "PhoneNumber": PHONE,
        "Fee": 1,
        "Code": "Ok",
        "Message": "send success",
        **one,
    }
    return {"Response": {"SendStatusSet": [status], "RequestId": "R"}}


def test_a_message_is_accepted(provider):
    provider.answer = lambda _r: (200, _sent(Fee=2))
    result = _gateway(provider, price_fen=5).send(PHONE, "login_code", {"code": "482913", "minutes": "5"})
    assert result == SendResult("accepted", "S7", "Ok", 10)
    (request,) = provider.seen
    assert request.fault == ""
    assert json.loads(request.body) == {
        "PhoneNumberSet": [PHONE],
        "SmsSdkAppId": "1400006666",
        "SignName": "基座",
        "TemplateId": "42",
        "TemplateParamSet": ["482913", "5"],
    }
    headers = request.headers
    assert (headers["X-TC-Action"], headers["X-TC-Version"], headers["X-TC-Region"]) == (
        "SendSms",
        "2021-01-11",
        "ap-guangzhou",
    )


def test_the_provider_notices_a_wrong_secret(provider):
    error = {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure"}, "RequestId": "R"}}
    provider.answer = lambda r: (200, error if r.fault else _sent())
    result = _gateway(provider, secret="other").send(PHONE, "login_code", {})
    assert (result.state, result.code) == ("refused", "AuthFailure.SignatureFailure")


@pytest.mark.parametrize(
    ("status", "told", "state", "code"),
    [
        (
            200,
            _sent(Code="LimitExceeded.PhoneNumberDailyLimit"),
            "refused",
            "LimitExceeded.PhoneNumberDailyLimit",
        ),
        (200, {"Response": {"Error": {"Code": "InternalError.Timeout"}}}, "unknown", "InternalError.Timeout"),
        (200, {"Response": {"SendStatusSet": []}}, "unknown", "http-200"),
        (200, {"Response": None}, "unknown", "http-200"),
        (500, b"", "unknown", "http-500"),
        (None, b"", "unknown", "RemoteProtocolError"),
    ],
)
def test_what_an_answer_means(provider, status, told, state, code):
    provider.answer = lambda _r: (status, told)
    result = _gateway(provider).send(PHONE, "login_code", {})
    assert (result.state, result.code, result.cost_fen) == (state, code, 0)
    assert len(provider.seen) == 1


def test_a_template_that_is_not_mapped_is_refused_without_a_call(provider):
    assert _gateway(provider).send(PHONE, "other", {}).code == "no-template"
    assert provider.seen == []
