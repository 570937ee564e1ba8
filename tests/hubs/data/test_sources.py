"""Sources of record: what is shipped is in order, and a second of one name or place is refused."""

from __future__ import annotations

import pytest

from jizuo.hubs.data import sources
from jizuo.hubs.data.sources import Source


def test_the_shipped_sources_follow_the_law_of_the_land(base):
    names = [one.name for one in sources.by_rank(sources.shipped().values())]
    assert names[:2] == [sources.SETTLED, "register"]
    assert names.index("civil_affairs") < names.index("school") < names.index("family")


def test_equal_ranks_are_told_apart_by_name():
    twins = [Source("b", "", "", "system", 5), Source("a", "", "", "system", 5)]
    assert [one.name for one in sources.by_rank(twins)] == ["a", "b"]


@pytest.mark.parametrize(
    "wrong",
    [Source("register", "别的", "", "system", 11), Source("newcomer", "", "", "system", 0),
     Source("newcomer", "", "", "weather", 900)],
    ids=["name", "rank", "kind"],
)  # fmt: skip
def test_a_source_that_contradicts_another_is_refused(base, wrong):
    held = dict(sources.shipped())
    with pytest.raises(ValueError):
        sources.register(wrong)
    sources._shipped.clear()
    sources._shipped.update(held)


def test_the_word_follows_the_language(base):
    from django.utils import translation

    with translation.override("en"):
        assert sources.shipped()["register"].word == "National register"
    assert sources.shipped()["family"].word == "家庭"
