"""Every scene that ships: checked, its examples played through the real doors, and nothing of it is a program."""

from __future__ import annotations

import pytest

from jizuo.project.scenes import SCENES, shipped
from tests.scenes import given, play, world


def examples():
    return sorted(
        (path.parent.parent.name, path.stem)
        for path in SCENES.glob("*/examples/*.yaml")
        if path.parent.parent.name in shipped()
    )


@pytest.fixture(scope="module", autouse=True)
def plates(base):
    from jizuo.project import rooms

    return rooms.plates()


@pytest.fixture(scope="module")
def packs():
    from jizuo.ground.packs import checking

    kept = {}

    def pack_of(scene):
        if scene not in kept:
            kept[scene] = checking.check_files(given.files_of(scene))
        return kept[scene]

    return pack_of


@pytest.mark.parametrize("scene", shipped())
def test_a_scene_is_whole(packs, scene):
    pack, problems = packs(scene)
    assert problems == []
    assert pack.head.id == scene and pack.head.category and pack.head.icon and pack.head.about
    assert pack.part("examples"), "a scene without an example"


def test_nothing_of_a_scene_is_a_program():
    from jizuo.ground.packs.files import ENDINGS

    strange = [path for path in SCENES.rglob("*") if path.is_file() and path.suffix not in ENDINGS]
    assert strange == [] and (SCENES / "__init__.py").exists() is False


@pytest.mark.parametrize("scene", shipped())
def test_the_studios_writing_says_the_same(packs, scene):
    """Each file written anew by the writer of its part is the same pack."""
    from jizuo.ground.packs import parts, reading

    pack, _problems = packs(scene)
    known = parts.all_parts()
    files = dict(pack.files)
    files["scene.yaml"] = reading.to_yaml(pack.head)
    files["roles.yaml"] = reading.to_yaml(pack.roles)
    for folder, told in pack.parts.items():
        for name, one in told.items():
            write = known[folder].write or reading.to_yaml
            files[f"{folder}/{name}{known[folder].suffix}"] = write(one)
    again = reading.read(files)
    assert again.problems == () and again.pack == pack


@pytest.mark.parametrize(("scene", "example"), examples())
def test_an_example_comes_out_as_it_says(base, packs, monkeypatch, scene, example):
    pack, problems = packs(scene)
    assert problems == []
    told = pack.part("examples")[example]
    district = world.make(base)
    given.installed(base, district.bureau.unit_no, dict(pack.files), is_for_below=True, **told.settings)
    played = play.play(district, pack, told, monkeypatch)
    assert played.wrong == []
