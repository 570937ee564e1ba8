"""Blocks: what the pages of a pack are made of; each kind is offered by the room that has the answer.

blocks.offer("table", BlockKind(ask=ask_table, template="data/blocks/_table.html", check=check_table))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

from jizuo.ground.errors import Problem
from jizuo.ground.packs.parts import Pack
from jizuo.ground.packs.shapes import Block, BlockPage, Use
from jizuo.ground.packs.versions import Installed


def word_of(title: str, english: str) -> str:
    """A pack's title in the language in force."""
    return title if (get_language() or "zh").startswith("zh") else english or title


@dataclass(frozen=True, slots=True)
class PageAsk:
    """One block of a page as it is asked for. use: the reader's rights; name: of the page; place: of the block on it, from
    0; address: of this block alone, without a query, '' on a screen; home: of the scene, ending in a slash; query: what
    the address asks of this block (empty when it asks something of another); is_screen: shown to a whole class."""

    installed: Installed
    use: Use
    name: str
    page: BlockPage
    place: int
    address: str = ""
    home: str = ""
    query: Any = field(default_factory=dict)
    is_screen: bool = False

    @property
    def scene(self) -> str:
        return self.installed.scene

    @property
    def pack(self) -> Pack:
        return self.installed.pack

    def to(self, page: str, query: str = "") -> str:
        """The address of another page of the scene, '' where there is none for the reader."""
        if self.is_screen or page not in self.use.pages:
            return ""
        return f"{self.home}{page}{query and '?'}{query}"


#: (block, as asked) -> context of the template, None to leave the block out. Inside the page's door.
Ask = Callable[[Block, PageAsk], Mapping[str, Any] | None]
#: (pack, block, the page it stands on, where it stands) -> what is wrong.
Check = Callable[[Pack, Block, BlockPage, str], list[Problem]]


@dataclass(frozen=True, slots=True)
class Done:
    """What a POST to a block did: in words, and the query of the page to go on with."""

    words: str
    query: str = ""


#: (block, as asked, what was posted, a QueryDict) -> what was done. Inside an action's door.
Act = Callable[[Block, PageAsk, Any], Done]
#: (block, as asked) -> name and bytes of a workbook. Inside the page's door.
File = Callable[[Block, PageAsk], tuple[str, bytes]]
#: (pack, block) -> context of the template with invented values, for who draws the page.
Sample = Callable[[Pack, Block], Mapping[str, Any]]


def nothing_wrong(pack: Pack, block: Block, page: BlockPage, where: str) -> list[Problem]:
    """The check of a kind that cannot be wrong."""
    return []


@dataclass(frozen=True, slots=True)
class BlockKind:
    """A kind of block. words: the keys of `shapes.Block` it reads beside kind, title, english, empty and slow; another is
    an error. reads: what it costs, in reads; is_slow: always loads by itself after the page. act: what a POST to the block
    does; file: what ``?file`` gives. on_screen: it may stand on the screen of a classroom. Its template gets the context of
    `ask` with `title`, `part_id` and `address` beside it and extends nothing."""

    ask: Ask
    template: str
    words: frozenset[str]
    check: Check = nothing_wrong
    reads: int = 3
    is_slow: bool = False
    act: Act | None = None
    file: File | None = None
    sample: Sample | None = None
    on_screen: bool = False


_kinds: dict[str, BlockKind] = {}


def offer(kind: str, told: BlockKind) -> None:
    """Add a kind; called on a room's plate. Two of one name raise."""
    if _kinds.setdefault(kind, told) != told:
        raise ValueError(f"two rooms offer blocks of kind {kind!r}")


def all_kinds() -> Mapping[str, BlockKind]:
    """Every kind by name."""
    return _kinds
