"""Scenes for tests: the packs that ship, and one of them in use at a unit with its tables built."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from jizuo.project.scenes import SCENES, shipped

__all__ = ["SCENES", "build", "files_of", "installed", "minimal", "shipped", "within"]


def files_of(scene: str) -> dict[str, str]:
    """The files of a scene that ships."""
    from jizuo.ground.packs import files

    return files.of_folder(SCENES / scene)


def build(base: Any) -> list[str]:
    """Let the builder make every table that was asked for; returns the ends of the plans."""
    from jizuo.ground import builder
    from tests.live import django_on

    with django_on(base.logins.owner):
        ends = []
        while (end := builder.build_next()) is not None:
            ends.append(end)
        return ends


def installed(
    base: Any, unit_no: int, files: dict[str, str], *, is_for_below: bool = False, **settings: Any
) -> UUID:
    """A pack brought as the base itself and switched on at a unit; its tables are built. Returns its version."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import actions

    with scopes.use(base.scope(unit_no, scopes.OPERATOR)):
        version_id = actions.bring_pack(files=files)
        actions.install_scene(version_id=version_id, is_for_below=is_for_below, settings=settings)
    assert set(build(base)) <= {"done"}
    return version_id


def minimal(scene: str = "visit", version: str = "1.0", **more: str) -> dict[str, str]:
    """A pack with one dataset of one field; more: further fields as YAML."""
    fields = {"note": "{title: 内容, english: Note, type: text, length: 40, grade: 2}"} | more
    return {
        "scene.yaml": f'id: {scene}\ntitle: 来访\nenglish: Visits\nowner: school\nversion: "{version}"\n',
        "README.md": "# 来访\n",
        "roles.yaml": f"roles:\n  clerk: {{read: {{{scene}: unit}}, write: {{{scene}: unit}}}}\n",
        f"standards/{scene}.yaml": f'dataset: {scene}\ntitle: 来访\nenglish: Visit\nversion: "1.0"\nfields:\n'
        + "".join(f"  {key}: {text}\n" for key, text in fields.items()),
    }


def within(base: Any, unit_no: int, body: Any, role: str = "clerk", **more: Any) -> Any:
    """What `body()` gives inside a door of a role at a unit."""
    from jizuo.ground import scope as scopes

    with scopes.use(base.scope(unit_no, role, **more)), scopes.open_transaction("test"):
        return body()
