"""Looking code tables up, and reading files with a unit's own codes."""

from __future__ import annotations

import pytest

from tests.base import TODAY
from tests.hubs.data.standing import bureau, fresh_name


@pytest.fixture
def desk(base):
    return bureau(base)


def test_tables_are_found_by_themselves_and_by_their_codes(desk):
    from jizuo.hubs.data.queries import codes as queries

    def found(text):
        return [line.table for line in desk.door(desk.clerks[0], queries.code_table_list, text=text)]

    assert "ethnic" in found("民族") and "ethnic" in found("mz") and "ethnic" in found("毛难族")
    assert found("没有这样的表") == [] and len(found("")) > 20
    line = next(one for one in desk.door(desk.clerks[0], queries.code_table_list) if one.table == "ethnic")
    assert (line.rows, line.local) == (58, 0) and line.to_check


def test_one_table_says_where_it_is_used(desk):
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data.queries import codes as queries

    view = desk.door(desk.clerks[0], queries.code_table, table="ethnic", text="mn")
    assert any("民族" in field for field in view.fields) and view.count == 58
    assert any(
        row.code == "36"
        for row in desk.door(desk.clerks[0], queries.code_table, table="ethnic", text="毛难").rows
    )
    with pytest.raises(NotFound):
        desk.door(desk.clerks[0], queries.code_table, table="nothing")


def test_schools_do_not_see_editions_that_are_drafts(desk):
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data.actions import codes
    from jizuo.hubs.data.queries import codes as queries

    table = fresh_name("why")
    edition_id = desk.door(
        desk.steward, codes.stage_edition, table=table, title="事由", edition="1", effective_on=TODAY,
        rows=[["代码", "名称"], ["1", "甲"]],
    )  # fmt: skip
    with pytest.raises(NotFound):
        desk.door(desk.clerks[0], queries.code_table, table=table)
    assert desk.door(desk.steward, queries.code_table, table=table).editions[0].state == "draft"
    desk.door(desk.steward, codes.discard_edition, edition_id=edition_id)
    with pytest.raises(NotFound):
        desk.door(desk.steward, queries.code_edition, edition_id=edition_id)


def test_files_of_a_unit_are_read_with_its_own_codes(base):
    """What a school calls otherwise is understood in its import, and in no other's."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import codes
    from jizuo.hubs.organisation.importers import workbooks
    from jizuo.project import rooms
    from tests.hubs.organisation.importers.given import school, sheet
    from tests.hubs.organisation.walking import clerk, walk

    rooms.plates()
    workbooks.register()
    content = sheet([["姓名", "班级", "出生日期", "民族"], ["钱敏", "一（1）班", "2020-01-02", "客家"]])
    ends = []
    for has_code in (True, False):
        scope = clerk(base, school(base))
        if has_code:
            with scopes.use(scope):
                codes.save_local_code(table="ethnic", code="H1", name="客家", maps_to="01")
        walked = walk(base, scope, content, "名单.xlsx", "pupils")
        ends.append([one.code for one in walked.problems() if one.field == "ethnic" or "民族" in one.reason])
    assert ends == [[], ["unknown_code"]]
