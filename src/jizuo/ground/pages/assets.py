"""Names of the built front-end files, read from the manifest that the build writes."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

DIST = Path(__file__).resolve().parent.parent / "static" / "dist"
MANIFEST = DIST / "manifest.json"


@lru_cache(maxsize=4)
def read_manifest(path: Path, changed_ns: int) -> dict[str, Any]:
    """The manifest as written by the build. `changed_ns` only keys the cache."""
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def manifest(path: Path = MANIFEST) -> dict[str, Any]:
    """Source name -> entry (file, css, imports). ImproperlyConfigured before the first build."""
    try:
        changed_ns = path.stat().st_mtime_ns
    except FileNotFoundError:
        raise ImproperlyConfigured("页面的样式和脚本还没有构建：请在源代码目录运行 make setup。") from None
    return read_manifest(path, changed_ns if settings.DEBUG else 0)


def tags(entry: str = "main.js") -> SafeString:
    """Link and script elements of one entry, with the hashed names; styles first."""
    found = manifest()
    chunk = found[entry]
    styles = list(chunk.get("css", []))
    for name in chunk.get("imports", []):
        styles.extend(found[name].get("css", []))
    links = format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}">',
        ((static(f"dist/{name}"),) for name in dict.fromkeys(styles)),
    )
    script = format_html('<script type="module" src="{}"></script>', static(f"dist/{chunk['file']}"))
    return format_html("{}\n{}", links, script)
