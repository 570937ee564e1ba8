"""The parts of a pack: which room reads which folder, what is wrong with it, and what installing it does.

A room offers its parts on its plate; a folder that nobody offered is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from jizuo.ground.errors import Problem
from jizuo.ground.packs.shapes import Example, Roles, SceneHead

HEAD, ROLES, README = "scene.yaml", "roles.yaml", "README.md"


@dataclass(frozen=True, eq=False)
class Pack:
    """A pack as it was read. parts: folder -> name -> what its file says; two packs are equal when they say the same.

    files: path -> text as written; digest: SHA-256 over them.
    """

    head: SceneHead
    roles: Roles
    parts: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, str] = field(repr=False)
    digest: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pack) and self.said == other.said

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def said(self) -> tuple[Any, ...]:
        """What it says, whatever the writing."""
        parts = {folder: dict(told) for folder, told in self.parts.items() if told}
        return self.head, self.roles, parts, self.files.get(README, "")

    def part(self, folder: str) -> Mapping[str, Any]:
        """What the files of a folder say, by name; empty when there are none."""
        return self.parts.get(folder, {})


@dataclass(frozen=True, slots=True)
class Installing:
    """What a part is told when a pack is installed. drafted_by, by: accounts, None for the base itself."""

    pack: Pack
    drafted_by: Any = None
    by: Any = None


Reader = Callable[[str, str], Any]
Check = Callable[[Pack], list[Problem]]
Install = Callable[[Installing], None]
Preview = Callable[[Pack, str, str], str]
Compare = Callable[[Any, Any], str]
Held = Callable[[Pack], list[str]]


@dataclass(frozen=True, slots=True)
class Part:
    """One folder of a pack. shape: what each of its YAML files says, or `read`: (name, text) -> that, for files of another
    kind; check: what is wrong, over the whole pack; install: before the version is published; preview: (pack, name, role)
    -> HTML of one file's thing with invented values; order: of checking and installing; prepare: what was read from YAML
    -> what the shape is made of; write: the opposite of both. For an upgrade, compare: (was, now) -> what changed in
    words; held: of the pack in use, what stays as it is; refuse: why a pack cannot take its place here."""

    folder: str
    title: str
    shape: type[msgspec.Struct] | None = None
    suffix: str = ".yaml"
    read: Reader | None = None
    check: Check | None = None
    install: Install | None = None
    preview: Preview | None = None
    prepare: Callable[[Any], Any] | None = None
    write: Callable[[Any], str] | None = None
    compare: Compare | None = None
    held: Held | None = None
    refuse: Check | None = None
    order: int = 50


_parts: dict[str, Part] = {}


def offer(part: Part) -> None:
    """Add a part; called on a room's plate. A second one of the same folder raises."""
    held = _parts.setdefault(part.folder, part)
    if held != part:
        raise ValueError(f"{part.folder}: two rooms read one folder")


def all_parts() -> Mapping[str, Part]:
    """Every part by folder, in the order of checking."""
    return dict(sorted(_parts.items(), key=lambda one: (one[1].order, one[0])))


offer(Part("examples", "示例", Example, order=90))
