from __future__ import annotations

from tests.hubs.data.queries.test_lineage import place as place


def test_the_pages_of_the_catalogue(place):
    client = place.base.client(place.account)
    at = f"/as/{place.no}"
    assert "学籍状态" in client.get(f"{at}/catalogue?q=xjzt").content.decode()
    assert client.get(f"{at}/catalogue").status_code == 200
    page = client.get(f"{at}/catalogue/pupil").content.decode()
    assert f"{at}/lineage/pupil/status" in page
    assert client.get(f"{at}/catalogue/terms/registered").status_code == 200
    assert client.get(f"{at}/catalogue/assets").status_code == 200
    assert client.get(f"{at}/catalogue/assets.xlsx").content[:2] == b"PK"
    assert client.post(f"{at}/catalogue/count").status_code == 302
