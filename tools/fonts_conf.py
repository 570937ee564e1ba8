"""Write a fontconfig file that gives a headless browser Chinese letters, and print its path.

A bare machine has no Chinese font and draws boxes.
Usage: FONTCONFIG_FILE=$(python tools/fonts_conf.py) chromium ...
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from xml.sax.saxutils import escape

import pylopdf_fonts_zh_cn

FAMILIES = ("sans-serif", "PingFang SC", "system-ui", "Microsoft YaHei")


def write(folder: Path) -> Path:
    """The path of ``fonts.conf`` in `folder` (made when missing); fonts come from the installed package."""
    fonts = Path(pylopdf_fonts_zh_cn.__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    prefer = "".join(
        f"<alias binding='same'><family>{family}</family>"
        "<prefer><family>Noto Sans SC</family></prefer></alias>"
        for family in FAMILIES
    )
    path = folder / "fonts.conf"
    path.write_text(
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
        f"<dir>{escape(str(fonts))}</dir><dir>/usr/share/fonts</dir>"
        f"<cachedir>{escape(str(folder / 'cache'))}</cachedir>{prefer}</fontconfig>",
        encoding="utf-8",
    )
    return path


def data_folder() -> Path:
    """The base's data folder, or ``.data`` of the checkout."""
    return Path(os.environ.get("JIZUO_DATA") or Path(__file__).resolve().parent.parent / ".data")


if __name__ == "__main__":
    sys.stdout.write(f"{write(data_folder() / 'fonts')}\n")
