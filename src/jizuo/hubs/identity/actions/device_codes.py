"""Signing in a device from a phone (RFC 8628): the device asks and waits, a person types its code and agrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, prepared
from jizuo.ground.doors import action
from jizuo.ground.errors import Conflict, NotAllowed, NotFound
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import app_sign_ons, consents, tallies, tokens
from jizuo.hubs.identity.actions.tokens import PROVEN, STANDS, BadClient, BadGrant, Made, Proof
from jizuo.hubs.identity.entry import SELF, Secret
from jizuo.hubs.identity.rules import device_codes as rules
from jizuo.hubs.identity.rules import locks, screens
from jizuo.hubs.identity.rules.openid import Client, Refused

BEGIN = f"""
insert into device_code (device_hash, user_hash, client_id, scopes, state, made_at, expires_at, interval_seconds, acr, amr)
select %(device)s::bytea, %(user)s::bytea, %(client)s::text, %(scopes)s::text[], 'waiting', %(now)s::timestamptz,
       %(until)s::timestamptz, {rules.INTERVAL_SECONDS}, '', '{{}}'
where {PROVEN} and (select count(*) from device_code d where d.client_id = %(client)s::text
  and d.expires_at > %(now)s::timestamptz) < {rules.MOST_WAITING}
on conflict (user_hash) do nothing returning 1
"""
#: Fetched once: the row goes, and what came of it hangs on the session of the person who agreed.
FETCH = f"""
with gone as (
  delete from device_code c where c.device_hash = %(code)s::bytea and c.client_id = %(client)s::text
    and c.state = 'agreed' and c.expires_at > %(now)s::timestamptz and {PROVEN} and {STANDS.format("c")} returning c.*),
family as (
  insert into token_family (id, client_id, account_id, sid, scopes, code_hash, nonce, authed_at, acr, amr, claims,
                            made_at, ends_at, why)
  select %(family)s::uuid, c.client_id, c.account_id, c.sid, c.scopes, c.device_hash, '', c.authed_at, c.acr, c.amr, null,
         %(now)s::timestamptz, %(ends)s::timestamptz, '' from gone c returning id),
access as (
  insert into access_token (token_hash, client_id, family_id, scopes, made_at, expires_at)
  select %(access)s::bytea, c.client_id, f.id, c.scopes, %(now)s::timestamptz, %(until)s::timestamptz from gone c, family f),
refresh as (
  insert into refresh_token (token_hash, family_id, made_at, expires_at)
  select %(refresh)s::bytea, f.id, %(now)s::timestamptz, %(ends)s::timestamptz from family f
  where %(refresh)s::bytea is not null)
select c.account_id, c.sid, c.scopes, c.authed_at, c.acr, c.amr from gone c
"""
#: A device that asks too soon is told to slow down, and from then on has to (RFC 8628 section 3.5).
POLL = f"""
with seen as (
  select c.device_hash, c.polled_at, c.interval_seconds from device_code c
  where c.device_hash = %(code)s::bytea and c.client_id = %(client)s::text for update),
asked as (
  update device_code c set polled_at = %(now)s::timestamptz, interval_seconds = least({rules.LONGEST_INTERVAL},
    c.interval_seconds + case when s.polled_at + s.interval_seconds * interval '1 second' > %(now)s::timestamptz
                              then {rules.SLOWER_SECONDS} else 0 end)
  from seen s where c.device_hash = s.device_hash
  returning c.state, c.expires_at,
    coalesce(s.polled_at + s.interval_seconds * interval '1 second' > %(now)s::timestamptz, false) as is_early)
