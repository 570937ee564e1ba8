"""Who may speak of a record: the shipped sources of record, which a room registers, and those a base added.

A claim carries the name of its source. Where a field has no owner, or its owner has said nothing, the source of the
lowest rank is believed; sources nobody registered come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import get_language, gettext_lazy

from jizuo.plain import declared

#: What a person decided between sources that differ; stronger than any of them.
SETTLED = "settled"
LAST_RANK = 1_000
KINDS: Mapping[str, object] = {
    "system": gettext_lazy("外部系统"),
    "office": gettext_lazy("其他部门"),
    "unit": gettext_lazy("学校或单位"),
    "person": gettext_lazy("本人或家庭"),
    "decision": gettext_lazy("裁定"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One source of record. kind: a key of `KINDS`; rank: 0 the strongest; unit_no: whose own it is, None for all."""

    name: str
    title: str
    english: str
    kind: str
    rank: int
    unit_no: int | None = None

    @property
    def word(self) -> str:
        """The title in the language in force."""
        return self.title if (get_language() or "zh").startswith("zh") else self.english or self.title


_shipped: dict[str, Source] = {}


def register(source: Source) -> None:
    """Make a shipped source known. Raises ValueError for an unknown kind, or a second of this name or rank."""
    if source.kind not in KINDS:
        raise ValueError(f"{source.name}: no kind {source.kind!r}")
    if _shipped.setdefault(source.name, source) != source:
        raise ValueError(f"{source.name}: two sources of one name")
    if any(other.rank == source.rank and other != source for other in _shipped.values()):
        raise ValueError(f"{source.name}: two sources of rank {source.rank}")


def register_file(path: Path) -> None:
    """Register every source of a YAML list."""
    for told in declared.read(path):
        register(Source(**told))


def shipped() -> Mapping[str, Source]:
    """The sources that come with the rooms, by name."""
    return _shipped


def by_rank(sources: Iterable[Source]) -> list[Source]:
    """The strongest first; of one rank by name, so that the order never depends on who came first."""
    return sorted(sources, key=lambda source: (source.rank, source.name))


register(Source(SETTLED, "裁定", "Decision", "decision", 0))
