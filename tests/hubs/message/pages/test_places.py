from __future__ import annotations

from uuid import UUID

import pytest


def test_ids_of_a_request() -> None:
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.message.pages.places import id_in, ids_in

    one = UUID(int=7)
    assert id_in("") is None and id_in(str(one)) == one
    assert ids_in([str(one), "x", str(one)]) == (one,)
    with pytest.raises(NotFound):
        id_in("x")


def test_an_error_is_one_line() -> None:
    from jizuo.ground.errors import BadInput, Conflict, Problem
    from jizuo.hubs.message.pages.places import said

    assert said(Conflict("晚了", fix="再看看")) == "晚了。再看看"
    assert (
        said(BadInput("没存", problems=[Problem("a", "甲", "改甲"), Problem("b", "乙")]))
        == "没存：甲。改甲；乙"
    )
