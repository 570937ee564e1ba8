"""Reads of scenes."""

from __future__ import annotations

from uuid import UUID

import pytest

from jizuo.ground.errors import NotAllowed, NotFound
from tests.scenes import given
from tests.scenes.given import minimal


@pytest.fixture(scope="module")
def place(base):
    from jizuo.project import rooms

    rooms.plates()
    unit = base.unit()
    first = given.installed(base, unit, minimal("visitq"))
    other = base.unit()
    second = given.installed(base, other, minimal("visitq", "1.1"))
    return base, unit, other, first, second


def line(base, unit, role="clerk"):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import queries

    with scopes.use(base.scope(unit, role)):
        return next(one for one in queries.scene_list() if one.scene == "visitq")


def test_the_catalogue_tells_what_is_used_and_what_is_newer(place):
    base, unit, other, first, second = place
    assert (line(base, unit).used, line(base, unit).used_id, line(base, unit).number) == ("1.0", first, "1.1")
    assert (line(base, other).used, line(base, other).version_id) == ("1.1", second)
    assert line(base, base.unit()).used == ""
    with pytest.raises(NotAllowed):
        line(base, unit, "guardian")


def test_a_version_comes_back_byte_for_byte(place):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import files, queries

    base, unit, _other, first, _second = place
    with scopes.use(base.scope(unit, "clerk")):
        told, signature = files.of_zip(queries.pack_zip(version_id=first))
        assert told == dict(sorted(minimal("visitq").items())) and signature == ""
        with pytest.raises(NotFound):
            queries.pack_zip(version_id=UUID(int=1))
        with pytest.raises(NotFound):
            queries.post_holders(scene="visitq", post="porter")


def test_one_scene_with_its_versions_settings_and_posts(place):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import queries

    base, unit, _other, first, second = place
    with scopes.use(base.scope(unit, "clerk")):
        view = queries.scene(scene="visitq")
        assert (view.used, view.used_id, view.above, view.may_manage) == ("1.0", first, False, True)
        assert [(one.version_id, one.number, one.is_used) for one in view.versions] == [
            (second, "1.1", False), (first, "1.0", True),
        ]  # fmt: skip
        assert view.parts == {"standards": ["visitq"]} and view.readme == "# 来访\n"
        with pytest.raises(NotFound):
            queries.scene(scene="nothing")
    with scopes.use(base.scope(unit, "teacher")):
        assert not queries.scene(scene="visitq").may_manage
