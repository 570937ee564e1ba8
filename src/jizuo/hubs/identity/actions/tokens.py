"""Codes and tokens: handed out, changed for one another and revoked, each in one statement of its own.

No door stands round these: they are the machine side of a sign-on that a door began, they are called hundreds of times
a second, and what they leave behind (`token_family`, `app_sign_on`) is the record. Every statement proves the client
again, so what a process keeps of an application is never a right.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from jizuo.ground import prepared
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.rules.openid import Client

CODE_SECONDS = 60
SECRET_BYTES = 32

#: The client stands, and its secret where it shows one; %(secret)s null: proven otherwise.
PROVEN = """exists (select 1 from app a where a.client_id = %(client)s::text and a.is_active
  and (%(secret)s::bytea is null or exists (select 1 from app_secret p where p.secret_hash = %(secret)s::bytea
       and p.client_id = a.client_id and (p.ends_at is null or p.ends_at > %(now)s::timestamptz))))"""
#: The sign-on and the account behind it still stand; {0} names the row.
STANDS = """({0}.sid is null or exists (select 1 from sso_session s where s.sid = {0}.sid and s.ended_at is null
      and s.ends_at > %(now)s::timestamptz))
  and exists (select 1 from account h where h.id = {0}.account_id and h.is_active)"""

ISSUE_CODE = """
with joined as (
  insert into app_sign_on (id, sid, client_id, account_id, protocol, handle, address, state, begun_at, tries, answer)
  values (%(id)s::uuid, %(sid)s::uuid, %(client)s::text, %(account)s::uuid, 'oidc', %(issuer)s::text, '', 'none',
          %(now)s::timestamptz, 0, '')
  on conflict (sid, client_id, protocol, handle) do update
  set state = 'none', ended_at = null, begun_at = excluded.begun_at, tries = 0, answer = ''
  where app_sign_on.ended_at is not null)
insert into authorization_code (code_hash, client_id, account_id, sid, redirect_uri, scopes, nonce, challenge, authed_at,
                                acr, amr, claims, made_at, expires_at)
select %(hash)s::bytea, %(client)s::text, %(account)s::uuid, %(sid)s::uuid, %(redirect)s::text, %(scopes)s::text[],
       %(nonce)s::text, %(challenge)s::text, %(authed_at)s::timestamptz, %(acr)s::text, %(amr)s::text[],
       %(claims)s::jsonb, %(now)s::timestamptz, %(until)s::timestamptz
where exists (select 1 from sso_session s where s.sid = %(sid)s::uuid and s.ended_at is null)
returning 1
"""
REDEEM = f"""
with proven as (select {PROVEN} as is_proven),
gone as (delete from authorization_code c using proven
         where c.code_hash = %(code)s::bytea and proven.is_proven returning c.*),
good as (
  select c.* from gone c where c.client_id = %(client)s::text and c.redirect_uri = %(redirect)s::text
    and c.challenge = %(challenge)s::text and c.expires_at > %(now)s::timestamptz and {STANDS.format("c")}),
family as (
  insert into token_family (id, client_id, account_id, sid, scopes, code_hash, nonce, authed_at, acr, amr, claims,
                            made_at, ends_at, why)
  select %(family)s::uuid, c.client_id, c.account_id, c.sid, c.scopes, c.code_hash, c.nonce, c.authed_at, c.acr, c.amr,
         c.claims, %(now)s::timestamptz, %(ends)s::timestamptz, '' from good c returning id),
access as (
  insert into access_token (token_hash, client_id, family_id, scopes, made_at, expires_at)
  select %(access)s::bytea, c.client_id, f.id, c.scopes, %(now)s::timestamptz, %(until)s::timestamptz
  from good c, family f),
refresh as (
  insert into refresh_token (token_hash, family_id, made_at, expires_at)
  select %(refresh)s::bytea, f.id, %(now)s::timestamptz, %(ends)s::timestamptz from family f
  where %(refresh)s::bytea is not null)
select p.is_proven, g.code_hash is not null, c.account_id, c.sid, c.scopes, c.nonce, c.authed_at, c.acr, c.amr, c.claims,
       g.redirect_uri = %(redirect)s::text, g.challenge = %(challenge)s::text
