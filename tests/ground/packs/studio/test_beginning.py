"""The first files: right by the shapes alone; the checker is asked in test_drafting."""

from __future__ import annotations

import pytest

from jizuo.ground.packs.studio import beginning, plain


@pytest.mark.parametrize("filled_by", beginning.FILLERS)
def test_who_fills_it_in_may_begin_it(filled_by):
    files = beginning.files_of("sports", "运动会报名", owner="云杉小学", filled_by=filled_by)
    roles = plain.told(files, "roles.yaml")["roles"]
    assert {role for role, use in roles.items() if use.get("start")} == (
        {"teacher", "homeroom_teacher"} if filled_by == "teacher" else {filled_by} - {""}
    )
    assert ("forms/sports.yaml" in files) == bool(filled_by)
    if filled_by == "guardian":
        assert roles["guardian"]["read"] == {"sports": "child"}
