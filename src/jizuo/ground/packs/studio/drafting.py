"""Drafts of scenes: begun, copied, saved, brought as files, thrown away; and read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action, source
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.packs import files as pack_files
from jizuo.ground.packs import reading, upgrading, versions
from jizuo.ground.packs.files import BadPack
from jizuo.ground.packs.parts import HEAD
from jizuo.ground.packs.studio import beginning, copying, drafts, plain
from jizuo.ground.packs.studio.drafts import DRAFTERS, PUBLISHERS, Draft
from jizuo.ground.packs.upgrading import PackChange

LISTED = """
select v.id, v.scene, v.title, v.major, v.minor, v.state, v.drafted_at, v.drafted_by, v.reviewed_by is not null,
       v.review_note
from scene_version v where v.unit_no = %s and v.state in ('draft', 'review') order by v.drafted_at desc limit 200
"""
PAST = """
select id, major, minor, state, published_at from scene_version
where scene = %s and state in ('published', 'retired') order by major desc, minor desc limit 50
"""


class DraftLine(msgspec.Struct, frozen=True):
    """A draft of the acting unit. is_mine: the reader saved it last; is_passed: looked at and found good."""

    version_id: UUID
    scene: str
    title: str
    number: str
    state: str
    drafted_at: datetime
    is_mine: bool
    is_passed: bool
    review_note: str


class VersionChanges(msgspec.Struct, frozen=True):
    """One version and what it says otherwise than the one before it."""

    version_id: UUID
    number: str
    state: str
    published_at: datetime | None
    changes: list[PackChange]


@action(title="新做一个场景", roles=DRAFTERS, reach=API)
def start_scene(*, title: str, scene: str = "", filled_by: str = "", approved_by: str = "") -> UUID:
    """Begin a scene and return its draft. scene: its English name, made from the title when left out; filled_by, approved_by:
    as of `beginning`. Raises BadInput, Conflict for a name that is taken."""
    wanted = title.strip()
    if not wanted or len(wanted) > 40:
        raise BadInput(
            _("先给场景起个名字"), problems=[Problem("title", _("名字一到四十个字"), _("如：运动会报名"))]
        )
    if filled_by not in beginning.FILLERS or approved_by not in beginning.APPROVERS:
        raise BadInput(_("没有这种开头"), fix=_("请从列表里选"))
    name = scene.strip() or free_name(plain.key_from(wanted, (), "scene")[:24])
    _name_is_free(name)
    files = beginning.files_of(name, wanted, owner=_owner(), filled_by=filled_by, approved_by=approved_by)
    return _insert(name, files)


@action(title="照一个场景做自己的", roles=DRAFTERS, reach=API)
def copy_scene(*, version_id: UUID, title: str = "", scene: str = "") -> UUID:
    """Begin a scene as a copy of a published one under a name of its own, with datasets and code tables of its own; returns
    the draft. Raises NotFound, BadInput, Conflict."""
    pack = versions.pack_of(version_id)
    name = scene.strip() or free_name(pack.head.id[:24])
    _name_is_free(name)
    files = copying.renamed(pack.files, name, title.strip()[:80], owner=_owner())
    return _insert(name, files, copy_of=version_id)


@action(title="改出新版本", roles=DRAFTERS, reach=API)
def revise_scene(*, scene: str) -> UUID:
    """Go on with the draft of a scene that the acting unit made, or begin the one after its newest version; returns it.
    Raises NotFound for a scene of another."""
    unit_no = scopes.current().unit_no
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from scene_version where scene = %s and unit_no = %s and state in ('draft', 'review')",
            [scene, unit_no],
        )
        if (row := cursor.fetchone()) is not None:
            return row[0]
        cursor.execute(
            "select id, major, minor, files::text from scene_version where scene = %s and unit_no = %s"
            " and state = 'published' order by major desc, minor desc limit 1",
            [scene, unit_no],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("本单位没有做过这个场景"), fix=_("可以照它做一份自己的"))
    version_id, major, minor, text = row
    files = msgspec.json.decode(text)
    head = reading.of_yaml(files[HEAD])
    files[HEAD] = reading.to_yaml({**head, "version": f"{major}.{minor + 1}"})
    return _insert(scene, files, copy_of=version_id)


@action(title="保存场景草稿", roles=DRAFTERS, reach=API)
def save_scene_draft(*, version_id: UUID, changes: dict[str, str | None], seen: str) -> str:
    """Write files of a draft, or take them out (None); returns the print of what it is now. A text that is wrong is kept all
    the same: the checker says what to mend. Raises NotFound, BadInput for what no pack may hold, Conflict when another
    saved meanwhile or the draft is being reviewed."""
    draft = drafts.find(version_id, lock=True)
    files = dict(draft.files)
    for path, text in changes.items():
        if text is None:
            files.pop(path, None)
        else:
            files[path] = text
    return _store(draft, files, seen)


@action(title="放回场景文件", roles=DRAFTERS, reach=API)
def put_scene_files(*, version_id: UUID, files: dict[str, str], seen: str) -> str:
    """Let a draft be exactly these files; returns its print. The same files as before change nothing. Raises as
    `save_scene_draft`, and BadInput for files of another scene."""
    draft = drafts.find(version_id, lock=True)
    return _store(draft, files, seen)


@action(title="放弃场景草稿", roles=DRAFTERS, reach=API)
def drop_scene_draft(*, version_id: UUID) -> None:
    """Throw a draft away with its sample rows; what is published stays. Who saved it last may, and who publishes. Raises
    NotFound, NotAllowed."""
    scope = scopes.current()
    draft = drafts.find(version_id, lock=True)
    if draft.drafted_by != scope.account_id and scope.role not in PUBLISHERS:
        raise NotAllowed(_("这份草稿是别人的"), fix=_("请写的人自己放弃，或请教务员、校长来"))
    with connection.cursor() as cursor:
        cursor.execute("delete from scene_trial where version_id = %s", [version_id])
        cursor.execute("delete from scene_version where id = %s", [version_id])
    audit.note(f"{draft.scene} {draft.number} dropped")


@source(title="场景草稿", roles=DRAFTERS, reach=API)
def scene_drafts() -> list[DraftLine]:
    """Every draft of the acting unit, the newest first."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(LISTED, [scope.unit_no])
        rows = cursor.fetchall()
    return [
        DraftLine(
            version_id, scene, title, f"{major}.{minor}", state, at, by == scope.account_id, is_passed, note
        )
        for version_id, scene, title, major, minor, state, at, by, is_passed, note in rows
    ]


