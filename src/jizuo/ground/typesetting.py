"""Setting paper: a typst template of the house and values in, PDF out, the same on every machine.

A template comes from the code, never from a person: what a school writes goes in as a value and is set as plain text.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import segno


@cache
def template(package: str, *paths: str) -> str:
    """The text of templates of `package`, one after another: a frame first, then what uses it."""
    folder = resources.files(package)
    return "\n".join(folder.joinpath(path).read_text("utf-8") for path in paths)


def set_pdf(source: str, told: Mapping[str, Any]) -> bytes:
    """`source` set with `told`, which it reads as ``json(bytes(sys.inputs.data))``; with the package's Chinese fonts
    alone."""
    # The typesetter takes 7 MB; a process that sets no paper stays small.
    import pylopdf_fonts_zh_cn
    import typst

    # The package ships one folder of fonts beside its module.
    fonts = [str(resources.files(pylopdf_fonts_zh_cn))]
    return typst.compile(  # type: ignore[misc]
        source.encode(), font_paths=fonts, ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
    )  # fmt: skip


def qr_svg(text: str) -> str:
    """A QR code of `text` as SVG without a border."""
    picture = io.BytesIO()
    segno.make(text, error="m").save(picture, kind="svg", border=0, xmldecl=False, svgns=True)
    return picture.getvalue().decode()
