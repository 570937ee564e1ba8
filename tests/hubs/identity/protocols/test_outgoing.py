from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("file:///etc/passwd", "address"), ("https://a:b@app.cn/", "address"), ("http://127.0.0.1:1/", "closed_host"),
        ("http://169.254.169.254/latest", "closed_host"), ("http://[::1]/", "closed_host"), ("nothing", "address"),
        ("http://0.0.0.0/", "closed_host"), ("http://no-such-host.invalid/", "unknown_host"),
    ],
)  # fmt: skip
def test_where_no_call_may_go(base, address, code):
    from jizuo.hubs.identity.protocols import outgoing

    with pytest.raises(outgoing.Unreached) as told:
        outgoing.post_form(address, {"a": "b"})
    assert told.value.code == code