@source(title="本单位做的场景", roles=DRAFTERS, reach=API)
def own_scenes() -> list[str]:
    """Ids of the scenes that the acting unit published, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct scene from scene_version where unit_no = %s and state = 'published' order by scene",
            [scopes.current().unit_no],
        )
        return [scene for (scene,) in cursor.fetchall()]


@source(title="打开场景草稿", roles=DRAFTERS, reach=API)
def scene_draft(*, version_id: UUID) -> Draft:
    """One draft of the acting unit with its files. Raises NotFound."""
    return drafts.find(version_id)


@source(title="下载场景草稿", roles=DRAFTERS)
def draft_zip(*, version_id: UUID) -> bytes:
    """A draft as a zip, each file byte for byte as it was written. Raises NotFound."""
    draft = drafts.find(version_id)
    return pack_files.to_zip(draft.files, draft.scene)


@source(title="场景的各个版本", roles=DRAFTERS, reach=API)
def scene_history(*, version_id: UUID) -> list[VersionChanges]:
    """A draft, then the published versions of its scene, each with what it changes, newest first. Raises NotFound."""
    draft = drafts.find(version_id)
    with connection.cursor() as cursor:
        cursor.execute(PAST, [draft.scene])
        rows = cursor.fetchall()
    packs = [versions.pack_of(row[0]) for row in rows]
    own = reading.read(draft.files).pack
    found = []
    if own is not None:
        before = packs[0] if packs else None
        found.append(
            VersionChanges(version_id, draft.number, draft.state, None, upgrading.changes(before, own))
        )
    for place, (past_id, major, minor, state, at) in enumerate(rows):
        before = packs[place + 1] if place + 1 < len(packs) else None
        changes = upgrading.changes(before, packs[place])
        found.append(VersionChanges(past_id, f"{major}.{minor}", state, at, changes))
    return found


def free_name(wanted: str) -> str:
    """A scene's name that nobody took: the wanted one, or with a number behind it. Inside a door."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct scene from scene_version where scene = %s or scene like %s",
            [wanted, wanted.replace("_", r"\_") + r"\_%"],
        )
        taken = {scene for (scene,) in cursor.fetchall()}
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}_{number}", number + 1
    return found


