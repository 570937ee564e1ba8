"""Sending one message: write it down, commit, hand it over, write the outcome down.

Called outside a door: the record must be committed before the first byte leaves, so that a crash leaves a
trace and never a second message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils import timezone

from jizuo.ground import scope as scopes
from jizuo.ground.gateways import actions
from jizuo.ground.gateways import mail as mails
from jizuo.ground.gateways import sms as gateways
from jizuo.ground.gateways.shapes import SendResult
from jizuo.ground.keys import ring
from jizuo.ground.scope import Scope


def sms(*, unit_no: int, phone: str, template: str, params: Mapping[str, str], key: str) -> SendResult:
    """One short message at the cost of `unit_no`. phone: as typed; key: the caller's id of this message (a
    challenge, a row), sent once however often it is asked. Raises `BadInput` for a wrong number, `Conflict`
    past the unit's daily cap."""
    number, gateway = gateways.normal_phone(phone), gateways.configured()
    if isinstance(gateway, gateways.NoGateway):
        return gateway.send(number, template, params)
    return _send(
        "sms", unit_no, key, gateway.title, template, number, gateways.masked_phone(number),
        lambda: gateway.send(number, template, params), gateways.daily_cap(),
    )  # fmt: skip


def mail(*, unit_no: int, to: str, subject: str, text: str, template: str, key: str) -> SendResult:
    """One plain-text mail; template only names it in the record. Raises `BadInput` for a wrong address."""
    address, server = mails.normal_address(to), mails.configured()
    if server is None:
        return SendResult("refused", code=gateways.NO_GATEWAY)
    return _send(
        "mail", unit_no, key, server.host, template, address, mails.masked_address(address),
        lambda: server.send(address, subject, text), None,
    )  # fmt: skip


def _send(
    channel: str,
    unit_no: int,
    key: str,
    gateway: str,
    template: str,
    address: str,
    masked: str,
    hand_over: Callable[[], SendResult],
    most: int | None,
) -> SendResult:
    if scopes.in_transaction():
        raise RuntimeError("a message is sent outside a door: its record is committed first")
    asking = scopes.current_or_none()
    acting = Scope(
        role=scopes.OPERATOR,
        unit_no=unit_no,
        units=(unit_no,),
        grant_no=asking.grant_no if asking else None,
        account_id=asking.account_id if asking else None,
        today=asking.today if asking else timezone.localdate(),
    )
    with scopes.use(acting):
        attempt_id, before = actions.note_send_attempt(
            channel=channel, key=key, gateway=gateway, template=template,
            address_hash=ring().blind(address, kind=channel), masked=masked, most=most,
        )  # fmt: skip
        if before is not None:
            return before
        result = hand_over()
        actions.note_send_result(attempt_id=attempt_id, result=result)
    return result
