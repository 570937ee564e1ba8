"""Which scenes a unit uses: its own word first, settings over the pack's, kept until the catalogue moves on."""

from __future__ import annotations

from uuid import UUID

import pytest

from jizuo.ground.errors import NotFound
from tests.scenes import given
from tests.scenes.given import minimal, within

SETTINGS = (
    "settings: {most: {title: 最多, kind: number, value: 3}, word: {title: 词, kind: text, value: 好}}\n"
)


@pytest.fixture(scope="module")
def place(base):
    from jizuo.project import rooms

    rooms.plates()
    files = minimal("visitv")
    files["scene.yaml"] += SETTINGS
    bureau = base.unit("教育局", kind="bureau")
    school = base.unit(parent=bureau)
    version_id = given.installed(base, bureau, files, is_for_below=True, most=5)
    return base, bureau, school, version_id, files


def test_settings_of_the_unit_lie_over_those_of_the_pack(place):
    from jizuo.ground.packs import versions

    base, bureau, school, version_id, files = place
    assert dict(within(base, school, lambda: versions.in_use("visitv", school)).settings) == {
        "most": 5,
        "word": "好",
    }
    given.installed(base, school, files, word="行")
    held = within(base, school, lambda: versions.in_use("visitv", school))
    assert dict(held.settings) == {"most": 3, "word": "行"} and held.unit_no == school
    assert dict(within(base, school, lambda: versions.settings_of(version_id, school))) == {
        "most": 3,
        "word": "行",
    }
    assert dict(within(base, bureau, lambda: versions.settings_of(version_id, bureau)))["most"] == 5


def test_a_second_look_asks_nothing(place):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jizuo.ground.packs import versions

    base, bureau, _school, version_id, _files = place

    def look():
        versions.all_in_use(bureau)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            versions.all_in_use(bureau)
            versions.pack_of(version_id)
        return [one["sql"] for one in asked.captured_queries if "scene_" in one["sql"]]

    assert within(base, bureau, look) == []


def test_what_is_not_there(place):
    from jizuo.ground.packs import versions

    base, bureau, _school, _version_id, _files = place
    with pytest.raises(NotFound):
        within(base, bureau, lambda: versions.pack_of(UUID(int=3)))
    with pytest.raises(NotFound):
        within(base, bureau, lambda: versions.in_use("nothing", bureau))
    lonely = base.unit()
    assert within(base, lonely, lambda: dict(versions.all_in_use(lonely))) == {}
