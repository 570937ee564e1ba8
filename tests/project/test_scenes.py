"""Scenes on the machine: found by id, folder or zip, and all of them taken in."""

from __future__ import annotations

import pytest

from tests.scenes import given


@pytest.fixture(autouse=True)
def plates(base):
    from jizuo.project import rooms

    return rooms.plates()


def test_files_by_id_folder_and_zip(tmp_path):
    from jizuo.ground.packs import files
    from jizuo.project import scenes

    assert "leave" in scenes.shipped()
    told, signature = scenes.files_of("leave")
    assert signature == "" and told == scenes.files_of(scenes.SCENES / "leave")[0]
    (tmp_path / "leave.zip").write_bytes(files.to_zip(told, "leave", "signed"))
    assert scenes.files_of(tmp_path / "leave.zip") == (told, "signed")
    with pytest.raises(FileNotFoundError):
        scenes.files_of("nothing")


def test_what_ships_is_taken_in_once_and_trouble_is_told(base, monkeypatch):
    from jizuo.ground import scope as scopes
    from jizuo.project import scenes

    with scopes.use(scopes.base_scope()):
        first, troubles = scenes.bring_shipped()
        assert troubles == [] and sorted(first) == scenes.shipped()
        assert scenes.bring_shipped() == (first, [])
        changed = {
            scene: (given.files_of(scene) | {"README.md": "# 别的\n"}, "") for scene in scenes.shipped()
        }
        monkeypatch.setattr(scenes, "files_of", changed.__getitem__)
        found, troubles = scenes.bring_shipped()
    assert found == {} and len(troubles) == len(first) and "已经有了" in troubles[0]
