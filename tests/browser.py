"""A headless Chromium for the tests. Fixture: `browser`, one a worker."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.database import CHECKOUT

CHROMIUM = Path(os.environ.get("JIZUO_CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless Chromium with Chinese letters."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; name one in JIZUO_CHROMIUM")
    from playwright.sync_api import sync_playwright

    sys.path.insert(0, str(CHECKOUT / "tools"))
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
