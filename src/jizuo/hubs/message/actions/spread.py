"""Telling people something: a message once, one copy a person, deliveries over the outside channels.

Everything here is put by key, so doing it again adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils import timezone
from psycopg.types.json import Jsonb

from jizuo.ground import facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.facts import Told
from jizuo.ground.ids import new_id
from jizuo.hubs.identity.addresses import mail_addresses
from jizuo.hubs.message import rules, ways, wording
from jizuo.hubs.message.queries.settings import setting_of
from jizuo.hubs.message.shapes import Audience
from jizuo.hubs.organisation.queries import contacts
from jizuo.plain import typed

#: A person and the child it is about (None: the person herself).
Pair = tuple[UUID, UUID | None]
TELLERS = frozenset({scopes.OPERATOR}) | scopes.SCHOOL_ROLES

PUT_MESSAGE = """
insert into message (id, unit_no, key, template, values, audience, notice_id, link, is_urgent)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (unit_no, key) do nothing
"""
PUT_ITEMS = """
insert into inbox_item (id, unit_no, message_id, recipient_id, child_id)
select t.id, %s, %s, t.recipient, t.child from unnest(%s::uuid[], %s::uuid[], %s::uuid[]) as t(id, recipient, child)
on conflict (unit_no, message_id, recipient_id, child_id) do nothing
"""
CHANNEL_OF = """
select distinct on (a.person_id) a.person_id, a.channel from channel_address a
where a.person_id = any(%s) and a.is_on and a.account = any(%s)
order by a.person_id, array_position(%s::text[], a.channel::text)
"""
PUT_DELIVERIES = """
insert into delivery (id, unit_no, key, recipient_id, child_id, channel, message_id, template, values, state, due_at,
                      tries, code, reported, cost_fen)
select t.id, %s, %s || coalesce(':' || t.child, ''), t.recipient, t.child, t.channel, %s, %s, %s, 'waiting', %s,
       0, '', '', 0
from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[]) as t(id, recipient, child, channel)
on conflict (unit_no, key, recipient_id, channel) do nothing
"""


@action(title="告诉有关的人", roles=TELLERS)
def tell(
    *,
    key: str,
    template: str,
    values: Mapping[str, str],
    to: Audience,
    is_urgent: bool = False,
    link: str = "",
    unit_no: int | None = None,
) -> UUID:
    """Tell people something inside the running action; the copies are made after its commit, once.

    key: the teller's own name for this message, at most 120 characters: the same key tells once. template: a key of
    `wording.templates()`; values: field -> text, the same for everybody, no field of a child (`child` and `class`
    are filled for each family). link: an address below the acting role. unit_no: the acting unit when left out.
    Returns the message's id. Raises KeyError for no template, ValueError for a child's field among `values`.
    """
    known = wording.templates()[template]
    if strange := set(values) - (known.fields - rules.CHILD_FIELDS):
        raise ValueError(f"{template}: {sorted(strange)} cannot be told to everybody")
    unit = scopes.current().unit_no if unit_no is None else unit_no
    made = put_message(
        unit, key, template, values, audience=to, is_urgent=is_urgent, link=link,
    )  # fmt: skip
    facts.tell("MessageTold", unit_no=unit, message_id=str(made))
    return made


def put_message(
    unit_no: int,
    key: str,
    template: str,
    values: Mapping[str, str],
    *,
    audience: Audience | None = None,
    notice_id: UUID | None = None,
    is_urgent: bool = False,
    link: str = "",
) -> UUID:
    """Write what is said, or find it by its key; returns its id. Inside a door only."""
    told = None if audience is None else Jsonb(msgspec.to_builtins(audience))
    row: list[Any] = [new_id(), unit_no, key, template, Jsonb(dict(values)), told, notice_id, link, is_urgent]
    with connection.cursor() as cursor:
        cursor.execute(PUT_MESSAGE, row)
        cursor.execute("select id from message where unit_no = %s and key = %s", [unit_no, key])
        return cursor.fetchone()[0]


def on_told(fact: Told) -> None:
    """Make the copies of a message that a room told."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select audience::text from message where unit_no = %s and id = %s",
            [fact.unit_no, fact.payload["message_id"]],
        )
        row = cursor.fetchone()
    if row is not None and row[0]:
        audience = typed.from_json(row[0], Audience)
        spread(UUID(fact.payload["message_id"]), fact.unit_no, people(audience))


