"""A number by picking."""

from __future__ import annotations

from tests.ground.packs.studio.given import filled
from tests.scenes import given

from jizuo.ground.packs.studio import plain
from jizuo.ground.packs.studio.drawing import number


def test_counts_sums_and_shares(base):
    files = given.files_of("leave")
    files |= number.begin(files, "sick_share", "病假占比", "leave")
    files = filled(
        number.EDITOR, files, "sick_share", h_measure="share", h_definition="病假占全部请假的百分比"
    )
    files = filled(number.EDITOR, files, "sick_share", **{
        "h_w0-column": "from_on", "h_w0-op": "ge", "h_w0-value": "本月一日", "h_p0-column": "kind", "h_p0-value": "病假",
        "h_by": ["unit", "class_id"], "h_unit": "%",
    })  # fmt: skip
    told = plain.told(files, "indicators/sick_share.yaml")
    assert told["where"] == [["from_on", "ge", "$month_begin"]] and told["part"] == [["kind", "eq", "sick"]]
    assert told["measure"] == "share" and told["by"] == ["unit", "class_id"]
    files = filled(number.EDITOR, files, "sick_share", h_measure="sum")
    files = filled(number.EDITOR, files, "sick_share", h_column="days", h_zero=None)
    told = plain.told(files, "indicators/sick_share.yaml")
    assert told["column"] == "days" and "part" not in told and "zero" not in told
