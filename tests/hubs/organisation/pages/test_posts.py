"""A unit gives the posts of a scene to people."""

from __future__ import annotations

from typing import Any

from tests.ground.packs.blocks import pack


def test_a_post_is_given_and_taken_back_and_works_at_once(base: Any) -> None:
    town = pack.town(base)
    school = town.schools[0]
    person = str(school.staff[1][0])
    client, grant = pack.acting(base, school.unit_no, "clerk")
    holder, own = pack.acting(base, school.unit_no, "teacher", person_id=school.staff[1][0])
    address = f"/as/{grant}/scenes/of/outing/posts/gate"
    assert "还没有人" in client.get(address).content.decode()
    assert holder.get(f"/as/{own}/s/outing/gate").status_code == 404
    assert client.post(address, {"person": person}).status_code == 302
    assert holder.get(f"/as/{own}/s/outing/gate").status_code == 200
    assert "收回" in client.get(address).content.decode()
    client.post(address, {"person": person, "take": "1"})
    assert holder.get(f"/as/{own}/s/outing/gate").status_code == 404
    assert client.post(address, {"person": "x"}).status_code == 404
    refused = holder.post(f"/as/{own}/scenes/of/outing/posts/gate", {"person": person})
    assert refused.status_code == 404, "a teacher gives no posts"
