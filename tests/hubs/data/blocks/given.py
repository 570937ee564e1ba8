"""Blocks asked by themselves."""

from __future__ import annotations

from typing import Any


def ask(base: Any, unit_no: int, role: str, page: str, place: int, query: str = "", **more: Any) -> Any:
    """The context of one block of the outing pack for a role."""
    from django.http import QueryDict

    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs.blocks.asking import block_part

    with scopes.use(base.scope(unit_no, role, today=acting.today(), **more)):
        return block_part(scene="outing", page=page, place=place, query=QueryDict(query)).context
