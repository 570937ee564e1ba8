from __future__ import annotations

import pytest

from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound
from tests.hubs.data.queries.test_catalogue import place as place
from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_merging import act, run


def test_what_a_batch_wrote_is_counted_by_itself(place):
    from jizuo.ground.facts import Told
    from jizuo.hubs.data.actions import catalogue as actions
    from jizuo.hubs.data.queries.catalogue import catalogue_list

    scope = place.base.scope(place.district.schools[1].unit_no)
    run(scope, "delete from dataset_count where dataset = 'org'")
    fact = Told(1, "DatasetRefreshed", scope.unit_no, {"datasets": ["org", "nothing"]})
    given.within(scope, lambda: actions.on_refreshed(fact))
    assert {one.name: one.rows for one in act(scope, catalogue_list)}["org"] == 1


def test_a_steward_s_word_stands_before_the_shipped_one(place):
    from jizuo.hubs.data.actions.catalogue import drop_term, write_term
    from jizuo.hubs.data.queries.catalogue import catalogue_search

    steward = place.as_("district_steward")
    act(
        steward,
        write_term,
        title="在籍学生数",
        meaning="本区的说法",
        dataset="affiliation",
        field="is_registered",
    )
    meanings = [one.meaning for one in act(steward, catalogue_search, text="在籍学生数", kind="term").found]
    assert meanings == ["本区的说法"]
    act(steward, drop_term, title="在籍学生数")
    (meaning,) = [one.meaning for one in act(steward, catalogue_search, text="在籍学生数", kind="term").found]
    assert "学籍在本校" in meaning
    with pytest.raises(BadInput):
        act(steward, write_term, title="", meaning="", dataset="nothing")
    with pytest.raises(NotAllowed):
        act(place.as_("clerk"), write_term, title="词", meaning="义")


def test_the_register_of_assets(place):
    from jizuo.hubs.data.actions.catalogue import count_datasets, register_asset, retire_asset
    from jizuo.hubs.data.queries.catalogue import asset_list

    steward = place.as_("district_steward")
    act(steward, count_datasets)
    told = {
        "dataset": "pupil",
        "owner": "澜江区教育局",
        "steward": "信息科",
        "source": "学籍系统",
        "cycle": "day",
    }
    number = act(steward, register_asset, **told)
    (asset,) = [one for one in act(steward, asset_list) if one.dataset == "pupil"]
    assert (asset.number, asset.rows, asset.grade, asset.share_type) == (number, 6, 4, "asked")
    with pytest.raises(Conflict):
        act(steward, register_asset, **told)
    with pytest.raises(BadInput):
        act(steward, register_asset, **(told | {"dataset": "staff", "cycle": "sometimes", "owner": " "}))
    with pytest.raises(NotFound):
        act(steward, register_asset, **(told | {"dataset": "nothing"}))
    act(steward, retire_asset, number=number, reason="并入别的资产")
    assert act(steward, asset_list) == []
    again = act(steward, register_asset, **told)
    assert again > number and len(act(steward, asset_list, with_retired=True)) == 2


def test_another_unit_s_register_does_not_exist(base, place):
    from jizuo.hubs.data.actions.catalogue import register_asset, retire_asset
    from jizuo.hubs.data.queries.catalogue import asset_list

    other = base.scope(base.unit("另一个局", kind="bureau"), "district_steward")
    told = {"dataset": "org", "owner": "另一个局", "steward": "科", "source": "源", "cycle": "year"}
    number = act(other, register_asset, **told)
    assert number not in [
        one.number for one in act(place.as_("district_steward"), asset_list, with_retired=True)
    ]
    with pytest.raises(NotFound):
        act(place.as_("district_steward"), retire_asset, number=number, reason="x")
    # The twin: its own unit sees it.
    assert number in [one.number for one in act(other, asset_list)]
