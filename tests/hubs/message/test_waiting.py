from __future__ import annotations

from typing import Any

from tests.hubs.message import given


def test_a_family_reads_one_line_and_staff_none(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.message import waiting

    school = given.school(base, classes=1, pupils=3)
    clerk = given.clerk(base, school)
    mother = given.guardian(base, school, 2)

    def told(scope: Any) -> list[str]:
        with scopes.use(scope):
            return [str(one.words) for one in waiting.told()]

    assert told(mother) == [] == told(clerk)
    given.sent(clerk, given.draft(school, needs="none", options=()))
    assert told(mother) == ["1 条消息没看"]
    given.sent(clerk, given.draft(school))
    assert told(mother) == ["1 份通知等您回复"]
