"""Any sheet by hand."""

from __future__ import annotations

import pytest

from tests.hubs.data.collecting_given import work


@pytest.fixture
def desk(base):
    """A head signed in at a school of its own: (client, unit, grant, address)."""
    from jizuo.project import rooms

    rooms.plates()
    unit_no = base.unit()
    account = base.account("陆晓岚")
    grant = base.grant(account, unit_no, "head")
    scope = base.scope(unit_no, "head", grant_no=grant, account_id=account.pk)
    return base.client(account), unit_no, scope, f"/as/{grant}"


def test_any_sheet_by_hand(base, desk):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.hubs.data.tables.given import workbook

    client, _unit_no, scope, at = desk
    assert "课程" in client.get(f"{at}/collect/table").content.decode()
    assert client.post(f"{at}/collect/table", {"dataset": "course"}).status_code == 422
    file = SimpleUploadedFile("课程.xlsx", workbook([["课程代码", "课程名称"], ["A1", "语文 一"]]))
    landed = client.post(f"{at}/collect/table", {"dataset": "course", "file": file})
    assert landed.status_code == 302 and "/imports/" in landed.url
    work(base, scope)
    page = client.get(landed.url).content.decode()
    assert "应用这一批" in page
    columns = client.get(f"{landed.url}/columns").content.decode()
    assert "课程代码" in columns
