"""Values of each kind as people write them and as they are shown."""

from __future__ import annotations

import pytest

from jizuo.engines.matter.forms import asked, kinds
from jizuo.engines.matter.forms.kinds import Known, Wrong
from jizuo.engines.matter.shapes import KINDS, Field, Form, FormPage
from tests.base import TODAY

KNOWN = Known(TODAY)


def field(kind, **more):
    return next(
        asked.fields_of(
            asked.asked_of(Form("表", (FormPage((Field("a", kind=kind, title="甲", **more),)),)), {})
        )
    )


@pytest.mark.parametrize(
    ("kind", "told", "value", "words"),
    [
        ("money", "¥1,250.50元", 125050, "1,250.50 元"), ("money", 5, 5, "0.05 元"), ("number", "１２", 12, "12"),
        ("date", "2026年9月1日", "2026-09-01", "2026-09-01"), ("date", "20260901", "2026-09-01", "2026-09-01"),
        ("time", "8:05", "08:05", "08:05"), ("period", "3", 3, "第 3 节"), ("yes_no", "no", False, "否"),
        ("moment", "2026-09-01T08:30", "2026-09-01T08:30+08:00", "2026-09-01 08:30"),
        ("text", " 阿卜杜拉·买买提 ", "阿卜杜拉·买买提", "阿卜杜拉·买买提"),
    ],
)  # fmt: skip
def test_a_value_is_read_and_shown(base, kind, told, value, words):
    one = field(kind)
    assert kinds.KINDS[kind].check(one, told, KNOWN) == value
    assert kinds.show(one, value, KNOWN) == words


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("money", "1.001"), ("money", True), ("number", "1e99"), ("number", "inf"), ("number", 1.5), ("date", "2226-01-01"),
        ("date", "明天"), ("time", "25:00"), ("period", "13"), ("period", "x"), ("moment", "x"), ("yes_no", 1), ("text", 5),
        ("unit", "99"), ("units", "1"), ("file", "x"), ("choice", "x"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_in_words(base, kind, told):
    with pytest.raises(Wrong) as error:
        kinds.KINDS[kind].check(field(kind), told, KNOWN)
    assert error.value.what


@pytest.mark.parametrize(
    ("of", "type_", "is_taken"),
    [("web", "image/jpeg", True), ("web", "image/webp", True), ("web", "image/heic", False), ("web", "image/bmp", False),
     ("", "image/heic", True), ("", "application/pdf", False)],
)  # fmt: skip
def test_a_picture_for_everybody_is_one_that_every_browser_shows(base, of, type_, is_taken):
    known = Known(TODAY, files={"1": kinds.Seen("1", "操场", 9, type_)})
    one = field("photo", of=of)
    if is_taken:
        assert kinds.KINDS["photo"].check(one, ["1"], known) == [{"id": "1", "name": "操场", "size": 9}]
    else:
        with pytest.raises(Wrong) as error:
            kinds.KINDS["photo"].check(one, ["1"], known)
        assert "操场" in error.value.what
    assert kinds.accepted(one) == ("image/jpeg,image/png,image/webp" if of else "image/*")
    assert kinds.accepted(field("file")) == ""


def test_every_kind_has_a_way_to_be_asked():
    assert set(kinds.KINDS) == set(KINDS)
    assert kinds.yuan(-5) == "-0.05" and kinds.show(field("text"), None, KNOWN) == ""
