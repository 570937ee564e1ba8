"""报到通知书: one slip a child with the code that the desk scans, A4, to be cut. Pure drawing: nothing is read."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from functools import cache
from importlib import resources

import pylopdf_fonts_zh_cn
import segno
import typst
from django.utils.translation import gettext as _

ROWS = 4


@cache
def _parts() -> tuple[str, list[str]]:
    source = (
        resources.files("jizuo.hubs.organisation")
        .joinpath("templates/organisation/notices.typ")
        .read_text("utf-8")
    )
    return source, [str(resources.files(pylopdf_fonts_zh_cn))]


def notices_pdf(
    children: Sequence[tuple[str, str]], *, school: str, year: str, text: str, unit_no: int, base_address: str
) -> bytes:
    """The notices of (name, code) as PDF, four a page. The QR holds ``<base_address>/i/<unit_no>/<code>/``: no name and no
    number of the child. text: what the school says to families, as it stands."""
    told = []
    for name, code in children:
        picture = io.BytesIO()
        segno.make(f"{base_address}/i/{unit_no}/{code}/", error="m").save(
            picture, kind="svg", border=0, xmldecl=False, svgns=True
        )
        told.append({"name": name, "code": f"{code[:4]} {code[4:]}", "qr": picture.getvalue().decode()})
    labels = {
        "title": _("新生报到通知书"), "school": school, "year": year, "rows": ROWS, "text": text,
        "to": _("同学："), "code": _("报到码"),
        "keep": _("沿线剪开，每张只给这一家；报到时出示这个码，没有带的可以报姓名。"),
    }  # fmt: skip
    source, fonts = _parts()
    return typst.compile(  # type: ignore[misc]
        source.encode(), font_paths=fonts, ignore_system_fonts=True,
        sys_inputs={"data": json.dumps({"slips": told, "labels": labels}, ensure_ascii=False)},
    )  # fmt: skip
