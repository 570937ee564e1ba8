"""The organisation hub's plate."""

from __future__ import annotations

from jizuo.hubs.data import importers as walk
from jizuo.hubs.organisation.actions import units as unit_actions
from jizuo.hubs.organisation.importers import oneroster
from jizuo.hubs.organisation.queries import units as unit_queries

DOORS = (unit_actions, unit_queries)

walk.register(oneroster.OneRoster())
