"""The outside channels as the message hub uses them."""

from __future__ import annotations

from jizuo.ground.errors import BadInput, Conflict
from jizuo.ground.gateways import channels, send, sms
from jizuo.ground.gateways.shapes import SendResult
from jizuo.ground.outside import BadSetting
from jizuo.hubs.message import rules
from jizuo.hubs.message.shapes import ToSend

#: Our own codes beside the providers'.
BAD_ADDRESS, DAY_FULL, NO_ADDRESS = "bad-address", "day-full", "no-address"


def account(channel: str, unit_no: int) -> channels.Account | None:
    """The account that sends for the unit over a push channel; None for a channel that is off or set up wrongly."""
    try:
        return channels.account(channel, unit_no)
    except BadSetting:
        return None


def accounts(unit_no: int) -> dict[str, str]:
    """Push channel -> name of the account that sends for the unit, in the order in which a person is reached."""
    found = {channel: account(channel, unit_no) for channel in rules.CHANNELS if channel in channels.KINDS}
    return {channel: one.name for channel, one in found.items() if one}


def is_on(channel: str, unit_no: int) -> bool:
    """Whether this base can send over the channel for the unit; a wrong setting counts as off."""
    try:
        return channels.is_on(channel, unit_no)
    except BadSetting:
        return False


def price_fen() -> int:
    """What one part of a short message costs by the price list; 0 without a gateway."""
    return int(getattr(sms.configured(), "price_fen", 0))


def hand_over(one: ToSend, unit_no: int) -> SendResult:
    """Give one delivery to its gateway, outside any door; the attempt is on record before. Never raises for what
    the address, the day's cap, the provider or the line does."""
    if not one.address:
        return SendResult("refused", code=NO_ADDRESS)
    try:
        return send.message(
            unit_no=unit_no, channel=one.channel, address=one.address, template=one.template, values=one.values,
            key=one.key, link=one.link,
        )  # fmt: skip
    except BadInput:
        return SendResult("refused", code=BAD_ADDRESS)
    except Conflict:
        return SendResult("refused", code=DAY_FULL)
