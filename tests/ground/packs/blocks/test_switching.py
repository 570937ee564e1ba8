"""A unit switches scenes on and off, sees what changes, and sets them."""

from __future__ import annotations

from typing import Any

from tests.ground.packs.blocks import pack
from tests.scenes.given import build


def test_a_head_switches_on_sets_and_switches_off(base: Any) -> None:

    town = pack.town(base)
    school, other = town.schools
    client, grant = pack.acting(base, other.unit_no, "head")
    assert client.get(f"/as/{grant}/s/outing/").status_code == 404
    assert "没有启用" in client.get(f"/as/{grant}/scenes/all").content.decode()
    page = client.get(f"/as/{grant}/scenes/of/outing").content.decode()
    version = next(
        part.split('"')[0] for part in page.split(f"/as/{grant}/scenes/of/outing/")[1:] if part[8:9] == "-"
    )
    address = f"/as/{grant}/scenes/of/outing/{version}"
    assert "新增" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    build(base)
    assert client.get(f"/as/{grant}/s/outing/").status_code == 200
    client.post(f"/as/{grant}/scenes/of/outing", {"set.most": "7"})
    assert 'value="7"' in client.get(f"/as/{grant}/scenes/of/outing").content.decode()
    wrong = client.post(f"/as/{grant}/scenes/of/outing", {"set.most": "many"}, follow=True)
    assert "应为数字" in wrong.content.decode()
    client.post(f"/as/{grant}/scenes/of/outing", {"off": "1"})
    assert client.get(f"/as/{grant}/s/outing/").status_code == 404
    twin, own = pack.acting(base, school.unit_no, "head")
    assert twin.get(f"/as/{own}/s/outing/").status_code == 200, "the other school keeps its own"


def test_who_does_not_manage_does_not_switch(base: Any) -> None:
    school = pack.town(base).schools[0]
    client, grant = pack.acting(base, school.unit_no, "teacher")
    for path in ("scenes/all", "scenes/of/outing"):
        assert client.get(f"/as/{grant}/{path}").status_code == 403
    assert client.get(f"/as/{grant}/scenes").status_code == 200
