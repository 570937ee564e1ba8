"""Mistakes in forms, each named by file and place."""

from __future__ import annotations

import pytest

from tests.engines.matter.forms.given import PACK

CONSENT = PACK["forms/consent.yaml"]


def found(pack_fixture, text):
    from jizuo.engines.matter.forms import problems
    from jizuo.ground.packs import reading

    told = reading.read({**PACK, "forms/consent.yaml": text})
    assert told.pack is not None
    return {one.where.partition(": ")[2] for one in problems.check_forms(told.pack)}


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (
            "kind: choice, title: 意见, options: [同意, 不同意]",
            "kind: choice, title: 意见",
            "pages[0].fields[1].options",
        ),
        ("kind: choice", "kind: chioce", "pages[0].fields[1].kind"),
        ("of: pupil", "of: pupils", "pages[0].fields[0].of"),
        ("prefill: child", "prefill: kid", "pages[0].fields[0].prefill"),
        ("form.says ==", "form.sais ==", "pages[0].fields[2].when"),
        ("key: why", "key: says", "pages[0].fields[2].key"),
        ("title: 原因", "title: 家长职业", "pages[0].fields[2]"),
        ("title: 原因", "title: 症状", "pages[0].fields[2].grade"),
        ("kind: long_text", "kind: computed", "pages[0].fields[2].compute"),
        ("title: 家长同意书", "title: 家长同意书\nover: nothing", "over"),
        ("title: 家长同意书", "title: 家长同意书\nflow: nothing", "flow"),
        ("kind: signature", "kind: table", "pages[0].fields[3].fields"),
        ("kind: signature", "kind: row", "pages[0].fields[3].of"),
    ],
)
def test_a_mistake_is_named(pack, old, new, where):
    assert old in CONSENT
    assert where in found(pack, CONSENT.replace(old, new, 1))


def test_the_pack_as_it_is_has_none(pack):
    from jizuo.engines.matter.forms import problems

    assert problems.check_forms(pack) == []
