from __future__ import annotations

import polars as pl
import pytest

from jizuo.hubs.data.matching.records import compared
from jizuo.hubs.data.rules import matching as rules

ONE = {
    "key": "a", "group": 1, "name": "欧阳若晨", "former_name": "", "sex": "2", "birth_on": "2015-03-12",
    "phones": ["19412345678"], "address": "澜州市澜江区启明街道松雪路12弄3号501室",
    "school": "7", "klass": "2021-2", "kin": ["欧阳修"],
}  # fmt: skip


def level(comparison: str, other: dict[str, object]) -> str:
    """The level of one comparison between `ONE` and itself with other values, as DuckDB reads it."""
    import duckdb

    rows = [ONE, ONE | {"key": "b", "group": 2} | other]
    frame = compared(pl.DataFrame(rows).with_columns(pl.col("birth_on").str.to_date()))
    line = duckdb.connect()
    line.register("people", frame.to_arrow())
    columns = [column for column in frame.columns if column != "key"]
    sides = ", ".join(f'{side}."{column}" as "{column}_{side}"' for side in "lr" for column in columns)
    one = next(one for one in rules.COMPARISONS if one.name == comparison)
    cases = " ".join(f"when {step.sql} then '{step.name}'" for step in one.levels if step.name != rules.NEVER)
    null = f'"{one.column}_l" is null or "{one.column}_r" is null'
    return line.execute(
        f"select case when {null} then '' {cases} else '{rules.NEVER}' end from (select {sides} from people l, people r"
        " where l.key = 'a' and r.key = 'b')"
    ).fetchone()[0]


@pytest.mark.parametrize(
    ("comparison", "other", "expected"),
    [
        ("name", {}, "same"),
        ("name", {"name": "欧阳 若晨"}, "same"),
        ("name", {"name": "欧阳若辰"}, "homophone"),
        ("name", {"name": "欧阳晨若"}, "swapped"),
        ("name", {"name": "欧阳若涵"}, "one_char"),
        ("name", {"name": "欧阳若"}, "missing_char"),
        ("name", {"name": "王若溪", "former_name": "欧阳若晨"}, "former"),
        ("name", {"name": "王一"}, "else"),
        ("birth", {"birth_on": "2015-12-03"}, "swapped"),
        ("birth", {"birth_on": "2015-03-13"}, "one_digit"),
        ("birth", {"birth_on": "2015-03-29"}, "same_month"),
        ("birth", {"birth_on": "2015-08-29"}, "same_year"),
        ("birth", {"birth_on": "2009-08-25"}, "else"),
        ("birth", {"birth_on": None}, ""),
        ("sex", {"sex": "1"}, "else"),
        ("sex", {"sex": ""}, ""),
        ("phone", {"phones": ["5678", "0000"]}, "same"),
        ("phone", {"phones": ["0000"]}, "else"),
        ("phone", {"phones": []}, ""),
        ("address", {"address": "松雪路12弄3号楼501"}, "same"),
        ("address", {"address": "松雪路12弄3号602室"}, "same_house"),
        ("address", {"address": "澜江区松雪路77号"}, "same_road"),
        ("address", {"address": "书香名邸28号302室"}, "else"),
        ("school", {}, "same_class"),
        ("school", {"klass": "2021-3"}, "same"),
        ("school", {"school": "8"}, "else"),
        ("kin", {"kin": ["欧阳修", "王芳"]}, "same"),
        ("kin", {"kin": []}, ""),
    ],
)
def test_levels(comparison, other, expected):
    assert level(comparison, other) == expected


def test_two_characters_of_one_surname_are_a_level_of_their_own():
    assert any(one.name == "one_of_two" for one in rules.COMPARISONS[0].levels)


def test_only_the_best_of_each_group_stays():
    pairs = pl.DataFrame(
        [("a", "x", 1, 2, 9.0), ("b", "x", 1, 2, 4.0), ("b", "y", 1, 2, 8.0), ("b", "z", 1, 3, 1.0)],
        schema=["left", "right", "left_group", "right_group", "weight"],
        orient="row",
    )
    assert rules.best_only(pairs).select("left", "right").rows() == [("a", "x"), ("b", "y"), ("b", "z")]


def test_equal_bests_stay_for_a_person_to_choose():
    pairs = pl.DataFrame(
        [("a", "x", 1, 2, 9.0), ("a", "y", 1, 2, 9.0)],
        schema=["left", "right", "left_group", "right_group", "weight"],
        orient="row",
    )
    assert rules.best_only(pairs).height == 2