from proven p left join gone g on true left join good c on true
"""
REFRESH = f"""
with proven as (select {PROVEN} as is_proven),
used as (
  update refresh_token r set used_at = %(now)s::timestamptz from token_family f, proven
  where r.token_hash = %(token)s::bytea and r.used_at is null and r.expires_at > %(now)s::timestamptz
    and proven.is_proven and f.id = r.family_id and f.revoked_at is null and f.client_id = %(client)s::text
    and f.ends_at > %(now)s::timestamptz and {STANDS.format("f")}
    and (%(scopes)s::text[] is null or %(scopes)s::text[] <@ f.scopes::text[])
  returning f.*),
access as (
  insert into access_token (token_hash, client_id, family_id, scopes, made_at, expires_at)
  select %(access)s::bytea, u.client_id, u.id, coalesce(%(scopes)s::text[], u.scopes::text[]),
         %(now)s::timestamptz, %(until)s::timestamptz from used u),
next as (
  insert into refresh_token (token_hash, family_id, made_at, expires_at)
  select %(refresh)s::bytea, u.id, %(now)s::timestamptz, u.ends_at from used u)
select p.is_proven, u.id is not null, u.account_id, u.sid, coalesce(%(scopes)s::text[], u.scopes::text[]), u.nonce,
       u.authed_at, u.acr, u.amr, u.claims
from proven p left join used u on true
"""
CLIENT_TOKEN = f"""
insert into access_token (token_hash, client_id, family_id, scopes, made_at, expires_at)
select %(access)s::bytea, %(client)s::text, null, %(scopes)s::text[], %(now)s::timestamptz, %(until)s::timestamptz
where {PROVEN} returning 1
"""
#: A family dies with a reason; whoever shows a code or a refresh token again ends all that came of it.
KILL = "update token_family set revoked_at = %s::timestamptz, why = %s::text where {} and revoked_at is null returning id"
LOOK = f"""
select t.client_id, t.scopes, t.made_at, t.expires_at, f.account_id, f.sid, f.id, a.sector, a.unit_no, f.claims, f.authed_at
from access_token t join app a on a.client_id = t.client_id and a.is_active left join token_family f on f.id = t.family_id
where t.token_hash = %(token)s::bytea and t.expires_at > %(now)s::timestamptz
  and (t.family_id is null or (f.revoked_at is null and {STANDS.format("f")}))
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """How a client proved itself: by the secret whose SHA-256 this is, or, where it is None, by a signed assertion or,
    for a public client, not at all."""

    client: Client
    secret_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a grant. refresh empty: none was given. account_id None: the client alone."""

    access: str
    refresh: str
    seconds: int
    scopes: tuple[str, ...]
    account_id: UUID | None = None
    sid: UUID | None = None
    nonce: str = ""
    authed_at: datetime | None = None
    acr: str = ""
    amr: tuple[str, ...] = ()
    claims: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A live access token as its reader sees it; account_id None: a client's own."""

    client_id: str
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    account_id: UUID | None
    sid: UUID | None
    family_id: UUID | None
    sector: str
    unit_no: int
    claims: dict[str, Any] | None
    authed_at: datetime | None


class BadClient(Exception):
    """The client is gone, or its secret is wrong or over."""


