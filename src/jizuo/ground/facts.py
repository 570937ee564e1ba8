"""Facts: past-tense news written with the change and delivered after commit.

`tell()` inside an action puts the fact into the outbox of the same transaction. `deliver_due()` is the
outbox loop's step: it takes a batch, gives each fact to every handler that a plate registered, each in a
transaction of its own behind a receipt, so a fact told twice acts once. A fact that fails keeps its place
with a growing delay; after `MOST_TRIES` it is dead and waits for a person.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from jizuo.ground import acting, outbox
from jizuo.ground import scope as scopes

log = logging.getLogger(__name__)
MOST_TRIES = 8
BATCH = 200

Handler = Callable[["Told"], object]


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as a handler gets it. payload carries ids, never personal values."""

    id: int
    name: str
    unit_no: int
    payload: Mapping[str, Any]


_handlers: dict[str, dict[str, Handler]] = {}


def on(name: str, key: str, handler: Handler) -> None:
    """Register `handler` for facts called `name`; `key` names the handler in its receipts, for good."""
    _handlers.setdefault(name, {})[key] = handler


def tell(name: str, **payload: Any) -> None:
    """Write a fact with the running action; it stands in the outbox from the end of the transaction on. Raises outside a
    door."""
    if not scopes.in_transaction():
        raise scopes.NoScope(f"{name}: a fact told outside a door")
    scope = scopes.current()
    outbox.put(name, payload.pop("unit_no", scope.unit_no), payload)


def handler_scope(unit_no: int) -> scopes.Scope:
    """The scope a handler runs in: the unit of the fact and all below it, as the base itself."""
    return acting.base_job_scope(unit_no)


def deliver_due(limit: int = BATCH) -> int:
    """Deliver one batch of due facts; returns how many were taken. Safe to run in several processes at once.

    The batch is leased for a minute first, so that a killed loop's facts come back by themselves.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "update fact set next_at = now() + interval '1 minute' where id in (select id from fact"
            " where state = 'waiting' and next_at <= now() order by id limit %s for update skip locked)"
            " returning id, name, unit_no, payload::text",
            [limit],
        )
        due = sorted(
            (Told(fact_id, name, unit_no, json.loads(payload)) for fact_id, name, unit_no, payload in cursor),
            key=lambda fact: fact.id,
        )
    delivered = []
    for fact in due:
        error = deliver(fact)
        if not error:
            delivered.append(fact.id)
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "update fact set tries = tries + 1, last_error = %s,"
                " next_at = now() + least(interval '1 hour', interval '1 second' * power(2, tries)),"
                " state = case when tries + 1 >= %s then 'dead' else 'waiting' end where id = %s",
                [error, MOST_TRIES, fact.id],
            )
    if delivered:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("delete from fact where id = any(%s)", [delivered])
            cursor.execute("delete from fact_done where fact_id = any(%s)", [delivered])
    return len(due)


def deliver(fact: Told) -> str:
    """Give one fact to its handlers; returns '' or the first error's words. A handler that failed does not
    keep the next one from acting."""
    first_error = ""
    for key, handler in _handlers.get(fact.name, {}).items():
        try:
            run_handler(fact, key, handler)
        except Exception as error:
            log.exception("fact %s (%s) failed in %s", fact.id, fact.name, key)
            first_error = first_error or f"{key}: {type(error).__name__}: {error}"[:2000]
    return first_error


def run_handler(fact: Told, key: str, handler: Handler) -> None:
    """Run one handler in its own transaction with its receipt; a receipt that is there means it has acted."""
    with (
        scopes.use(handler_scope(fact.unit_no)),
        scopes.open_transaction(f"fact.{key}"),
        connection.cursor() as cursor,
    ):
        # Another loop may have delivered the fact since it was taken, and forgotten it with its receipts.
        cursor.execute("select 1 from fact where id = %s for update", [fact.id])
        if cursor.fetchone() is None:
            return
        cursor.execute(
            "insert into fact_done (fact_id, handler) values (%s, %s) on conflict do nothing", [fact.id, key]
        )
        if cursor.rowcount:
            handler(fact)


def retry_dead(fact_id: int) -> bool:
    """Put a dead fact back; True when it was there. A person's act: call it from a door."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update fact set state = 'waiting', tries = 0, next_at = now() where id = %s and state = 'dead'",
            [fact_id],
        )
        return cursor.rowcount == 1
