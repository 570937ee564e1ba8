"""Pages of items: what a reader finds on them, and what she does not."""

from __future__ import annotations


def page(desk, role, path, at=""):
    actor = desk.actor(role, at)
    return desk.base.client(actor.account).get(f"/as/{actor.grant_no}/{path}")


def test_the_catalogue_leads_to_the_guide_and_the_guide_to_the_form(desk):
    listed = page(desk, "guardian", "items?q=zdzm").content.decode()
    grant = desk.actor("guardian").grant_no
    assert f"/as/{grant}/items/certificate/certificate" in listed and "时效和评价" not in listed
    told = page(desk, "guardian", "items/certificate/certificate").content.decode()
    assert "免提交" in told and "在线办理" in told and "减证便民" in told and "承诺 2 个工作日" in told
    assert f"/as/{grant}/s/certificate/new/certificate" in told
    assert "没有找到" in page(desk, "guardian", "items?q=护照").content.decode()
    assert page(desk, "guardian", "items/certificate/none").status_code == 404


def test_the_head_reads_the_guide_without_a_button_to_apply(desk):
    told = page(desk, "head", "items/certificate/certificate").content.decode()
    assert "办事指南" not in told or "在线办理" not in told
    assert "在线办理" not in told


def test_the_numbers_stand_on_a_page_of_their_own(desk):
    desk.issued()
    assert (
        "承诺内办结" in page(desk, "clerk", "items/numbers?begin=2020-01-01&end=2027-12-31").content.decode()
    )
    assert "没有办件" in page(desk, "clerk", "items/numbers?begin=2020-01-01&end=2020-01-02").content.decode()
    assert page(desk, "clerk", "items/numbers?begin=2026-01-01&end=2020-01-02").status_code == 200
    assert page(desk, "guardian", "items/numbers").status_code == 403


def test_a_paper_opens_as_pdf_for_its_own_family_only(desk):
    from tests.engines.matter.items.test_papers import paper_of

    matter_id = desk.issued()
    part = page(desk, "guardian", f"matters/{matter_id}/documents").content.decode()
    line = paper_of(desk, matter_id, "guardian")
    path = f"printing/certificates/{line.document_id}.pdf"
    assert path in part and "作废" not in part
    own = page(desk, "guardian", path)
    assert own["Content-Type"] == "application/pdf" and own.content.startswith(b"%PDF")
    assert page(desk, "guardian", path, "second").status_code == 404
    assert page(desk, "guardian", f"matters/{matter_id}/documents", "second").status_code == 404


def test_an_official_paper_is_withdrawn_on_the_page_of_its_matter(desk):
    from tests.engines.matter.items.test_papers import paper_of

    matter_id = desk.written("关于放学时间的通知")
    line = paper_of(desk, matter_id)
    assert page(desk, "teacher", f"documents/{line.document_id}.pdf").content.startswith(b"%PDF")
    assert page(desk, "teacher", f"documents/{line.document_id}.pdf", "second").status_code == 404
    clerk = desk.actor("clerk")
    client = desk.base.client(clerk.account)
    address = f"/as/{clerk.grant_no}/matters/{matter_id}/documents"
    assert "作废" in client.get(address).content.decode()
    client.post(address, {"document": str(line.document_id), "reason": " "})
    assert paper_of(desk, matter_id).state == "valid"
    client.post(address, {"document": str(line.document_id), "reason": "时间写错"})
    assert paper_of(desk, matter_id).state == "withdrawn"
    assert page(desk, "clerk", f"documents/{line.document_id}.pdf").status_code == 409
