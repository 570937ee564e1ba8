"""Who holds a post of a scene."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ground.packs.blocks import pack


def test_holders_come_first_and_others_by_name(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound
    from jizuo.ground.packs.actions import give_post
    from jizuo.hubs.organisation.queries.posts import post_people

    town = pack.town(base)
    school, other = town.schools
    with scopes.use(base.scope(school.unit_no, "clerk")):
        assert post_people(scene="outing", post="gate").people == []
        give_post(scene="outing", post="gate", person_id=school.staff[0][0])
        found = post_people(scene="outing", post="gate")
        assert [(one.person_id, one.is_held) for one in found.people] == [(school.staff[0][0], True)]
        assert found.may_give
        more = post_people(scene="outing", post="gate", text=found.people[0].name[:1]).people
        assert more[0].is_held and not any(one.is_held for one in more[1:])
        with pytest.raises(NotFound):
            post_people(scene="outing", post="nurse")
    with scopes.use(base.scope(other.unit_no, "clerk")), pytest.raises(NotFound):
        post_people(scene="outing", post="gate")
