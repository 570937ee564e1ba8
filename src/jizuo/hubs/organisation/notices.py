"""报到通知书: one slip a child with the code that the desk scans, A4, to be cut. Pure drawing: nothing is read."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from jizuo.ground import typesetting

ROWS = 4


def notices_pdf(
    children: Sequence[tuple[str, str]], *, school: str, year: str, text: str, unit_no: int, base_address: str
) -> bytes:
    """The notices of (name, code) as PDF, four a page. The QR holds ``<base_address>/i/<unit_no>/<code>/``: no name and no
    number of the child. text: what the school says to families, as it stands."""
    told = []
    for name, code in children:
        picture = typesetting.qr_svg(f"{base_address}/i/{unit_no}/{code}/")
        told.append({"name": name, "code": f"{code[:4]} {code[4:]}", "qr": picture})
    labels = {
        "title": _("新生报到通知书"), "school": school, "year": year, "rows": ROWS, "text": text,
        "to": _("同学："), "code": _("报到码"),
        "keep": _("沿线剪开，每张只给这一家；报到时出示这个码，没有带的可以报姓名。"),
    }  # fmt: skip
    source = typesetting.template("jizuo.hubs.organisation", "templates/organisation/notices.typ")
    return typesetting.set_pdf(source, {"slips": told, "labels": labels})
