"""The matter engine's plate."""

from __future__ import annotations

from jizuo.engines.matter import clock, parts, telling
from jizuo.engines.matter.actions import asking, matters
from jizuo.engines.matter.forms import actions as form_actions
from jizuo.engines.matter.forms import opening
from jizuo.engines.matter.forms import pages as form_pages
from jizuo.engines.matter.forms import parts as form_parts
from jizuo.engines.matter.items import parts as item_parts
from jizuo.engines.matter.queries import matters as matter_queries
from jizuo.engines.matter.queries import todos
from jizuo.ground import facts
from jizuo.ground.pages import shell
from jizuo.hubs.message import wording

DOORS = (
    form_actions, opening, matters, asking, matter_queries, todos, clock,
)  # fmt: skip

parts.offer()
form_parts.offer()
item_parts.offer()
wording.offer(telling.WORDS)
facts.on("MatterMoved", "matter.telling", telling.on_moved)
facts.on("MatterChildEnded", "matter.children", telling.on_child_ended)

PAGES = (*form_pages.PAGES,)
shell.offer(PAGES)
acting_urlpatterns = shell.routes(PAGES)
