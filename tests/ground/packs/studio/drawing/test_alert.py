"""An alert by picking."""

from __future__ import annotations

from tests.ground.packs.studio.given import filled
from tests.scenes import given

from jizuo.ground.packs.studio import plain
from jizuo.ground.packs.studio.drawing import alert


def test_an_alert_from_nothing(base):
    files = given.files_of("leave")
    files |= alert.begin(files, "often", "常请假", "leave")
    files = filled(alert.EDITOR, files, "often", **{
        "h_w0-column": "kind", "h_w0-value": "事假", "h_least": "3", "h_within_days": "30", "h_on": "from_on", "h_at": "08:30",
        "h_tell1": "head", "h_words": "有学生一个月请了三次事假",
    })  # fmt: skip
    assert plain.told(files, "alerts/often.yaml") == {
        "title": "常请假", "of": "leave", "each": "pupil_id", "tell": ["clerk", "head"], "words": "有学生一个月请了三次事假",
        "where": [["kind", "eq", "事假"]], "least": 3, "within_days": 30, "on": "from_on", "at": "08:30",
    } | {"where": [["kind", "eq", "personal"]]}  # fmt: skip
