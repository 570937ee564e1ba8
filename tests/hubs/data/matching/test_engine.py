from __future__ import annotations

import polars as pl
import pytest

from jizuo.hubs.data.matching import engine
from jizuo.hubs.data.matching.records import compared
from jizuo.hubs.data.rules import matching as rules
from jizuo.plain.demo import twice

SIZE = 3000


@pytest.fixture(scope="module")
def lists():
    return twice.two_lists(SIZE, seed=11)


@pytest.fixture(scope="module")
def people(lists):
    first, second = (
        twice.offered(many, group, with_kin=False).with_columns((pl.lit(mark) + pl.col("key")).alias("key"))
        for many, group, mark in ((lists[0], 1, "a"), (lists[1], 2, "b"))
    )
    return compared(pl.concat([first, second]))


def test_most_are_found_and_hardly_any_wrongly(lists, people):
    found = engine.alike(people)
    is_right = pl.col("left").str.slice(1) == pl.col("right").str.slice(1)
    right = found.filter(is_right).height
    both = len({one.number for one in lists[0]} & {one.number for one in lists[1]})
    assert right / found.height >= 0.99
    assert right / both >= 0.95
    assert found.columns[:4] == ["left", "right", "probability", "weight"]
    assert found["probability"].min() >= rules.THRESHOLD
    assert found.filter(pl.col("left") >= pl.col("right")).is_empty()


def test_a_higher_threshold_proposes_fewer(people):
    assert engine.alike(people, threshold=0.9999).height < engine.alike(people, threshold=0.6).height


def test_people_of_one_group_are_never_a_pair(people):
    assert engine.alike(people.with_columns(pl.lit(1).cast(pl.Int64).alias("group"))).is_empty()
    # The same records in two groups are.
    assert not engine.alike(people).is_empty()


def test_order_makes_no_difference(people):
    keys = ["left", "right"]
    assert (
        engine.alike(people)
        .select(keys)
        .sort(keys)
        .equals(engine.alike(people.sample(fraction=1.0, shuffle=True, seed=1)).select(keys).sort(keys))
    )


def test_nobody_and_one_are_no_pair(people):
    assert engine.alike(people.head(0)).is_empty()
    assert engine.alike(people.head(1)).is_empty()
    assert engine.alike(people.head(1)).columns == engine.alike(people).columns


def test_a_search_can_be_stopped(people):
    class Stop(Exception):
        pass

    def stop(done, _total):
        if done:
            raise Stop

    with pytest.raises(Stop):
        engine.alike(people, tell=stop)


def test_every_level_has_its_two_shares():
    for one in rules.COMPARISONS:
        told = engine.model()["fields"][one.name]
        assert list(told) == [level.name for level in one.levels]
        for m, u in told.values():
            assert 0 < m <= 1 and 0 < u <= 1
