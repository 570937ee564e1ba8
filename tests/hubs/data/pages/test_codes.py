"""Code tables in the browser: searched, staged, extended by a school."""

from __future__ import annotations

from tests.base import TODAY
from tests.hubs.data.pages.test_standards import desk, page, post
from tests.hubs.data.standing import fresh_name

__all__ = ["desk"]


def test_a_code_table_is_searched_staged_and_extended(desk):
    assert "民族" in page(desk, "codes", q="mz")
    assert "毛难族" in page(desk, "codes/ethnic", q="毛难")
    table = fresh_name("kind")
    at = post(
        desk, "new-codes", table=table, title="来访类别", edition="2026", effective_on=f"{TODAY.year + 1}-01-01",
        pasted="代码\t名称\n1\t家长\n2\t访客",
    ).split("/standards/")[1]  # fmt: skip
    assert "新加" in page(desk, at) and "发布这个版本" in page(desk, at)
    post(desk, f"{at}/do/publish")
    assert "起换新版" in page(desk, "codes")
    wrong = post(
        desk,
        f"codes/{table}/new",
        status=422,
        edition="2",
        effective_on="2029-01-01",
        pasted="代码\t名称\t上级\n1\t家长\t9",
    )
    assert "上级 9 不存在" in wrong


def test_a_school_looks_and_keeps_its_own_codes(desk):
    account = desk.base.account("陆晓岚")
    school, twin = desk.schools
    grants = [desk.base.grant(account, unit_no, "clerk") for unit_no in (school, twin)]
    client = desk.base.client(account)
    at = f"/as/{grants[0]}/standards"
    assert client.get(at).status_code == 200
    assert client.get(f"{at}/new").status_code == 403
    assert (
        client.post(f"{at}/codes/ethnic/do/keep", {"code": "H1", "name": "客家", "maps_to": "01"}).status_code
        == 302
    )
    mine = client.get(f"{at}/codes/ethnic").content.decode()
    assert "客家" in mine and "01 汉族" in mine
    theirs = client.get(f"/as/{grants[1]}/standards/codes/ethnic").content.decode()
    assert "客家" not in theirs
    wrong = client.post(f"{at}/codes/ethnic/do/keep", {"code": "H2", "name": "别的", "maps_to": "H2"})
    assert wrong.status_code == 422 and "成环" in wrong.content.decode()
    workbook = client.get(f"{at}/codes/ethnic/rows.xlsx")
    assert workbook.status_code == 200 and workbook.content[:2] == b"PK"
