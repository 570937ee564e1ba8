"""Which application has a part in which sign-on, and the word each is given when it ends (rule 2).

Every protocol joins through `join` and offers a way to tell through `tell_by`; whatever ends a sign-on calls `end`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection

from jizuo.ground import prepared
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry

log = logging.getLogger(__name__)
OIDC, CAS, PLAIN = "oidc", "cas", "plain"
#: How long after a failed try the next one comes; after the last the word counts as failed.
WAITS = (timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))
#: Sessions of the named sids ended: their tokens die with them, and who must be told is marked. A CAS or plain
#: application is told at the address it signed in at, an OpenID client at the one it registered.
END = """
with killed as (
  update token_family set revoked_at = %(now)s::timestamptz, why = 'signed_out'
  where sid = any(%(sids)s::uuid[]) and revoked_at is null),
dropped as (delete from authorization_code where sid = any(%(sids)s::uuid[])),
tickets as (delete from sign_on_ticket where sid = any(%(sids)s::uuid[]))
update app_sign_on o set ended_at = %(now)s::timestamptz,
  state = case when o.address <> '' or (o.protocol = 'oidc' and a.backchannel_logout_uri <> '') then 'pending'
          else 'cannot' end
from app a where a.client_id = o.client_id and o.sid = any(%(sids)s::uuid[]) and o.ended_at is null
returning o.id, o.state
"""
#: One application loses its part in sign-ons that go on: for one account, or for all; then its tokens of no person go too.
END_PARTS = """
with killed as (
  update token_family set revoked_at = %(now)s::timestamptz, why = %(why)s::text
  where client_id = %(client)s::text and (%(account)s::uuid is null or account_id = %(account)s::uuid)
    and revoked_at is null),
dropped as (
  delete from authorization_code
  where client_id = %(client)s::text and (%(account)s::uuid is null or account_id = %(account)s::uuid)),
tickets as (
  delete from sign_on_ticket
  where client_id = %(client)s::text and (%(account)s::uuid is null or account_id = %(account)s::uuid)),
devices as (
  delete from device_code
  where client_id = %(client)s::text and (%(account)s::uuid is null or account_id = %(account)s::uuid)),
own as (
  delete from access_token
  where client_id = %(client)s::text and family_id is null and %(account)s::uuid is null)
update app_sign_on o set ended_at = %(now)s::timestamptz, tries = 0, answer = '',
  state = case when o.address <> '' or (o.protocol = 'oidc' and a.backchannel_logout_uri <> '') then 'pending'
          else 'cannot' end
from app a where a.client_id = o.client_id and o.client_id = %(client)s::text and o.ended_at is null
  and (%(account)s::uuid is null or o.account_id = %(account)s::uuid)
returning o.id, o.state, o.account_id
"""
#: Taken by one worker at a time: a try is counted before the call, so a killed worker's try counts too.
TAKE = """
update app_sign_on o set tries = o.tries + 1, told_at = %s::timestamptz from app a
where o.id = %s::uuid and o.state = 'pending' and a.client_id = o.client_id
returning o.id, o.protocol, o.sid, o.account_id, o.handle, coalesce(nullif(o.address, ''), a.backchannel_logout_uri),
          o.client_id, a.sector, a.id_token_alg, o.tries
"""


@dataclass(frozen=True, slots=True)
class Ending:
    """One application to tell of the end of one sign-on. handle: as in `models.AppSignOn`; tries: with this one."""

    id: UUID
    protocol: str
    sid: UUID
    account_id: UUID
    handle: str
    address: str
    client_id: str
    sector: str
    alg: str
    tries: int


class NotTold(Exception):
    """The application did not take the word. answer: a short reason, without addresses."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


Teller = Callable[[Ending], str]
_tellers: dict[str, Teller] = {}


def tell_by(protocol: str, teller: Teller) -> None:
    """Offer the way a protocol tells of an end: posts its own form, returns the answer in a word, raises NotTold."""
    _tellers[protocol] = teller


