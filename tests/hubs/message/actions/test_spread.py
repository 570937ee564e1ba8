from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.message import given
from tests.hubs.message.given import rows, within

COPIES = "select i.recipient_id, i.child_id from inbox_item i join message m on m.id = i.message_id where m.key = %s order by 1"


@pytest.fixture(scope="module")
def school(base: Any) -> Any:
    return given.school(base)


def tell(base: Any, school: Any, key: str, audience: Any, **more: Any) -> None:
    from jizuo.ground import facts
    from jizuo.hubs.message.actions.spread import tell

    told = {"template": "remind", "values": {"title": "秋游"}} | more
    within(base.scope(school.unit_no), lambda: tell(key=key, to=audience, **told))
    while facts.deliver_due():
        pass


@pytest.mark.parametrize(
    ("kind", "count"),
    [("families_of", 5), ("guardians_of", 2), ("pupils", 2), ("pupils_of", 5), ("people", 2), ("staff", 3)],
)
def test_each_audience_is_told_once_however_often(base: Any, school: Any, kind: str, count: int) -> None:
    from jizuo.hubs.message.shapes import Audience

    ids = {
        "families_of": school.classes[:1], "pupils_of": school.classes[:1], "staff": [],
        "people": [person for person, _link in school.staff[:2]],
    }.get(kind, [person for person, _link in school.pupils[3:5]])  # fmt: skip
    for _again in range(2):
        tell(base, school, f"told:{kind}", Audience(kind, tuple(ids)))
    copies = rows(base, school.unit_no, COPIES, f"told:{kind}")
    assert len(copies) == count == len(set(copies))
    if kind == "guardians_of":
        assert {adult for adult, _child in copies} == {adult for adult, _link in school.guardians[3:5]}


def test_a_childs_field_cannot_be_told_to_everybody(base: Any, school: Any) -> None:
    from jizuo.hubs.message.shapes import Audience

    with pytest.raises(ValueError, match="child"):
        tell(base, school, "told:bad", Audience("staff"), values={"child": "陈以宁"})
    with pytest.raises(KeyError):
        tell(base, school, "told:bad", Audience("staff"), template="nothing")
    with pytest.raises(ValueError, match="nobody"):
        from jizuo.hubs.message.actions.spread import people

        within(base.scope(school.unit_no), lambda: people(Audience("nobody")))


def test_what_rolls_back_was_never_told(base: Any, school: Any) -> None:
    from jizuo.hubs.message.actions.spread import tell as door
    from jizuo.hubs.message.shapes import Audience

    def fail() -> None:
        door(key="told:undone", template="remind", values={}, to=Audience("staff"))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        within(base.scope(school.unit_no), fail)
    assert rows(base, school.unit_no, "select 1 from message where key = 'told:undone'") == []
