from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.template import engines
from django.utils import translation

from jizuo.ground.pages.asks import Ask, Slice, seal
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.tables import Bulk, Column, Filter, Table

COLUMNS = [
    Column("name", "学校", sort=True, href=lambda row: f"/s/{row['id']}"),
    Column("pupils", "在籍", kind="figure", sort=True),
    Column("opened_on", "建校", kind="day"),
    Column("grade", "质量", kind="tag", tone=lambda row: "lv"),
    Column("code", "标识码", shown=False),
]
ROWS = [
    {"id": 1, "name": "<启明>", "pupils": 1412, "opened_on": date(1958, 9, 1), "grade": "优", "code": "c1"},
    {"id": 2, "name": "北寨", "pupils": None, "opened_on": None, "grade": "", "code": "c2"},
]


def make(**more) -> Table:
    values = {
        "name": "schools",
        "title": "学校",
        "columns": COLUMNS,
        "slice": Slice(ROWS, has_next=True, first=seal("<启明>", 1), last=seal("北寨", 2)),
        "ask": Ask(
            sort="name", filters={"stage": "p"}, text="启", columns=("name", "pupils", "opened_on", "grade")
        ),
        "address": "/as/1/schools",
        "filters": [
            Filter("stage", "学段", [("p", "小学"), ("j", "初中")]),
            Filter("kind", "性质", [("1", "公办")]),
        ],
        "total": 105,
        "total_unit": "所",
    }
    return Table(**{**values, **more})


def draw(table: Table) -> str:
    with translation.override("zh-hans"):
        return engines["django"].from_string("{% load pages %}{% table t %}").render({"t": table})


def query(href: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(href).query)


def test_sorting_again_turns_the_order_and_starts_over():
    name, pupils, *_rest = make().heads
    assert (name["order"], query(name["href"])["sort"]) == ("ascending", ["-name"])
    assert (pupils["order"], query(pupils["href"])["sort"]) == ("", ["pupils"])
    assert "after" not in query(name["href"])


def test_a_chip_takes_away_only_itself():
    table = make()
    text, stage = table.chips
    assert query(text["href"]) == {"sort": ["name"], "f.stage": ["p"]}
    assert stage["label"] == "学段：小学"
    assert query(stage["href"]) == {"sort": ["name"], "q": ["启"]}
    assert [menu["label"] for menu in table.menus] == ["性质"]


def test_export_asks_the_same_list():
    assert query(make(export="/as/1/schools.xlsx").export_href)["f.stage"] == ["p"]


def test_cells():
    html = draw(make())
    assert "&lt;启明&gt;" in html
    assert "<启明>" not in html
    assert "1,412" in html
    assert "1958-09-01" in html
    assert "无数据" in html
    assert "c1" not in html
    assert "共 105 所" in html


def test_empty_says_what_to_do_and_filtered_says_so():
    nothing = {"slice": Slice(()), "total": 0}
    plain = draw(
        make(
            **nothing,
            ask=Ask(columns=("name",)),
            empty="先导入名册。",
            empty_actions=[Action("导入名册", href="/i")],
        )
    )
    assert "先导入名册。" in plain
    assert "导入名册</a>" in plain
    filtered = draw(make(**nothing, empty="先导入名册。"))
    assert "先导入名册。" not in filtered
    assert "没有符合条件的" in filtered


def test_bulk_and_row_actions_post_with_a_token():
    table = make(
        pick=lambda row: row["id"],
        bulk=[Bulk("催名册", "/as/1/urge")],
        row_actions=lambda row: [Action("停用", post=f"/as/1/s/{row['id']}/close")],
    )
    with translation.override("zh-hans"):
        html = (
            engines["django"]
            .from_string("{% load pages %}{% table t %}")
            .render({"t": table, "csrf_token": "x"})
        )
    assert re.search(r'name="pick"[^>]* value="2"', html)
    assert 'formaction="/as/1/urge"' in html
    assert 'action="/as/1/s/2/close"' in html
    # A form cannot stand inside a form: the browser would drop the inner one and post the wrong address.
    depth = 0
    for tag in re.findall(r"</?form", html):
        depth += 1 if tag == "<form" else -1
        assert depth in (0, 1)
    assert html.count('value="x"') == 3


def test_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="no kind 'money'"):
        Column("x", "x", kind="money")