def join(
    *, sid: UUID, client_id: str, account_id: UUID, protocol: str, handle: str = "", address: str = ""
) -> bool:
    """Note the part of an application in an open sign-on; False when the sign-on has ended. handle, address: as in
    `models.AppSignOn`. OpenID clients join with their code, in one statement (`actions.tokens.issue_code`)."""
    statement = (
        "insert into app_sign_on (id, sid, client_id, account_id, protocol, handle, address, state, begun_at, tries, answer)"
        " select %s::uuid, s.sid, %s::text, %s::uuid, %s::text, %s::text, %s::text, 'none', %s::timestamptz, 0, ''"
        " from sso_session s where s.sid = %s::uuid and s.ended_at is null"
        " on conflict (sid, client_id, protocol, handle) do update set address = excluded.address, state = 'none',"
        " ended_at = null, tries = 0, answer = '' returning 1"
    )
    values = (new_id(), client_id, account_id, protocol, handle, address, entry.now(), sid)
    return bool(prepared.rows(statement, values))


def end(sids: Sequence[UUID]) -> int:
    """These sign-ons have ended: revoke their tokens and queue a word to every application that takes one, in the open
    transaction or at once. Returns how many will be told."""
    if not sids:
        return 0
    marked = prepared.rows(END, {"now": entry.now(), "sids": prepared.array(sids)})
    waiting = [sign_on_id for sign_on_id, state in marked if state == "pending"]
    for sign_on_id in waiting:
        defer(sign_on_id)
    return len(waiting)


def end_parts(*, client_id: str, account_id: UUID | None, why: str) -> int:
    """Revoke whatever an application holds (tokens, codes, tickets, devices that wait) and tell it, while the sign-ons
    themselves go on; account_id None: of everybody. why: as in `models.TokenFamily`. Returns how many people had a sign-on
    there."""
    values = {"now": entry.now(), "client": client_id, "account": account_id, "why": why}
    marked = prepared.rows(END_PARTS, values)
    for sign_on_id, state, _holder in marked:
        if state == "pending":
            defer(sign_on_id)
    return len({holder for _id, _state, holder in marked})


def defer(sign_on_id: UUID, wait: timedelta | None = None) -> None:
    """Queue one word. The job names the row only."""
    from procrastinate.contrib.django import app

    from jizuo.hubs.identity.jobs import TELL_END

    later = {"schedule_in": {"seconds": int(wait.total_seconds())}} if wait else {}
    app.configure_task(TELL_END, queue="facts", allow_unknown=False, **later).defer(
        sign_on_id=str(sign_on_id)
    )


def tell(sign_on_id: UUID) -> str:
    """Tell one application that a sign-on has ended; returns the state it leaves: answered, pending (a next try is
    queued), failed, cannot; ``nothing`` when there is nothing to tell."""
    found = prepared.rows(TAKE, (entry.now(), sign_on_id))
    if not found:
        return "nothing"
    ending = Ending(*found[0])
    teller = _tellers.get(ending.protocol)
    if teller is None or not ending.address:
        return _leave(ending, "cannot", "")
    try:
        answer = teller(ending)
    except NotTold as fault:
        if ending.tries > len(WAITS):
            return _leave(ending, "failed", fault.answer)
        state = _leave(ending, "pending", fault.answer)
        defer(ending.id, WAITS[ending.tries - 1])
        return state
    return _leave(ending, "answered", answer)


def _leave(ending: Ending, state: str, answer: str) -> str:
    answered_at = entry.now() if state == "answered" else None
    prepared.rows(
        "update app_sign_on set state = %s::text, answer = %s::text, answered_at = %s::timestamptz where id = %s::uuid"
        " returning 1",
        (state, answer[:40], answered_at, ending.id),
    )
    return state


def take_up() -> int:
    """Queue again what waits without a try for longer than the longest pause: its job was lost. Returns how many."""
    before = entry.now() - WAITS[-1] - timedelta(hours=1)
    waiting = prepared.rows(
        "select id from app_sign_on where state = 'pending' and coalesce(told_at, ended_at) < %s::timestamptz",
        (before,),
    )
    for (sign_on_id,) in waiting:
        defer(sign_on_id)
    return len(waiting)


def forget_old() -> int:
    """Remove parts of sign-ons that ended a year ago; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("delete from app_sign_on where ended_at < %s", [entry.now() - timedelta(days=366)])
        return cursor.rowcount
