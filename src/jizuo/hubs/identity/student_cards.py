"""Student cards on paper: A4 sheets of cards with cut lines. Pure drawing: nothing is read."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import segno
from django.utils.translation import gettext as _

from jizuo.ground import typesetting
from jizuo.hubs.identity.student_code_shapes import PrintedCard


def qr_svg(code: str) -> str:
    """The QR code of a card: base45 fits the alphanumeric mode, so that the squares stay large."""
    picture = io.BytesIO()
    segno.make(code, error="m", mode="alphanumeric").save(
        picture, kind="svg", border=0, xmldecl=False, svgns=True
    )
    return picture.getvalue().decode()


def cards_pdf(cards: Sequence[PrintedCard], *, unit_name: str) -> bytes:
    """The cards as PDF, ten on a sheet of A4, each 85.6 x 54 mm (ISO/IEC 7810, ID-1). The name stands there for people;
    the code holds none."""
    told: list[dict[str, Any]] = [
        {
            "name": one.name,
            "class": one.class_name,
            "until": (one.valid_to - timedelta(days=1)).isoformat(),
            "qr": qr_svg(one.code),
            "photo": base64.b64encode(one.photo).decode(),
        }
        for one in cards
    ]
    labels = {
        "unit": unit_name,
        "title": _("学生卡"),
        "until": _("有效期至"),
        "found": _("捡到请交还学校"),
        "keep": _("沿线剪下。遗失请立即挂失，换发后旧卡作废。"),
    }
    source = typesetting.template("jizuo.hubs.identity", "templates/identity/student_cards.typ")
    return typesetting.set_pdf(source, {"cards": told, "labels": labels})
