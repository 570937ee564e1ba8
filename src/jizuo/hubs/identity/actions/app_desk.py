"""What the desk of applications reads: installations of the own unit, who agreed, sign-ons and how they ended, keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action, source
from jizuo.ground.errors import NotFound
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import apps, signing_keys, tokens
from jizuo.hubs.identity.actions.apps import REGISTRARS
from jizuo.hubs.identity.rules.apps import Registration

MOST_LINES = 500
MOST_PEOPLE = 50
LIST = """
select a.client_id, a.name, a.kind, a.is_active, a.redirect_uris <> '{}', a.cas_services <> '{}', a.plain_addresses <> '{}',
  a.pkce_exempt_until,
  (select count(distinct o.account_id) from app_sign_on o where o.client_id = a.client_id and o.begun_at > %(month)s),
  (select max(o.begun_at) from app_sign_on o where o.client_id = a.client_id),
  (select count(*) from app_message m where m.client_id = a.client_id and m.rule <> '' and m.rule <> 'person')
from app a where a.unit_no = %(unit)s and (%(text)s = '' or strpos(lower(a.name), lower(%(text)s)) > 0
  or a.client_id = %(text)s)
order by a.is_active desc, a.name, a.client_id limit %(most)s
"""
#: A consent and its sign-ons name people; a clerk knows those of the school, a district sees counts.
AGREED = """
select h.id, h.person_id, h.display_name, c.by, max(c.given_at), c.version
from consent c join account h on h.id = c.account_id
where c.client_id = %s and c.withdrawn_at is null
  and exists (select 1 from acting_grant g where g.account_id = h.id and g.unit_no = any(%s))