def _owner() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select name from unit where unit_no = %s", [scopes.current().unit_no])
        row = cursor.fetchone()
    return row[0] if row else ""


def _name_is_free(name: str) -> None:
    if not reading.NAME.fullmatch(name) or len(name) > reading.LONGEST_ID:
        raise BadInput(
            _("英文名不合规"), problems=[Problem("scene", _("小写英文，最长三十个字母"), _("如 sports_day"))]
        )
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('scene:' || %s))", [name])
        cursor.execute("select 1 from scene_version where scene = %s limit 1", [name])
        is_taken = cursor.fetchone() is not None
    if is_taken:
        raise Conflict(_("这个英文名已有场景用了"), fix=_("换一个，或不填，由系统起名"))


def _insert(name: str, files: Mapping[str, str], *, copy_of: UUID | None = None) -> UUID:
    scope = scopes.current()
    version_id = new_id()
    pack = reading.read(files).pack
    if pack is None:
        raise BadInput(_("这个场景读不出来"), fix=_("请换一个版本"))
    major, _dot, minor = pack.head.version.partition(".")
    values: list[Any] = [
        version_id, name, int(major), int(minor), pack.head.title, Jsonb(dict(files)), pack.digest, scope.unit_no,
        copy_of, scope.account_id,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into scene_version (id, scene, major, minor, state, title, files, digest, unit_no, copy_of, signer,"
            " notes, review_note, drafted_by) values (%s, %s, %s, %s, 'draft', %s, %s, %s, %s, %s, '', '', '', %s)",
            values,
        )
    audit.note(f"{name} {pack.head.version}")
    return version_id


def _store(draft: Draft, files: Mapping[str, str], seen: str) -> str:
    if not draft.is_open:
        raise Conflict(_("正在等人审核，不能改"), fix=_("先撤回，再改"))
    if seen != draft.seen:
        raise Conflict(_("这份草稿刚被别人改过"), fix=_("请重新打开，看过再改"))
    try:
        kept = pack_files.checked((path, text.encode()) for path, text in files.items())
    except BadPack as error:
        raise BadInput(_("有文件不能收"), problems=error.problems) from None
    if HEAD not in kept:
        raise BadInput(_("scene.yaml 不能去掉"), fix=_("每个场景都要有它"))
    digest = pack_files.digest_of(kept)
    if digest == draft.seen:
        return digest
    head = plain.told(kept, HEAD)
    if head and str(head.get("id")) != draft.scene:
        raise BadInput(
            _("这不是“%(title)s”的文件") % {"title": draft.title},
            problems=[Problem(HEAD, _("id 应是 %(id)s") % {"id": draft.scene}, _("要换名字请另做一份"))],
        )
    number = re.fullmatch(r"([1-9]\d?)\.(\d{1,3})", str(head.get("version", "")))
    major, minor = (int(number[1]), int(number[2])) if number else (draft.major, draft.minor)
    if (major, minor) != (draft.major, draft.minor):
        _number_is_free(draft, major, minor)
    title = str(head.get("title") or draft.title)[:80]
    values: list[Any] = [
        Jsonb(kept), digest, title, major, minor, scopes.current().account_id, draft.version_id,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "update scene_version set files = %s, digest = %s, title = %s, major = %s, minor = %s, drafted_by = %s,"
            " drafted_at = now(), reviewed_by = null, reviewed_at = null where id = %s",
            values,
        )
    return digest


def _number_is_free(draft: Draft, major: int, minor: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from scene_version where scene = %s and major = %s and minor = %s and id <> %s",
            [draft.scene, major, minor, draft.version_id],
        )
        if cursor.fetchone() is not None:
            raise Conflict(_("已有 %(n)s 版") % {"n": f"{major}.{minor}"}, fix=_("把版本号加大"))
