"""What a gateway answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

State = Literal["accepted", "refused", "unknown"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class SendResult:
    """accepted: the provider took it; refused: it surely did not go out, a person may try again; unknown: it
    may have gone out. code: the provider's own word. cost_fen: what it costs by our price list, in fen."""

    state: State
    provider_id: str = ""
    code: str = ""
    cost_fen: int = 0


class SmsGateway(Protocol):
    """One provider."""

    @property
    def title(self) -> str:
        """Its Chinese name for the settings page."""

    def send(self, phone: str, template: str, params: Mapping[str, str]) -> SendResult:
        """Hand over one message. phone: E.164; template: our name, mapped to the provider's in the settings;
        params in the order of the template. Never raises for what the provider or the line does."""
