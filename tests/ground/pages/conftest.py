from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest


@pytest.fixture(autouse=True)
def _django(base: Any) -> None:
    """Every test here draws templates, so Django must stand."""


@pytest.fixture(scope="module")
def site(base: Any) -> Iterator[str]:
    """The address of a small server with the gallery, behind the real middleware. A module's: its addresses stand in
    place of the base's for as long as it runs."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import override_settings

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_args: Any) -> None:
            pass

    with override_settings(ROOT_URLCONF="tests.ground.pages.addresses"):
        httpd = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet)
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join(5)
        httpd.server_close()
