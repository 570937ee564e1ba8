"""How far a role reaches: the widest of its own rights and its posts'; children only while a tie holds."""

from __future__ import annotations

from jizuo.ground.packs.shapes import Use
from tests.hubs.organisation.given import fill
from tests.scenes.given import within


def test_rights_add_up_and_the_widest_counts(base):
    from jizuo.ground.packs import reach

    first = Use(start=("a",), read={"x": "class", "y": "unit"}, open={"x": ("p",)}, pages=("one",))
    second = Use(start=("b", "a"), read={"x": "unit", "y": "mine"}, open={"x": ("q", "p")}, manage=True)
    both = reach.merged([first, second])
    assert both.start == ("a", "b") and both.read == {"x": "unit", "y": "unit"} and both.manage
    assert both.open == {"x": ("p", "q")} and both.pages == ("one",)
    assert reach.merged([]) == Use() and reach.merged([first]) is first


def test_children_are_those_of_the_guardian_whose_tie_holds(base):
    from jizuo.ground.packs import reach
    from jizuo.project import rooms

    rooms.plates()
    school = fill(base, base.unit(), classes=1, pupils=3)
    child, guardian, other = school.pupils[1][0], school.guardians[1][0], school.pupils[0][0]

    def children(role="guardian", **more):
        return within(base, school.unit_no, reach.children, role=role, **more)

    assert children(person_id=guardian, child_ids=(child,)) == (child,)
    assert children(person_id=guardian, child_ids=(other,)) == ()
    assert children(person_id=guardian, child_ids=()) == ()
    assert children(role="teacher", person_id=guardian, child_ids=(child,)) == ()


def test_posts_are_of_the_person_and_the_unit(base):
    from jizuo.ground.ids import new_id
    from jizuo.ground.packs import reach

    school = fill(base, base.unit(), classes=1, pupils=1, staff=2)
    person = school.staff[0][0]
    with base.owner() as owner, owner.transaction():
        owner.execute("select set_config('app.units', %s, true)", [f"{{{school.unit_no}}}"])
        owner.execute(
            "insert into scene_post (id, unit_no, scene, post, person_id) values (%s, %s, 'leave', 'gatekeeper', %s)",
            [new_id(), school.unit_no, person],
        )

    def posts(unit_no=school.unit_no, role="teacher", person_id=person):
        return within(base, unit_no, reach.posts_held, role=role, person_id=person_id)

    assert posts() == {("leave", "gatekeeper")}
    assert posts(person_id=school.staff[1][0]) == frozenset()
    assert posts(unit_no=base.unit()) == frozenset()
    assert posts(role="guardian") == frozenset() and posts(person_id=None) == frozenset()
