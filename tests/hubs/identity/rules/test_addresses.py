from __future__ import annotations

import pytest

from jizuo.hubs.identity.rules.addresses import is_address


@pytest.mark.parametrize(
    ("uri", "is_good"),
    [
        ("https://a.cn/back?x=1", True), ("http://10.0.0.8:8080/cb", True), ("cn.edu.app:/cb", True), ("https://a.cn/#", False),
        ("javascript:alert(1)", False), ("https://u:p@a.cn/", False), ("https://a.cn/a b", False), ("https://a.cn:x/", False),
        ("https://a.cn/" + "x" * 500, False), ("", False), ("https://a.cn\\@b.cn/", False),
    ],
)  # fmt: skip
def test_where_an_answer_may_go(uri, is_good):
    assert is_address(uri) == is_good
