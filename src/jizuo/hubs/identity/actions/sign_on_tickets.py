"""Tickets of CAS and of the plain recipe: made, taken once, dropped. As in `actions.tokens`, no door stands round them, and
each statement proves the application, the sign-on and the account again."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from jizuo.ground import prepared
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions.tokens import PROVEN, STANDS, BadClient, hash_of
from jizuo.hubs.identity.rules.openid import Client

SERVICE, PROXY, GRANTING, PLAIN = "st", "pt", "pgt", "plain"
#: CAS 3.0 section 3: how tickets begin, and letters, digits and the hyphen only.
PREFIXES = {SERVICE: "ST", PROXY: "PT", GRANTING: "PGT", PLAIN: "T"}
SECRET_BYTES = 32
TICKET_SECONDS = 60
#: A proxy-granting ticket ends with its sign-on, and at the latest after a working day.
MOST_GRANTING = timedelta(hours=12)
ISSUE = """
insert into sign_on_ticket (ticket_hash, kind, client_id, account_id, sid, service, scopes, is_primary, proxies, made_at,
                            expires_at)
select %(hash)s::bytea, %(kind)s::text, a.client_id, %(account)s::uuid, s.sid, %(service)s::text, %(scopes)s::text[],
       %(primary)s::boolean, coalesce(string_to_array(nullif(%(proxies)s::text, ''), chr(10)), '{}'),
       %(now)s::timestamptz, least(%(until)s::timestamptz, s.ends_at)
from sso_session s, app a
where s.sid = %(sid)s::uuid and s.ended_at is null and s.ends_at > %(now)s::timestamptz
  and a.client_id = %(client)s::text and a.is_active
returning 1
"""
#: The row of the sign-on is held while the application joins it, so that an end of the sign-on in the same moment either
#: comes first and the ticket is dead, or comes after and tells this application too.
GOOD = f"""
good as (
  select g.*, s.authed_at, s.created_at, s.is_own_device, a.sector, a.unit_no, a.backchannel_logout_uri
  from gone g join sso_session s on s.sid = g.sid join app a on a.client_id = g.client_id and a.is_active
  where g.service = %(service)s::text and g.expires_at > %(now)s::timestamptz and {STANDS.format("g")} and %(good)s
  for share of s)"""
JOIN = """
joined as (
  insert into app_sign_on (id, sid, client_id, account_id, protocol, handle, address, state, begun_at, tries, answer)
  select %(id)s::uuid, g.sid, g.client_id, g.account_id, %(protocol)s::text, %(handle)s::text, {address}, 'none',
         %(now)s::timestamptz, 0, '' from good g where g.kind <> 'pt'
  on conflict (sid, client_id, protocol, handle) do nothing)"""
SEEN = """g.client_id, g.account_id, g.sid, g.scopes, g.is_primary, g.proxies, coalesce(g.authed_at, g.created_at),
       g.is_own_device, g.sector, g.unit_no"""
TAKE_CAS = f"""
with gone as (
  delete from sign_on_ticket t where t.ticket_hash = %(hash)s::bytea and t.kind in ('st', 'pt') returning t.*),
{GOOD.replace("%(good)s", "(g.is_primary or not %(renew)s::boolean)")},
{JOIN.format(address="g.service")}
select o.service = %(service)s::text, o.is_primary, {SEEN}
from gone o left join good g on true
"""
TAKE_PLAIN = f"""
with proven as (select {PROVEN} as is_proven),
gone as (
  delete from sign_on_ticket t using proven p
  where t.ticket_hash = %(hash)s::bytea and t.kind = 'plain' and t.client_id = %(client)s::text and p.is_proven
  returning t.*),
{GOOD.replace("g.service = %(service)s::text and", "").replace("%(good)s", "true")},
{JOIN.format(address="g.backchannel_logout_uri")}
select p.is_proven, {SEEN} from proven p left join good g on true
"""
LOOK = f"""
select g.client_id, g.account_id, g.sid, g.scopes, g.is_primary, g.proxies, coalesce(s.authed_at, s.created_at),
       s.is_own_device, a.sector, a.unit_no, g.service
