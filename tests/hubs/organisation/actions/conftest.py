"""What several tests of these actions begin with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.organisation.actions.test_moving import Place


@pytest.fixture
def place(base: Any) -> Place:
    """A school with its desks."""
    return Place(base)
