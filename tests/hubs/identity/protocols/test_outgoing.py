from __future__ import annotations

import pytest

from tests.hubs.identity.protocols.listening import listener

__all__ = ["listener"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("file:///etc/passwd", "address"), ("https://a:b@app.cn/", "address"), ("http://127.0.0.1:1/", "closed_host"),
        ("http://169.254.169.254/latest", "closed_host"), ("http://[::1]/", "closed_host"), ("nothing", "address"),
        ("http://0.0.0.0/", "closed_host"), ("http://no-such-host.invalid/", "unknown_host"),
    ],
)  # fmt: skip
def test_where_no_call_may_go(base, open_hosts, address, code):
    from jizuo.hubs.identity.protocols import outgoing

    open_hosts()
    with pytest.raises(outgoing.Unreached) as told:
        outgoing.post_form(address, {"a": "b"})
    assert told.value.code == code


def test_an_address_that_answers_drop_by_drop_is_left(base, open_hosts, monkeypatch):
    """Each read is in time, and the whole would last for days."""
    import socket
    import threading
    import time

    from jizuo.hubs.identity.protocols import outgoing

    monkeypatch.setattr(outgoing, "SECONDS", 0.4)
    door = socket.create_server(("127.0.0.1", 0))

    def drip():
        line, _from = door.accept()
        line.recv(10_000)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _drop in range(60):
            try:
                line.sendall(b"x")
            except OSError:
                break
            time.sleep(0.1)
        line.close()

    threading.Thread(target=drip, daemon=True).start()
    open_hosts("127.0.0.1")
    begun = time.monotonic()
    with pytest.raises(outgoing.Unreached) as told:
        outgoing.get(f"http://127.0.0.1:{door.getsockname()[1]}/")
    door.close()
    assert told.value.code == "timeout" and time.monotonic() - begun < 4


def test_what_is_packed_is_taken_as_it_comes(base, listener):
    """A small answer that unpacks to a large one is never unpacked: we ask for none."""
    from jizuo.hubs.identity.protocols import outgoing

    assert outgoing.get(f"{listener.url}/x") == 200
    assert listener.headers["Accept-Encoding"] == "identity"
