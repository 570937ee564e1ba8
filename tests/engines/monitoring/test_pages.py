"""The phone list as a page."""

from __future__ import annotations

from typing import Any

from tests.engines.monitoring import given
from tests.ground.packs.blocks import pack


def test_the_clerk_calls_and_writes_down_what_was_done(base: Any) -> None:
    from jizuo.engines.monitoring import queries
    from jizuo.ground import scope as scopes

    town = given.town(base)
    school = town.schools[0]
    client, grant = pack.acting(base, school.unit_no, "clerk")
    assert "没有要打的电话" in client.get(f"/as/{grant}/cases").content.decode()
    given.look(base, school.unit_no)
    given.look(base, school.unit_no, given.later(20))
    page = client.get(f"/as/{grant}/cases").content.decode()
    assert "外出没有回来" in page and "一（1）班" in page
    with scopes.use(base.scope(school.unit_no, "clerk")):
        (case,) = queries.case_list().rows
    assert client.post(f"/as/{grant}/cases", {"case": "x"}).status_code == 404
    client.post(f"/as/{grant}/cases", {"case": str(case.case_id), "note": "外婆接走了"})
    assert "外婆接走了" in client.get(f"/as/{grant}/cases?state=closed").content.decode()
