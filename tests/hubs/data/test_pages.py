"""The import walk over HTTP, by a clerk of one school."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.hubs.organisation.importers.given import school, sheet
from tests.hubs.organisation.walking import Walked

HEAD = ["姓名", "班级", "身份证件号", "出生日期"]


@pytest.fixture
def desk(base):
    """A clerk at a school with classes: client, address, scope, unit."""
    from types import SimpleNamespace

    from jizuo.hubs.organisation.importers import workbooks
    from jizuo.project import rooms

    workbooks.register()
    rooms.plates()
    unit_no = school(base)
    account = base.account("陆晓岚")
    grant_no = base.grant(account, unit_no, "clerk")
    scope = base.scope(unit_no, "clerk", grant_no=grant_no, account_id=account.pk)
    return SimpleNamespace(
        base=base, client=base.client(account), at=f"/as/{grant_no}/imports", scope=scope, unit_no=unit_no,
        grant_no=grant_no,
    )  # fmt: skip


def send(desk, rows, **more):
    """Upload one sheet; returns the walk of the batch it became."""
    file = SimpleUploadedFile("名单.xlsx", sheet(rows))
    answer = desk.client.post(f"{desk.at}/new", {"importer": "pupils", "file": file, **more})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    batch_id = answer["Location"].rsplit("/", 1)[1]
    return Walked(desk.base, desk.scope, batch_id)


def page(desk, walked, query=""):
    answer = desk.client.get(f"{desk.at}/{walked.batch_id}{query}")
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def fault_form(desk, walked):
    """The hidden and visible fields of the fault table, line by line, as a browser would post them."""
    problems = walked.problems("error")
    return {
        "sheet": [p.sheet for p in problems],
        "row": [str(p.row_no or "") for p in problems],
        "column": [p.column for p in problems],
        "was": [p.value for p in problems],
        "value": [p.value for p in problems],
        "suggestion": [p.suggestion for p in problems],
        "code": [p.code for p in problems],
        "choice": ["" for _p in problems],
    }


def test_a_list_is_mended_applied_and_undone(desk):
    walked = send(
        desk, [HEAD, ["张若曦", "一（1）班", "", "2020-13-02"], ["周子墨", "一年级33班", "", "2019-05-30"]]
    )
    first = page(desk, walked)
    assert "正在检查每一行" in first and 'hx-trigger="every 2s"' in first
    walked.run()
    assert desk.client.get(f"{desk.at}/{walked.batch_id}/progress").headers["HX-Refresh"] == "true"
    assert walked.state == "faulty", walked.problems()
    shown = page(desk, walked)
    assert "要改的 2 处" in shown and "一年级33班" in shown and "选一个班" in shown and "2020-13-02" in shown
    told = fault_form(desk, walked)
    for n, p in enumerate(walked.problems("error")):
        if p.code == "unknown_class":
            told["choice"][n] = "一（2）班"
        else:
            told["value"][n] = "2020-01-02"
    assert desk.client.post(f"{desk.at}/{walked.batch_id}/mend", told).status_code == 302
    walked.run()
    assert walked.state == "ready", walked.problems("error")
    shown = page(desk, walked, "?show=new")
    assert "张若曦" in shown and "新来 学生 2 人" in shown
    assert desk.client.post(f"{desk.at}/{walked.batch_id}/do/apply").status_code == 302
    walked.run()
    receipt = desk.client.get(f"{desk.at}/{walked.batch_id}/receipt").content.decode()
    assert "导入回执" in receipt and walked.batch.receipt["raw_sha256"] in receipt and "陆晓岚" in receipt
    assert desk.client.post(f"{desk.at}/{walked.batch_id}/do/undo").status_code == 302
    walked.run()
    assert "已撤销" in page(desk, walked)


def test_columns_are_seen_changed_and_remembered(desk):
    walked = send(
        desk, [["姓名", "班级", "绰号"], ["张若曦", "一（1）班", "小若"], ["周子墨", "一（1）班", "墨墨"]]
    )
    walked.run()
    shown = desk.client.get(f"{desk.at}/{walked.batch_id}/columns").content.decode()
    assert "绰号" in shown and "小若、墨墨" in shown
    name = re.search(r'name="([0-9a-f]{32})\.C"', shown).group(1)
    twice = desk.client.post(f"{desk.at}/{walked.batch_id}/columns", {f"{name}.C": "name"})
    assert twice.status_code == 422 and "两列" in twice.content.decode()
    assert (
        desk.client.post(f"{desk.at}/{walked.batch_id}/columns", {f"{name}.C": "former_name"}).status_code
        == 302
    )
    assert walked.run().state == "ready"
    again = send(desk, [["姓名", "班级", "绰号"], ["周子琪", "一（1）班", "阿琪"]])
    again.run()
    shown = desk.client.get(f"{desk.at}/{again.batch_id}/columns").content.decode()
    assert 'value="former_name" selected' in shown


def test_pasted_rows_are_a_file_like_any_other(desk):
    told = {"importer": "pupils", "pasted": "姓名\t班级\n张若曦\t一（1）班\n"}
    answer = desk.client.post(f"{desk.at}/new", told)
    walked = Walked(desk.base, desk.scope, answer["Location"].rsplit("/", 1)[1])
    assert walked.run().state == "ready" and "粘贴的名单" in walked.batch.title


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "没有选文件的种类"),
        ({"importer": "pupils"}, "没有收到文件"),
        ({"importer": "pupils", "pasted": "姓名"}, "粘贴的内容不是表格"),
    ],
)
def test_what_cannot_be_taken_says_why_on_the_same_page(desk, told, words):
    answer = desk.client.post(f"{desk.at}/new", told)
    assert answer.status_code == 422 and words in answer.content.decode()


def test_a_second_person_approves(desk):
    rows = [HEAD, *([f"学生{c}", "一（1）班", "", "2019-05-30"] for c in "甲乙丙丁戊己庚辛")]
    walked = send(desk, rows, is_full="1")
    walked.run()
    walked.apply()
    half = send(desk, rows[:3], is_full="1")
    half.run()
    assert half.state == "held"
    assert "要由另一个人批准" in page(desk, half)
    assert desk.client.post(f"{desk.at}/{half.batch_id}/do/approve").status_code == 403
    other = desk.base.account("沈校长")
    grant_no = desk.base.grant(other, desk.unit_no, "head")
    answer = desk.base.client(other).post(f"/as/{grant_no}/imports/{half.batch_id}/do/approve")
    assert answer.status_code == 302 and half.state == "ready"


def test_a_stranger_finds_nothing(desk):
    walked = send(desk, [HEAD, ["张若曦", "一（1）班", "", "2019-05-30"]])
    other = desk.base.account("别校教务")
    grant_no = desk.base.grant(other, desk.base.unit(), "clerk")
    client = desk.base.client(other)
    for path in ("", "/progress", "/receipt", "/marked.xlsx", "/raw", "/columns"):
        answer = client.get(f"/as/{grant_no}/imports/{walked.batch_id}{path}")
        assert answer.status_code == 404, path
    assert "名单.xlsx" not in client.get(f"/as/{grant_no}/imports").content.decode()


@pytest.mark.parametrize("role", ["teacher", "homeroom_teacher", "pupil", "guardian"])
def test_others_may_not(desk, role):
    account = desk.base.account()
    grant_no = desk.base.grant(account, desk.unit_no, role)
    assert desk.base.client(account).get(f"/as/{grant_no}/imports").status_code == 403


def test_the_pages_stay_within_their_queries(desk):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    rows = [HEAD, *([f"学生{n}", "一（1）班", "", "2020-13-02"] for n in range(60))]
    walked = send(desk, rows)
    walked.run()
    for path in ("", "/new", f"/{walked.batch_id}", f"/{walked.batch_id}?show=error&after=49"):
        with CaptureQueriesContext(connection) as seen:
            assert desk.client.get(f"{desk.at}{path}").status_code == 200
        asked = [
            q["sql"] for q in seen if q["sql"].lower().startswith(("select", "insert", "update", "delete"))
        ]
        assert len(asked) <= 12, (path, len(asked), asked)
