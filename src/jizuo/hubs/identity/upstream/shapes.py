"""What goes to a source and comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


class Refused(Exception):
    """A source did not sign anybody in. code: the provider's own, or ours; what, fix: Chinese sentences for pages, without
    anything the provider said in its own words."""

    def __init__(self, code: str, what: str, fix: str = "") -> None:
        super().__init__(code)
        self.code, self.what, self.fix = code, what, fix


@dataclass(frozen=True, slots=True)
class Source:
    """A row of `models.OutsideSource` as its protocol needs it, its secrets open."""

    id: UUID
    unit_no: int
    kind: str
    name: str
    mark: str
    tone: str
    client_id: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)
    match_claim: str = ""
    match_to: str = ""
    may_open: tuple[str, ...] = ()
    second_factor: tuple[str, ...] = ()

    def setting(self, name: str, usual: str = "") -> str:
        """A plain setting without blanks around it; `usual` when it is not filled in."""
        return str(self.settings.get(name) or usual).strip()


@dataclass(frozen=True, slots=True)
class Going:
    """What one attempt carries to the provider. back: our absolute address; verifier: PKCE; user_agent: the browser's.
    is_again: somebody signed in is to prove once more who it is, not to come back in silence."""

    back: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    user_agent: str = ""
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who a source says is there. issuer + subject: the identity; claims: everything it said, by the names of its protocol.

    there: its own name of its session (OIDC sid, CAS ticket); acr, amr: how it signed the person in; id_token: to be
    shown again at a sign-out; authed_at: when the person proved there who it is, in seconds since 1970 by the source's
    own checked word; None where its protocol has none or it said none.
    """

    issuer: str
    subject: str
    name: str = ""
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    there: str = field(default="", repr=False)
    acr: str = ""
    amr: tuple[str, ...] = ()
    id_token: str = field(default="", repr=False)
    authed_at: float | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A source says that somebody signed out there: one of its sessions, or (there empty) all of a subject. before: only
    sign-ons that began earlier than this moment (seconds since 1970) are meant; None: whenever."""

    issuer: str = ""
    subject: str = ""
    there: str = field(default="", repr=False)
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a look at a source's settings. is_good None: cannot be known from here."""

    what: str
    is_good: bool | None
    fix: str = ""
