"""Reads of scenes: what there is, what the unit uses, one version as a zip, who holds a post."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import NotFound
from jizuo.ground.packs import files, upgrading, versions
from jizuo.ground.packs.actions import MANAGERS
from jizuo.ground.packs.parts import README
from jizuo.ground.packs.upgrading import Preview

NEWEST = """
select distinct on (scene) scene, id, title, major, minor, unit_no, signer from scene_version
where state = 'published' order by scene, major desc, minor desc
"""

VERSIONS = """
select id, major, minor, signer, published_at from scene_version where scene = %s and state = 'published'
order by major desc, minor desc
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


class SettingLine(msgspec.Struct, frozen=True):
    """One setting of a scene as it is at the unit. value: in force; usual: the pack's own."""

    key: str
    title: str
    kind: str
    value: bool | int | float | str
    usual: bool | int | float | str
    options: tuple[str, ...] = ()
    hint: str = ""


class PostLine(msgspec.Struct, frozen=True):
    """One post of a scene. may_give: the acting role may give it; holders: how many hold it at the acting unit."""

    key: str
    title: str
    may_give: bool
    holders: int


class VersionLine(msgspec.Struct, frozen=True):
    """One published version. is_used: in use at the acting unit."""

    version_id: UUID
    number: str
    signer: str
    published_at: datetime | None
    is_used: bool


class SceneView(msgspec.Struct, frozen=True):
    """One scene as the acting unit has it. used: number in use, '' when it is off; above: switched on by the unit above;
    parts: folder -> names of the newest version, or of the one in use."""

    scene: str
    title: str
    about: str
    readme: str
    used: str
    used_id: UUID | None
    above: bool
    may_manage: bool
    settings: list[SettingLine]
    posts: list[PostLine]
    parts: dict[str, list[str]]
    versions: list[VersionLine]


@source(title="查看场景", roles=scopes.STAFF_ROLES, reach=API)
def scene(*, scene: str) -> SceneView:
    """One scene of the catalogue with its versions, settings and posts at the acting unit. Raises NotFound."""
    scope = scopes.current()
    held = versions.all_in_use(scope.unit_no).get(scene)
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, [scene])
        rows = cursor.fetchall()
        cursor.execute(
            "select post, count(*) from scene_post where unit_no = %s and scene = %s group by 1",
            [scope.unit_no, scene],
        )
        holders = dict(cursor.fetchall())
    if not rows:
        raise NotFound(_("没有这个场景"), fix=_("请从场景目录里选"))
    pack = held.pack if held else versions.pack_of(rows[0][0])
    used_id = held.version_id if held else None
    return SceneView(
        scene, pack.head.title, pack.head.about, pack.files.get(README, ""), held.pack.head.version if held else "",
        used_id, bool(held and held.unit_no != scope.unit_no), scope.role in MANAGERS,
        [
            SettingLine(
                key, one.title, one.kind, held.settings[key] if held else one.value, one.value, one.options, one.hint
            )
            for key, one in pack.head.settings.items()
        ],
        [
            PostLine(key, one.title, scope.role in one.given_by, holders.get(key, 0))
            for key, one in pack.roles.posts.items()
        ],
        {folder: sorted(told) for folder, told in pack.parts.items() if told},
        [
            VersionLine(version_id, f"{major}.{minor}", signer, at, version_id == used_id)
            for version_id, major, minor, signer, at in rows
        ],
    )  # fmt: skip


@source(title="预看场景升级", roles=MANAGERS, reach=API)
def upgrade_preview(*, version_id: UUID) -> Preview:
    """What switching the acting unit to a published version changes, what stays, and why it cannot be. Raises NotFound."""
    after = versions.pack_of(version_id)
    held = versions.all_in_use(scopes.current().unit_no).get(after.head.id)
    return upgrading.preview(held.pack if held else None, after)


@source(title="场景版本的内容", roles=MANAGERS, reach=API)
def version_digest(*, scene: str, number: str) -> str:
    """SHA-256 over the files of the version of a scene under a number (``1.0``), '' where the base has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select digest from scene_version where scene = %s and major || '.' || minor = %s"
            " and state in ('published', 'retired')",
            [scene, number],
        )
        row = cursor.fetchone()
    return str(row[0]) if row else ""


class SignerLine(msgspec.Struct, frozen=True):
    """A key whose packs are taken in, or were."""

    name: str
    public_key: str
    is_trusted: bool
    added_at: datetime


@source(title="场景签名人", roles=MANAGERS, reach=API)
def signer_list() -> list[SignerLine]:
    """Every signer that was ever told, by name."""
    with connection.cursor() as cursor:
        cursor.execute("select name, public_key, is_trusted, added_at from scene_signer order by name")
        return [SignerLine(*row) for row in cursor.fetchall()]


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
