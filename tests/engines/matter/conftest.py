"""The town in which flows are tried; one for a module."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def town(base):
    from jizuo.project import rooms
    from tests.engines.matter.given import Town

    rooms.plates()
    return Town(base)
