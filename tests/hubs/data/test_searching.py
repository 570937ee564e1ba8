"""Short lists of words answer to Chinese, pinyin, initials and parts of names."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("民族", True), ("族", True), ("minzu", True), ("mz", True), ("MZ", True), ("ethn", True), ("nic", True), ("", True),
        ("zm", False), ("汉族", False), ("？", False),
    ],
)  # fmt: skip
def test_what_people_type(base, text, is_found):
    from jizuo.hubs.data.searching import answers

    assert answers(("民族", "ethnic"), text) is is_found


def test_the_first_character_is_no_surname(base):
    from jizuo.hubs.data.searching import answers

    assert answers(("单位",), "dw") and not answers(("单位",), "shanwei")
