"""A small part of Markdown, and nothing else."""

from __future__ import annotations

import pytest

from jizuo.ground.packs.blocks.words import html


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("# 标题\n一\n二", "<h2>标题</h2><p>一<br>二</p>"),
        ("### 小标题", "<h3>小标题</h3>"),
        ("- 一\n- **二**\n\n尾", "<ul><li>一</li><li><strong>二</strong></li></ul><p>尾</p>"),
        ("1. 一\n2. 二", "<ol><li>一</li><li>二</li></ol>"),
        ("- 一\n尾", "<ul><li>一</li></ul><p>尾</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        (
            "[看](https://a.example/x?y=1)",
            '<p><a href="https://a.example/x?y=1" rel="noopener noreferrer">看</a></p>',
        ),
        ("[坏](javascript:alert(1))", "<p>[坏](javascript:alert(1))</p>"),
        (
            "[引](https://a.example/&x)<img src=x>",
            '<p><a href="https://a.example/&amp;x" rel="noopener noreferrer">引</a>&lt;img src=x&gt;</p>',
        ),
        ("", ""),
    ],
)
def test_only_what_is_known_becomes_a_tag(text: str, out: str) -> None:
    assert html(text) == out
