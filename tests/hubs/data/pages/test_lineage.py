from __future__ import annotations

from tests.hubs.data.queries.test_lineage import place as place


def test_the_pages(place):
    client = place.base.client(place.account)
    at = f"/as/{place.no}"
    record = place.rows[0][0]
    page = client.get(f"{at}/lineage/affiliation/is_registered").content.decode()
    assert "<svg" in page and "在籍学生数" in page and "学生名册" in page
    page = client.get(f"{at}/lineage/pupil/{record}/entry_way").content.decode()
    assert "各方怎么说" in page and f"{at}/lineage/pupil/{record}/entry_way/row" in page
    page = client.get(f"{at}/lineage/pupil/{record}/entry_way/row").content.decode()
    assert place.rows[0][3] in page and "<mark>" in page
    assert client.get(f"{at}/lineage/pupil/nothing").status_code == 404
    told = client.get(f"{at}/lineage/batches/{place.walked.batch_id}.json").json()
    assert [one["eventType"] for one in told] == ["START", "COMPLETE"]
