from __future__ import annotations

import pytest

from jizuo.ground.process import Trouble
from jizuo.project import budget


@pytest.mark.parametrize(
    ("web_workers", "jobs", "total"), [(1, 1, 2 + 15 + 8), (2, 2, 4 + 18 + 8), (8, 4, 16 + 24 + 8)]
)
def test_the_budget_adds_up(web_workers, jobs, total):
    assert budget.of(web_workers, jobs).total == total


def test_a_budget_that_fits_leaves_the_rest(server, make_database):
    owner = make_database("empty").owner
    spare = budget.check(budget.of(2, 2), owner)
    assert 100 < spare <= 200 - 3 - budget.of(2, 2).total


def test_a_budget_that_does_not_fit_is_refused_in_words(server, make_database):
    with pytest.raises(Trouble, match="--workers") as error:
        budget.check(budget.of(500, 2), make_database("empty").owner)
    assert "网页 1000" in error.value.what
