"""Paper receipts: one slip a child with its code, A4, to be cut. Pure drawing: nothing is read."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import typesetting
from jizuo.hubs.message import rules
from jizuo.hubs.message.shapes import NoticeView, ReceiptLine

ROWS = 3


def slips_pdf(
    notice: NoticeView, lines: Sequence[ReceiptLine], *, school: str, unit_no: int, base_address: str
) -> bytes:
    """The slips as PDF, three a page: the notice in short, the boxes to tick, a place to sign, the code. The QR holds
    ``<base_address>/r/<unit_no>/<code>/``: no name and no number of the child."""
    answers = rules.answers_of(notice.needs, notice.options)
    told = []
    for line in lines:
        values = {"child": line.name, "class": line.class_name, "school": school}
        told.append(
            {
                "name": line.name, "class": line.class_name, "seat": line.seat_no or 0, "code": line.code,
                "text": rules.fill(notice.text, values),
                "qr": typesetting.qr_svg(f"{base_address}/r/{unit_no}/{line.code}/"),
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
    source = typesetting.template("jizuo.hubs.message", "templates/message/slips.typ")
    return typesetting.set_pdf(source, {"slips": told, "labels": labels})
