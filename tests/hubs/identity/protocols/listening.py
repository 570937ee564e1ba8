"""A real service on this machine: keeps what it is called with and answers what it is told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest


@dataclass
class Listener:
    """url: without a slash at its end. calls: (path, parameters of the address, fields of the form); headers: of the last."""

    url: str
    calls: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def listener(base: Any, open_hosts: Any) -> Iterator[Listener]:
    held: list[Listener] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            parts = urlsplit(self.path)
            held[0].headers = dict(self.headers)
            held[0].calls.append((parts.path, dict(parse_qsl(parts.query)), dict(parse_qsl(body))))
            self.send_response(held[0].status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = answer

        def log_message(self, *_told: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.append(Listener(f"http://127.0.0.1:{server.server_address[1]}"))
    open_hosts("127.0.0.1")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield held[0]
    server.shutdown()
    server.server_close()


def tell_all(*vendors: Any) -> list[str]:
    """Run the queued words of an end to these applications as the worker would; the states they left."""
    from django.db import connection

    from jizuo.hubs.identity import jobs
    from jizuo.project import rooms

    rooms.plates()
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from procrastinate_jobs j using app_sign_on o where j.task_name = %s and j.status = 'todo'"
            " and o.id::text = j.args ->> 'sign_on_id' and o.client_id = any(%s) returning j.args ->> 'sign_on_id'",
            [jobs.TELL_END, [one.client_id for one in vendors]],
        )
        waiting = [one for (one,) in cursor.fetchall()]
    return [jobs.tell_end(one) for one in waiting]
