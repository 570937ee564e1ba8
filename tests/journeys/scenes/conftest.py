"""A district with its scenes in use, and people in front of browsers. Fixtures: `district`, `seen_by`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from tests.base import Base
from tests.database import Server
from tests.journeys.conftest import DESK, working
from tests.live import Live, session_of
from tests.scenes import given, world
from tests.scenes.world import Actor, World


@dataclass
class District:
    """澜江区 with the scenes of the journeys, behind a web server."""

    world: World
    live: Live
    base: Base

    def address(self, actor: Actor, path: str = "") -> str:
        return f"{self.live.url}/as/{actor.grant_no}/{path}"

    def client(self, actor: Actor) -> Any:
        """The interface, as the actor's own browser would call it."""
        return self.live.client(session_of(self.base, actor.account))


@pytest.fixture(scope="module")
def district(base: Base, live: Live) -> District:
    """The small district today, with leave, roll, repair and collecting in use at all its schools."""
    from jizuo.project import rooms

    rooms.plates()
    made = world.make(base)
    made.today = date.today()
    for scene, settings in (("leave", {"long_days": 60}), ("roll", {}), ("repair", {}), ("collect", {})):
        given.installed(base, made.bureau.unit_no, given.files_of(scene), is_for_below=True, **settings)
    return District(made, live, base)


@pytest.fixture(scope="module")
def worker(server: Server, base: Base, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A worker process on the worker's base."""
    with working(server, base.logins.database, tmp_path_factory.mktemp("scenes")):
        yield


@pytest.fixture
def seen_by(district: District, page_at: Callable[..., Any]) -> Callable[..., Any]:
    """`seen_by(actor, path, width)`: a page of the actor's own browser, opened there."""

    def opened(actor: Actor, path: str = "", width: int = DESK) -> Any:
        page = page_at(width)
        page.context.add_cookies(
            [
                {
                    "name": "jizuo_session",
                    "value": session_of(district.base, actor.account),
                    "url": district.live.url,
                },
            ]
        )
        page.goto(district.address(actor, path))
        return page

    return opened
