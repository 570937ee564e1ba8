"""The pages of standards and code tables, over HTTP by a steward; a school looks and keeps its own codes."""

from __future__ import annotations

import re

import pytest

from tests.base import TODAY
from tests.hubs.data.standing import bureau, draft, fresh_name, published, visits


@pytest.fixture
def desk(base):
    made = bureau(base)
    made.client = base.client(made.account)
    made.at = f"/as/{made.steward.grant_no}/standards"
    return made


def page(desk, path="", client=None, status=200, **query):
    answer = (client or desk.client).get(f"{desk.at}/{path}".rstrip("/"), query)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


def post(desk, path, status=302, **told):
    answer = desk.client.post(f"{desk.at}/{path}", told)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer["Location"] if status == 302 else answer.content.decode()


def seen(text):
    return re.search(r'name="seen" value="(\w+)"', text)[1]


def test_a_steward_drafts_pastes_tries_and_publishes(desk):
    name = fresh_name()
    at = post(desk, "new", title="来访登记", name=name).split("/standards/")[1]
    first = page(desk, at)
    assert "还没有字段" in first
    rows = "字段名\t类型\t长度\t必填\t代码表\n来访人\tC\t40\t是\t\n性别\tC\t1\t否\t性别\n来访日期\tD\t8\t是\t\n人数\tN\t3\t\t"
    post(desk, f"{at}/do/paste", pasted=rows, seen=seen(first))
    shown = page(desk, at)
    assert "LFR" in shown and "XBM" in shown and "代码 性别" in shown
    post(desk, f"{at}/element", title="事由", type="text", length="200", grade="2", seen=seen(shown))
    post(desk, f"{at}/do/up", key="sy", seen=seen(page(desk, at)))
    order = re.findall(r"element\?key=(\w+)", page(desk, at))
    assert order[-2:] == ["sy", "rs"], order
    assert "草稿刚被改过" in post(desk, f"{at}/do/drop", status=409, key="sy", seen=seen(shown))
    post(desk, f"{at}/do/settings", title="来访登记", key="lfr", effective_on="", seen=seen(page(desk, at)))
    tried = post(
        desk, f"{at}/try", pasted="来访人\t性别\t来访日期\t人数\n钱敏\t女\t2026-09-01\t两个\n\t男\t9月\t1"
    )
    text = page(desk, tried.split("/standards/")[1])
    assert "第 2 行 D" in text and "应为整数" in text and "必填，现在是空的" in text and "第 3 行 C" in text
    effects = page(desk, f"{at}/publish")
    assert "新加" in effects and "我看过上面的影响" in effects
    assert "还没有确认" in post(desk, f"{at}/publish", status=422, seen=seen(effects))
    built = post(desk, f"{at}/publish", seen=seen(effects), looked="1").split("/standards/")[1]
    assert "正在建表" in page(desk, built)
    assert desk.build() == ["done"]
    assert "数据表已建好" in page(desk, built)
    listed = page(desk, q="lfdj")
    assert "来访登记" in listed and "学生" not in re.sub("(?s)<nav.*?</nav>", "", listed)
    one = page(desk, f"of/{name}")
    assert f"made_{name}_v1" in one and "起草新版本" in one


def test_a_pasted_list_that_cannot_be_read_changes_nothing(desk):
    name = fresh_name()
    version_id, _seen = draft(desk, visits(name))
    text = post(
        desk, f"draft/{version_id}/do/paste", status=422, pasted="字段名\t类型\n好的\t文本\n坏的\t图画"
    )
    assert "不认识的类型" in text and "坏的" in text
    assert "好的</a>" not in page(desk, f"draft/{version_id}")


def test_a_standard_goes_out_as_text_and_comes_back(desk):
    from django.core.files.uploadedfile import SimpleUploadedFile

    name = fresh_name()
    published(desk, visits(name))
    text = page(desk, f"of/{name}/text")
    again = text.replace("'1.0'", "'1.1'").replace("title: 电话", "title: 联系电话")
    at = post(desk, "new", file=SimpleUploadedFile("x.yaml", again.encode())).split("/standards/")[1]
    assert "联系电话" in page(desk, at)
    wrong = post(desk, "new", status=422, file=SimpleUploadedFile("x.yaml", text.encode()))
    assert "已经发布" in wrong
    assert "随系统提供" in page(desk, "of/pupil") and "dataset: pupil" in page(desk, "of/pupil/text")


def test_a_new_version_in_use_is_published_by_another(desk):
    from tests.hubs.data.actions.test_standards import rows_in

    name = fresh_name()
    published(desk, visits(name))
    rows_in(desk, desk.clerks[0], name, [("钱敏", "2", "2026-09-01", 2)])
    at = post(desk, f"of/{name}/revise").split("/standards/")[1]
    post(desk, f"{at}/element", title="车牌号", type="text", length="12", grade="3", seen="")
    effects = page(desk, f"{at}/publish")
    assert "要由另一个人发布" in effects and "我看过上面的影响" not in effects
    other = desk.base.client(desk.other)
    theirs = other.get(f"/as/{desk.second.grant_no}/standards/{at}/publish").content.decode()
    answer = other.post(
        f"/as/{desk.second.grant_no}/standards/{at}/publish", {"seen": seen(theirs), "looked": "1"}
    )
    assert answer.status_code == 302
    assert desk.build() == ["done"]
    assert "1.1" in page(desk, f"of/{name}")


def test_a_refused_change_says_what_to_do_instead(desk):
    name = fresh_name()
    published(desk, visits(name))
    at = post(desk, f"of/{name}/revise").split("/standards/")[1]
    text = post(desk, f"{at}/do/drop", status=422, key="phone", seen=seen(page(desk, at)))
    assert "不能删除已有的列" in text and "停用" in text
    post(
        desk,
        f"{at}/element?key=visitor",
        title="来访人",
        key="visitor",
        type="text",
        length="10",
        required="1",
        grade="2",
    )
    assert "不能缩短已有的列" in page(desk, f"{at}/publish")
    post(desk, f"{at}/do/discard")
    at = post(desk, f"of/{name}/revise", major="1").split("/standards/")[1]
    post(desk, f"{at}/do/drop", key="phone", seen=seen(page(desk, at)))
    assert "还不能发布" not in page(desk, f"{at}/publish")


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
