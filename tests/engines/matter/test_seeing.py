"""How much of a matter a role sees: who decides and who asked see all, who only reads sees her duty's part."""

from __future__ import annotations


def test_what_is_masked_from_whom(town):
    matter_id = town.start(note="头疼", on_day="2027-03-14")
    roles = ("guardian", "homeroom_teacher", "head")
    seen = {role: {one.key: one for one in town.view(role, matter_id).answers} for role in roles}
    assert seen["guardian"]["note"].value == "头疼" and seen["homeroom_teacher"]["note"].value == "头疼"
    assert seen["head"]["note"].is_masked and seen["head"]["on_day"].value == "2027-03-14"


def test_what_may_be_done_with_the_whole(town):
    matter_id = town.start(on_day="2027-03-15")
    assert set(town.view("guardian", matter_id).may_matter) == {"withdraw", "press"}
    assert set(town.view("clerk", matter_id).may_matter) == {"hand_over", "move", "end"}
    assert town.view("head", matter_id).may_matter == ()
