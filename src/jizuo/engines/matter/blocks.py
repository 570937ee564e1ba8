"""Blocks of pages that this room draws: my matters of a flow with where they stand, and what waits for the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from jizuo.engines.matter import rules, verbs
from jizuo.engines.matter.lines import MatterLine
from jizuo.engines.matter.queries import matters, todos
from jizuo.engines.matter.shapes import Flow
from jizuo.ground.errors import Problem
from jizuo.ground.packs import blocks
from jizuo.ground.packs.blocks import BlockKind, PageAsk
from jizuo.ground.packs.checking import near
from jizuo.ground.packs.parts import Pack
from jizuo.ground.packs.shapes import Block, BlockPage
from jizuo.ground.pages.parts import Step
from jizuo.ground.pages.shell import to

MOST = 20


def ask_steps(block: Block, page: PageAsk) -> Mapping[str, Any]:
    """My newest matters of a flow, each with its way."""
    found = matters.matter_list(scene=page.scene, flow=block.flow, mine=True, limit=min(block.limit, MOST))
    flow: Flow | None = page.pack.part("flows").get(block.flow)
    return {"lines": [line_of(one, flow) for one in found.rows], "empty": block.empty}


def line_of(one: MatterLine, flow: Flow | None) -> dict[str, Any]:
    """A matter with its steps as a walk."""
    return {
        "one": one, "href": to(f"matters/{one.matter_id}"), "state": verbs.STATES[one.state], "tone": verbs.TONES[one.state],
        "steps": walk_of(flow, one) if flow and one.state in rules.LIVE else [],
    }  # fmt: skip


def walk_of(flow: Flow, one: MatterLine) -> list[Step]:
    """The human steps of a flow up to where a matter stands, and those ahead."""
    titles = [matters.title_of(step) for step in flow.steps if not step.auto]
    if one.step_title not in titles:
        return []
    stands = titles.index(one.step_title)
    now = "stuck" if one.is_late or one.state == rules.WAITING else "now"
    return [
        Step(title, now if place == stands else "done" if place < stands else "ahead")
        for place, title in enumerate(titles)
    ]


def sample_steps(pack: Pack, block: Block) -> Mapping[str, Any]:
    """A flow half way, for who draws the page."""
    flow: Flow | None = pack.part("flows").get(block.flow)
    titles = [step.title for step in flow.steps if not step.auto] if flow else []
    line = {
        "one": {"title": flow.title if flow else block.flow, "no": ""}, "href": "#",
        "state": verbs.STATES["open"], "tone": "qing",
        "steps": [Step(title, "now" if place == 0 else "ahead") for place, title in enumerate(titles)],
    }  # fmt: skip
    return {"lines": [line], "empty": ""}


def ask_todo(block: Block, page: PageAsk) -> Mapping[str, Any]:
    """What waits for the reader in this scene, of one flow where the block names it."""
    found = todos.todo(scene=page.scene, limit=100 if block.flow else min(block.limit, MOST))
    rows = [one for one in found.rows if not block.flow or one.flow == block.flow]
    return {
        "lines": [{"one": one, "href": to(f"matters/{one.matter_id}")} for one in rows[: min(block.limit, MOST)]],
        "empty": block.empty, "more": to(f"matters?scene={page.scene}"),
    }  # fmt: skip


def sample_todo(pack: Pack, block: Block) -> Mapping[str, Any]:
    """One thing that waits, for who draws the page."""
    flow: Flow | None = pack.part("flows").get(block.flow)
    step = next((step for step in flow.steps if not step.auto), None) if flow else None
    one = {
        "title": flow.title if flow else pack.head.title,
        "step_title": step.title if step else "",
        "is_late": False,
    }
    return {"lines": [{"one": one, "href": "#"}], "empty": "", "more": ""}


def check_flow(pack: Pack, block: Block, page: BlockPage, where: str) -> list[Problem]:
    """A flow that is not there; `steps` cannot do without one."""
    if block.flow in pack.part("flows") or (not block.flow and block.kind == "todo"):
        return []
    what = _("包里没有这个流程：%(name)s") % {"name": block.flow[:60]}
    return [Problem(f"{where}.flow", what, near(block.flow, pack.part("flows")))]


KINDS = {
    "steps": BlockKind(
        ask_steps, "matter/blocks/_steps.html", frozenset({"flow", "limit"}), check_flow, reads=2, sample=sample_steps
    ),
    "todo": BlockKind(
        ask_todo, "matter/blocks/_todo.html", frozenset({"flow", "limit"}), check_flow, reads=3, sample=sample_todo
    ),
}  # fmt: skip


def offer() -> None:
    """Offer both; called on the plate."""
    for kind, told in KINDS.items():
        blocks.offer(kind, told)
