"""办事 on the page: ticks answer together."""

from __future__ import annotations

import re


def page(town, role, path, data=None):
    actor = town.actor(role)
    client = town.base.client(actor.account)
    address = f"/as/{actor.grant_no}/{path}"
    return client.get(address) if data is None else client.post(address, data, follow=False)


def test_ticked_and_answered(town):
    ids = [town.start(on_day=f"2027-05-0{day}") for day in (1, 2)]
    text = page(town, "homeroom_teacher", "matters").content.decode()
    picks = re.findall(r'name="pick"[^>]*value="(approve:[^"]+)"', text)
    assert len(picks) >= 2 and "陈以宁 外出 2027-05-01" in text
    assert page(town, "homeroom_teacher", "matters/take", {"pick": picks}).status_code == 302
    assert {town.view("clerk", one).state for one in ids} == {"done"}
    assert "还没有" not in page(town, "guardian", "matters?view=mine").content.decode()
    assert "没有等您办的" in page(town, "teacher", "matters").content.decode()
