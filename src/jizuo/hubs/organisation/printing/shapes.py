"""What crosses the doors of printing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from jizuo.hubs.organisation.printing import rules


class Sheet(msgspec.Struct, frozen=True):
    """A paper ready to be set by `paper.render`."""

    kind: str
    title: str
    paper: str
    data: dict[str, Any]
    blocks: dict[str, str]


class TemplateView(msgspec.Struct, frozen=True):
    """A school's words for a kind of paper; what is not here is as it comes."""

    kind: str
    blocks: dict[str, str]


class CopyView(msgspec.Struct, frozen=True):
    """One printing in the register of copies."""

    copy_id: int
    kind: str
    title: str
    paper: str
    copies: int
    reason: str
    who: str
    at: datetime


class CertificateView(msgspec.Struct, frozen=True):
    """A certificate in the school's list. [issued_on, valid_to)."""

    certificate_id: UUID
    kind: str
    affiliation_id: UUID
    name: str
    class_name: str
    reason: str
    issued_on: date
    valid_to: date
    withdrawn_on: date | None
    withdrawn_reason: str


class SealUseView(msgspec.Struct, frozen=True):
    """A seal use on its road. number: of the year, '' until sealed."""

    seal_use_id: UUID
    seal: str
    what: str
    copies: int
    reason: str
    state: str
    note: str
    year: int | None
    serial: int | None
    asked_name: str
    asked_at: datetime
    decided_name: str
    sealed_at: datetime | None

    @property
    def number(self) -> str:
        """用印〔2026〕第 12 号."""
        return rules.seal_number(self.year, self.serial) if self.year and self.serial else ""


class Checked(msgspec.Struct, frozen=True):
    """What the public page may say. state: valid | expired | withdrawn | unknown | limited; everything else is empty for
    the last two. name: masked, '' for a paper about nobody; title: what people call the paper; valid_to: None for no end."""

    state: str
    school: str = ""
    name: str = ""
    kind: str = ""
    title: str = ""
    issued_on: date | None = None
    valid_to: date | None = None
