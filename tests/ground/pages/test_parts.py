from __future__ import annotations

import pytest

from jizuo.ground.pages.parts import Number, Progress, walk


def test_walk_marks_before_now_and_after():
    assert [step.state for step in walk("preview")] == ["done", "done", "now", "ahead", "ahead", "ahead"]
    assert walk("preview", is_stuck=True)[2].state == "stuck"
    assert {step.state for step in walk("done")} == {"done"}


def test_walk_refuses_unknown_steps():
    with pytest.raises(ValueError, match="no step 'fly'"):
        walk("fly")


@pytest.mark.parametrize(
    ("shift", "better", "way", "tone"),
    [
        (0.3, "up", "up", "lv"),
        (-2, "up", "down", "zhu"),
        (2, "down", "up", "zhu"),
        (2, "", "up", ""),
        (0, "up", "level", ""),
    ],
)
def test_colour_of_a_change_follows_what_is_good(shift, better, way, tone):
    number = Number("到校率", 98, shift=shift, better=better)
    assert (number.shift_way, number.shift_tone) == (way, tone)


@pytest.mark.parametrize(
    ("state", "is_live"), [("waiting", True), ("running", True), ("failed", False), ("done", False)]
)
def test_only_living_jobs_are_asked_again(state, is_live):
    assert Progress("检查", state=state).is_live is is_live
