"""What a draft says of itself."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from jizuo.ground.ids import new_id
from jizuo.ground.packs.studio.drafts import Draft, needs_other


def test_a_scene_in_use_is_changed_by_two():
    me, other = new_id(), new_id()
    draft = Draft(
        new_id(), "s", "甲", 1, 1, "draft", {}, "x", me, datetime.now(UTC), None, None, "", None, in_use=True
    )
    assert draft.is_open and not draft.is_passed and draft.number == "1.1"
    assert needs_other(draft, me) and not needs_other(draft, other)
    passed = msgspec.structs.replace(draft, state="review", reviewed_by=other)
    assert passed.is_passed and not needs_other(passed, me)
    assert needs_other(msgspec.structs.replace(passed, reviewed_by=me), me)
    assert not needs_other(msgspec.structs.replace(draft, in_use=False), me)
