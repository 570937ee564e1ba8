"""Packs brought, installed, switched off; posts given."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit, catalogue_state, strength
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.packs import checking, parts, signing, versions
from jizuo.ground.packs.files import BadPack, checked
from jizuo.ground.packs.parts import Installing, Pack

#: Who switches scenes on and off for a unit, and who for all units below.
MANAGERS = frozenset(
    {scopes.HEAD, scopes.CLERK, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD, scopes.OPERATOR}
)
ABOVE = frozenset({scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD, scopes.OPERATOR})
DRAFT, REVIEW, PUBLISHED, RETIRED = "draft", "review", "published", "retired"


def read_files(files: dict[str, str]) -> Pack:
    """A pack from the files that came in. Raises BadInput with every problem."""
    try:
        kept = checked((path, text.encode()) for path, text in files.items())
    except BadPack as error:
        raise BadInput(_("场景包有误"), problems=error.problems) from None
    pack, problems = checking.check_files(kept)
    if pack is None or problems:
        raise BadInput(_("场景包有误"), problems=problems)
    return pack


def number_of(pack: Pack) -> tuple[int, int]:
    """Major and minor of a pack's own version."""
    major, _dot, minor = pack.head.version.partition(".")
    return int(major), int(minor)


@action(title="收下场景包", roles=ABOVE, reach=API)
def bring_pack(*, files: dict[str, str], signature: str = "") -> UUID:
    """Take a pack in, published as its signer or, from the command line on the machine itself, as one that ships; returns
    its version. The same content again is the same version. Raises BadInput with every problem, Conflict for other content
    under a number that is taken."""
    scope = scopes.current()
    pack = read_files(files)
    signer = ""
    if scope.account_id is not None:
        signer, problems = signing.problems_of(pack.files, signature)
        if problems:
            raise BadInput(_("场景包没有收下"), problems=problems)
    return keep_version(pack, signer=signer, by=scope.account_id)


def taken_words(pack: Pack) -> str:
    """That another content has a pack's number."""
    return _("“%(title)s”%(number)s 版已经有了，内容不同") % {
        "title": pack.head.title,
        "number": pack.head.version,
    }


def raise_words(pack: Pack) -> str:
    """What to do about it: the number to write."""
    major, minor = number_of(pack)
    return _("把 scene.yaml 里的 version 从 %(now)s 改成 %(next)s，再收一次；用着的单位换到新版，旧版上的事办完为止") % {
        "now": pack.head.version, "next": f"{major}.{minor + 1}",
    }  # fmt: skip


def keep_version(pack: Pack, *, signer: str = "", by: UUID | None = None) -> UUID:
    """The published version of a pack, made when it is not there. Inside a door. Raises Conflict."""
    major, minor = number_of(pack)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('scene:' || %s))", [pack.head.id])
        cursor.execute(
            "select id, digest, state from scene_version where scene = %s and major = %s and minor = %s",
            [pack.head.id, major, minor],
        )
        row = cursor.fetchone()
        if row is not None and row[2] in (PUBLISHED, RETIRED):
            if row[1] != pack.digest:
                raise Conflict(taken_words(pack), fix=raise_words(pack))
            return row[0]
        if row is not None:
            raise Conflict(_("这个场景还有一份草稿用着这个版本号"), fix=_("先发布或放弃草稿，或加大版本号"))
        version_id = new_id()
        values: list[Any] = [
            version_id, pack.head.id, major, minor, PUBLISHED, pack.head.title, Jsonb(dict(pack.files)), pack.digest,
            scopes.current().unit_no, signer, by, by,
        ]  # fmt: skip
        cursor.execute(
            "insert into scene_version (id, scene, major, minor, state, title, files, digest, unit_no, signer, notes,"
            " review_note, drafted_by, published_by, published_at)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', '', %s, %s, now())",
            values,
        )
    return version_id


