from __future__ import annotations

from typing import Any


def test_mobile_numbers_are_covered(base: Any) -> None:
    from jizuo.hubs.message.pages.screen import covered

    assert covered("有事打13900000014。") == "有事打139****0014。"
    assert covered("编号 113900000014 不是电话") == "编号 113900000014 不是电话"
