"""The state of a scene's tables: never asked for, waited for, there."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import NotAllowed
from tests.scenes import given
from tests.scenes.given import minimal


def test_states(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import actions
    from jizuo.hubs.data.queries.scene_tables import scene_tables
    from jizuo.project import rooms

    rooms.plates()
    unit = base.unit()

    def states():
        return [(one.dataset, one.title, one.state) for one in scene_tables(version_id=version_id)]

    with scopes.use(base.scope(unit, "operator")):
        version_id = actions.bring_pack(files=minimal("visitt"))
        assert states() == [("visitt", "来访", "none")]
        actions.install_scene(version_id=version_id)
        assert states() == [("visitt", "来访", "waiting")]
    given.build(base)
    with scopes.use(base.scope(unit, "clerk")):
        assert states() == [("visitt", "来访", "done")]
    with scopes.use(base.scope(unit, "teacher")), pytest.raises(NotAllowed):
        scene_tables(version_id=version_id)
