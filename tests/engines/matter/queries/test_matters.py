"""Lists by reach and the view's clock and ways."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import BadInput


def test_lists_by_reach(town):
    from jizuo.engines.matter.queries import matters

    matter_id = town.start(on_day="2027-04-11")

    def listed(role, at="", **asked):
        with town.as_(role, at):
            return matter_id in {one.matter_id for one in matters.matter_list(limit=500, **asked).rows}

    assert listed("guardian") and listed("guardian", mine=True) and listed("head", scene="trip")
    assert listed("homeroom_teacher", scene="trip") and listed("homeroom_teacher")
    assert listed("clerk", scene="trip", text="2027-04-11") and not listed(
        "clerk", scene="trip", state="done"
    )
    assert not listed("teacher", scene="trip") and not listed("head", mine=True) and not listed("head")
    assert not listed("head", "second", scene="trip") and not listed("guardian", "second")
    with town.as_("clerk"), pytest.raises(BadInput):
        matters.matter_list(state="odd")
