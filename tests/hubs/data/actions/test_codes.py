"""Editions of code tables, and the codes of a unit beside them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.base import TODAY
from tests.hubs.data.standing import bureau, element, fresh_name, published, visits

HEAD = ["代码", "名称", "上级", "别名", "停用日期"]


@pytest.fixture
def desk(base):
    return bureau(base)


def stage(desk, table, *rows, on=None, edition="2026", **more):
    from jizuo.hubs.data.actions import codes

    return desk.door(
        desk.steward, codes.stage_edition, table=table, edition=edition, effective_on=on or TODAY,
        rows=[HEAD, *[[*row, *[""] * (5 - len(row))] for row in rows]], title=more.pop("title", "来访事由"), **more,
    )  # fmt: skip


def publish(desk, edition_id):
    from jizuo.hubs.data.actions import codes

    desk.door(desk.steward, codes.publish_edition, edition_id=edition_id)


def tables(desk, on=None):
    """The tables as the next door sees them."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data import codes

    with scopes.use(desk.steward), scopes.open_transaction("test"):
        return codes.tables(on)


def test_next_years_edition_is_staged_without_changing_todays(desk):
    from jizuo.hubs.data.queries import codes as queries

    table = fresh_name("why")
    publish(desk, stage(desk, table, ["1", "开会"], ["2", "接送"]))
    later = TODAY + timedelta(days=200)
    publish(desk, stage(desk, table, ["1", "会议"], ["2", "接送"], ["3", "维修"], on=later, edition="2027"))
    assert [row.name for row in tables(desk, TODAY)[table]] == ["开会", "接送"]
    coming = tables(desk, later)[table]
    assert [row.name for row in coming] == ["会议", "接送", "维修"]
    assert coming.find("开会").code == "1", "the name that the code had is accepted"
    view = desk.door(desk.steward, queries.code_table, table=table, on=TODAY)
    assert [one.effective_on for one in view.editions] == [later, TODAY]
    assert (view.edition, view.count) == ("2026", 2)


def test_a_table_with_holes_is_refused_with_every_reason(desk):
    from jizuo.ground.errors import BadInput

    with pytest.raises(BadInput) as refused:
        stage(
            desk,
            fresh_name("why"),
            ["1", "开会", "9"],
            ["1", "接送"],
            ["2", "维修", "", "开会"],
            ["3", "甲", "4"],
            ["4", "乙", "3"],
        )
    words = " ".join(one.what for one in refused.value.problems)
    assert (
        "上级 9 不存在" in words
        and "代码重复" in words
        and "别名“开会”是另一行的名称" in words
        and "上级成环" in words
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["a", "b"]], "没有找到“代码”和“名称”两列"),
        ([["代码", "名称"]], "没有一行代码"),
        ([["代码", "名称"], ["代码一", "甲"]], "代码为空或不合规"),
        ([["代码", "名称"], ["1", ""]], "名称为空"),
        ([["代码", "名称", "停用日期"], ["1", "甲", "明年"]], "日期"),
    ],
)  # fmt: skip
def test_a_sheet_that_is_no_code_table_is_refused(desk, rows, words):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.data.actions import codes

    with pytest.raises(BadInput) as refused:
        desk.door(
            desk.steward,
            codes.stage_edition,
            table=fresh_name("why"),
            edition="1",
            title="x",
            effective_on=TODAY,
            rows=rows,
        )
    assert words in " ".join(one.what for one in refused.value.problems)


def test_a_used_code_does_not_vanish(desk):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.data.queries import codes as queries
    from tests.hubs.data.actions.test_standards import rows_in

    table, name = fresh_name("why"), fresh_name()
    publish(desk, stage(desk, table, ["1", "开会"], ["2", "接送"]))
    told = visits(name)
    told = type(told)(
        name=name, title="来访", key=told.key,
        elements=tuple(one if one.key != "sex" else element("sex", "事由", type="code", code=table) for one in told.elements),
    )  # fmt: skip
    published(desk, told)
    rows_in(desk, desk.clerks[0], name, [("钱敏", "2", "2026-09-01", 2)])
    later = TODAY + timedelta(days=10)
    edition_id = stage(desk, table, ["1", "开会"], on=later, edition="短")
    view = desk.door(desk.steward, queries.code_edition, edition_id=edition_id)
    assert [(use.code, use.field, use.rows) for use in view.vanished] == [("2", "事由", 1)]
    with pytest.raises(BadInput) as refused:
        publish(desk, edition_id)
    assert "有 1 行在用" in refused.value.problems[0].what and "停用日期" in refused.value.problems[0].fix
    ended = stage(desk, table, ["1", "开会"], ["2", "接送", "", "", "2026-10-01"], on=later, edition="停")
    publish(desk, ended)
    assert tables(desk, later)[table].get("2").until == date(2026, 10, 1)


