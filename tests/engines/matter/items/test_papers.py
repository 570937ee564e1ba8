"""The papers of a matter: for who sees all of it; checked by anybody; withdrawn by who runs the scene."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound


def paper_of(desk, matter_id, role="teacher", at=""):
    from jizuo.engines.matter.items import papers

    with desk.as_(role, at):
        (line,) = papers.matter_documents(matter_id=matter_id)
    return line


def printed(desk, document_id, role, at=""):
    from jizuo.engines.matter.items import papers

    with desk.as_(role, at):
        return papers.print_document(document_id=document_id)


def checked(desk, code, address="10.8.0.1"):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.printing import actions, rules

    unit_no = (rules.read_code(code) or (0, ""))[0]
    scope = scopes.Scope(scopes.VISITOR, 0, tuple({0, unit_no}), today=desk.world.today, address=address)
    with scopes.use(scope):
        return actions.check_certificate(code=code)


def test_a_certificate_is_in_the_family_s_hands_when_the_head_agreed(desk):
    from jizuo.engines.matter.items import papers
    from jizuo.hubs.organisation.printing import actions

    matter_id = desk.ask()
    desk.take("clerk", matter_id, "return", "请写明给哪个单位用")
    with desk.as_("guardian"):
        assert papers.matter_documents(matter_id=matter_id) == []
        from jizuo.engines.matter.actions import matters

        told = {
            "pupil_id": str(desk.world.people["陈以宁"]),
            "purpose": "申请签证",
            "whom": "出入境管理处",
            "at_desk": False,
        }
        matters.resubmit(matter_id=matter_id, data=told, submit_key="again")
    desk.take("clerk", matter_id)
    desk.take("head", matter_id)
    line = paper_of(desk, matter_id, "guardian")
    assert (line.way, line.title, line.state) == ("certificate", "在读证明", "valid")
    with desk.as_("guardian"):
        sheet = actions.print_certificate(certificate_id=line.document_id)
    assert sheet.data["name"] == "陈以宁" and sheet.data["reason"] == "申请签证"
    found = checked(desk, sheet.data["code"])
    assert found.state == "valid" and found.title == "在读证明" and found.name == "陈**"


def test_another_family_and_another_school_find_no_paper(desk):
    matter_id = desk.issued()
    line = paper_of(desk, matter_id, "guardian")
    for role, at in (("guardian", "second"), ("clerk", "second"), ("head", "second")):
        with pytest.raises(NotFound):
            paper_of(desk, matter_id, role, at)
        with pytest.raises(NotFound):
            printed(desk, line.document_id, role, at)


def test_a_signed_paper_is_printed_checked_and_withdrawn(desk):
    from jizuo.engines.matter.items import papers

    matter_id = desk.written("关于秋季运动会的通知")
    line = paper_of(desk, matter_id)
    assert line.way == "matter" and line.state == "valid" and line.number.startswith("校发〔2026〕")
    paper = printed(desk, line.document_id, "teacher")
    assert paper.kind == "official" and paper.data["to"] == "各年级组" and paper.data["number"] == line.number
    found = checked(desk, paper.data["code"])
    assert (found.state, found.title, found.name) == ("valid", "关于秋季运动会的通知", "")
    with desk.as_("teacher"), pytest.raises(NotAllowed):
        papers.withdraw_document(document_id=line.document_id, reason="写错了")
    with desk.as_("clerk", "second"), pytest.raises(NotFound):
        papers.withdraw_document(document_id=line.document_id, reason="写错了")
    with desk.as_("clerk"):
        with pytest.raises(BadInput):
            papers.withdraw_document(document_id=line.document_id, reason=" ")
        papers.withdraw_document(document_id=line.document_id, reason="日期写错")
        with pytest.raises(Conflict):
            papers.withdraw_document(document_id=line.document_id, reason="再来")
        with pytest.raises(Conflict):
            papers.print_document(document_id=line.document_id)
    assert checked(desk, paper.data["code"]).state == "withdrawn"
    assert paper_of(desk, matter_id).withdrawn_reason == "日期写错"


def test_the_code_of_a_paper_stands_nowhere_in_clear(desk):
    line = paper_of(desk, desk.written("关于作息的通知"))
    code = printed(desk, line.document_id, "clerk").data["code"]
    with desk.base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{desk.world.first.unit_no}}}"])
        rows = owner.execute("select d::text from matter_document d").fetchall()
    assert rows and not any(code in text for (text,) in rows)
