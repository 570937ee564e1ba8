"""The shipped code tables and what lists call a code."""

from __future__ import annotations

import pytest

from jizuo.hubs.data import codes


@pytest.mark.parametrize(
    ("table", "code", "name", "short"),
    [
        ("sex", "1", "男性", "男"),
        ("sex", "9", "未说明的性别", "未说明"),
        ("family_relation", "51", "父亲", "父"),
        ("sex", "7", "7", "7"),
        ("sex", "", "", ""),
    ],
)
def test_a_code_has_a_name_and_a_short_one(table: str, code: str, name: str, short: str) -> None:
    assert (codes.name_of(table, code), codes.short_name_of(table, code)) == (name, short)


def test_a_short_name_is_never_longer_than_the_name() -> None:
    for table, held in codes.tables().items():
        for row in held.rows:
            assert len(codes.short_name_of(table, row.code)) <= len(row.name)
