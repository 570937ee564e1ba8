"""Paper receipts: one slip a child with its code, A4, to be cut. Pure drawing: nothing is read."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from functools import cache
from importlib import resources

import pylopdf_fonts_zh_cn
import segno
import typst
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.hubs.message import rules
from jizuo.hubs.message.shapes import NoticeView, ReceiptLine

ROWS = 3


@cache
def _parts() -> tuple[str, list[str]]:
    source = resources.files("jizuo.hubs.message").joinpath("templates/message/slips.typ").read_text("utf-8")
    return source, [str(resources.files(pylopdf_fonts_zh_cn))]


def slips_pdf(
    notice: NoticeView, lines: Sequence[ReceiptLine], *, school: str, unit_no: int, base_address: str
) -> bytes:
    """The slips as PDF, three a page: the notice in short, the boxes to tick, a place to sign, the code. The QR holds
    ``<base_address>/r/<unit_no>/<code>/``: no name and no number of the child."""
    answers = rules.answers_of(notice.needs, notice.options)
    told = []
    for line in lines:
        picture = io.BytesIO()
        code = segno.make(f"{base_address}/r/{unit_no}/{line.code}/", error="m")
        code.save(picture, kind="svg", border=0, xmldecl=False, svgns=True)
        values = {"child": line.name, "class": line.class_name, "school": school}
        told.append(
            {
                "name": line.name, "class": line.class_name, "seat": line.seat_no or 0, "code": line.code,
                "text": rules.fill(notice.text, values), "qr": picture.getvalue().decode(),
            }
        )  # fmt: skip
    due = timezone.localtime(notice.due_at).strftime("%m-%d %H:%M") if notice.due_at else ""
    labels = {
        "title": notice.title, "school": school, "rows": ROWS,
        "due": _("请在 %(due)s 前交回") % {"due": due} if due else _("请尽快交回"),
        "answers": [_("已阅") if one == rules.READ else one for one in answers],
        "sign": _("家长签名"), "day": _("日期"), "seat": _("座号"), "code": _("回执码"),
        "keep": _("沿线剪开，每张只给这一家；手机上回过的不用再交。"),
    }  # fmt: skip
    source, fonts = _parts()
    return typst.compile(  # type: ignore[misc]
        source.encode(), font_paths=fonts, ignore_system_fonts=True,
        sys_inputs={"data": json.dumps({"slips": told, "labels": labels}, ensure_ascii=False)},
    )  # fmt: skip
