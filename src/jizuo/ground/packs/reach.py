"""How far the acting role reaches in a scene: its own rights and those of the posts its person holds, children included.

Who a guardian's children are just now, and which classes a role has, is answered by the room that knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.db import connection

from jizuo.ground import catalogue_state
from jizuo.ground import scope as scopes
from jizuo.ground.packs.shapes import Reach, Use
from jizuo.ground.packs.versions import Installed

_ORDER: Mapping[str, int] = {"mine": 0, "self": 1, "child": 2, "class": 3, "unit": 4}
_children: list[Callable[[], Sequence[UUID]]] = []
#: Units whose posts a process keeps at once: unit -> (state of the catalogue, person -> posts).
MOST_KEPT = 4096
_kept: dict[int, tuple[str, dict[UUID, frozenset[tuple[str, str]]]]] = {}


def know_children_by(reader: Callable[[], Sequence[UUID]]) -> None:
    """Name who answers which children the acting guardian may look at now; called once, on a hub's plate."""
    _children[:] = [reader]


def children() -> tuple[UUID, ...]:
    """The children of the acting guardian whose ties hold now. Inside a door; at most one read."""
    scope = scopes.current()
    if scope.role != scopes.GUARDIAN or not scope.child_ids or not _children:
        return ()
    return tuple(_children[0]())


def posts_held(unit_no: int | None = None) -> frozenset[tuple[str, str]]:
    """(scene, post) that the acting person holds at the unit; none for families. A process keeps the posts of a unit until
    the catalogue moves on, as it does when one is given. Inside a door; one read at most."""
    scope = scopes.current()
    if scope.person_id is None or scope.role in scopes.FAMILY_ROLES:
        return frozenset()
    return _posts(scope.unit_no if unit_no is None else unit_no).get(scope.person_id, frozenset())


def _posts(unit_no: int) -> Mapping[UUID, frozenset[tuple[str, str]]]:
    state, held = _kept.get(unit_no, ("", {}))
    if not state or state != catalogue_state.seen():
        found: dict[UUID, set[tuple[str, str]]] = {}
        with connection.cursor() as cursor:
            cursor.execute("select person_id, scene, post from scene_post where unit_no = %s", [unit_no])
            for person_id, scene, post in cursor.fetchall():
                found.setdefault(person_id, set()).add((scene, post))
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        held = {person_id: frozenset(posts) for person_id, posts in found.items()}
        _kept[unit_no] = (catalogue_state.seen(), held)
    return held


def uses_of(installed: Installed, posts: frozenset[tuple[str, str]] | None = None) -> Use:
    """What the acting role may do in a scene, its posts' rights added; the widest reach counts. posts: as of `posts_held`,
    when the caller has asked already."""
    scope = scopes.current()
    if scope.role == scopes.SCREEN:
        return screen_use(installed)
    roles = installed.pack.roles
    found = [roles.roles[scope.role]] if scope.role in roles.roles else []
    if roles.posts:
        held = posts_held() if posts is None else posts
        found += [one.use for key, one in roles.posts.items() if (installed.scene, key) in held]
    return merged(found)


def screen_use(installed: Installed) -> Use:
    """What a classroom screen shows: the pages that are made for it, and of their datasets the rows of its class."""
    pages = {name: page for name, page in installed.pack.part("pages").items() if page.place == "screen"}
    standards = installed.pack.part("standards")
    read: dict[str, Reach] = {}
    for name in (block.data for page in pages.values() for block in page.blocks):
        if name in standards and standards[name].klass:
            read[name] = "class"
        elif name in standards and not standards[name].subject:
            read[name] = "unit"
    return Use(read=read, pages=tuple(pages))


def merged(uses: Sequence[Use]) -> Use:
    """Several rights as one."""
    if len(uses) == 1:
        return uses[0]
    opened: dict[str, tuple[str, ...]] = {}
    for use in uses:
        for name, keys in use.open.items():
            opened[name] = tuple(dict.fromkeys((*opened.get(name, ()), *keys)))
    return Use(
        start=tuple(dict.fromkeys(name for use in uses for name in use.start)),
        read=_widest([use.read for use in uses]),
        write=_widest([use.write for use in uses]),
        open=opened,
        pages=tuple(dict.fromkeys(name for use in uses for name in use.pages)),
        manage=any(use.manage for use in uses),
    )


def _widest(told: Sequence[Mapping[str, Reach]]) -> dict[str, Reach]:
    found: dict[str, Reach] = {}
    for one in told:
        for name, how in one.items():
            if name not in found or _ORDER[how] > _ORDER[found[name]]:
                found[name] = how
    return found
