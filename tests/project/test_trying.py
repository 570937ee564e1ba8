"""Examples played without a base."""

from __future__ import annotations

import pytest

from tests.scenes.given import files_of


@pytest.fixture
def leave(base):
    from jizuo.ground.packs import reading
    from jizuo.project import rooms

    rooms.plates()
    return reading.read(files_of("leave")).pack


def example(**more):
    import msgspec

    from jizuo.ground.packs.shapes import Example

    told = {"title": "试", "today": "2026-09-16", "expect": {"state": {"a": more.pop("state", "done")}}}
    days = {
        "pupil_id": "陈以宁",
        "kind": "personal",
        "from_on": "2026-09-17",
        "to_on": more.pop("to_on", "2026-09-17"),
    }
    play = [{"as": "guardian", "start": "leave", "with": days, "called": "a"}, *more.pop("then", [])]
    return msgspec.convert(told | {"play": play} | more, Example)


def test_steps_follow_the_answers_and_the_settings(leave):
    from jizuo.project import trying

    played = trying.play(leave, example(then=[{"as": "homeroom_teacher", "take": "refuse", "on": "a"}]))
    assert played.wrong == ["a: refused, done"]
    assert trying.play(leave, example()).wrong == []
    long = trying.play(leave, example(to_on="2026-09-30"))
    short = trying.play(leave, example(to_on="2026-09-30", settings={"long_days": 30}))
    assert any("head" in line for line in long.lines) and not any("  head" in line for line in short.lines)


def test_what_is_mended_goes_on_and_what_is_refused_is_not_played(leave):
    from jizuo.project import trying

    then = [
        {"as": "homeroom_teacher", "take": "return", "on": "a"}, {"as": "guardian", "resubmit": "a"},
        {"as": "homeroom_teacher", "take": "approve", "on": "a"},
    ]  # fmt: skip
    assert trying.play(leave, example(then=then)).wrong == []
    refused = example()
    import msgspec

    deed = msgspec.structs.replace(refused.play[0], refused="日期")
    played = trying.play(leave, msgspec.structs.replace(refused, play=(deed,)))
    assert played.lines == ["a  ✗ 日期"] and played.wrong == []
