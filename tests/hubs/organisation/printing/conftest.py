from __future__ import annotations

from tests.hubs.organisation.pages.conftest import place as place
