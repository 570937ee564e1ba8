"""A draft seen as its roles, and tried."""

from __future__ import annotations

from tests.ground.packs.studio.pages.test_desk import begun
from tests.ground.packs.studio.pages.test_editing import files_of
from tests.ground.packs.studio.pages.test_listing import at

__all__ = ["at"]


def test_a_draft_is_seen_as_its_roles(base, at):
    client, start = at("teacher", base.unit())
    home = begun(client, start)
    page = client.get(f"{home}/look?role=teacher").content.decode()
    assert "我的借球" in page and "只看关于自己的" in page
    assert "这个身份什么也看不到" in client.get(f"{home}/look?role=pupil").content.decode()


def test_sample_rows_and_a_walk(base, at):
    client, start = at("teacher", base.unit())
    home = begun(client, start)
    name = next(path for path in files_of(base, home) if path.startswith("standards/"))[10:-5]
    assert client.post(f"{home}/try", {"do": "fill", "dataset": name}).status_code == 302
    assert 'value="陆晓岚"' in client.get(f"{home}/try").content.decode()
    client.post(f"{home}/try", {"do": "rows", "dataset": name, "c0-staff_id": "钱敏", "c1-staff_id": ""})
    page = client.get(f"{home}/try").content.decode()
    assert 'value="钱敏"' in page and 'value="陆晓岚"' not in page
    walked = client.post(f"{home}/try", {"do": "walk", "flow": name, "role": "teacher"}).content.decode()
    assert "钱敏：借球" in walked and "办结" in walked
    client.post(f"{home}/try", {"do": "clear", "dataset": name})
    assert 'value="钱敏"' not in client.get(f"{home}/try").content.decode()
    assert client.post(f"{home}/try", {"do": "fill", "dataset": "other"}).status_code == 404
