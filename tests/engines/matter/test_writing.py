"""Matters in hand: where a line is told, what is encoded, who may lock what."""

from __future__ import annotations

from uuid import uuid4

import pytest

from jizuo.ground.errors import NotFound


def test_the_unit_at_which_a_holder_hears(base):
    from jizuo.engines.matter import writing

    assert writing.unit_told("district_steward@1", 12) == 1 and writing.unit_told("person@x", 12) == 12
    event = {"unit_no": 12, "told": {"tell": [{"to": ["head@12", "district_leader@1"], "as": "open"}]}}
    assert writing.units_told(event) == {1, 12}


def test_no_null_character_reaches_the_base(base):
    from jizuo.engines.matter import writing

    assert "\\u0000" not in writing.encoded([{"a": "x\x00y"}])


def test_another_units_matter_is_not_there(town):
    from jizuo.engines.matter import writing
    from jizuo.ground import scope as scopes

    matter_id = town.start(on_day="2027-03-13")
    with town.as_("clerk", "second"), scopes.open_transaction("test"), pytest.raises(NotFound):
        writing.lock_one(matter_id)
    with town.as_("clerk"), scopes.open_transaction("test"):
        assert writing.lock_one(matter_id).id == matter_id
        with pytest.raises(NotFound):
            writing.lock_one(uuid4())
