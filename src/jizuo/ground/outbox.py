"""Facts told in the running transaction, kept until its end and then written by one statement.

The outermost door writes them with its audit entry; any other transaction writes them before it commits. What is told
within a savepoint is written at once, so that it goes with it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextvars import ContextVar, Token
from typing import Any

import msgspec
from django.db import connection

from jizuo.ground import prepared

#: Takes one JSON text.
INSERT = """
insert into fact (name, unit_no, payload, state, tries, last_error)
select x.name, x.unit_no, x.payload, 'waiting', 0, ''
from jsonb_to_recordset(%s::jsonb) as x(n int, name text, unit_no int, payload jsonb) order by x.n
returning {wake}
"""
WAKING, QUIET = INSERT.format(wake="pg_notify('jizuo_fact', '')"), INSERT.format(wake="null")
#: Seconds. A notification takes a lock of the whole server until its transaction has ended, so that a process wakes the outbox
#: loop no oftener than this; the loop looks once more so long after it has found something.
WAKES_EVERY = 0.1
_woke_at = -1.0

_told: ContextVar[list[dict[str, Any]] | None] = ContextVar("jizuo_told", default=None)


def open_box() -> Token[list[dict[str, Any]] | None]:
    """Begin to keep facts; for whoever opens a transaction."""
    return _told.set([])


def shut_box(token: Token[list[dict[str, Any]] | None]) -> None:
    """Forget what is kept: it has been written, or the transaction failed."""
    _told.reset(token)


def put(name: str, unit_no: int, payload: Mapping[str, Any]) -> None:
    """Keep a fact for the end of the transaction."""
    held = _told.get()
    fact = {"name": name, "unit_no": unit_no, "payload": payload}
    if held is None or connection.savepoint_ids:
        write([fact])
    else:
        held.append(fact)


def statement() -> str:
    """The insert of the facts that are told now: it wakes the outbox loop when the transaction commits, unless this process
    did so a moment ago."""
    global _woke_at
    now = time.monotonic()
    if 0 <= now - _woke_at < WAKES_EVERY:
        return QUIET
    _woke_at = now
    return WAKING


def taken() -> str:
    """What is kept as `statement` takes it, '' for nothing; the caller writes it."""
    held = _told.get()
    if not held:
        return ""
    text = encoded(held)
    held.clear()
    return text


def write_kept() -> None:
    """Write what is still kept."""
    held = _told.get()
    if held:
        write(held)
        held.clear()


def write(told: list[dict[str, Any]]) -> None:
    """Write facts now."""
    prepared.rows(statement(), (encoded(told),))


def encoded(told: list[dict[str, Any]]) -> str:
    """Facts as `statement` takes them."""
    return msgspec.json.encode([{**fact, "n": n} for n, fact in enumerate(told)]).decode()
