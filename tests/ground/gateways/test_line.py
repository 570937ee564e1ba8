import json
import time

import pytest

from jizuo.ground.gateways import line
from jizuo.ground.gateways.shapes import SendResult
from tests.ground.gateways.provider import Provider


@pytest.fixture
def provider():
    made = Provider(lambda _request: "")
    yield made
    made.close()


def test_chinese_goes_as_it_is(provider):
    provider.answer = lambda _r: (200, {"a": 1})
    answer = line.post_json(provider.endpoint + "/x?y=1", {"title": "作业"}, timeout=2)
    assert line.answered(answer) == {"a": 1}
    (request,) = provider.seen
    assert request.path == "/x?y=1" and request.body == '{"title": "作业"}'.encode()
    assert request.headers["Content-Type"] == "application/json" and json.loads(request.body)


def test_a_redirect_is_not_followed_and_nothing_is_repeated(provider):
    provider.answer = lambda _r: (302, b"")
    assert line.post_json(provider.endpoint, {}, timeout=2).status_code == 302
    assert len(provider.seen) == 1


def test_what_a_failed_line_means(provider):
    def slow(_request):
        time.sleep(0.5)
        return 200, {}

    provider.answer = slow
    assert line.post_json(provider.endpoint, {}, timeout=0.1) == SendResult("unknown", code="timeout")
    provider.answer = lambda _r: (None, b"")
    assert line.post_json(provider.endpoint, {}, timeout=2).code == "RemoteProtocolError"
    provider.close()
    for answer in (line.post_json(provider.endpoint, {}, timeout=2), line.get(provider.endpoint, timeout=2)):
        assert answer == SendResult("refused", code="unreachable")


def test_an_answer_that_is_no_object(provider):
    for told in (b"", b"[]", b"x"):
        provider.answer = lambda _r, told=told: (200, told)
        assert line.answered(line.post_json(provider.endpoint, {}, timeout=2)) == {}


def test_no_address_is_logged(provider, caplog):
    caplog.set_level("DEBUG")
    provider.answer = lambda _r: (200, {})
    line.post_json(provider.endpoint + "/?access_token=secret-token", {}, timeout=2)
    assert "secret-token" not in caplog.text
