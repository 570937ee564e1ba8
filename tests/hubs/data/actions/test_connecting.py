from __future__ import annotations

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, NotFound
from tests.hubs.data.collecting_given import MAPPING, row, serve, source


def test_settings_that_cannot_be_are_refused(base):
    at = source(base, "postgres", {"host": "db.example", "database": "x", "user": "y"}, mapping={})
    for values in (
        {"settings": {"query": "drop table x"}},
        {"settings": {"nothing": "x"}},
        {"settings": {"password": "x"}},
        {"settings": {"port": "many"}},
        {"settings": {"tls": "maybe"}},
        {"secrets": {"token": "x"}},
        {"schedule": {"every_minutes": 1}},
        {"increment": {"column": "a", "overlap": -1}},
        {"mapping": {"a": "code", "b": "code"}},
        {"source": "学籍"},
        {"steps": {"code": ["datee"]}},
        {"importer": "nothing"},
        {"title": " "},
    ):
        with pytest.raises(BadInput):
            at.save(**values)


def test_a_source_is_switched_on_once_it_is_set_up(base, outside):
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.data.actions import connecting

    at = source(base, "http", serve(outside, [row(1)]), mapping={}, schedule={"at": "02:30"})
    with scopes.use(at.scope), pytest.raises(Conflict, match="列对应"):
        connecting.switch_connector(connector_id=at.connector_id, is_on=True)
    at.save(mapping=MAPPING)
    with scopes.use(at.scope):
        connecting.switch_connector(connector_id=at.connector_id, is_on=True)
    assert at.told().is_on and at.told().next_at
    with scopes.use(at.scope):
        connecting.retire_connector(connector_id=at.connector_id)
        with pytest.raises(NotFound):
            connecting.reset_mark(connector_id=at.connector_id)
