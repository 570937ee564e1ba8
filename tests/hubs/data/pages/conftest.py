"""A school's clerk who writes past the pages."""

from __future__ import annotations

from tests.hubs.data.typists import typist  # noqa: F401  a fixture
