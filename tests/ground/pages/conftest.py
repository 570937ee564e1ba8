from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM = Path(os.environ.get("JIZUO_CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(autouse=True)
def _django(base: Any) -> None:
    """Every test here draws templates, so Django must stand."""


@pytest.fixture(scope="session")
def site(base: Any) -> Iterator[str]:
    """The address of a small server with the gallery, behind the real middleware."""
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


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless Chromium with Chinese letters."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; name one in JIZUO_CHROMIUM")
    from playwright.sync_api import sync_playwright

    sys.path.insert(0, str(ROOT / "tools"))
    import fonts_conf

    fonts = fonts_conf.write(tmp_path_factory.mktemp("fonts"))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox"],
            env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
        )
        yield chromium
        chromium.close()
