"""The five-minute look over every tree."""

from __future__ import annotations

from typing import Any

from tests.engines.monitoring import given


def test_the_worker_looks_at_every_root(base: Any) -> None:
    from jizuo.engines.monitoring import jobs

    school = given.town(base).schools[0]
    jobs.watch(0)
    assert [one[0] for one in given.cases(base, school.unit_no)] == ["long"]
