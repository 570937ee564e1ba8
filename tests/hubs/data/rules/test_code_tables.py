"""Editions read from sheets, what they change, and local codes with their mapping."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.plain.codes import Code, CodeTable, UnknownCode


@pytest.fixture(scope="module")
def rules(base):
    from jizuo.hubs.data.rules import code_tables

    return code_tables


TABLE = CodeTable(
    "why", "事由", [Code("1", "开会"), Code("2", "接送", aliases=("接孩子",)), Code("21", "接送（晚）", "2")]
)


def test_a_sheet_is_read_below_its_title(rules):
    rows, problems = rules.read_rows(
        [
            ["来访事由"],
            [],
            ["名称", "代码", "别名", "停用日期", "多余"],
            ["开会", "１", "会议、例会", "2027年9月1日", "x"],
            ["", "", ""],
        ]
    )
    assert problems == []
    assert rows == [Code("1", "开会", aliases=("会议", "例会"), until=date(2027, 9, 1))]


def test_changes_between_editions(rules):
    new = [
        Code("1", "会议"),
        Code("2", "接送", aliases=("接孩子",), until=date(2027, 9, 1)),
        Code("3", "维修"),
    ]
    assert [(one.code, one.what) for one in rules.changes(TABLE, new)] == [
        ("1", "changed"), ("2", "ended"), ("3", "new"), ("21", "gone"),
    ]  # fmt: skip


def test_old_names_stay_understood(rules):
    rows = rules.with_old_names(TABLE, [Code("1", "会议"), Code("2", "开会的"), Code("3", "接孩子")])
    assert [row.aliases for row in rows] == [("开会",), ("接送",), ()]
    assert rules.table_problems("why", "事由", rows) == []


@given(
    st.lists(
        st.tuples(st.sampled_from("ABCD"), st.sampled_from(["", "1", "A", "B", "C", "D", "9"])), max_size=6
    )
)
def test_a_mapping_ends_at_a_national_code_or_is_refused(pairs):
    from jizuo.hubs.data.rules import code_tables as rules

    codes = [rules.Local(code, f"名{code}", target) for code, target in dict(pairs).items()]
    by_code = {one.code: one for one in codes}
    problems = rules.local_problems(TABLE, codes)
    for one in codes:
        target, steps = one.maps_to, 0
        while target in by_code and steps <= len(codes):
            target, steps = by_code[target].maps_to, steps + 1
        is_good = target in ("", "1")
        assert is_good != any(problem.where == one.code for problem in problems)
        if is_good:
            assert rules.national(TABLE, by_code, one.code) == target


def test_a_unit_reads_cells_with_its_own_codes(rules):
    local = {
        "A": rules.Local("A", "家访", "1"), "B": rules.Local("B", "看展", "", ("参观",)),
        "C": rules.Local("C", "旧的", "1", until=date(2026, 1, 1)),
    }  # fmt: skip
    table = rules.UnitTable(TABLE, local)
    assert [table.find(word).code for word in ("家访", "参观", "接孩子", "A")] == ["1", "B", "2", "1"]
    assert table.find("参观").name == "看展"
    for word in ("没有的", "旧的"):
        with pytest.raises(UnknownCode):
            table.find(word, on=date(2026, 9, 1))
