"""Which application an address of a service belongs to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.http import HttpRequest

from jizuo.ground import acting, grants
from jizuo.ground.scope import BASE_UNIT
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import app_messages
from jizuo.hubs.identity.protocols import asking
from jizuo.hubs.identity.protocols.openid import clients
from jizuo.hubs.identity.rules import cas
from jizuo.hubs.identity.rules.openid import Client

FIND = """
select client_id from app where is_active and cas_services && %s::varchar[]
order by unit_no = any(%s) desc, unit_no = %s desc, created_at, client_id limit 1
"""
#: Installations with an entry at this host, those that name the address itself first.
NEAR = """
select client_id, coalesce(watched_until > %(now)s, false) from app
where is_active and exists (select 1 from unnest(cas_services) one
  where lower(substring(one from '^https?://([^/?#:]+)')) = %(host)s)
order by cas_services && %(entries)s::varchar[] desc, client_id limit 20
"""


def find(service: str, units: Collection[int] = ()) -> Client | None:
    """The application that registered this address, None for none. Several schools may have an installation at one
    address of their vendor: the one at a unit of the person counts, then the base's own, then the oldest."""
    entries = cas.entries_of(service)
    if not entries:
        return None
    with connection.cursor() as cursor:
        cursor.execute(FIND, [entries, sorted(units), BASE_UNIT])
        row = cursor.fetchone()
    return clients.find(row[0]) if row else None


def units_of(request: HttpRequest) -> list[int]:
    """The units that the person in this browser has a role at today; none for nobody."""
    sign_on = asking.open_sign_on(request)
    if sign_on is None:
        return []
    return sorted({held.unit_no for held in grants.of_account(sign_on.account_id, acting.today())})


def note(client_id: str, service: str, place: str, code: str, words: str, given: Mapping[str, Any]) -> None:
    """Keep a refused message for its vendor (`actions.app_messages`). client_id: empty where the message names only an
    address, registered or mistyped; then the application at that host is meant, and of several schools' those whose first
    sign-in somebody watches."""
    for named in [client_id] if client_id else near(service):
        app_messages.refused(named, place, code, words, given)


def near(service: str) -> list[str]:
    """The applications that a vendor may mean by an address."""
    try:
        parts = urlsplit(service)
        host = parts.hostname or ""
    except ValueError:
        return []
    if not host or not cas.is_service(f"{parts.scheme}://{parts.netloc}/"):
        return []
    values = {"now": entry.now(), "host": host, "entries": cas.entries_of(service)}
    with connection.cursor() as cursor:
        cursor.execute(NEAR, values)
        found = cursor.fetchall()
    return [client_id for client_id, is_watched in found if is_watched or len(found) == 1]
