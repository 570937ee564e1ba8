"""Sign-in events and lock-outs as rows: written inside the action that they tell of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.entry import Browser
from jizuo.hubs.identity.rules import anomalies
from jizuo.hubs.identity.rules.anomalies import Outcome, What
from jizuo.hubs.identity.rules.locks import Tally

INSERT = """
insert into sign_in_event (account_id, sid, what, outcome, method, device, network, origin, mark, at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def note(what: What, outcome: Outcome, account_id: UUID | None, method: str = "") -> None:
    """One event of the running request, from the address of its scope."""
    write(
        what, outcome, account_id=account_id, sid=None, method=method, address=scopes.current().address,
        known=entry.browser(), at=entry.now(),
    )  # fmt: skip


def write(
    what: What, outcome: Outcome, *, account_id: UUID | None, sid: UUID | None, method: str, address: str,
    known: Browser, at: datetime,
) -> None:  # fmt: skip
    """One event. method: as in `rules.strength`, empty for none."""
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            [
                account_id, sid, what, outcome, method, known.device, anomalies.network_of(address),
                entry.address_hash(address), known.mark, at,
            ],
        )  # fmt: skip


def show_lock(key: bytes, account_id: UUID, what: str, tally: Tally) -> None:
    """Let the school of the account see that it is locked at this address; what: ``password`` or ``factor``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into lock_out (key, account_id, what, network, at, locked_until) values (%s, %s, %s, %s, %s, %s)"
            " on conflict (key) do update set at = excluded.at, locked_until = excluded.locked_until",
            [
                key, account_id, what, anomalies.network_of(scopes.current().address), entry.now(),
                tally.locked_until,
            ],
        )  # fmt: skip


def forget_old(now: datetime) -> None:
    """Remove events and anomalies that are past their time, and lock-outs that are over."""
    with connection.cursor() as cursor:
        cursor.execute("delete from sign_in_event where at < %s", [now - anomalies.KEPT])
        cursor.execute("delete from sign_in_anomaly where at < %s", [now - anomalies.KEPT])
        cursor.execute("delete from lock_out where locked_until <= %s", [now])