def people(audience: Audience) -> list[Pair]:
    """Who an audience is now, each with the child it is about. Inside a door only."""
    ids = list(audience.ids)
    if audience.kind == "families_of":
        families = contacts.families_of(class_ids=ids)
        return [(adult, one.child_id) for one in families for adult in one.guardian_ids]
    if audience.kind == "guardians_of":
        told = contacts.told_of(child_ids=ids)
        return [(adult, child) for child, adults in told.items() for adult in adults]
    if audience.kind == "pupils":
        return [(child, child) for child in ids]
    if audience.kind == "pupils_of":
        return [(child, child) for child in contacts.people_of(role="pupil", class_ids=ids)]
    if audience.kind == "people":
        return [(one, None) for one in ids]
    if audience.kind == "staff":
        return [(one, None) for one in contacts.people_of(role="staff")]
    raise ValueError(f"no audience {audience.kind!r}")


def spread(message_id: UUID, unit_no: int, pairs: Sequence[Pair]) -> None:
    """One copy in the inbox for each pair, and its way out where the person has one. Inside a door only."""
    put_items(message_id, unit_no, pairs)
    with connection.cursor() as cursor:
        cursor.execute(
            "select key, template, values::text, is_urgent from message where unit_no = %s and id = %s",
            [unit_no, message_id],
        )
        key, template, values, is_urgent = cursor.fetchone()
    put_deliveries(
        message_id, unit_no, pairs, key, template, msgspec.json.decode(values), is_urgent=is_urgent
    )


def put_items(message_id: UUID, unit_no: int, pairs: Sequence[Pair]) -> int:
    """The copies in the inbox that are not there yet; returns how many."""
    if not pairs:
        return 0
    ids = [new_id() for _pair in pairs]
    recipients, children = zip(*pairs, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(PUT_ITEMS, [unit_no, message_id, ids, list(recipients), list(children)])
        return cursor.rowcount


def put_deliveries(
    message_id: UUID,
    unit_no: int,
    pairs: Sequence[Pair],
    key: str,
    template: str,
    values: Mapping[str, str],
    *,
    is_urgent: bool,
) -> int:
    """One delivery for each pair whose person has an outside channel; returns how many are new.

    The first channel of `rules.CHANNELS` that the person has; an urgent message goes by short message to who has
    no other, when the unit sends any. What does not hurry waits for the end of the quiet hours.
    """
    setting = setting_of(unit_no)
    channel_of = channels(
        unit_no, {person for person, _child in pairs}, with_sms=is_urgent and setting.is_sms_on
    )
    chosen = [
        (new_id(), person, child, channel_of[person]) for person, child in pairs if person in channel_of
    ]
    if not chosen:
        return 0
    due_at = rules.not_before(timezone.localtime(), setting.quiet_from, setting.quiet_to, is_urgent=is_urgent)
    ids, recipients, children, ways = (list(column) for column in zip(*chosen, strict=True))
    given: list[Any] = [
        unit_no,
        key,
        message_id,
        template,
        Jsonb(dict(values)),
        due_at,
        ids,
        recipients,
        children,
        ways,
    ]
    with connection.cursor() as cursor:
        cursor.execute(PUT_DELIVERIES, given)
        made = cursor.rowcount
    if made:
        wake(unit_no, due_at)
    return made


def channels(unit_no: int, person_ids: Iterable[UUID], *, with_sms: bool) -> dict[UUID, str]:
    """person -> the outside channel to use, of those who have one that this base has switched on."""
    wanted = list(person_ids)
    accounts = ways.accounts(unit_no)
    found: dict[UUID, str] = {}
    if accounts and wanted:
        with connection.cursor() as cursor:
            cursor.execute(CHANNEL_OF, [wanted, list(accounts.values()), list(accounts)])
            found = dict(cursor.fetchall())
    left = [one for one in wanted if one not in found]
    if left and ways.is_on(rules.MAIL, unit_no):
        found |= dict.fromkeys(mail_addresses(person_ids=left), rules.MAIL)
        left = [one for one in left if one not in found]
    if left and with_sms and ways.is_on(rules.SMS, unit_no):
        found |= dict.fromkeys(contacts.phones_of(person_ids=left), rules.SMS)
    return found


def wake(unit_no: int, due_at: datetime) -> None:
    """Let the worker send what is due, in the open transaction; what is due later waits for the tick."""
    from jizuo.hubs.message import jobs

    if due_at <= timezone.now():
        jobs.defer_delivering(unit_no)
