"""The scenes that ship, and packs on the machine: read from a folder or a zip, brought in, switched on, their tables
waited for."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import jizuo

if TYPE_CHECKING:
    from jizuo.hubs.data.queries.scene_tables import SceneTable

SCENES = Path(jizuo.__file__).parent / "scenes"
PAUSE_SECONDS = 0.2


def shipped() -> list[str]:
    """Ids of the scenes that ship."""
    return sorted(path.parent.name for path in SCENES.glob("*/scene.yaml"))


def files_of(what: str | Path) -> tuple[dict[str, str], str]:
    """(files, signature) of a folder, of a zip, or of a scene that ships, by its id. Raises `packs.files.BadPack`,
    FileNotFoundError for none of them."""
    from jizuo.ground.packs import files

    path = Path(what)
    if path.is_dir():
        return files.of_folder(path), ""
    if path.is_file():
        return files.of_zip(path.read_bytes())
    if str(what) in shipped():
        return files.of_folder(SCENES / str(what)), ""
    raise FileNotFoundError(str(what))


def bring_shipped() -> tuple[dict[str, UUID], list[str]]:
    """Take every scene that ships into the base, as the base itself: id -> version, and in words what could not be (another
    content under a number that is taken). Inside a scope of the base, outside of any door."""
    from jizuo.ground.errors import DoorError
    from jizuo.ground.packs import actions

    found: dict[str, UUID] = {}
    troubles = []
    for scene in shipped():
        try:
            found[scene] = actions.bring_pack(files=files_of(scene)[0])
        except DoorError as error:
            lines = [str(error.detail), *(f"{one.where}: {one.what}" for one in error.problems[:3])]
            fix = f" → {error.fix}" if error.fix else ""
            troubles.append(f"{scene}: {' '.join(lines)}{fix}")
    return found, troubles


@contextmanager
def building() -> Iterator[None]:
    """Have a builder at work for the length of the block: where the base does not run, one of our own."""
    with subprocess.Popen(
        [sys.executable, "-m", "jizuo.project.cli", "builder"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as builder:
        try:
            yield
        finally:
            builder.terminate()


def wait_for_tables(version_ids: Sequence[UUID], seconds: float) -> list[SceneTable]:
    """The tables of versions once none of them is waited for, or after so many seconds."""
    from jizuo.hubs.data.queries import scene_tables

    until = time.monotonic() + seconds
    while True:
        found = [
            one for version_id in version_ids for one in scene_tables.scene_tables(version_id=version_id)
        ]
        if all(one.state != "waiting" for one in found) or time.monotonic() > until:
            return found
        time.sleep(PAUSE_SECONDS)