group by h.id, c.by, c.version order by 5 desc limit %s
"""


@dataclass(frozen=True, slots=True)
class AppLine:
    """One installation in the list. people: accounts that signed in within 30 days; faults: refused messages of the last
    seven days."""

    client_id: str
    name: str
    kind: str
    is_active: bool
    has_openid: bool
    has_cas: bool
    has_plain: bool
    pkce_exempt_until: Any
    people: int
    last_at: datetime | None
    faults: int


@dataclass(frozen=True, slots=True)
class SecretLine:
    """A live secret. ends_at None: until it is ended."""

    tail: str
    made_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class AppSeen:
    """One installation. agreed: how many people agreed by (self, guardian); signed_in: people with an open part now;
    ends: state -> how many ended parts of the last 30 days stand in it."""

    client_id: str
    registration: Registration
    is_active: bool
    version: int
    watched_until: datetime | None
    secrets: tuple[SecretLine, ...]
    agreed: Mapping[str, int]
    signed_in: int
    ends: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """Who agreed, where the acting role may know."""

    name: str
    by: str
    given_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class SignOnLine:
    """One part of the application in a sign-on; state, tries and answer as in `models.AppSignOn`."""

    begun_at: datetime
    protocol: str
    ended_at: datetime | None
    state: str
    tries: int
    told_at: datetime | None
    answered_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message of the application as it was kept (`models.AppMessage`)."""

    at: datetime
    place: str
    rule: str
    code: str
    words: str
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key of the issuer. state: coming (published, does not sign yet) | signing | retired (published, signs no more)."""

    kid: str
    alg: str
    state: str
    publish_at: datetime
    use_from: datetime
    use_until: datetime
    drop_at: datetime


@source(title="应用接入", roles=REGISTRARS)
def my_apps(*, text: str) -> list[AppLine]:
    """Installations of the own unit, those switched on first; text: part of a name, or a client id."""
    values = {
        "unit": apps.own_unit(), "text": text.strip()[:80], "month": month_ago(), "most": MOST_LINES,
    }  # fmt: skip
    return [AppLine(*row) for row in rows(LIST, values)]


@source(title="一个应用", roles=REGISTRARS)
def app_seen(*, client_id: str) -> AppSeen:
    """One installation of the own unit. Raises NotFound."""
    app = apps.seen(client_id)
    now = entry.now()
    secrets = rows(
        "select tail, made_at, ends_at from app_secret where client_id = %s and (ends_at is null or ends_at > %s)"
        " order by made_at desc",
        [client_id, now],
    )
    agreed = rows(
        "select by, count(distinct account_id) from consent where client_id = %s and withdrawn_at is null group by by",
        [client_id],
    )
    ends = rows(
        "select state, count(*) from app_sign_on where client_id = %s and ended_at > %s group by state",
        [client_id, month_ago()],
    )
    ((signed_in,),) = rows(
        "select count(distinct o.account_id) from app_sign_on o join sso_session s on s.sid = o.sid and s.ended_at is null"
        " and s.ends_at > %s where o.client_id = %s and o.ended_at is null",
        [now, client_id],
    )
    return AppSeen(
        client_id, apps.registration_of(app), app.is_active, app.version, app.watched_until,
        tuple(SecretLine(*row) for row in secrets), dict(agreed), signed_in, dict(ends),
    )  # fmt: skip


@source(title="谁同意了应用", roles=[scopes.CLERK])
def agreed_people(*, client_id: str) -> list[AgreedLine]:
    """The people of the own school who agreed last, 50 at most. Raises NotFound."""
    apps.seen(client_id)
    found = rows(AGREED, [client_id, list(scopes.current().units), MOST_PEOPLE])
    audit.disclose(["name"], [row[1] or row[0] for row in found])
    return [AgreedLine(*row[2:]) for row in found]


@source(title="应用的登录", roles=REGISTRARS)
def app_sign_on_lines(*, client_id: str) -> list[SignOnLine]:
    """The latest parts of an application in sign-ons, without names, 50 at most. Raises NotFound."""
    apps.seen(client_id)
    found = rows(
        "select begun_at, protocol, ended_at, state, tries, told_at, answered_at, answer from app_sign_on"
        " where client_id = %s order by coalesce(ended_at, begun_at) desc, id limit %s",
        [client_id, MOST_PEOPLE],
    )
    return [SignOnLine(*row) for row in found]


@source(title="应用发来的消息", roles=REGISTRARS)
def app_messages_of(*, client_id: str) -> list[MessageLine]:
    """What the application sent in the last seven days, the newest first, 50 at most. Raises NotFound."""
    apps.seen(client_id)
    found = rows(
        "select at, place, rule, code, words, said from app_message where client_id = %s order by at desc, id limit %s",
        [client_id, MOST_PEOPLE],
    )
    return [
        MessageLine(at, place, rule, code, words, tokens.value_of(said) or {})
        for at, place, rule, code, words, said in found
    ]


@source(title="签名密钥", roles=[scopes.OPERATOR])
def key_lines() -> list[KeyLine]:
    """The issuer's keys that are published now, the newest first."""
    now = entry.now()
    found = rows(
        "select kid, alg, publish_at, use_from, use_until, drop_at from signing_key where publish_at <= %s and drop_at > %s"
        " order by use_from desc, alg",
        [now, now],
    )
    return [
        KeyLine(kid, alg, "coming" if now < start else "signing" if now < end else "retired", shown, start, end, drop)
        for kid, alg, shown, start, end, drop in found
    ]  # fmt: skip


@action(title="更换签名密钥", roles=[scopes.OPERATOR], second_factor=True)
def rotate_key(*, alg: str) -> datetime:
    """Publish the next key of an algorithm now; returns when it begins to sign. Raises NotFound, Conflict."""
    if alg not in signing_keys.ALGS:
        raise NotFound(_("没有这种算法"))
    begins = signing_keys.rotate(alg)
    audit.note(alg)
    return begins


def month_ago() -> datetime:
    """The instant 30 days back."""
    return entry.now() - timedelta(days=30)


def rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    """Rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
