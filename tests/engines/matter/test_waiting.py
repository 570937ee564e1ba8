"""One line on the start of families and teachers; the office has its menu."""

from __future__ import annotations


def test_who_gets_the_line(town):
    from jizuo.engines.matter import waiting
    from jizuo.ground import scope as scopes

    matter_id = town.start(on_day="2027-03-17")
    town.take("homeroom_teacher", "return", matter_id, "请改")
    for role, count in (("guardian", 1), ("head", 0), ("teacher", 0)):
        with town.as_(role), scopes.open_transaction("test"):
            assert len(waiting.told()) == count, role
