"""An answer from its reasons; the ways themselves are held to their doors in the rooms above."""

from __future__ import annotations

import pytest

from jizuo.hubs.data import explaining, masking
from jizuo.hubs.data.datasets import Field
from jizuo.hubs.data.explaining import Found
from jizuo.hubs.data.masking import Lens


@pytest.fixture(scope="module", autouse=True)
def plates(base):
    from jizuo.project import rooms

    rooms.plates()


def reasons(*met):
    found = Found()
    for place, (kind, is_met) in enumerate(met):
        found.say(kind, is_met, f"理由{place}")
    return found.reasons


def test_one_reason_against_shuts_the_door_and_a_mask_does_not():
    answer = explaining.explained("data.rows", masking.YEAR, reasons(("door", True), ("purpose", False)))
    assert answer.is_seen and answer.how == masking.YEAR
    shut = explaining.explained("data.rows", masking.CLEAR, reasons(("door", True), ("reach", False)))
    assert not shut.is_seen and shut.how == masking.NOTHING and shut.words == "看不到"


@pytest.mark.parametrize(
    ("more", "lens", "said"),
    [
        ({"grade": 2}, Lens(frozenset()), "不含个人信息"),
        ({"grade": 4, "purpose": "safety"}, Lens(frozenset({"safety"})), "包括这一用途"),
        ({"grade": 4, "purpose": "safety"}, Lens(frozenset()), "不包括这一用途"),
        ({"grade": 4, "kind": "document"}, Lens(frozenset({"safety"})), "证件号码"),
        ({"grade": 4, "purpose": "safety"}, Lens(frozenset({"safety"}), frozenset({"k"})), "要遮盖"),
        ({"grade": 3}, Lens(frozenset()), "没有限定用途"),
        ({"grade": 4}, Lens(frozenset()), "没有写明用途"),
    ],
)
def test_the_mask_is_said_by_grade_and_purpose(more, lens, said):
    found = Found()
    element = Field(**({"key": "k", "title": "项", "english": "Item", "db_type": "text"} | more))
    explaining.say_mask(found, element, lens, "“教师”的职责")
    assert said in "".join(one.words for one in found.reasons)
    assert found.how == masking.decide(element, lens)


def test_every_way_stands_for_a_door():
    from jizuo.ground import doors

    assert set(explaining.ways()) >= {"data.rows", "organisation.person_view", "organisation.known_of"}
    assert set(explaining.ways()) <= set(doors.all_doors())
    assert explaining.people("") == []
