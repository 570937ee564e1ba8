"""Which application an address of a service belongs to."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.http import HttpRequest

from jizuo.ground import acting, grants
from jizuo.ground.scope import BASE_UNIT
from jizuo.hubs.identity.protocols import asking
from jizuo.hubs.identity.protocols.openid import clients
from jizuo.hubs.identity.rules import cas
from jizuo.hubs.identity.rules.openid import Client

FIND = """
select client_id from app where is_active and cas_services && %s::varchar[]
order by unit_no = any(%s) desc, unit_no = %s desc, created_at, client_id limit 1
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
