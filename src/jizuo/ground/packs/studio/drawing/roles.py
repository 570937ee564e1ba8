"""Who may do what, by ticking: each role and each post against the tables, the forms and the pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground.packs.parts import ROLES
from jizuo.ground.packs.studio import plain, words
from jizuo.ground.packs.studio.drawing.sheets import (
    Asked,
    Editor,
    Row,
    Sheet,
    Told,
    Values,
    file_changes,
    many,
    put,
    text,
    ticked,
    with_held,
)
from jizuo.ground.packs.studio.plain import Changes, Files

_FAMILY = ("guardian", "pupil")
_GIVERS = ("clerk", "head", "homeroom_teacher", "district_steward", "district_admin")


def sheet(files: Files, name: str = "") -> Sheet:
    """The rights of a draft: the usual roles first, then the posts of the scene."""
    told = plain.told(files, ROLES)
    held = plain.mapped(told.get("roles"))
    rows = [
        Row(
            str(words.ROLES.get(role, role)), _asked(files, role, plain.mapped(held.get(role))), place,
            (f"{ROLES}: roles.{role}", f"{ROLES}: {role}"), is_fixed=True,
        )
        for place, role in enumerate(_roles(held))
    ]  # fmt: skip
    for key, post in plain.mapped(told.get("posts")).items():
        one = plain.mapped(post)
        asked = (
            Asked("title", _("岗位叫什么"), value=str(one.get("title", "")), is_must=True),
            Asked("given_by", _("谁可以把岗位交给人"), "checks", ticked(one.get("given_by")) or ("clerk", "head"),
                  tuple((role, words.ROLES[role]) for role in _GIVERS)),
            *_asked(files, f"post.{key}", plain.mapped(one.get("use"))),
        )  # fmt: skip
        marks = (f"{ROLES}: posts.{key}", f"{ROLES}: post.{key}")
        rows.append(Row(str(one.get("title") or key), asked, len(rows), marks, _("岗位")))
    new = (Asked("title", _("加一个岗位"), hint=_("如：裁判长。启用场景后由学校交给人")),)
    return Sheet(_("谁能做什么"), (), tuple(rows), new, _("每种身份"), _("加岗位"), (ROLES,))


def _roles(held: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys([*words.ROLES, *held]))


def _asked(files: Files, role: str, use: dict[str, Any]) -> tuple[Asked, ...]:
    read, write = plain.mapped(use.get("read")), plain.mapped(use.get("write"))
    asked: list[Asked] = []
    for dataset, title in plain.choices(files, "standards"):
        reaches = {
            key: word
            for key, word in words.REACHES.items()
            if (key != "child" or role == "guardian")
            and (role not in _FAMILY or key not in ("class", "unit"))
        }
        asked.append(
            Asked(f"read-{dataset}", _("看“%(title)s”") % {"title": title}, "select", str(read.get(dataset, "")),
                  with_held(reaches.items(), str(read.get(dataset, ""))))
        )  # fmt: skip
        if role not in _FAMILY or write.get(dataset):
            asked.append(
                Asked(f"write-{dataset}", _("直接改“%(title)s”") % {"title": title}, "select", str(write.get(dataset, "")),
                      with_held(words.WRITES.items(), str(write.get(dataset, ""))))
            )  # fmt: skip
    asked += [
        Asked("start", _("可以填哪些表单"), "checks", ticked(use.get("start")), tuple(plain.choices(files, "forms"))),
        Asked("pages", _("看到哪些页面"), "checks", ticked(use.get("pages")), tuple(plain.choices(files, "pages"))),
    ]  # fmt: skip
    if role not in _FAMILY:
        asked.append(
            Asked("manage", _("管全校的这些事（转交、结束、改设置）"), "check", bool(use.get("manage")))
        )
    return tuple(asked)


def write(files: Files, name: str, told: Told) -> Changes:
    """The file of rights as it came back."""
    rights = plain.told(files, ROLES)
    roles, posts = plain.mapped(rights.get("roles")), plain.mapped(rights.get("posts"))
    listed, keys = _roles(roles), list(posts)
    found: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    for origin, values in told.rows:
        if 0 <= origin < len(listed):
            use = _use(files, plain.mapped(roles.get(listed[origin])), values)
            if use or listed[origin] in roles:
                found[listed[origin]] = use
        elif origin >= 0:
            key = keys[origin - len(listed)]
            kept[key] = _post(files, plain.mapped(posts[key]), values)
        elif title := text(values, "title"):
            kept[plain.key_from(title, [*posts, *kept], "post")] = {
                "title": title, "given_by": ["clerk", "head"], "use": {},
            }  # fmt: skip
    order = [role for role in roles if role in found] + [role for role in found if role not in roles]
    rights["roles"] = {role: found[role] for role in order if found[role] or role in roles}
    put(rights, "posts", kept)
    return file_changes(files, ROLES, rights)


def _post(files: Files, post: dict[str, Any], values: Values) -> dict[str, Any]:
    found = dict(post)
    found["title"] = text(values, "title") or post.get("title", "")
    givers = many(values, "given_by")
    if givers and set(givers) != set(plain.listed(post.get("given_by")) or ("clerk", "head")):
        found["given_by"] = givers
    found["use"] = _use(files, plain.mapped(post.get("use")), values)
    return found


def _use(files: Files, use: dict[str, Any], values: Values) -> dict[str, Any]:
    found = dict(use)
    for word in ("start", "pages"):
        on = many(values, word)
        was = [one for one in map(str, plain.listed(use.get(word))) if one in on]
        put(found, word, [*was, *(one for one in on if one not in was)])
    for word in ("read", "write"):
        held = plain.mapped(use.get(word))
        for dataset in plain.names(files, "standards"):
            if f"{word}-{dataset}" in values:
                put(held, dataset, text(values, f"{word}-{dataset}"))
        put(found, word, held)
    if "manage" in values:
        put(found, "manage", bool(text(values, "manage")))
    return found


EDITOR = Editor("roles", sheet, write)
