"""The organisation hub's plate."""

from __future__ import annotations

from uuid import UUID

from jizuo.ground import facts
from jizuo.hubs.data import importers as walk
from jizuo.hubs.organisation import people
from jizuo.hubs.organisation.actions import units as unit_actions
from jizuo.hubs.organisation.importers import oneroster
from jizuo.hubs.organisation.queries import units as unit_queries

DOORS = (unit_actions, unit_queries)

walk.register(oneroster.OneRoster())
facts.on(
    "AffiliationsWritten",
    "organisation.search",
    lambda fact: people.refresh_search(UUID(fact.payload["batch_id"])),
)
