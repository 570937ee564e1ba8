"""Names are answered by who offered, in one read, and only for what is asked."""

from __future__ import annotations

from uuid import UUID

import pytest


def test_each_kind_has_its_answerer(monkeypatch):
    from jizuo.hubs.data import naming

    asked = []
    monkeypatch.setattr(naming, "_namers", {})
    one, two = UUID(int=1), UUID(int=2)
    naming.offer("person", lambda ids: asked.append(set(ids)) or {one: "陈以宁"})
    assert naming.names_of("person", [one, None, two, one]) == {one: "陈以宁"}
    assert asked == [{one, two}]


@pytest.mark.parametrize(("kind", "ids"), [("person", []), ("person", [None]), ("building", [UUID(int=1)])])
def test_nothing_asked_or_nobody_to_ask(monkeypatch, kind, ids):
    from jizuo.hubs.data import naming

    monkeypatch.setattr(naming, "_namers", {"person": lambda ids: 1 / 0})
    assert naming.names_of(kind, ids) == {}
