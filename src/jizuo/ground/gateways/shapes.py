"""What a gateway answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args
from uuid import UUID

State = Literal["accepted", "refused", "unknown"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class SendResult:
    """accepted: the provider took it; refused: it surely did not go out, a person may try again; unknown: it
    may have gone out. code: the provider's own code; words: its own sentence, "" when it gave none. cost_fen:
    what it costs by our price list, in fen. attempt_id: the record, None when nothing was recorded."""

    state: State
    provider_id: str = ""
    code: str = ""
    cost_fen: int = 0
    words: str = ""
    attempt_id: UUID | None = field(default=None, compare=False)


class SmsGateway(Protocol):
    """One provider."""

    @property
    def title(self) -> str:
        """Its Chinese name for the settings page."""

    def send(self, phone: str, template: str, params: Mapping[str, str]) -> SendResult:
        """Hand over one message. phone: E.164; template: our name, mapped to the provider's in the settings;
        params in the order of the template. Never raises for what the provider or the line does."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message before a channel puts it into the provider's form.

    template: our name; values: our names -> text, `title` and `text` always among them; link: the absolute
    address it opens, or ""; mark: 32 hexadecimal digits, the same for the same message, by which a provider
    that can drops a repeat.
    """

    template: str
    values: Mapping[str, str]
    mark: str
    link: str = ""


class Channel(Protocol):
    """One account at a provider of push messages."""

    @property
    def title(self) -> str:
        """Its Chinese name for the settings page."""

    @property
    def names(self) -> tuple[str, ...]:
        """Our names of the templates the settings map, in order; empty when the channel needs no mapping."""

    def wanted(self, template: str) -> frozenset[str]:
        """The names of values that `template` takes; empty for one that is not mapped."""

    def hand_over(self, address: str, letter: Letter) -> SendResult:
        """Hand over one message to one address. Never raises for what the provider or the line does; asks
        twice only where the provider's rule drops a repeat."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider said later of a message it took. state: delivered | failed; code: its own word."""

    state: Literal["delivered", "failed"]
    code: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What a provider's server told us.

    kind: followed | left | reported | other. channel: of the address, which may differ from the account's
    (WeCom tells of parents in the same place as of staff). at: the provider's time, seconds of Unix, by which
    an event that comes late is known. scene: the text of the code that was scanned, or "". provider_id and
    report: of a reported one.
    """

    kind: Literal["followed", "left", "reported", "other"]
    channel: str = ""
    address: str = ""
    at: int = 0
    scene: str = ""
    provider_id: str = ""
    report: Report | None = None


Answer = dict[str, Any]
