"""The kinds that show rows are offered, each with its template and sample."""

from __future__ import annotations

from typing import Any


def test_each_kind_has_its_template_and_its_sample(base: Any) -> None:
    from django.template.loader import get_template

    from jizuo.ground.packs.blocks import all_kinds
    from jizuo.hubs.data import blocks

    blocks.offer()
    for name, kind in blocks.KINDS.items():
        assert all_kinds()[name] == kind
        assert get_template(kind.template) is not None and kind.sample is not None
