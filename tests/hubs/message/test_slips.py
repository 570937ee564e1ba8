from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from jizuo.hubs.message.shapes import NoticeView, ReceiptLine

NO = UUID(int=0)
NOW = datetime(2026, 9, 16, tzinfo=UTC)


def test_slips_are_a_pdf_and_the_qr_holds_no_name(base: Any, monkeypatch: Any) -> None:
    import segno

    from jizuo.hubs.message import slips

    coded: list[str] = []
    make = segno.make
    monkeypatch.setattr(segno, "make", lambda text, **more: (coded.append(text), make(text, **more))[1])
    notice = NoticeView(
        NO, 1, "秋游", "{孩子}\n\n带水", "families", "choice", ("同意", "不同意"), (), (), NOW, False, "sent", "陆", 1, NOW, NOW,
        None, 0,
    )  # fmt: skip
    lines = [
        ReceiptLine(NO, NO, NO, NO, "一（1）班", name, 1, code, "", "", None, "")
        for name, code in (("阿卜杜拉·买买提", "1-00001-1"), ("陈以宁", "1-00002-1"))
    ]
    made = slips.slips_pdf(notice, lines, school="启明小学", unit_no=3, base_address="https://b.example")
    assert made.startswith(b"%PDF")
    assert coded == ["https://b.example/r/3/1-00001-1/", "https://b.example/r/3/1-00002-1/"]
