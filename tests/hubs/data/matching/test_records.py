from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from jizuo.hubs.data.matching import records


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("澜州市澜江区启明街道松雪路12弄3号501室", ("松雪路/12/3/501", "松雪路", "12/3")),
        ("松雪路１２弄 3 号楼 501", ("松雪路/12/3/501", "松雪路", "12/3")),
        ("北桥镇石湖路8号", ("石湖路/8", "石湖路", "8")),
        ("牧区草场", ("草场", "草场", "")),
        ("", ("", "", "")),
    ],
)
def test_an_address_as_typed(text, expected):
    assert records.placed(text) == expected


def test_what_says_nothing_is_null():
    frame = records.compared(pl.DataFrame({"key": ["1"], "group": [1], "name": [""]}))
    assert frame.height == 1
    row = frame.row(0, named=True)
    assert {name: value for name, value in row.items() if value is not None} == {
        "key": "1",
        "group": 1,
        "size": 0,
    } or ({name for name, value in row.items() if value is not None} <= {"key", "group", "size"})


def test_names_are_compared_in_their_one_form():
    offered = pl.DataFrame(
        {
            "key": ["1"], "group": [1], "name": ["张 三"], "birth_on": [date(2015, 3, 2)],
            "phones": [["19400001234", ""]], "kin": [["李 四"]],
        }
    )  # fmt: skip
    row = records.compared(offered).row(0, named=True)
    assert (row["name"], row["reading"], row["surname"], row["size"]) == ("张三", "zhang san", "zhang", 2)
    assert (row["birth"], row["birth_year"], row["birth_day"]) == ("20150302", "2015", "0302")
    assert (row["c1"], row["c2"], row["c3"], row["last"]) == ("张", "三", None, "三")
    assert row["phones"][0] == "1234" and row["kin"] == ["李四"]
