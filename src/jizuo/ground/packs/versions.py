"""Which scenes a unit uses, as a process keeps them until the catalogue moves on; packs by their version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import catalogue_state
from jizuo.ground.errors import NotFound
from jizuo.ground.packs import reading
from jizuo.ground.packs.parts import Pack

USES = """
select u.unit_no, u.scene, u.version_id, u.state, u.is_for_below, u.settings::text from scene_use u
"""
PARENTS = "select unit_no, parent_no from unit"
#: States of a use: switched on, switched off, only settings over what a unit above switched on.
ON, OFF, SET = "on", "off", "set"


@dataclass(frozen=True, slots=True)
class Installed:
    """A scene as one unit uses it. unit_no: who switched it on; settings: the pack's own, over them those of who switched
    it on and of the unit."""

    scene: str
    version_id: UUID
    pack: Pack
    unit_no: int
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Use:
    unit_no: int
    scene: str
    version_id: UUID
    state: str
    is_for_below: bool
    settings: dict[str, Any]


_kept: tuple[str, dict[int, dict[str, _Use]], dict[int, int | None]] = ("", {}, {})
_of_unit: dict[int, Mapping[str, Installed]] = {}


def _uses() -> tuple[dict[int, dict[str, _Use]], dict[int, int | None]]:
    global _kept
    state = catalogue_state.seen()
    if not state or state != _kept[0]:
        with connection.cursor() as cursor:
            cursor.execute(USES)
            uses: dict[int, dict[str, _Use]] = {}
            for unit_no, scene, version_id, said, is_for_below, settings in cursor.fetchall():
                uses.setdefault(unit_no, {})[scene] = _Use(
                    unit_no, scene, version_id, said, is_for_below, msgspec.json.decode(settings)
                )
            cursor.execute(PARENTS)
            parents = dict(cursor.fetchall())
        _kept = (state, uses, parents)
        _of_unit.clear()
    return _kept[1], _kept[2]


def all_in_use(unit_no: int) -> Mapping[str, Installed]:
    """Every scene that a unit uses: by its own word, else by that of the nearest unit above that spoke for those below.
    Inside a door."""
    uses, parents = _uses()
    if unit_no in _of_unit:
        return _of_unit[unit_no]
    own = uses.get(unit_no, {})
    found = {scene: use for scene, use in own.items() if use.state != SET}
    seen, above = {unit_no}, parents.get(unit_no)
    while above is not None and above not in seen:
        for scene, use in uses.get(above, {}).items():
            if use.is_for_below:
                found.setdefault(scene, use)
        seen.add(above)
        above = parents.get(above)
    told = {
        scene: _installed(use, own.get(scene, use)) for scene, use in sorted(found.items()) if use.state == ON
    }
    _of_unit[unit_no] = told
    return told


def _installed(use: _Use, own: _Use) -> Installed:
    pack = pack_of(use.version_id)
    settings = {key: one.value for key, one in pack.head.settings.items()}
    settings |= {key: value for key, value in (use.settings | own.settings).items() if key in settings}
    return Installed(use.scene, use.version_id, pack, use.unit_no, settings)


def in_use(scene: str, unit_no: int) -> Installed:
    """A scene as a unit uses it. Raises NotFound when it does not."""
    found = all_in_use(unit_no).get(scene)
    if found is None:
        raise NotFound(_("没有这个场景"), fix=_("请单位管理员在“场景”里启用"))
    return found


def settings_of(version_id: UUID, unit_no: int) -> Mapping[str, Any]:
    """The settings under which a running matter of a version goes on: those of now where the version knows them."""
    pack = pack_of(version_id)
    now = all_in_use(unit_no).get(pack.head.id)
    told = {key: one.value for key, one in pack.head.settings.items()}
    return told | {key: value for key, value in (now.settings if now else {}).items() if key in told}


def pack_of(version_id: UUID) -> Pack:
    """The pack of a published version, or of one that was. Raises NotFound. Published versions never change, so that a
    process keeps them."""
    return _pack_of(version_id, connection.settings_dict["NAME"])


@lru_cache(maxsize=256)
def _pack_of(version_id: UUID, _base: str) -> Pack:
    with connection.cursor() as cursor:
        cursor.execute(
            "select files::text from scene_version where id = %s and state in ('published', 'retired')",
            [version_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个版本"))
    pack = reading.read(msgspec.json.decode(row[0])).pack
    if pack is None:
        raise NotFound(_("这个版本读不出来"))
    return pack
