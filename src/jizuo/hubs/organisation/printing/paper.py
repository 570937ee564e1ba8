"""Papers set as PDF. Pure drawing: nothing is read from the base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground import typesetting
from jizuo.hubs.organisation.printing import rules

PACKAGE, FOLDER = "jizuo.hubs.organisation", "templates/organisation/print"


def words_of(kind: str, blocks: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The blocks of a paper as printed: the school's words or the usual ones, filled."""
    return {
        key: rules.fill(blocks.get(key) or str(block.usual), values)
        for key, block in rules.KINDS[kind].blocks.items()
    }


def render(
    kind: str,
    data: Mapping[str, Any],
    *,
    blocks: Mapping[str, str] | None = None,
    paper: str = "a4",
    check_address: str = "",
) -> bytes:
    """One paper as PDF.

    kind: a key of `rules.KINDS`. data: ``school``, ``day`` (as written) and what the paper holds - of a class: ``class``,
    ``teacher``, ``pupils`` as [seat, local_no, name, sex]; of a certificate: ``name``, ``sex``, ``born``, ``class``,
    ``entered``, ``reason``, ``until``, ``code``; of a transfer: ``rows`` as [label, value], ``offices`` (who signs); of a
    notice: ``title``, ``text``, ``tear`` (label of a slip to tear off, '' for none), ``answers``. blocks: the school's own
    words. check_address: ``https://host/check/`` for the QR code, '' for none. ValueError for an unknown kind or size.
    """
    if kind not in rules.KINDS or paper not in rules.KINDS[kind].papers:
        raise ValueError(f"no paper {kind!r} in {paper!r}")
    pupils = data.get("pupils", [])
    values = {key: str(told) for key, told in data.items() if isinstance(told, str)} | {
        "count": str(len(pupils))
    }
    code = data.get("code", "")
    told: dict[str, Any] = {
        "paper": paper, "data": {"pupils": [], "rows": [], "offices": [], "answers": [], "tear": "", "title": "",
                                 "text": "", "teacher": "", "by": "", **data},
        "words": words_of(kind, blocks or {}, values),
        "code": rules.show_code(code) if code else "",
        "qr": typesetting.qr_svg(f"{check_address}{code}/") if code and check_address else "",
        "address": check_address.partition("://")[2],
        "labels": {
            "seat": _("座号"), "no": _("学号"), "name": _("姓名"), "sex": _("性别"), "seal": _("（盖章处）"),
            "check": _("查验码"),
            "check_at": _("查验网址"), "sign": _("家长签名"), "day": _("日期"), "opinion": _("意见"), "hand": _("经办人"),
            "class": _("班级"), "cut": _("沿线撕下交回"),
        },
    }  # fmt: skip
    source = typesetting.template(PACKAGE, f"{FOLDER}/frame.typ", f"{FOLDER}/{kind}.typ")
    return typesetting.set_pdf(source, told)
