"""Who-words, holders, and the keys of roles."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from jizuo.engines.matter import who
from jizuo.engines.matter.who import About, Keys

CHILD, CLASS, ADULT = UUID(int=1), UUID(int=2), UUID(int=3)
FORM = {"teacher_id": str(ADULT), "class_id": str(CLASS), "to": 7, "none": None}
ABOUT = About(12, "leave", FORM, CHILD, CLASS, ADULT, "guardian")


@pytest.mark.parametrize(
    ("word", "holder"),
    [
        ("applicant", f"guardian@12/{CHILD}"), ("subject", f"person@{CHILD}"), ("guardians_of_subject", f"guardian@12/{CHILD}"),
        ("homeroom_teacher_of_subject", f"homeroom_teacher@12/{CLASS}"), ("teachers_of_subject", f"teacher@12/{CLASS}"),
        ("head", "head@12"), ("clerk", "clerk@12"), ("teacher:form.teacher_id", f"person@{ADULT}"),
        ("person:form.none", "person@-"), ("homeroom_teacher:form.class_id", f"homeroom_teacher@12/{CLASS}"),
        ("head_of:form.to", "head@7"), ("post.gatekeeper", "post.leave.gatekeeper@12"),
    ],
)  # fmt: skip
def test_what_a_word_means(word, holder):
    assert who.holders([word, word], ABOUT) == [holder]


def test_a_lent_key_opens_its_scene_only():
    lent = {"clerk@1": frozenset({"leave"}), "teacher@1": frozenset({""})}
    keys = Keys(frozenset({"head@1"}), read=lambda: (lent, "陆晓岚"))
    assert keys.holds("head@1", "x") and keys.holds("clerk@1", "leave") and keys.holds("teacher@1", "x")
    assert not keys.holds("clerk@1", "x") and not keys.holds("head@2", "x")
    assert ("clerk@1", "leave") in list(zip(*keys.pairs(), strict=True))


def test_what_is_lent_is_read_once_and_only_where_the_own_keys_do_not_open():
    asked = []

    def read():
        asked.append(1)
        return {"clerk@1": frozenset({""})}, "陆晓岚"

    keys = Keys(frozenset({"head@1"}), read=read)
    assert keys.holds("head@1", "leave") and not asked and keys.name is None
    assert keys.holds("clerk@1", "leave") and keys.holds("clerk@1", "roll") and asked == [1]
    assert keys.name == "陆晓岚"


def test_the_nearest_bureau_above(town):
    from jizuo.ground import scope as scopes

    with town.as_("clerk"), scopes.open_transaction("test"):
        assert who.bureau_above(town.world.first.unit_no) == town.world.bureau.unit_no
        assert who.bureau_above(10**8) is None


def test_posts_are_found_and_named(town):
    from jizuo.ground import scope as scopes

    unit = town.world.first.unit_no
    holders = [
        f"head@{unit}",
        f"post.trip.gate@{unit}",
        f"homeroom_teacher@{unit}/{town.world.first.class_id}",
    ]
    with town.as_("clerk"), scopes.open_transaction("test"):
        found = who.people_of([*holders, f"guardian@{unit}/{town.person('陈以宁')}"], date(2026, 9, 16))
        titles = who.titles_of(holders)
    assert [one for one, _child in found[holders[0]]] == [town.person("周敏")]
    assert [one for one, _child in found[holders[1]]] == [town.person("郑师傅")]
    assert found[f"guardian@{unit}/{town.person('陈以宁')}"] == [
        (town.person("陈建国"), town.person("陈以宁"))
    ]
    assert list(titles.values()) == ["校长", "门卫", "三（1）班班主任"]
