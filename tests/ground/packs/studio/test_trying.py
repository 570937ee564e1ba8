"""Sample rows beside a draft, and a walk through its flow."""

from __future__ import annotations

import pytest
from tests.ground.packs.studio.test_drafting import acting, plates

from jizuo.ground.errors import BadInput, NotFound

__all__ = ["plates"]


def test_rows_are_the_unit_s_own(base, plates):
    from jizuo.ground.packs.studio import drafting, trying

    unit = base.unit()
    with acting(base, unit):
        version_id = drafting.start_scene(title="春游", filled_by="guardian", approved_by="homeroom_teacher")
        name = drafting.scene_draft(version_id=version_id).scene
        assert trying.put_trial_rows(version_id=version_id, dataset=name) == 3
        rows = trying.trial_rows(version_id=version_id)[name]
        assert [row["pupil_id"] for row in rows] == ["陈以宁", "马小川", "阿卜杜拉·买买提"]
        assert (
            trying.put_trial_rows(version_id=version_id, dataset=name, rows=[{"pupil_id": "钱敏", "x": 1}])
            == 1
        )
        assert trying.trial_rows(version_id=version_id) == {name: [{"pupil_id": "钱敏"}]}
        with pytest.raises(NotFound):
            trying.put_trial_rows(version_id=version_id, dataset="other")
        with pytest.raises(BadInput):
            trying.put_trial_rows(version_id=version_id, dataset=name, rows=[{"pupil_id": "钱"}] * 51)
    with acting(base, base.unit()), pytest.raises(NotFound):
        trying.trial_rows(version_id=version_id)


def test_a_flow_is_walked_in_words(base, plates):
    from jizuo.ground.packs.studio import drafting, trying

    with acting(base, base.unit()):
        version_id = drafting.start_scene(title="秋游", filled_by="guardian", approved_by="homeroom_teacher")
        flow = drafting.scene_draft(version_id=version_id).scene
        answers = {"pupil_id": "陈以宁"}
        told = trying.try_flow(version_id=version_id, flow=flow, answers=answers, role="guardian")
        assert [(one.title, one.who, one.deed) for one in told] == [
            ("陈以宁：秋游", "家长", "提交"), ("班主任审批", "学生的班主任", "同意"), ("记入秋游", "", "自动记入"),
            ("告诉申请人", "申请人", "自动发消息"), ("", "", "办结"),
        ]  # fmt: skip
        told = trying.try_flow(version_id=version_id, flow=flow, answers=answers, verbs={"approve": "refuse"})
        assert told[-1].deed == "不同意，结束"
        with pytest.raises(NotFound):
            trying.try_flow(version_id=version_id, flow="other")
