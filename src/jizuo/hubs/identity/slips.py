"""Slips on paper: A4 sheets with cut lines, the same as a workbook and as text. Pure drawing: nothing is read.

The PDF is set by typst with the package's own Chinese font, so it looks the same on every machine.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import typesetting
from jizuo.ground.doors import role_title
from jizuo.hubs.identity.rules import codes, gettext_noop
from jizuo.hubs.identity.rules.limits import Purpose
from jizuo.hubs.identity.shapes import Slip

#: Slips a page -> columns; rows follow.
LAYOUTS = {4: 1, 8: 2, 10: 2, 12: 2}


def address_of(slip: Slip, base_address: str) -> str:
    """Where the slip's QR code leads. base_address: ``https://host`` without a slash at its end."""
    return f"{base_address}/activate/{slip.code}/" if slip.code else f"{base_address}/sign-in/"


def words_of(slip: Slip) -> tuple[str, list[str]]:
    """(title, steps) of a slip in plain words."""
    if not slip.code:
        return _("您已有账号"), [
            _("用原来的登录码和密码登录，就能看到新的身份。"),
            _("忘了密码，请向学校要重设纸条。"),
        ]
    scan, decided = _("扫码，或打开上面的网址输入此码。"), _("班主任确认后即可看到孩子。")
    by_purpose = {
        Purpose.ACTIVATE: (_("启用账号"), [scan, _("自己设一个密码。"), _("以后用登录码和密码登录。")]),
        Purpose.RESET: (_("重设密码"), [scan, _("设一个新密码。")]),
        Purpose.PAPER: (_("一次性登录码"), [scan, _("只能登录一次。")]),
        Purpose.INVITE: (_("家长绑定邀请"), [scan, _("填您的姓名和与孩子的关系。"), decided]),
        Purpose.CLASS_ONCE: (_("班级一次性码"), [scan, _("填班级码和孩子姓名。"), decided]),
    }
    return by_purpose[Purpose(slip.purpose)]


def _until(slip: Slip) -> str:
    return timezone.localtime(slip.expires_at).strftime("%Y-%m-%d %H:%M") if slip.expires_at else ""


def slips_pdf(slips: Sequence[Slip], *, base_address: str, per_page: int = 8) -> bytes:
    """The slips as PDF, A4 portrait. per_page: a key of `LAYOUTS`; ValueError for another."""
    if per_page not in LAYOUTS:
        raise ValueError(f"per_page is one of {sorted(LAYOUTS)}")
    told: list[dict[str, Any]] = []
    for slip in slips:
        title, steps = words_of(slip)
        told.append(
            {
                "title": title,
                "unit": slip.unit_name,
                "group": slip.group,
                "name": slip.name,
                "role": role_title(slip.role),
                "login_code": codes.show(slip.login_code),
                "code": codes.show(slip.code),
                "until": _until(slip),
                "address": base_address.partition("://")[2] + ("/activate/" if slip.code else "/sign-in/"),
                "steps": steps,
                "qr": typesetting.qr_svg(address_of(slip, base_address)),
            }
        )
    labels = {
        "login_code": _("登录码"),
        "code": _("一次性码"),
        "until": _("有效至"),
        "address": _("网址"),
        "keep": _("请沿线剪开，只交给本人。码用一次即作废。"),
    }
    columns = LAYOUTS[per_page]
    source = typesetting.template("jizuo.hubs.identity", "templates/identity/slips.typ")
    return typesetting.set_pdf(
        source, {"slips": told, "labels": labels, "columns": columns, "rows": -(-per_page // columns)}
    )


HEADS = (
    gettext_noop("单位"),
    gettext_noop("班级"),
    gettext_noop("姓名"),
    gettext_noop("身份"),
    gettext_noop("登录码"),
    gettext_noop("一次性码"),
    gettext_noop("有效至"),
    gettext_noop("网址"),
)


def rows_of(slips: Sequence[Slip], base_address: str) -> list[list[str]]:
    """One row of text a slip, in the order of `HEADS`."""
    return [
        [
            slip.unit_name, slip.group, slip.name, role_title(slip.role), codes.show(slip.login_code),
            codes.show(slip.code), _until(slip), address_of(slip, base_address),
        ]
        for slip in slips
    ]  # fmt: skip


def slips_workbook(slips: Sequence[Slip], *, base_address: str) -> bytes:
    """The slips as a workbook of text cells, ready to print on A4 landscape."""
    # Loaded where a workbook is written: a process that writes none stays small.
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_("纸条"))
    head = book.add_format({"bold": True, "bottom": 1})
    text = book.add_format({"num_format": "@"})
    sheet.write_row(0, 0, [_(word) for word in HEADS], head)
    for place, row in enumerate(rows_of(slips, base_address), 1):
        for column, value in enumerate(row):
            sheet.write_string(place, column, value, text)
    for column, width in enumerate((22, 14, 12, 10, 12, 14, 17, 46)):
        sheet.set_column(column, column, width, text)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return out.getvalue()


def slips_text(slips: Sequence[Slip], *, base_address: str) -> str:
    """The slips as lines of text with tabs between, a heading first."""
    lines = [[_(word) for word in HEADS], *rows_of(slips, base_address)]
    return "\n".join("\t".join(line) for line in lines) + "\n"
