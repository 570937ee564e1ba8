from __future__ import annotations

import polars as pl

from jizuo.ground.ids import new_id
from jizuo.hubs.data.matching import offers


def test_a_kind_is_known_by_its_name(monkeypatch):
    monkeypatch.setattr(offers, "_offers", {})
    one = offers.Offer("ghost", "鬼", pl.DataFrame, lambda **_told: 0, "nowhere")
    offers.offer(one)
    assert offers.get("ghost") is one and dict(offers.all_offers()) == {"ghost": one}


def test_a_pair_tells_levels_and_no_value():
    left, right = new_id(), new_id()
    found = pl.DataFrame(
        {"left": [str(left)], "right": [str(right)], "probability": [0.98765], "weight": [7.0],
         "name": ["homophone"], "sex": [""]}
    )  # fmt: skip
    assert offers.pairs_of(found, ["name", "sex"]) == [
        offers.Alike(left, right, 0.9877, {"name": "homophone"})
    ]
