from __future__ import annotations

from typing import Any

from tests.hubs.message import given


def test_drafts_stay_off_the_screen(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message.actions import notices
    from jizuo.hubs.message.queries.screen import screen_notices

    school = given.school(base)
    with scopes.use(given.clerk(base, school)):
        notices.save_notice(draft=given.draft(school))
    with scopes.use(base.scope(school.unit_no, "screen", org_ids=(school.classes[0],))):
        assert screen_notices() == []
