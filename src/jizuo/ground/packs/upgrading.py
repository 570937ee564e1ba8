"""What a version of a scene changes against the one in use, part by part, and what keeps it from taking its place."""

from __future__ import annotations

from typing import Literal

import msgspec
from django.utils.translation import gettext as _

from jizuo.ground.errors import Problem
from jizuo.ground.packs import parts
from jizuo.ground.packs.parts import HEAD, README, ROLES, Pack


class PackChange(msgspec.Struct, frozen=True):
    """One file that a version has otherwise. part: folder, '' for the files beside them; words: how, where it is known."""

    part: str
    part_title: str
    name: str
    what: Literal["new", "changed", "gone"]
    words: str = ""


class Preview(msgspec.Struct, frozen=True):
    """What switching to a version does. before: number in use, '' for none; held: what stays as it is, in words; problems:
    why it cannot be."""

    scene: str
    title: str
    before: str
    after: str
    changes: list[PackChange]
    held: list[str]
    problems: list[Problem]


def changes(before: Pack | None, after: Pack) -> list[PackChange]:
    """Every file that says something else, in the order of the parts; the writing alone does not count."""
    found: list[PackChange] = []
    heads = (
        (HEAD, _("场景"), before.head if before else None, after.head),
        (ROLES, _("谁能做什么"), before.roles if before else None, after.roles),
        (README, _("说明"), before.files.get(README) if before else None, after.files.get(README)),
    )
    for path, title, was, now in heads:
        if was != now:
            found.append(PackChange("", title, path, "changed" if before else "new"))
    for folder, part in parts.all_parts().items():
        old, new = (before.part(folder) if before else {}), after.part(folder)
        for name in sorted({*old, *new}):
            was, now = old.get(name), new.get(name)
            if was == now:
                continue
            what: Literal["new", "changed", "gone"] = (
                "new" if was is None else "gone" if now is None else "changed"
            )
            words = part.compare(was, now) if part.compare and was is not None and now is not None else ""
            found.append(PackChange(folder, _(part.title), name, what, words))
    return found


def preview(before: Pack | None, after: Pack) -> Preview:
    """The whole of it. Inside a door; each room that holds something asks its own tables."""
    held: list[str] = []
    problems: list[Problem] = []
    for part in parts.all_parts().values():
        if part.held is not None and before is not None:
            held += part.held(before)
        if part.refuse is not None:
            problems += part.refuse(after)
    return Preview(
        after.head.id, after.head.title, before.head.version if before else "", after.head.version,
        changes(before, after), held, problems,
    )  # fmt: skip
