"""Sending one message: write it down, commit, hand it over, write the outcome down.

`message` is the one door to every channel; `sms` and `mail` are the two it is made of, for callers that need
no other.

Called outside a door: the record must be committed before the first byte leaves, so that a crash leaves a
trace and never a second message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from django.utils import timezone

from jizuo.ground import outside
from jizuo.ground import scope as scopes
from jizuo.ground.gateways import actions, channels
from jizuo.ground.gateways import mail as mails
from jizuo.ground.gateways import sms as gateways
from jizuo.ground.gateways.shapes import Letter, SendResult
from jizuo.ground.keys import ring
from jizuo.ground.scope import Scope

#: Values every message carries; a mapped template takes them only where its mapping names them.
TITLE, TEXT, LINK = "title", "text", "link"


def message(
    *,
    unit_no: int,
    channel: str,
    address: str,
    template: str,
    values: Mapping[str, str],
    key: str,
    link: str = "",
) -> SendResult:
    """One message of `unit_no` by one of `channels.ALL`, sent once for one key however often it is asked.

    address: a phone number, a mail address, an openid, a userid: one person's. template: our name; the settings
    map it to the provider's (sms, wechat, wechat_mini), the others send `title` and `text`. values: our
    names -> text; only those the template takes leave the base. link: an absolute address, or "". key: at
    most 80 characters, unique for the message within unit and channel.

    Raises `BadInput` for a wrong address or a value the template wants and has not, `Conflict` past the daily
    cap of short messages. A channel that is not set up, or set up wrongly, refuses; nothing is recorded then.
    """
    if link and (urlsplit(link).scheme not in ("http", "https") or not urlsplit(link).netloc):
        raise ValueError(f"not an absolute address: {link}")
    if len(key) > 80:
        raise ValueError("a key has at most 80 characters")
    to = channels.normal_address(channel, address)
    given = {**values, LINK: link} if link else dict(values)
    try:
        if not channels.is_on(channel, unit_no):
            return SendResult("refused", code=gateways.NO_GATEWAY)
        if channel == channels.SMS:
            return sms(unit_no=unit_no, phone=to, template=template, params=_of_sms(template, given), key=key)
        if channel == channels.MAIL:
            channels.check_values(frozenset({TITLE, TEXT}), given)
            text = f"{given[TEXT]}\n\n{link}" if link else given[TEXT]
            return mail(unit_no=unit_no, to=to, subject=given[TITLE], text=text, template=template, key=key)
        account = channels.account(channel, unit_no)
    except outside.BadSetting as fault:
        return SendResult("refused", code="bad-setting", words=str(fault))
    if account is None:
        return SendResult("refused", code=gateways.NO_GATEWAY)
    channels.check_values(account.push.wanted(template), given)
    mark = hashlib.sha256(f"{channel}/{unit_no}/{key}".encode()).hexdigest()[:32]
    letter = Letter(template, given, mark, link)
    return _send(
        channel, unit_no, key, account.name, template, to, channels.masked_address(channel, to),
        lambda: account.push.hand_over(to, letter), None,
    )  # fmt: skip


def _of_sms(template: str, given: Mapping[str, str]) -> dict[str, str]:
    """The values of a short message: those the settings name, in their order, else all but what only longer
    messages carry."""
    names = gateways.fields(template)
    if names is None:
        return {name: value for name, value in given.items() if name not in (TITLE, TEXT, LINK)}
    channels.check_values(frozenset(names), given)
    return {name: given[name] for name in names}


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
        handed = hand_over()
        result = replace(handed, words=handed.words.replace(address, masked)[:200], attempt_id=attempt_id)
        actions.note_send_result(attempt_id=attempt_id, result=result)
    return result
