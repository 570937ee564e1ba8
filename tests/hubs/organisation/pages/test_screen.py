from __future__ import annotations

from typing import Any


def test_seats_stand_in_rows_and_keep_free_places(base: Any) -> None:
    from jizuo.hubs.organisation.pages.screen import grid
    from jizuo.hubs.organisation.queries.screen import Seat

    across, rows = grid([Seat(1, "王小明"), Seat(1, "李四"), Seat(6, "陈以宁"), Seat(None, "张三")])
    assert across == 4 and [number for row in rows for number, _names in row] == list(range(1, 9))
    assert rows[0][0] == (1, ["王小明", "李四"]) and rows[0][1] == (2, []) and rows[1][1] == (6, ["陈以宁"])
    assert grid([Seat(None, "张三")]) == (4, [])
    assert grid([Seat(48, "张三")])[0] == 8
