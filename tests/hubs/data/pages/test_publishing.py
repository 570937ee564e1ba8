"""From a draft to a table in the browser: trial, effects, a second person, refusals with their mend."""

from __future__ import annotations

import re

from tests.hubs.data.pages.test_standards import desk, page, post, seen
from tests.hubs.data.standing import fresh_name, published, visits

__all__ = ["desk"]


def test_a_steward_drafts_pastes_tries_and_publishes(desk):
    name = fresh_name()
    at = post(desk, "new", title="来访登记", name=name).split("/standards/")[1]
    first = page(desk, at)
    assert "还没有字段" in first
    rows = "字段名\t类型\t长度\t必填\t代码表\n来访人\tC\t40\t是\t\n性别\tC\t1\t否\t性别\n来访日期\tD\t8\t是\t\n人数\tN\t3\t\t"
    post(desk, f"{at}/do/paste", pasted=rows, seen=seen(first))
    shown = page(desk, at)
    assert "LFR" in shown and "XBM" in shown and "代码 性别" in shown
    post(
        desk, f"{at}/element", title="事由", key="sy", type="text", length="200", grade="2", seen=seen(shown)
    )
    post(desk, f"{at}/do/up", key="sy", seen=seen(page(desk, at)))
    order = re.findall(r"element\?key=(\w+)", page(desk, at))
    assert order[-2] == "sy" and len(order) == 5, order
    assert "草稿刚被改过" in post(desk, f"{at}/do/drop", status=409, key="sy", seen=seen(shown))
    post(
        desk, f"{at}/do/settings", title="来访登记", key=order[0], effective_on="", seen=seen(page(desk, at))
    )
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
