"""What scenes offer the acting role: what it may start, which pages it has, in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.ground.packs import reach, versions
from jizuo.ground.packs.blocks import word_of
from jizuo.ground.packs.blocks.asking import IN_MENU, forms_of, pages_of
from jizuo.ground.pages.parts import Tile
from jizuo.ground.pages.shell import to

#: How scenes are grouped, in order; another category comes after them.
CATEGORIES = ("学生", "教师", "教务", "后勤", "家校", "公开", "收数")
TONES = ("qing", "lan", "huang", "lv")
MOST_TILES = 8


@dataclass(frozen=True, slots=True)
class Offer:
    """A scene in use as the acting role finds it. start: (form, title); pages: (name, title)."""

    scene: str
    title: str
    about: str
    icon: str
    category: str
    start: tuple[tuple[str, str], ...]
    pages: tuple[tuple[str, str], ...]

    @property
    def href(self) -> str:
        """Its first page, '' where the role has none."""
        return to(f"s/{self.scene}/") if self.pages else ""


def offers() -> list[Offer]:
    """Every scene in use with something for the acting role, by category and title. Inside a door; one read at most."""
    scope = scopes.current()
    used = versions.all_in_use(scope.unit_no)
    posts = reach.posts_held() if any(one.pack.roles.posts for one in used.values()) else frozenset()
    found = []
    for scene, installed in used.items():
        use = reach.uses_of(installed, posts)
        pages = tuple(
            (name, word_of(page.title, page.english))
            for name, page in pages_of(installed, use).items()
            if page.place in IN_MENU
        )
        start = forms_of(installed, use)
        if pages or start:
            head = installed.pack.head
            found.append(
                Offer(
                    scene, word_of(head.title, head.english), word_of(head.about, head.about_english),
                    head.icon or head.title[:1], head.category, start, pages,
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (place_of(one.category), one.category, one.title))


def place_of(category: str) -> int:
    """The place of a category among the others."""
    return CATEGORIES.index(category) if category in CATEGORIES else len(CATEGORIES)


@source(title="可用的场景", roles=scopes.ROLES, reach=PAGE)
def scene_offers() -> list[Offer]:
    """Every scene in use with something for the acting role, by category and title."""
    return offers()


def tiles(found: Sequence[Offer]) -> list[Tile]:
    """What the role may start, then the scenes it only looks at: for a start page."""
    told = []
    for place, one in enumerate(found):
        tone = TONES[place % len(TONES)]
        told += [
            Tile(one.icon, title, to(f"s/{one.scene}/new/{form}"), tone) for form, title in one.start[:1]
        ] or [Tile(one.icon, one.title, one.href, tone)]
    if len(told) > MOST_TILES:
        told = [*told[: MOST_TILES - 1], Tile("…", _("全部场景"), to("scenes"), "")]
    return told


@source(title="课堂大屏的场景页面", roles=[scopes.SCREEN], reach=PAGE)
def screen_pages() -> list[tuple[str, str, str]]:
    """(scene, page, title) of what the scenes in use show to a class."""
    found = []
    for scene, installed in versions.all_in_use(scopes.current().unit_no).items():
        use = reach.uses_of(installed)
        found += [
            (scene, name, word_of(page.title, page.english))
            for name, page in pages_of(installed, use).items()
        ]
    return found
