"""The matter engine's plate."""

from __future__ import annotations

from jizuo.engines.matter import blocks, clock, parts, reminding, telling, tried, waiting
from jizuo.engines.matter.actions import asking, matters, undoing
from jizuo.engines.matter.forms import actions as form_actions
from jizuo.engines.matter.forms import keeping, opening, paper, printing, sheets
from jizuo.engines.matter.forms import pages as form_pages
from jizuo.engines.matter.forms import parts as form_parts
from jizuo.engines.matter.items import catalogue, numbers, papers
from jizuo.engines.matter.items import pages as item_pages
from jizuo.engines.matter.items import parts as item_parts
from jizuo.engines.matter.pages import PAGES as MATTER_PAGES
from jizuo.engines.matter.queries import colleagues, todos
from jizuo.engines.matter.queries import matters as matter_queries
from jizuo.ground import facts
from jizuo.ground.packs.studio import trying
from jizuo.ground.pages import shell
from jizuo.hubs.message import wording
from jizuo.hubs.organisation import todos as todos_at_start

DOORS = (
    form_actions, opening, paper, printing, sheets, matters, asking, undoing, matter_queries, todos, clock, colleagues, reminding,
    catalogue, numbers, papers,
)  # fmt: skip

parts.offer()
form_parts.offer()
keeping.offer()
item_parts.offer()
blocks.offer()
todos_at_start.offer("matter.waiting", waiting.told)
wording.offer(telling.WORDS)
trying.walk_by(tried.walk)
facts.on("MatterMoved", "matter.telling", telling.on_moved)
facts.on("MatterChildEnded", "matter.children", telling.on_child_ended)

PAGES = (*form_pages.PAGES, *MATTER_PAGES, *item_pages.PAGES)
shell.offer(PAGES)
acting_urlpatterns = shell.routes(PAGES)
