"""The pages of a pack as a part: checked kind by kind, shown with invented values; the blocks that need no data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from jizuo.ground.errors import Problem
from jizuo.ground.packs import blocks, parts
from jizuo.ground.packs.blocks import BlockKind, PageAsk, word_of
from jizuo.ground.packs.blocks.words import html
from jizuo.ground.packs.checking import near
from jizuo.ground.packs.parts import Pack, Part
from jizuo.ground.packs.shapes import Block, BlockPage

MOST_BLOCKS = 12
EVERY = frozenset({"kind", "title", "english", "empty", "slow"})


def check(pack: Pack) -> list[Problem]:
    """What is wrong with the pages of a pack."""
    found: list[Problem] = []
    given = {name for use in pack.roles.roles.values() for name in use.pages}
    given |= {name for post in pack.roles.posts.values() for name in post.use.pages}
    for name, page in pack.part("pages").items():
        where = f"pages/{name}.yaml"
        if not 1 <= len(page.blocks) <= MOST_BLOCKS:
            found.append(
                Problem(f"{where}: blocks", _("一页 1 到 %(n)s 块") % {"n": MOST_BLOCKS}, _("分成几页"))
            )
        if name not in given and page.place not in ("screen", "public"):
            found.append(
                Problem(where, _("没有身份能打开这一页"), _("在 roles.yaml 给某个身份的 pages 里写上 %(name)s") % {"name": name})
            )  # fmt: skip
        for place, block in enumerate(page.blocks):
            found += block_problems(pack, block, page, f"{where}: blocks[{place}]")
    return found


def block_problems(pack: Pack, block: Block, page: BlockPage, where: str) -> list[Problem]:
    """What is wrong with one block: its kind, words it does not know, and what its kind says."""
    kind = blocks.all_kinds().get(block.kind)
    if kind is None:
        what = _("没有这种块：%(kind)s") % {"kind": block.kind[:40]}
        return [Problem(f"{where}.kind", what, near(block.kind, blocks.all_kinds()))]
    usual = Block(kind=block.kind)
    said = [
        one for one in msgspec.structs.fields(Block) if getattr(block, one.name) != getattr(usual, one.name)
    ]
    strange = [one.name for one in said if one.name not in EVERY | kind.words]
    found = [
        Problem(
            f"{where}.{word}", _("%(kind)s 用不到 %(word)s") % {"kind": block.kind, "word": word}, _("去掉它")
        )
        for word in strange
    ]
    if page.place == "screen" and not kind.on_screen:
        what = _("%(kind)s 不能放在课堂大屏上") % {"kind": block.kind}
        usable = "、".join(sorted(name for name, one in blocks.all_kinds().items() if one.on_screen))
        found.append(Problem(f"{where}.kind", what, _("大屏可以放：%(words)s") % {"words": usable}))
    return found + kind.check(pack, block, page, where)


def preview(pack: Pack, name: str, role: str) -> str:
    """A page with invented values as HTML; '' for a page the pack does not have or the role may not open."""
    page = pack.part("pages").get(name)
    use = pack.roles.roles.get(role)
    if page is None or (role and (use is None or name not in use.pages)):
        return ""
    shown = []
    for place, block in enumerate(page.blocks):
        kind = blocks.all_kinds().get(block.kind)
        if kind is None or kind.sample is None:
            continue
        told: dict[str, Any] = {"part_id": f"b-{place}", "title": word_of(block.title, block.english)}
        shown.append(render_to_string(kind.template, told | dict(kind.sample(pack, block))))
    return "\n".join(shown)


def ask_text(block: Block, page: PageAsk) -> Mapping[str, Any]:
    """Words of the pack itself."""
    return {"html": html(word_of(block.text, block.text_english))}


def sample_text(pack: Pack, block: Block) -> Mapping[str, Any]:
    """The words as they are."""
    return {"html": html(word_of(block.text, block.text_english))}


def check_text(pack: Pack, block: Block, page: BlockPage, where: str) -> list[Problem]:
    """Words that are missing or too many."""
    if not block.text.strip():
        return [Problem(f"{where}.text", _("没有写文字"), _("写一段说明，或去掉这一块"))]
    if len(block.text) > 4000:
        return [Problem(f"{where}.text", _("文字太长"), _("最多 4000 字"))]
    return []


def ask_form(block: Block, page: PageAsk) -> Mapping[str, Any] | None:
    """Where a form begins; nothing for a reader who may not begin it."""
    if block.form not in page.use.start:
        return None
    form = page.pack.part("forms")[block.form]
    title = word_of(block.title, block.english) if block.title else word_of(form.title, form.english)
    return {"title": title, "href": f"{page.home}new/{block.form}", "icon": page.pack.head.icon or title[:1]}


def sample_form(pack: Pack, block: Block) -> Mapping[str, Any]:
    """The start of a form that leads nowhere."""
    form = pack.part("forms").get(block.form)
    title = form.title if form is not None else block.form
    return {"title": title, "href": "#", "icon": pack.head.icon or title[:1]}


def check_form(pack: Pack, block: Block, page: BlockPage, where: str) -> list[Problem]:
    """A form that is not there."""
    if block.form in pack.part("forms"):
        return []
    what = _("包里没有表单：%(name)s") % {"name": block.form[:60]}
    return [Problem(f"{where}.form", what, near(block.form, pack.part("forms")))]


KINDS = {
    "text": BlockKind(
        ask_text, "ground/blocks/_text.html", frozenset({"text", "text_english"}), check_text,
        reads=0, sample=sample_text, on_screen=True,
    ),
    "form": BlockKind(ask_form, "ground/blocks/_form.html", frozenset({"form"}), check_form, reads=0, sample=sample_form),
}  # fmt: skip


def offer() -> None:
    """Offer the part and the kinds that need no data; called on the plate."""
    parts.offer(Part("pages", "页面", BlockPage, check=check, preview=preview, order=70))
    for name, kind in KINDS.items():
        blocks.offer(name, kind)
