"""Who holds a post of a scene, and who could."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.ground.packs import versions
from jizuo.ground.packs.blocks import word_of
from jizuo.ground.packs.queries import post_holders

MOST = 30
STAFF = """
select distinct on (a.person_id) a.person_id, a.name from affiliation a
where a.unit_no = %(unit)s and a.role = 'staff' and a.end_on is null
  and (a.person_id = any(%(held)s) or (%(text)s <> '' and position(%(text)s in a.name) > 0))
order by a.person_id limit %(most)s
"""


class PostPerson(msgspec.Struct, frozen=True):
    """A member of staff. is_held: holds the post."""

    person_id: UUID
    name: str
    is_held: bool


class PostView(msgspec.Struct, frozen=True):
    """A post of a scene at the acting unit: who holds it, and who answers to the text. may_give: the acting role may give
    it."""

    scene_title: str
    title: str
    may_give: bool
    people: list[PostPerson]


@source(title="谁在场景岗位上", roles=scopes.STAFF_ROLES, reach=PAGE)
def post_people(*, scene: str, post: str, text: str = "") -> PostView:
    """The holders of a post and the staff whose name holds `text`. Raises NotFound."""
    scope = scopes.current()
    pack = versions.in_use(scene, scope.unit_no).pack
    known = pack.roles.posts.get(post)
    if known is None:
        raise NotFound(_("没有这个岗位"))
    held = set(post_holders(scene=scene, post=post))
    given: dict[str, Any] = {
        "unit": scope.unit_no,
        "held": list(held),
        "text": text.strip()[:50],
        "most": MOST + len(held),
    }
    with connection.cursor() as cursor:
        cursor.execute(STAFF, given)
        people = [PostPerson(person_id, name, person_id in held) for person_id, name in cursor.fetchall()]
    return PostView(
        word_of(pack.head.title, pack.head.english), word_of(known.title, known.english), scope.role in known.given_by,
        sorted(people, key=lambda one: (not one.is_held, one.name)),
    )  # fmt: skip
