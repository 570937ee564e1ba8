"""What waits for the acting role, told by rooms above this one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jizuo.ground.pages.parts import Todo

Source = Callable[[], Sequence[Todo]]
_sources: dict[str, Source] = {}


def offer(key: str, source: Source) -> None:
    """Register what `source` says waits; it asks a door of its own room. `key` names it, once."""
    _sources[key] = source


def gather() -> list[Todo]:
    """What every registered source says waits for the acting role."""
    return [todo for source in _sources.values() for todo in source()]