def test_an_edition_is_published_once_and_never_for_yesterday(desk):
    from jizuo.ground.errors import BadInput, Conflict
    from jizuo.hubs.data.actions import codes

    table = fresh_name("why")
    edition_id = stage(desk, table, ["1", "开会"])
    publish(desk, edition_id)
    with pytest.raises(Conflict):
        publish(desk, edition_id)
    with pytest.raises(Conflict):
        desk.door(desk.steward, codes.discard_edition, edition_id=edition_id)
    with pytest.raises(Conflict):
        stage(desk, table, ["1", "开会"], edition="另一个")
    with pytest.raises(BadInput) as refused:
        publish(desk, stage(desk, table, ["1", "开会"], on=TODAY - timedelta(days=1), edition="旧"))
    assert "已经过去" in refused.value.problems[0].what


def test_local_codes_extend_a_table_and_stay_in_their_unit(desk):
    from jizuo.hubs.data.actions import codes
    from jizuo.hubs.data.queries import codes as queries

    mine, twin = desk.clerks
    desk.door(mine, codes.save_local_code, table="ethnic", code="H01", name="汉人", maps_to="01")
    desk.door(mine, codes.save_local_code, table="ethnic", code="H02", name="客家", maps_to="H01")
    desk.door(mine, codes.save_local_code, table="ethnic", code="H03", name="未归类", aliases=["没归类"])
    view = desk.door(mine, queries.code_table, table="ethnic")
    assert [(one.code, one.national, one.national_name) for one in view.local] == [
        ("H01", "01", "汉族"), ("H02", "01", "汉族"), ("H03", "", ""),
    ]  # fmt: skip
    for other in (twin, desk.steward):
        assert desk.door(other, queries.code_table, table="ethnic").local == []
    found = read(desk, mine)
    assert [found["ethnic"].find(word).code for word in ("客家", "没归类", "汉")] == ["01", "H03", "01"]
    assert found["ethnic"].find("毛难族").code == "36"
    from jizuo.plain.codes import UnknownCode

    with pytest.raises(UnknownCode):
        read(desk, twin)["ethnic"].find("客家")
    lines = desk.door(mine, queries.code_table_list, text="mz")
    assert "ethnic" in [line.table for line in lines]


def read(desk, scope):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.queries.codes import unit_tables

    with scopes.use(scope), scopes.open_transaction("test"):
        return unit_tables()


def test_mappings_in_a_circle_and_clashes_are_refused(desk):
    from jizuo.ground.errors import BadInput, Conflict, NotFound
    from jizuo.hubs.data.actions import codes

    me = desk.clerks[0]

    def save(code, name, maps_to="", **more):
        desk.door(me, codes.save_local_code, table="sex", code=code, name=name, maps_to=maps_to, **more)

    save("A", "甲")
    save("B", "乙", "A")
    for code, name, maps_to, words in (
        ("A", "甲", "B", "对应关系成环"), ("C", "丙", "C", "对应关系成环"), ("C", "丙", "7", "没有这个代码"),
        ("1", "丁", "", "与国家代码相同"), ("C", "男性", "", "在代码表里已有"), ("C", "乙", "", "已属于"),
        ("代码", "丙", "", "不合规"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            save(code, name, maps_to)
        assert words in " ".join(one.what for one in refused.value.problems), code
    with pytest.raises(Conflict):
        desk.door(me, codes.drop_local_code, table="sex", code="A")
    desk.door(me, codes.drop_local_code, table="sex", code="B")
    for scope, table, code in ((me, "sex", "B"), (desk.clerks[1], "sex", "A")):
        with pytest.raises(NotFound):
            desk.door(scope, codes.drop_local_code, table=table, code=code)
    with pytest.raises(NotFound):
        desk.door(me, codes.save_local_code, table="nothing", code="A", name="甲")


def test_every_table_that_came_with_the_work_is_shipped_and_marked(base):
    """The codes handed to this project by name; each still to be held against its standard's own text."""
    from jizuo.hubs.data import codes

    wanted = {
        "division", "sex", "marital", "ethnic", "political", "education_level", "degree", "family_relation",
        "school_type", "ownership", "urban_rural", "class_type", "inclusion", "student_status", "change_type",
        "student_category", "id_document_type",
    }  # fmt: skip
    shipped = codes.shipped()
    assert wanted <= shipped.keys()
    assert [table for table in sorted(wanted) if not shipped[table].to_check] == []
    sizes = {
        "ethnic": 58,
        "sex": 4,
        "political": 13,
        "family_relation": 84,
        "school_type": 76,
        "student_category": 32,
    }
    assert {table: len(shipped[table]) for table in sizes} == sizes
