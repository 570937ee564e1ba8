"""A draft's flow in words, every kind of end."""

from __future__ import annotations

from datetime import date

import pytest

from tests.scenes import given


@pytest.mark.parametrize(
    ("answers", "verbs", "end"),
    [
        ({"from_on": "2026-09-17", "to_on": "2026-09-18"}, {}, "办结"),
        ({"from_on": "2026-09-17", "to_on": "2026-09-18"}, {"homeroom": "return"}, "退回申请人补正"),
        ({"from_on": "2026-09-17", "to_on": "2026-09-25"}, {"head": "refuse"}, "不同意，结束"),
    ],
)
def test_leave_is_walked(base, answers, verbs, end):
    from jizuo.engines.matter import tried
    from jizuo.ground.packs import reading
    from jizuo.project import rooms

    rooms.plates()
    pack = reading.read(given.files_of("leave")).pack
    told = {"pupil_id": "陈以宁", "kind": "sick"} | answers
    lines = tried.walk(pack, "leave", told, "guardian", verbs, date(2026, 9, 16))
    assert lines[0].title == "陈以宁：学生请假" and lines[0].who == "家长"
    assert lines[1].who == "学生的班主任" and lines[-1].deed == end
    if end == "办结":
        assert next(one for one in lines if one.title == "校长审批").deed == "不用走这一步"
