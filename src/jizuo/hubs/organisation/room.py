"""The organisation hub's plate."""

from __future__ import annotations

from uuid import UUID

from jizuo.ground import facts
from jizuo.ground.pages import shell
from jizuo.hubs.data import importers as walk
from jizuo.hubs.organisation import mends, people
from jizuo.hubs.organisation.actions import counting
from jizuo.hubs.organisation.actions import people as people_actions
from jizuo.hubs.organisation.actions import units as unit_actions
from jizuo.hubs.organisation.importers import oneroster, workbooks
from jizuo.hubs.organisation.pages import district, start
from jizuo.hubs.organisation.pages import family as family_pages
from jizuo.hubs.organisation.pages import people as people_pages
from jizuo.hubs.organisation.queries import family, homeroom, numbers
from jizuo.hubs.organisation.queries import people as people_queries
from jizuo.hubs.organisation.queries import units as unit_queries

DOORS = (unit_actions, unit_queries, counting, numbers, homeroom, family, people_actions, people_queries)
PAGES = [*start.PAGES, *district.PAGES, *family_pages.PAGES, *people_pages.PAGES]

shell.offer(PAGES)
acting_urlpatterns = shell.routes(PAGES)
counting.register()

walk.register(oneroster.OneRoster())
workbooks.register()
mends.register()
facts.on(
    "AffiliationsWritten",
    "organisation.search",
    lambda fact: people.refresh_search(UUID(fact.payload["batch_id"])),
)
