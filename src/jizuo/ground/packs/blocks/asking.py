"""A page of blocks answered: who may open it, each block asked of the room that has it, all in one door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action, source
from jizuo.ground.errors import NotFound
from jizuo.ground.packs import blocks, reach, versions
from jizuo.ground.packs.blocks import BlockKind, Done, PageAsk, word_of
from jizuo.ground.packs.shapes import Block, BlockPage, Use
from jizuo.ground.packs.versions import Installed
from jizuo.ground.pages.shell import to

#: Places from which a page is reached by itself.
IN_MENU = frozenset({"menu", "home"})
#: Reads that the blocks of a page may cost before the next ones load by themselves.
MOST_READS = 3
#: The word of an address that wants every block at once: for paper.
WHOLE = "print"


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block as it is drawn. context None: it loads by itself from `address`."""

    kind: str
    template: str
    place: int
    address: str
    title: str
    context: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class PageView:
    """A page of a scene. tabs: (name, title) of the pages beside it; start: (form, title) that the reader may begin."""

    scene: str
    scene_title: str
    name: str
    title: str
    about: str
    tabs: tuple[tuple[str, str], ...]
    start: tuple[tuple[str, str], ...]
    blocks: tuple[BlockView, ...]


def pages_of(installed: Installed, use: Use) -> dict[str, BlockPage]:
    """The pages of a scene that the reader may open, in the order of the role."""
    known = installed.pack.part("pages")
    return {name: known[name] for name in use.pages if name in known}


def forms_of(installed: Installed, use: Use) -> tuple[tuple[str, str], ...]:
    """(form, title) of what the reader may begin."""
    known = installed.pack.part("forms")
    return tuple(
        (name, word_of(known[name].title, known[name].english)) for name in use.start if name in known
    )


def home_of(scene: str) -> str:
    """The address of a scene, ending in a slash."""
    return to(f"s/{scene}/")


def opened(scene: str, page: str) -> tuple[Installed, Use, str, BlockPage]:
    """The page that is asked for, the first of the role when none is named. Raises NotFound."""
    scope = scopes.current()
    installed = versions.in_use(scene, scope.unit_no)
    use = reach.uses_of(installed)
    pages = pages_of(installed, use)
    name = page or next((one for one, told in pages.items() if told.place in IN_MENU), "")
    if name not in pages:
        raise NotFound(_("没有这个页面"), fix=_("请从场景里进入"))
    return installed, use, name, pages[name]


def asked(
    installed: Installed, use: Use, name: str, page: BlockPage, place: int, query: Mapping[str, Any]
) -> PageAsk:
    """What a block is told."""
    is_screen = scopes.current().role == scopes.SCREEN
    home = "" if is_screen else home_of(installed.scene)
    address = "" if is_screen else f"{home}{name}/{place}"
    return PageAsk(installed, use, name, page, place, address, home, query, is_screen)


def answer(block: Block, kind: BlockKind, told: PageAsk) -> Mapping[str, Any] | None:
    """What a block shows; the words of a refusal where something of it is not there (a table that is being built); None
    to leave it out."""
    try:
        found = kind.ask(block, told)
    except NotFound as error:
        if told.query:
            raise
        return {"refusal": str(error.detail), "fix": str(error.fix)}
    return found


def view_of(block: Block, kind: BlockKind, told: PageAsk, *, is_slow: bool = False) -> BlockView | None:
    """A block as it is drawn; None where there is nothing for the reader."""
    title = word_of(block.title, block.english)
    context = None if is_slow else answer(block, kind, told)
    if context is None and not is_slow:
        return None
    address = told.address
    if is_slow and told.query:
        address = f"{address}?{told.query.urlencode()}"
    return BlockView(block.kind, kind.template, told.place, address, title, context)


@source(title="场景页面", roles=scopes.ROLES | {scopes.SCREEN}, reach=PAGE)
def block_page(*, scene: str, page: str, place: int | None, query: Any) -> PageView:
    """A page of a scene with its blocks; slow ones come without their content. page: '' for the first of the role; place:
    of the block that `query` (a QueryDict) asks, None for every block; ``print`` in it: every block at once. Raises
    NotFound for what is not the role's."""
    installed, use, name, told = opened(scene, page)
    found = []
    is_whole = WHOLE in query or scopes.current().role == scopes.SCREEN
    spent = 0
    for at, block in enumerate(told.blocks):
        kind = blocks.all_kinds().get(block.kind)
        if kind is None:
            continue
        ask = asked(installed, use, name, told, at, query if place in (None, at) else {})
        is_slow = (
            not is_whole and at != place and (kind.is_slow or block.slow or spent + kind.reads > MOST_READS)
        )
        view = view_of(block, kind, ask, is_slow=is_slow)
        if view is not None:
            spent += 0 if is_slow else kind.reads
            found.append(view)
    beside = [(key, one) for key, one in pages_of(installed, use).items() if one.place in IN_MENU]
    return PageView(
        scene,
        word_of(installed.pack.head.title, installed.pack.head.english),
        name,
        word_of(told.title, told.english),
        told.about,
        tuple((key, word_of(one.title, one.english)) for key, one in beside),
        forms_of(installed, use),
        tuple(found),
    )


def block_at(scene: str, page: str, place: int) -> tuple[Installed, Use, BlockPage, Block, BlockKind]:
    """One block of a page that the reader may open. Raises NotFound."""
    installed, use, _name, told = opened(scene, page)
    if not page or not 0 <= place < len(told.blocks) or told.blocks[place].kind not in blocks.all_kinds():
        raise NotFound(_("没有这一块"), fix=_("请从页面里进入"))
    block = told.blocks[place]
    return installed, use, told, block, blocks.all_kinds()[block.kind]


@source(title="场景页面的一块", roles=scopes.ROLES, reach=PAGE)
def block_part(*, scene: str, page: str, place: int, query: Any) -> BlockView:
    """One block by itself. Raises NotFound."""
    installed, use, told, block, kind = block_at(scene, page, place)
    view = view_of(block, kind, asked(installed, use, page, told, place, query))
    if view is None:
        raise NotFound(_("没有这一块"))
    return view


@source(title="导出场景页面的一块", roles=scopes.ROLES, reach=PAGE)
def block_file(*, scene: str, page: str, place: int, query: Any) -> tuple[str, bytes]:
    """Name and bytes of the workbook of a block. Raises NotFound, BadInput, NotAllowed."""
    installed, use, told, block, kind = block_at(scene, page, place)
    if kind.file is None:
        raise NotFound(_("这一块没有文件"))
    return kind.file(block, asked(installed, use, page, told, place, query))


@action(title="在场景页面上办理", roles=scopes.ROLES, reach=PAGE)
def block_act(*, scene: str, page: str, place: int, posted: Any) -> Done:
    """What a block does with what was posted to it (a QueryDict). Raises NotFound, BadInput."""
    installed, use, told, block, kind = block_at(scene, page, place)
    if kind.act is None:
        raise NotFound(_("这一块不能办理"))
    return kind.act(block, asked(installed, use, page, told, place, {}), posted)
