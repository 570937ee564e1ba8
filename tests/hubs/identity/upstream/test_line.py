"""Where a source may be asked."""

from __future__ import annotations

import pytest

from jizuo.hubs.identity.upstream import line
from jizuo.hubs.identity.upstream.shapes import Refused


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ftp://a.cn",
        "http://a.cn",
        "https://",
        "https://u:p@a.cn/",
        "https://a.cn/#x",
        "https://a.cn:x/",
        "/a",
    ],
)
def test_only_whole_https_addresses(base, open_hosts, address):
    open_hosts()
    with pytest.raises(Refused):
        line.check_address(address)


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1:9/", "https://169.254.169.254/latest", "https://100.100.100.200/"]
)
def test_this_machine_and_metadata_are_closed(base, open_hosts, address):
    open_hosts()
    with pytest.raises(Refused) as caught:
        line.get(address)
    assert caught.value.code == "closed_host"


def test_an_opened_host_is_asked_and_a_large_answer_refused(base, provider, reachable):
    assert line.get(f"{provider.url}/jwks").told()["keys"]
    provider.metadata["pad"] = "x" * (line.MOST_BYTES + 1)
    with pytest.raises(Refused) as caught:
        line.get(f"{provider.url}/.well-known/openid-configuration")
    assert caught.value.code == "too-big"


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_empty(body):
    assert line.Answer(200, body).told() == {}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"a": "\\u4e2d"}', {"a": "中"}), (b'{"a": ["\\ud800"]}', {}), (b'{"\\udfff": 1}', {}),
        (b'{"a": {"b": "\\u0000"}}', {}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}), (b"[]", {}), (b"{", {}), (b"[" * 100_000, {}),
        (b'{"a": ' + b"[" * 900 + b"]" * 900 + b', "b": "\\ud800"}', {}),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_kept_is_none(body, told):
    assert line.Answer(200, body).told() == told
