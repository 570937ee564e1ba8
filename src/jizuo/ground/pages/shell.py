"""The shell around every page: what rooms offer, what a role sees of it, who is acting.

Rooms put `Page` values on their plates; the project hands them to `offer` once at start. A page stands at
``/as/<grant_no>/<path>``; `routes` gives the address patterns, each guarded by the page's roles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern
from django.urls import path as address_pattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.ground.doors import role_title
from jizuo.ground.errors import NotAllowed
from jizuo.ground.pages.parts import Action
from jizuo.ground.scope import Scope

THEME_COOKIE = "jizuo_theme"
MOST_IN_MENU = 12
ON_PHONE = 4

#: Named groups of the side, in order; "" leads without a heading.
GROUPS: dict[str, Any] = {
    "": "",
    "people": gettext_lazy("人与校"),
    "data": gettext_lazy("数据"),
    "scene": gettext_lazy("场景"),
    "base": gettext_lazy("底座"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page that a room offers.

    path: below ``/as/<grant_no>/``, may hold converters (``people/<uuid:person_id>``). view: takes the
    request and the path's own parts, not the grant number. title: shown in the menu. group: a key of
    `GROUPS`. roles: who sees and may open it. icon: one character, its mark on a phone. badge: a count for the reader
    or None for no badge; asked once a page, so it must be one cheap read. order: place in its group.
    in_menu False: reached from other pages only. on_phone: may stand in the phone's bar of four. holds: other
    paths whose pages belong to this entry. beside: path of a page from whose head the roles in beside_for reach this
    one, instead of from their menu; see `guests`.
    """

    path: str
    view: Callable[..., HttpResponseBase]
    title: Any
    roles: frozenset[str]
    group: str = ""
    icon: str = ""
    badge: Callable[[Scope], int | None] | None = None
    order: int = 50
    in_menu: bool = True
    on_phone: bool = True
    name: str = ""
    holds: tuple[str, ...] = ()
    beside: str = ""
    beside_for: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.path.startswith("/"):
            raise ValueError(f"a page's path is relative: {self.path!r}")
        if self.group not in GROUPS:
            raise ValueError(f"no group {self.group!r} for page {self.path!r}; one of {sorted(GROUPS)}")
        if unknown := self.roles - scopes.ROLES:
            raise ValueError(f"page {self.path!r} names unknown roles {sorted(unknown)}")
        if self.in_menu and "<" in self.path:
            raise ValueError(f"page {self.path!r} needs a value and cannot stand in a menu")


@dataclass(frozen=True, slots=True)
class Link:
    """A menu entry as drawn. count is None when there is nothing to say."""

    title: str
    href: str
    is_current: bool
    icon: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading. is_folded: shut until asked for, unless one stands in it."""

    title: str
    links: tuple[Link, ...]
    is_folded: bool = False

    @property
    def is_open(self) -> bool:
        """Whether a folded group is drawn open."""
        return any(link.is_current for link in self.links)


@dataclass(frozen=True, slots=True)
class Acting:
    """One role the signed-in person may act in: one line of the switcher. about: of a guardian, the children."""

    grant_no: int
    person: str
    unit: str
    role: str
    about: str = ""

    @property
    def role_name(self) -> str:
        """The role in words, with the children of a guardian."""
        title = role_title(self.role)
        return f"{title}（{self.about}）" if self.about else title

    @property
    def href(self) -> str:
        return f"/as/{self.grant_no}/"


Switcher = Callable[[HttpRequest], Sequence[Acting]]

_pages: dict[str, Page] = {}
_switcher: list[Switcher] = []


def offer(pages: Iterable[Page]) -> None:
    """Add a room's pages. Two pages at one path raise ValueError unless they are the same value."""
    for page in pages:
        if _pages.setdefault(page.path, page) != page:
            raise ValueError(f"two pages stand at {page.path!r}")


def offered() -> tuple[Page, ...]:
    """Every page offered so far, in the order of offering."""
    return tuple(_pages.values())


def is_open_to(role: str, path: str) -> bool:
    """Whether `role` may open the page at `path` (may carry a query), which has no part of its own in the address."""
    page = _pages.get(path.partition("?")[0])
    return page is not None and role in page.roles


def switch_by(source: Switcher) -> None:
    """Name the source of the roles a signed-in person may act in (identity does, once at start)."""
    _switcher[:] = [source]


def here(grant_no: int, path: str) -> str:
    """The address of `path` (may carry a query) in the acting role."""
    return f"/as/{grant_no}/{path.lstrip('/')}"


def to(path: str = "") -> str:
    """The address of `path` in the role in force; its start page without one."""
    return here(scopes.current().grant_no or 0, path)


def guarded(page: Page) -> Callable[..., HttpResponseBase]:
    """The page's view behind its roles; the grant number of the address is not handed on."""

    @wraps(page.view)
    def view(request: HttpRequest, grant_no: int, **rest: Any) -> HttpResponseBase:
        scope = scopes.current_or_none()
        if scope is None or scope.grant_no != grant_no or scope.role not in page.roles:
            raise NotAllowed(
                _("您当前的身份看不到“%(title)s”") % {"title": page.title},
                fix=_("换一个身份，或请本单位管理员开通"),
            )
        return page.view(request, **rest)

    return view


def routes(pages: Iterable[Page]) -> list[URLPattern]:
    """Address patterns of a plate's pages, relative to ``as/<int:grant_no>/``, each guarded by its roles."""
    return [address_pattern(page.path, guarded(page), name=page.name or None) for page in pages]


