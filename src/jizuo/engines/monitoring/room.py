"""The monitoring engine's plate."""

from __future__ import annotations

from jizuo.engines.monitoring import actions, parts, queries, telling
from jizuo.engines.monitoring.pages import PAGES
from jizuo.ground import facts
from jizuo.ground.pages import shell
from jizuo.hubs.message import wording

DOORS = (actions, queries)

parts.offer()
wording.offer(telling.WORDS)
facts.on("SceneRowsWritten", "monitoring.look", actions.on_written)
facts.on("DatasetRefreshed", "monitoring.refreshed", actions.on_written)

shell.offer(PAGES)
acting_urlpatterns = shell.routes(PAGES)