@action(title="启用场景", roles=MANAGERS, reach=API)
def install_scene(
    *,
    version_id: UUID,
    is_for_below: bool = False,
    settings: dict[str, bool | int | float | str] = {},  # noqa: B006
) -> None:
    """Let the acting unit use a published version, with all units below it when said: its standards and code tables are
    settled, its tables asked of the builder, and it is there for everybody at the next click. A newer version of a scene in
    use takes its place: running matters stay on theirs. Raises NotFound, NotAllowed, BadInput (also for a change of a
    standard that would drop data)."""
    scope = scopes.current()
    if is_for_below and scope.role not in ABOVE:
        raise NotAllowed(_("只有区里能为下属单位启用"), fix=_("不选“下属单位也用”"))
    with connection.cursor() as cursor:
        cursor.execute(
            "select files::text, drafted_by from scene_version where id = %s and state = %s",
            [version_id, PUBLISHED],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个版本"), fix=_("请从场景目录里选"))
    pack = read_files(msgspec.json.decode(row[0]))
    checked_settings = settings_of(pack, settings)
    telling = Installing(pack, drafted_by=row[1], by=scope.account_id)
    for part in parts.all_parts().values():
        if part.install is not None:
            part.install(telling)
    values: list[Any] = [
        scope.unit_no, pack.head.id, version_id, is_for_below, Jsonb(checked_settings), scope.account_id,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into scene_use (unit_no, scene, version_id, state, is_for_below, settings, switched_by)"
            " values (%s, %s, %s, 'on', %s, %s, %s) on conflict (unit_no, scene) do update set state = 'on',"
            " version_id = excluded.version_id, is_for_below = excluded.is_for_below, settings = excluded.settings,"
            " switched_by = excluded.switched_by, switched_at = now()",
            values,
        )
    catalogue_state.raise_version()
    audit.note(f"{pack.head.id} {pack.head.version}")


def settings_of(pack: Pack, told: dict[str, Any]) -> dict[str, Any]:
    """The settings as kept. Raises BadInput for an unknown one or one of another kind."""
    problems = []
    kinds: dict[str, tuple[type, ...]] = {
        "number": (int, float), "text": (str,), "time": (str,), "yes_no": (bool,), "choice": (str,),
    }  # fmt: skip
    for key, value in told.items():
        known = pack.head.settings.get(key)
        if known is None:
            problems.append(Problem(key, _("没有这项设置"), checking.near(key, pack.head.settings)))
        elif not isinstance(value, kinds[known.kind]) or (known.kind == "number" and isinstance(value, bool)):
            problems.append(Problem(key, _("“%(title)s”填得不对") % {"title": known.title}, known.hint))
        elif known.kind == "choice" and value not in known.options:
            problems.append(Problem(key, _("请从选项里选"), "、".join(known.options)))
    if problems:
        raise BadInput(_("设置有误"), problems=problems)
    return dict(told)


@action(title="停用场景", roles=MANAGERS, reach=API)
def remove_scene(*, scene: str) -> None:
    """Let the acting unit use a scene no longer, also where the unit above switched it on. Rows and matters stay and are
    there again when it is switched on; they are handed out by the ordinary export. Raises NotFound."""
    scope = scopes.current()
    held = versions.in_use(scene, scope.unit_no)
    values: list[Any] = [scope.unit_no, scene, held.version_id, scope.account_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into scene_use (unit_no, scene, version_id, state, is_for_below, settings, switched_by)"
            " values (%s, %s, %s, 'off', false, '{}', %s) on conflict (unit_no, scene) do update set state = 'off',"
            " switched_by = excluded.switched_by, switched_at = now()",
            values,
        )
    catalogue_state.raise_version()
    audit.note(f"{scene} off")


@action(title="改场景设置", roles=MANAGERS, reach=API)
def set_scene(*, scene: str, settings: dict[str, bool | int | float | str]) -> None:
    """Change settings of a scene for the acting unit, from the next click on; those not named stay, and the version stays
    with whoever switched it on. Raises NotFound, BadInput."""
    scope = scopes.current()
    held = versions.in_use(scene, scope.unit_no)
    checked_settings = settings_of(held.pack, settings)
    values: list[Any] = [scope.unit_no, scene, held.version_id, Jsonb(checked_settings), scope.account_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into scene_use as u (unit_no, scene, version_id, state, is_for_below, settings, switched_by)"
            " values (%s, %s, %s, 'set', false, %s, %s) on conflict (unit_no, scene) do update set"
            " settings = u.settings || excluded.settings, switched_by = excluded.switched_by, switched_at = now()",
            values,
        )
    catalogue_state.raise_version()
    audit.note(f"{scene} {','.join(sorted(checked_settings))}")


@action(
    title="登记场景签名人", roles=[scopes.OPERATOR], reach=API, level=strength.needed(strength.For.ADMINISTER)
)
def add_signer(*, name: str, public_key: str, is_trusted: bool = True) -> None:
    """Take in packs that this key signs, or (`is_trusted` false) no more: what was brought stays. public_key: Ed25519, raw,
    64 hexadecimal digits. Raises BadInput, Conflict for a name that is known with another key."""
    scope = scopes.current()
    key = public_key.strip().lower()
    if not name.strip() or len(name) > 80 or not re.fullmatch(r"[0-9a-f]{64}", key):
        raise BadInput(
            _("签名人登记有误"),
            problems=[
                Problem("public_key", _("要写名称和 64 位十六进制公钥"), _("公钥由签名的单位当面或电话核对"))
            ],
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into scene_signer (name, public_key, is_trusted) values (%s, %s, %s)"
            " on conflict (name) do update set is_trusted = excluded.is_trusted"
            " where scene_signer.public_key = excluded.public_key returning name",
            [name.strip(), key, is_trusted],
        )
        if cursor.fetchone() is None:
            raise Conflict(
                _("“%(name)s”已登记了另一把公钥") % {"name": name.strip()},
                fix=_("换了钥匙请用新的名称登记，并停用旧的"),
            )
    audit.note(f"{name.strip()} {key[:12]} {'trusted' if is_trusted else 'not trusted'} by {scope.role}")


@action(title="给场景岗位", roles=scopes.STAFF_ROLES, reach=API)
def give_post(*, scene: str, post: str, person_id: UUID, is_given: bool = True) -> None:
    """Give a post of a scene to somebody of the acting unit, or take it back. Raises NotFound for a scene, post or person
    that is not there or that the acting role may not give."""
    scope = scopes.current()
    known = versions.in_use(scene, scope.unit_no).pack.roles.posts.get(post)
    if known is None or scope.role not in known.given_by:
        raise NotFound(_("没有这个岗位"), fix=_("请从场景的岗位里选"))
    catalogue_state.raise_version()
    with connection.cursor() as cursor:
        if not is_given:
            cursor.execute(
                "delete from scene_post where unit_no = %s and scene = %s and post = %s and person_id = %s",
                [scope.unit_no, scene, post, person_id],
            )
            return
        cursor.execute(
            "select 1 from affiliation where unit_no = %s and person_id = %s and role = 'staff' and end_on is null",
            [scope.unit_no, person_id],
        )
        if cursor.fetchone() is None:
            raise NotFound(_("本单位没有这个人"), fix=_("请从教职工里选"))
        cursor.execute(
            "insert into scene_post (id, unit_no, scene, post, person_id) values (%s, %s, %s, %s, %s)"
            " on conflict (unit_no, scene, post, person_id) do nothing",
            [new_id(), scope.unit_no, scene, post, person_id],
        )
