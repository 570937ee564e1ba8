"""Draws as they are read: before the seed one list, afterwards classes, and no name on the public sheet."""

from __future__ import annotations

from typing import Any

from jizuo.ground import scope as scopes
from tests.hubs.organisation.actions.test_dividing import SEED, WITNESSES, classes_of, come_in, found, frozen
from tests.hubs.organisation.actions.test_intake import OF, awaited


def test_the_frozen_list_stands_as_one_until_it_is_drawn(base: Any) -> None:
    from jizuo.hubs.organisation.actions import dividing
    from jizuo.hubs.organisation.queries import dividing as queries

    scope = awaited(base)
    with scopes.use(scope):
        assert queries.divisions(**OF) == []
    come_in(scope)
    division_id, _head = frozen(base, scope)
    (only,) = classes_of(scope, division_id)
    assert only.class_no == 0 and [line.number for line in only.lines] == [1, 2, 3]
    with scopes.use(scope):
        before = found(scope, division_id)
        again = queries.replay(division_id=division_id, seed=SEED)
        assert again.is_untouched and not again.is_same and found(scope, division_id) == before
        dividing.draw_division(division_id=division_id, seed=SEED, witnesses=WITNESSES)
        assert queries.replay(division_id=division_id, seed=f" {SEED} ").is_same
    classes = classes_of(scope, division_id, is_public=True)
    assert [one.class_no for one in classes] == [1, 2] and [one.name for one in classes] == [
        "一（1）班",
        "一（2）班",
    ]
    assert all(line.name.endswith("*") and not line.key for one in classes for line in one.lines)
