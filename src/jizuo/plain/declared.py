"""The YAML files that a room declares itself by, read with the native parser: every process reads all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def read(path: Path) -> Any:
    """What a file of the house says, as plain data. Raises yaml.YAMLError with the line, FileNotFoundError. Texts from outside
    go through `ground.packs.plain_yaml`, which allows less."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