select {PROVEN}, a.state, a.expires_at, a.is_early from (select 1) one left join asked a on true
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a device is told, in clear here and on it only. user_code: 8 signs without the dash."""

    device_code: str
    user_code: str
    seconds: int
    interval: int


@dataclass(frozen=True, slots=True)
class DeviceSeen:
    """A waiting device as the person who typed its code sees it."""

    client_id: str
    app: str
    unit_no: int
    scopes: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DeviceLook:
    """What came of a typed code: the device, or None for a wrong one. locked_until: shut for this person or address."""

    device: DeviceSeen | None = None
    locked_until: datetime | None = None


def begin(proof: Proof, *, scopes: tuple[str, ...]) -> Begun:
    """Let a device wait. Raises BadClient, and Refused when too many of this application wait."""
    now = entry.now()
    for _try in range(3):
        begun = Begun(tokens.fresh(), rules.draw(), int(rules.LIFE.total_seconds()), rules.INTERVAL_SECONDS)
        values = {
            "device": tokens.hash_of(begun.device_code), "user": user_hash(begun.user_code),
            "client": proof.client.client_id, "secret": proof.secret_hash, "scopes": tokens.array(scopes), "now": now,
            "until": now + rules.LIFE,
        }  # fmt: skip
        if prepared.rows(BEGIN, values):
            return begun
    if not tokens.is_proven(proof):
        raise BadClient
    raise Refused("slow_down", "too many devices of this client wait already")


def fetch(proof: Proof, *, device_code: str) -> Made:
    """The tokens of a device whose person agreed; once. Raises BadClient, BadGrant, and Refused with what RFC 8628
    section 3.5 has the device told."""
    client, now, code = proof.client, entry.now(), tokens.hash_of(device_code)
    access, refresh = tokens.fresh(), tokens.fresh() if "refresh_token" in client.grants else ""
    ends = now + timedelta(seconds=max(client.refresh_seconds if refresh else 0, client.access_seconds))
    held = {"code": code, "client": client.client_id, "secret": proof.secret_hash, "now": now}
    found = prepared.rows(
        FETCH,
        {
            **held, "family": new_id(), "ends": ends, "access": tokens.hash_of(access),
            "until": now + timedelta(seconds=client.access_seconds),
            "refresh": tokens.hash_of(refresh) if refresh else None,
        },
    )  # fmt: skip
    if found:
        account_id, sid, scopes, authed_at, acr, amr = found[0]
        return Made(
            access, refresh, client.access_seconds, tuple(scopes), account_id, sid, "", authed_at, acr, tuple(amr), None
        )  # fmt: skip
    ((is_proven, state, expires_at, is_early),) = prepared.rows(POLL, held)
    if not is_proven:
        raise BadClient
    if state is None:
        raise BadGrant("no such device_code: used, or of another client")
    if state == "denied":
        _drop(code)
        raise Refused("access_denied", "the person said no")
    if now >= expires_at:
        raise Refused("expired_token", "the device_code is too old; ask for a new one")
    if state == "agreed":
        _drop(code)
        raise BadGrant("the sign-on of the person who agreed has ended")
    if is_early:
        raise Refused("slow_down", "the device asks too often; wait 5 seconds longer")
    raise Refused("authorization_pending", "nobody has agreed yet")


def _drop(code: bytes) -> None:
    prepared.rows("delete from device_code where device_hash = %s::bytea returning 1", (code,))


def user_hash(user_code: str) -> bytes:
    """What is kept of the code that people type."""
    return entry.code_hash("device", user_code)


@action(title="输入屏幕上的代码", roles=[SELF])
def look_at_device(*, account_id: UUID, code: Secret, address: str) -> DeviceLook:
    """The device that shows this code. Wrong codes count against the person and against the address; either is shut for
    a while from the tenth on."""
    now = entry.now()
    held = [
        entry.tally_key("device", account_id),
        entry.tally_key("device", "address", locks.address_key(address)),
    ]
    counted = [(key, tallies.hold(key)) for key in held]
    shut = [tally.locked_until for _key, tally in counted if locks.is_locked(tally, now)]
    if shut:
        audit.note("locked")
        return DeviceLook(locked_until=max(until for until in shut if until))
    user_code = rules.read(code.reveal)
    with connection.cursor() as cursor:
        cursor.execute(
            "select d.client_id, a.name, a.unit_no, d.scopes, d.expires_at from device_code d"
            " join app a on a.client_id = d.client_id and a.is_active"
            " where d.user_hash = %s and d.state = 'waiting' and d.expires_at > %s",
            [user_hash(user_code), now],
        )
        row = cursor.fetchone()
    if row is None:
        for key, tally in counted:
            tallies.keep(key, screens.after_wrong(tally, now))
        return DeviceLook()
    client_id, app, unit_no, scopes, expires_at = row
    return DeviceLook(DeviceSeen(client_id, app, unit_no, tuple(scopes), expires_at))


@action(title="让屏幕登录", roles=[SELF])
def answer_device(
    *, account_id: UUID, sid: UUID, code: Secret, client: Client, is_yes: bool, authed_at: datetime, acr: str,
    amr: list[str], issuer: str,
) -> None:  # fmt: skip
    """Say yes or no to the device that shows this code; the first word counts. Raises NotFound for a code that is over,
    Conflict for one that was answered, NotAllowed for a child on its own."""
    held, now = user_hash(rules.read(code.reveal)), entry.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "select state, scopes from device_code where user_hash = %s and client_id = %s and expires_at > %s for update",
            [held, client.client_id, now],
        )
        row = cursor.fetchone()
        # A code that was asked for before the application lost a scope asks for too much.
        if row is None or not set(row[1]) <= set(client.scopes):
            raise NotFound(
                _("没有屏幕在显示这个代码"), fix=_("代码十分钟有效，只用一次。请看屏幕上现在的代码")
            )
        if row[0] != "waiting":
            raise Conflict(_("这个代码已经有人答复过了"), fix=_("如果不是您，请在屏幕上重新要一个代码"))
        cursor.execute(
            "update device_code set state = %s, account_id = %s, sid = %s, authed_at = %s, acr = %s, amr = %s"
            " where user_hash = %s",
            ["agreed" if is_yes else "denied", account_id, sid, authed_at, acr, amr, held],
        )
    audit.note(f"device of app {client.client_id}: {'yes' if is_yes else 'no'}")
    if not is_yes:
        return
    asked = set(row[1])
    if not asked <= consents.agreed_for(account_id, client):
        consents.consent(
            account_id=account_id, client_id=client.client_id, scopes=list(row[1]), by_account_id=account_id
        )
    if not app_sign_ons.join(
        sid=sid, client_id=client.client_id, account_id=account_id, protocol=app_sign_ons.OIDC, handle=issuer
    ):
        raise NotAllowed(_("您的登录已结束"), fix=_("请重新登录，再输一次代码"))


def forget_old() -> int:
    """Remove codes that ended an hour ago; until then a device learns that its code is too old."""
    with connection.cursor() as cursor:
        cursor.execute("delete from device_code where expires_at < %s", [entry.now() - timedelta(hours=1)])
        return cursor.rowcount