class BadGrant(Exception):
    """The code or refresh token does not hold. words: which rule it broke."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def fresh() -> str:
    """A new code, token or secret: 256 random bits in base64url, 43 signs."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(text: str) -> bytes:
    """What is kept of a code, token or secret."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def s256(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636 section 4.2); empty for none."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() if verifier else ""


def issue_code(
    *, issuer: str, client: Client, account_id: UUID, sid: UUID, redirect_uri: str, scopes: tuple[str, ...], nonce: str,
    challenge: str, authed_at: datetime, acr: str, amr: list[str], claims: dict[str, Any] | None,
) -> str:  # fmt: skip
    """A code for one authorization, good for a minute, and the client's part in the sign-on, which it knows by this
    issuer. Raises BadGrant when the sign-on ended meanwhile."""
    code, now = fresh(), entry.now()
    found = prepared.rows(
        ISSUE_CODE,
        {
            "id": new_id(), "issuer": issuer, "hash": hash_of(code), "client": client.client_id, "account": account_id,
            "sid": sid, "redirect": redirect_uri, "scopes": array(scopes), "nonce": nonce, "challenge": challenge,
            "authed_at": authed_at, "acr": acr, "amr": array(amr), "claims": text_of(claims), "now": now,
            "until": now + timedelta(seconds=CODE_SECONDS),
        },
    )  # fmt: skip
    if not found:
        raise BadGrant("the sign-on has ended")
    return code


def redeem(proof: Proof, *, code: str, redirect_uri: str, verifier: str) -> Made:
    """Change a code for tokens. Raises BadClient, BadGrant; a code shown twice ends what it produced."""
    client, now = proof.client, entry.now()
    access, refresh = fresh(), fresh() if "refresh_token" in client.grants else ""
    challenge = s256(verifier)
    ends = now + timedelta(seconds=max(client.refresh_seconds if refresh else 0, client.access_seconds))
    (row,) = prepared.rows(
        REDEEM,
        {
            "client": client.client_id, "secret": proof.secret_hash, "now": now, "code": hash_of(code),
            "redirect": redirect_uri, "challenge": challenge, "family": new_id(), "ends": ends,
            "access": hash_of(access), "until": now + timedelta(seconds=client.access_seconds),
            "refresh": hash_of(refresh) if refresh else None,
        },
    )  # fmt: skip
    is_proven, is_there, account_id, *rest, is_address, is_verifier = row
    if not is_proven:
        raise BadClient
    if not is_there:
        if prepared.rows(KILL.format("code_hash = %s::bytea"), (now, "replay", hash_of(code))):
            raise BadGrant("the code was used before; the tokens it produced are revoked")
        raise BadGrant("no such code: used, too old, or of another provider")
    if account_id is None:
        if not is_address:
            raise BadGrant("redirect_uri differs from the one of the authorization request")
        if not is_verifier:
            raise BadGrant("code_verifier does not match the code_challenge")
        raise BadGrant("the code is too old, of another client, or its sign-on has ended")
    return _made(access, refresh, client, account_id, rest)


def refreshed(proof: Proof, *, token: str, scopes: tuple[str, ...] | None) -> Made:
    """Change a refresh token for a new pair. scopes: fewer than it has, None for the same. Raises BadClient, BadGrant;
    a token shown twice ends its family (rule 5)."""
    client, now = proof.client, entry.now()
    access, refresh, old = fresh(), fresh(), hash_of(token)
    (row,) = prepared.rows(
        REFRESH,
        {
            "client": client.client_id, "secret": proof.secret_hash, "now": now, "token": old,
            "scopes": None if scopes is None else array(scopes), "access": hash_of(access),
            "until": now + timedelta(seconds=client.access_seconds), "refresh": hash_of(refresh),
        },
    )  # fmt: skip
    is_proven, is_used, account_id, *rest = row
    if not is_proven:
        raise BadClient
    if not is_used:
        test = (
            "id = (select family_id from refresh_token where token_hash = %s::bytea and used_at is not null)"
        )
        if prepared.rows(KILL.format(test), (now, "reuse", old)):
            raise BadGrant("the refresh token was used before; its family is revoked")
        raise BadGrant("no such refresh token: too old, revoked, of another client, or with fewer scopes")
    return _made(access, refresh, client, account_id, rest)


def client_token(proof: Proof, *, scopes: tuple[str, ...]) -> Made:
    """A token for the client alone: one statement. Raises BadClient."""
    client, now = proof.client, entry.now()
    access = fresh()
    found = prepared.rows(
        CLIENT_TOKEN,
        {
            "access": hash_of(access), "client": client.client_id, "scopes": array(scopes), "now": now,
            "until": now + timedelta(seconds=client.access_seconds), "secret": proof.secret_hash,
        },
    )  # fmt: skip
    if not found:
        raise BadClient
    return Made(access, "", client.access_seconds, scopes)


def is_proven(proof: Proof) -> bool:
    """Whether the client stands and its secret holds, for endpoints whose own statement does not ask."""
    values = {"client": proof.client.client_id, "secret": proof.secret_hash, "now": entry.now()}
    return bool(prepared.rows(f"select {PROVEN}", values)[0][0])


def _made(access: str, refresh: str, client: Client, account_id: UUID, rest: list[Any]) -> Made:
    sid, scopes, nonce, authed_at, acr, amr, claims = rest
    return Made(
        access, refresh, client.access_seconds, tuple(scopes), account_id, sid, nonce, authed_at, acr, tuple(amr),
        value_of(claims),
    )  # fmt: skip


def look(token: str) -> Seen | None:
    """A live access token; None for one that is over, revoked or never was."""
    found = prepared.rows(LOOK, {"token": hash_of(token), "now": entry.now()})
    if not found:
        return None
    row: list[Any] = list(found[0])
    row[1], row[9] = tuple(row[1]), value_of(row[9])
    return Seen(*row)


def look_refresh(token: str) -> tuple[str, tuple[str, ...], datetime, UUID, str] | None:
    """(client id, scopes, end, account, sector) of a live refresh token; None for any other."""
    found = prepared.rows(
        "select f.client_id, f.scopes, r.expires_at, f.account_id, a.sector from refresh_token r"
        " join token_family f on f.id = r.family_id join app a on a.client_id = f.client_id and a.is_active"
        f" where r.token_hash = %(token)s::bytea and r.used_at is null and r.expires_at > %(now)s::timestamptz"
        f" and f.revoked_at is null and {STANDS.format('f')}",
        {"token": hash_of(token), "now": entry.now()},
    )
    return (found[0][0], tuple(found[0][1]), *found[0][2:]) if found else None


def revoke(client_id: str, token: str) -> None:
    """Revoke one token of this client: a refresh token with its whole family, an access token alone (RFC 7009)."""
    held = hash_of(token)
    of_client = (
        "client_id = %s::text and id = (select family_id from refresh_token where token_hash = %s::bytea)"
    )
    if not prepared.rows(KILL.format(of_client), (entry.now(), "revoked", client_id, held)):
        prepared.rows(
            "delete from access_token where token_hash = %s::bytea and client_id = %s::text returning 1",
            (held, client_id),
        )


def note_assertion(client_id: str, jti: str, expires_at: datetime) -> bool:
    """Take a client assertion; False when it was taken before (RFC 7523 section 3)."""
    key = hashlib.sha256(f"{client_id}\0{jti}".encode("utf-8", "surrogatepass")).digest()
    statement = (
        "insert into used_assertion (key, expires_at) values (%s::bytea, %s::timestamptz)"
        " on conflict (key) do nothing returning 1"
    )
    return bool(prepared.rows(statement, (key, expires_at)))


def forget_old() -> int:
    """Remove what is over: codes and assertions at once, tokens and families a week later; returns how many rows."""
    now = entry.now()
    count = 0
    with connection.cursor() as cursor:
        for table, column, until in (
            ("authorization_code", "expires_at", now),
            ("used_assertion", "expires_at", now),
            ("access_token", "expires_at", now - timedelta(days=1)),
        ):
            cursor.execute(f"delete from {table} where {column} < %s", [until])
            count += cursor.rowcount
        week = now - timedelta(days=7)
        for table in ("refresh_token", "access_token"):
            cursor.execute(
                f"delete from {table} where family_id in (select id from token_family where ends_at < %s)",
                [week],
            )
        cursor.execute("delete from token_family where ends_at < %s", [week])
        return count + cursor.rowcount


def array(words: Any) -> str:
    """Scopes and methods as the text of an array: they hold letters, digits and signs that need no quoting."""
    return prepared.array(words)


def text_of(claims: dict[str, Any] | None) -> str | None:
    """The `claims` parameter on its way to the database."""
    return None if claims is None else json.dumps(claims)


def value_of(told: Any) -> dict[str, Any] | None:
    """A JSON object as it comes back: Django's connection reads jsonb as text."""
    return json.loads(told) if isinstance(told, str) else told
