"""What rooms offer of the records behind a correction."""

from __future__ import annotations

import pytest

from jizuo.hubs.data import behind
from jizuo.hubs.data.behind import Behind


def test_a_dataset_is_correctable_once_a_room_stands_behind_it(monkeypatch):
    monkeypatch.setattr(behind, "_behind", {})
    room = Behind(lambda _ids: {}, lambda _field, _role: True, lambda *_told: None, lambda _asked: set())
    assert not behind.correctable("visit")
    with pytest.raises(KeyError):
        behind.of("visit")
    behind.offer(["visit", "guest"], room)
    assert behind.correctable("visit") and behind.of("guest") is room