from sign_on_ticket g join sso_session s on s.sid = g.sid join app a on a.client_id = g.client_id and a.is_active
where g.ticket_hash = %(hash)s::bytea and g.kind = 'pgt' and g.expires_at > %(now)s::timestamptz and {STANDS.format("g")}
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket that held. authed_at: when the person proved who they are; is_own_device: in a session that is kept on a
    device of their own; the other fields as in `models.SignOnTicket` and `models.App`."""

    client_id: str
    account_id: UUID
    sid: UUID
    scopes: tuple[str, ...]
    is_primary: bool
    proxies: tuple[str, ...]
    authed_at: datetime
    is_own_device: bool
    sector: str
    unit_no: int


class BadTicket(Exception):
    """The ticket does not hold. why: ticket | service | renew; each time it is gone for good."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def fresh(prefix: str) -> str:
    """A new ticket: 256 random bits in the signs that CAS allows."""
    return f"{prefix}-{secrets.token_hex(SECRET_BYTES)}"


def issue(
    kind: str, *, client_id: str, account_id: UUID, sid: UUID, service: str, scopes: Collection[str],
    is_primary: bool = False, proxies: Collection[str] = (),
) -> str:  # fmt: skip
    """A ticket of this kind; fields as in `models.SignOnTicket`. Raises BadTicket when the sign-on has ended or the
    application was switched off."""
    ticket, now = fresh(PREFIXES[kind]), entry.now()
    until = now + (MOST_GRANTING if kind == GRANTING else timedelta(seconds=TICKET_SECONDS))
    found = prepared.rows(
        ISSUE,
        {
            "hash": hash_of(ticket), "kind": kind, "account": account_id, "service": service,
            "scopes": prepared.array(scopes), "primary": is_primary, "proxies": "\n".join(proxies), "now": now,
            "until": until, "sid": sid, "client": client_id,
        },
    )  # fmt: skip
    if not found:
        raise BadTicket("ticket")
    return ticket


def take(ticket: str, *, service: str, renew: bool) -> Held:
    """Take a service or proxy ticket of CAS, and note the part of its application in the sign-on (of a service ticket:
    the address it signed in at is told of the end by this very ticket). renew: only one of a sign-in made for this
    request holds. Raises BadTicket."""
    found = prepared.rows(
        TAKE_CAS,
        {
            "hash": hash_of(ticket), "service": service, "now": entry.now(), "renew": renew, "id": new_id(),
            "protocol": "cas", "handle": ticket,
        },
    )  # fmt: skip
    if not found:
        raise BadTicket("ticket")
    is_service, is_primary, *row = found[0]
    if row[0] is None:
        raise BadTicket("service" if not is_service else "renew" if renew and not is_primary else "ticket")
    return _held(row)


def take_plain(client: Client, secret: str, ticket: str) -> tuple[Held, str]:
    """Take a ticket of the plain recipe; who it is about, and what this sign-in is called from now on. Raises BadClient
    for a wrong secret, and the ticket stays; BadTicket."""
    handle = fresh("S")
    ((is_proven, *row),) = prepared.rows(
        TAKE_PLAIN,
        {
            "client": client.client_id, "secret": hash_of(secret), "hash": hash_of(ticket), "now": entry.now(),
            "id": new_id(), "protocol": "plain", "handle": handle,
        },
    )  # fmt: skip
    if not is_proven:
        raise BadClient
    if row[0] is None:
        raise BadTicket("ticket")
    return _held(row), handle


def look(ticket: str) -> tuple[Held, str]:
    """A live proxy-granting ticket and its callback; raises BadTicket."""
    found = prepared.rows(LOOK, {"hash": hash_of(ticket), "now": entry.now()})
    if not found:
        raise BadTicket("ticket")
    *row, callback = found[0]
    return _held(row), callback


def _held(row: list[object]) -> Held:
    return Held(*(tuple(cell) if isinstance(cell, list) else cell for cell in row))  # type: ignore[arg-type]


def drop_one(ticket: str) -> None:
    """Drop a ticket that nobody took."""
    prepared.rows("delete from sign_on_ticket where ticket_hash = %s::bytea returning 1", (hash_of(ticket),))


def forget_old() -> int:
    """Remove tickets that are over; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("delete from sign_on_ticket where expires_at < %s", [entry.now()])
        return cursor.rowcount
