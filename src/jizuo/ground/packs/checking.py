"""What is wrong with a pack: each room's check over its own part, and what concerns all of them.

The command, the studio and installing use the same check.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from jizuo.ground import doors
from jizuo.ground import scope as scopes
from jizuo.ground.errors import Problem
from jizuo.ground.packs import parts
from jizuo.ground.packs.parts import README, ROLES, Pack
from jizuo.ground.packs.reading import read
from jizuo.ground.packs.shapes import Use

MOST_PROBLEMS = 200


def check(pack: Pack) -> list[Problem]:
    """Everything that keeps a pack from being published, in the order of its parts."""
    found: list[Problem] = []
    if not pack.files.get(README, "").strip():
        found.append(Problem(README, _("没有说明"), _("写清谁用、变了什么，一页就够")))
    found += role_problems(pack)
    for part in parts.all_parts().values():
        if part.check is not None:
            found += part.check(pack)
    return list(dict.fromkeys(found))[:MOST_PROBLEMS]


def check_files(files: Mapping[str, str]) -> tuple[Pack | None, list[Problem]]:
    """A pack from its files with everything that is wrong; None when it cannot be read at all."""
    told = read(files)
    found = list(told.problems)
    if told.pack is not None:
        found += check(told.pack)
    return told.pack, list(dict.fromkeys(found))[:MOST_PROBLEMS]


def role_problems(pack: Pack) -> list[Problem]:
    """Roles, posts and doors that are not there, and rights on what is not the pack's own."""
    found: list[Problem] = []
    for role, use in pack.roles.roles.items():
        where = f"{ROLES}: roles.{role}"
        if role not in scopes.ROLES:
            found.append(
                Problem(where, _("没有这个身份：%(role)s") % {"role": role}, near(role, scopes.ROLES))
            )
        found += use_problems(pack, where, use)
    for key, post in pack.roles.posts.items():
        where = f"{ROLES}: posts.{key}"
        strange = [role for role in post.given_by if role not in scopes.STAFF_ROLES]
        if strange or not post.given_by:
            found.append(
                Problem(f"{where}.given_by", _("岗位要由教职工身份来给"), near(strange[0] if strange else "", scopes.STAFF_ROLES))
            )  # fmt: skip
        found += use_problems(pack, f"{where}.use", post.use)
    known = doors.all_doors()
    for name in pack.roles.doors:
        if name not in known or not known[name].for_scenes:
            offered = [one for one, door in known.items() if door.for_scenes]
            found.append(
                Problem(
                    f"{ROLES}: doors",
                    _("场景不能用这个门：%(door)s") % {"door": name[:60]},
                    near(name, offered),
                )
            )
    return found


def use_problems(pack: Pack, where: str, use: Use) -> list[Problem]:
    """What one role or post is given that the pack does not have."""
    found = []
    standards, forms, pages = pack.part("standards"), pack.part("forms"), pack.part("pages")
    for word, names, known in (
        ("start", use.start, forms), ("read", use.read, standards), ("write", use.write, standards),
        ("open", use.open, standards), ("pages", use.pages, pages),
    ):  # fmt: skip
        for name in names:
            if name not in known:
                found.append(
                    Problem(
                        f"{where}.{word}", _("包里没有：%(name)s") % {"name": name[:60]}, near(name, known)
                    )
                )
    return found


def near(word: str, known: Iterable[str]) -> str:
    """How to mend a word that is not known: the one most like it, or all there are."""
    names = sorted(known)
    alike = difflib.get_close_matches(word, names, 1)
    if alike:
        return _("是不是 %(name)s？") % {"name": alike[0]}
    return _("可以用：%(words)s") % {"words": "、".join(names)[:200] or "—"}
