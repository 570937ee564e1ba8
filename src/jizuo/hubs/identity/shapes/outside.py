"""Sources that people sign in from, and who came from there, on their way through a door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SourceTold:
    """What the declarer of a source says of it, without its secrets; the fields as in `models.OutsideSource`."""

    kind: str
    name: str
    tone: str
    client_id: str
    settings: Mapping[str, str]
    match_claim: str = ""
    match_to: str = ""
    second_factor: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source as its declarer sees it. secrets: names of those that are held, never what they are; is_school: a unit's own,
    not the base's."""

    source_id: UUID
    told: SourceTold
    mark: str
    is_on: bool
    secrets: tuple[str, ...]
    secrets_at: datetime | None
    used_at: datetime | None
    is_school: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of somebody who came back from a source. account_id: who it is here; None: nobody known.
    is_strong: what was shown there stands for the second factor. is_new: it was shown a short while ago.
    refused: why a known account may not come in this way."""

    account_id: UUID | None = None
    is_strong: bool = False
    refused: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class AskLine:
    """Somebody who waits for a school's word: as which source knows them and what they say. is_school: the source is a
    unit's own, not the base's."""

    ask_id: UUID
    source_id: UUID
    source_name: str
    name: str
    words: str
    claims: tuple[tuple[str, str], ...]
    state: str
    asked_at: datetime
    why: str = ""
    unit_name: str = ""
    is_school: bool = False


@dataclass(frozen=True, slots=True)
class OutsideLink:
    """One way in from elsewhere, as its owner sees it. is_home: the password here is not asked."""

    link_id: UUID
    source_id: UUID
    source_name: str
    proved: str
    since: datetime
    used_at: datetime | None
    is_platform: bool
    is_home: bool
