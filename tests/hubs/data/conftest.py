"""A small importer and a school of its own for whoever walks a file."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.hubs.data.given import Campuses
from tests.hubs.data.outside_given import mariadb, open_hosts, outside, sis_postgres
from tests.hubs.organisation.importers.given import rows_of
from tests.hubs.organisation.walking import clerk, walk

__all__ = ["desk", "importer", "mariadb", "open_hosts", "outside", "sis_postgres"]


@pytest.fixture(scope="module")
def importer(base):
    """The importer of campuses, registered for this module only."""
    from jizuo.hubs.data import importers
    from jizuo.project import rooms

    rooms.plates()
    made = Campuses()
    importers.register(made)
    yield made
    importers._importers.pop(made.name)


@pytest.fixture
def desk(base, importer):
    """A school of its own: `bring(content, **options)` walks a file to its preview."""
    unit_no = base.unit()
    scope = clerk(base, unit_no)

    def bring(content, at=None, **more):
        return walk(base, at or scope, content, "校区.txt", "campuses", **more)

    def orgs():
        return dict(
            rows_of(
                base,
                unit_no,
                "select name, location from org where unit_no = %s and closed_on is null",
                unit_no,
            )
        )

    return SimpleNamespace(base=base, unit_no=unit_no, scope=scope, bring=bring, orgs=orgs, importer=importer)
