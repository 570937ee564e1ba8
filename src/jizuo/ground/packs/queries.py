"""Reads of scenes: what there is, what the unit uses, one version as a zip, who holds a post."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import NotFound
from jizuo.ground.packs import files, versions

NEWEST = """
select distinct on (scene) scene, id, title, major, minor, unit_no, signer from scene_version
where state = 'published' order by scene, major desc, minor desc
"""


class SceneLine(msgspec.Struct, frozen=True):
    """A scene of the catalogue. number: of the newest version; used: number of the one in use at the acting unit, '' when
    it is off; above: another unit switched it on for this one."""

    scene: str
    title: str
    version_id: UUID
    number: str
    used: str = ""
    used_id: UUID | None = None
    above: bool = False
    category: str = ""
    icon: str = ""
    about: str = ""


@source(title="场景目录", roles=scopes.STAFF_ROLES, reach=API)
def scene_list() -> list[SceneLine]:
    """Every published scene with whether the acting unit uses it, by name."""
    scope = scopes.current()
    used = versions.all_in_use(scope.unit_no)
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        rows = cursor.fetchall()
    found = []
    for scene, version_id, title, major, minor, _unit, _signer in rows:
        head = versions.pack_of(version_id).head
        held = used.get(scene)
        found.append(
            SceneLine(
                scene, title, version_id, f"{major}.{minor}", held.pack.head.version if held else "",
                held.version_id if held else None, bool(held and held.unit_no != scope.unit_no), head.category,
                head.icon, head.about,
            )
        )  # fmt: skip
    return found


@source(title="场景包文件", roles=scopes.STAFF_ROLES)
def pack_zip(*, version_id: UUID) -> bytes:
    """A published version as a zip, byte for byte what was brought. Raises NotFound."""
    pack = versions.pack_of(version_id)
    return files.to_zip(pack.files, pack.head.id)


@source(title="场景岗位上的人", roles=scopes.STAFF_ROLES, reach=API)
def post_holders(*, scene: str, post: str) -> list[UUID]:
    """The people who hold a post of a scene at the acting unit. Raises NotFound."""
    scope = scopes.current()
    if post not in versions.in_use(scene, scope.unit_no).pack.roles.posts:
        raise NotFound(_("没有这个岗位"))
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id from scene_post where unit_no = %s and scene = %s and post = %s order by id",
            [scope.unit_no, scene, post],
        )
        return [person_id for (person_id,) in cursor.fetchall()]
