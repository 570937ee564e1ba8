"""The guide's sample reads a printed card, and the printed sheet holds the code that a reader finds."""

from __future__ import annotations

import re
import sys
from datetime import date

import pytest

from jizuo.hubs.identity import student_cards
from jizuo.hubs.identity.student_code_shapes import PrintedCard
from jizuo.plain import student_code
from tests.database import CHECKOUT
from tests.hubs.identity import scanning

GUIDE = CHECKOUT / "docs/guides/read-the-student-code.md"


@pytest.fixture
def sample(monkeypatch):
    """The names of the guide's sample, with the library where a copy of it would lie."""
    monkeypatch.setitem(sys.modules, "student_code", student_code)
    (source,) = re.findall(
        r"^```python\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    names = {}
    exec(compile(source, str(GUIDE), "exec"), names)
    return names


def test_the_sample_of_the_guide_opens_a_gate(base, live, sample):
    school = scanning.make(base)
    school.do("issue", 0, 1)
    good, lost = school.card_code(0), school.card_code(1)
    school.do("lost", 1)
    gate = school.scanner(school.place())
    keys, revoked = sample["sync"](live.url, school.unit_no, gate.token)
    assert len(keys) == len(revoked) == 1
    assert sample["may_pass"](good, keys, revoked) == (True, "")
    assert sample["may_pass"](lost, keys, revoked) == (False, "revoked")
    assert sample["may_pass"](good[:-1] + "5", keys, revoked)[0] is (good[-1] == "5")
    assert sample["may_pass"]("x", keys, revoked) == (False, "format")


def test_a_sheet_of_cards_is_set(base):
    card = PrintedCard(
        scanning.uuid4(),
        scanning.uuid4(),
        "阿卜杜拉·买买提",
        "三（2）班",
        date(2027, 9, 1),
        "JZ:" + "A" * 122,
        scanning.JPEG,
    )
    sheet = student_cards.cards_pdf([card] * 11, unit_name="澜江区第一小学")
    assert sheet.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", sheet)) in (0, 2)
    assert student_cards.qr_svg(card.code).startswith("<svg")
