from __future__ import annotations

import socket
import threading

import pytest

from jizuo.project import loopback


@pytest.fixture
def echo():
    """A server on 127.0.0.1 that answers each line in capitals."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                meet, _ = listener.accept()
            except OSError:
                return
            with meet, meet.makefile("rwb") as line:
                line.write(line.readline().upper())
                line.flush()

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


@pytest.fixture
def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 loopback")


def test_both_loopbacks_answer(echo, has_ipv6):
    assert loopback.pass_on(echo)
    for _ in range(3):
        with socket.create_connection(("::1", echo), timeout=5) as near, near.makefile("rwb") as line:
            line.write(b"hello\n")
            line.flush()
            assert line.readline() == b"HELLO\n"


def test_a_taken_port_is_left_alone(has_ipv6):
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        assert not loopback.pass_on(taken.getsockname()[1])
