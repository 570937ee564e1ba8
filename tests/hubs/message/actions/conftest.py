"""Settings of gateways for one test; the base's keys and its database stay where they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: Any, base: Any) -> Callable[[str, dict[str, Any]], None]:
    """Write a service's settings where the gateways read them."""
    from types import SimpleNamespace

    from jizuo.ground import outside

    folder = tmp_path / "secrets"
    folder.mkdir()
    monkeypatch.setattr(outside, "bootstrap", SimpleNamespace(secrets_folder=lambda: folder))

    def write(service: str, told: dict[str, Any]) -> None:
        path = folder / f"{service}.json"
        path.write_text(json.dumps(told, ensure_ascii=False))
        path.chmod(0o600)

    return write
