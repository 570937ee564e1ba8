"""The kinds of sources, in the order a page offers them."""

from __future__ import annotations

from collections.abc import Mapping

from jizuo.hubs.data.connectors import folder, http_json, mysql, postgres, sqlserver
from jizuo.hubs.data.connectors.feeds import Kind

KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (postgres.KIND, mysql.KIND, sqlserver.KIND, http_json.KIND, folder.KIND)
}
SQL = frozenset((postgres.NAME, mysql.NAME, sqlserver.NAME))


def get(name: str) -> Kind:
    """The kind called `name`; KeyError for an unknown one."""
    return KINDS[name]