def _menu(role: str) -> list[Page]:
    seen = [page for page in offered() if page.in_menu and role in page.roles and role not in page.beside_for]
    return sorted(seen, key=lambda page: (list(GROUPS).index(page.group), page.order))


def guests(role: str, path: str) -> list[Page]:
    """The pages that `role` reaches from the head of the page at `path`, in order."""
    found = [page for page in offered() if page.beside == path and role in page.beside_for & page.roles]
    return sorted(found, key=lambda page: page.order)


def guest_actions(path: str) -> list[Action]:
    """`guests` of the acting role as buttons of a page's head."""
    scope = scopes.current()
    return [
        Action(page.title, href=here(scope.grant_no or 0, page.path)) for page in guests(scope.role, path)
    ]


def current_page(scope: Scope, address: str) -> Page | None:
    """The menu page that `address` belongs to: the longest path, its own or one it holds, that it equals or lies
    below."""
    rest = address.removeprefix(f"/as/{scope.grant_no}/").strip("/")
    places = [
        (path.strip("/"), page)
        for page in _menu(scope.role)
        for path in (page.path, *page.holds, *(one.path for one in guests(scope.role, page.path)))
    ]
    near = [(own, page) for own, page in places if rest == own or (own and rest.startswith(own + "/"))]
    return max(near, key=lambda place: len(place[0]))[1] if near else None


def navigation(scope: Scope, address: str = "") -> tuple[Group, ...]:
    """The side of one role: groups that hold something, entries in order, badges asked once.

    address: the present path, to mark the entry one stands in. The first `MOST_IN_MENU` entries stand open; those
    beyond are folded into a last group, whose badges are not asked for.
    """
    now = current_page(scope, address)
    groups: dict[str, list[Link]] = {}
    folded: list[Link] = []
    for place, page in enumerate(_menu(scope.role)):
        is_shown = place < MOST_IN_MENU
        count = page.badge(scope) if page.badge and is_shown else None
        link = Link(
            str(page.title), here(scope.grant_no or 0, page.path), page is now, page.icon, count or None
        )
        (groups.setdefault(page.group, []) if is_shown else folded).append(link)
    open_groups = tuple(Group(str(GROUPS[key]), tuple(links)) for key, links in groups.items())
    return (*open_groups, Group(_("更多"), tuple(folded), is_folded=True)) if folded else open_groups


class Shell:
    """What base.html draws; worked out only when it does, so a partial answer costs no menu."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.scope: Scope | None = getattr(request, "scope", None)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        return navigation(self.scope, self.request.path) if self.scope else ()

    @cached_property
    def bar(self) -> tuple[Link, ...]:
        """At most four entries for a phone."""
        links = {link.href: link for group in self.groups for link in group.links}
        if self.scope is None:
            return ()
        chosen = [
            links.get(here(self.scope.grant_no or 0, page.path))
            for page in _menu(self.scope.role)
            if page.on_phone
        ]
        return tuple(link for link in chosen if link)[:ON_PHONE]

    @cached_property
    def more(self) -> tuple[Link, ...]:
        """Entries that do not fit the phone's bar; the role menu lists them there."""
        return tuple(link for group in self.groups for link in group.links if link not in self.bar)

    @cached_property
    def acting(self) -> tuple[Acting, ...]:
        return tuple(_switcher[0](self.request)) if _switcher else ()

    @property
    def me(self) -> Acting | None:
        """The role in force, with the person's name."""
        if self.scope is None:
            return None
        for acting in self.acting:
            if acting.grant_no == self.scope.grant_no:
                return acting
        unit = getattr(self.request, "unit_short_name", "") or getattr(self.request, "unit_name", "")
        return Acting(self.scope.grant_no or 0, "", unit, self.scope.role)

    @property
    def search_href(self) -> str:
        """Where the search field leads; empty when this role has no search."""
        page = _pages.get("search")
        if self.scope is None or page is None or self.scope.role not in page.roles:
            return ""
        return here(self.scope.grant_no or 0, page.path)

    @property
    def home_href(self) -> str:
        return here(self.scope.grant_no or 0, "") if self.scope else "/"

    @property
    def theme(self) -> str:
        """light, dark, or empty to follow the device."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in ("light", "dark") else ""

    @property
    def words(self) -> dict[str, str]:
        """The few words that scripts show."""
        return {
            "close": _("关闭"),
            "refused": _("当前身份不能这样做。换一个身份，或请本单位管理员开通。"),
            "gone": _("没有找到：可能已被移走，或不在您的范围内。"),
            "failed": _("没能取到内容（%(status)s）。您填写的还在，请稍后再试。"),
            "offline": _("网络断开了。您填写的还在，连上后再试。"),
            "slow": _("等了太久还没有回音。请稍后再试。"),
            "heavy": _("「%(name)s」超过 %(most)s MB，没有收下。请拆成几个文件，或删去其中的图片。"),
            "shrinking": _("正在把图片变小，请稍等"),
            "one_file": _("这里一次只收一个文件。"),
            "column": _("第 %(n)s 列"),
            "pasted": _("读到 %(rows)s 行、%(columns)s 列，可直接在格内改"),
        }


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` for base.html, `scope` of the acting role (None when signed out)."""
    shell = Shell(request)
    return {"shell": shell, "scope": shell.scope}
