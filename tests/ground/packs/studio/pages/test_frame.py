"""Where a problem is, in words, and the way there."""

from __future__ import annotations

import msgspec
from tests.scenes import given
from tests.scenes.given import within


def test_places_have_words_and_addresses(base):
    from jizuo.ground.ids import new_id
    from jizuo.ground.packs.studio.drafts import Draft
    from jizuo.ground.packs.studio.pages import frame

    files = given.files_of("leave")
    draft = Draft(
        new_id(), "leave", "请假", 1, 0, "draft", files, "", None, base_day(), None, None, "", None, False
    )
    for where, words, end in (
        ("roles.yaml: roles.x", "谁能做什么", "edit/roles/roles"), ("scene.yaml: version", "名称和说明", "edit/head/head"),
        ("forms/leave.yaml: pages[0]", "表单“学生请假”", "edit/standards/leave"),
        ("flows/staff.yaml: steps[0]", "流程“教职工请假”", "edit/flows/staff"),
        ("codes/leave_kind.csv: 3", "可以选的“leave_kind”", "text?path=codes/leave_kind.csv"),
        ("strange.txt", "strange.txt", "text?path=strange.txt"),
    ):  # fmt: skip
        assert frame.place_words(files, where) == words
        found = within(base, base.unit(), lambda where=where: frame.place_href(draft, where))
        assert found.endswith(f"studio/{draft.version_id}/{end}")
    assert frame.state_of("review", True)[1] == "lv"
    assert msgspec.structs.replace(draft, state="review").is_open is False


def base_day():
    from datetime import UTC, datetime

    return datetime(2026, 9, 16, tzinfo=UTC)
