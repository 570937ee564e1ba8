"""Counting failures: one tally for a name at an address, one for the address (`rules.locks`)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import watching
from jizuo.hubs.identity.rules import locks
from jizuo.hubs.identity.rules.locks import Tally

READ = "select failures, last_failed_at, locked_until from sign_in_tally where key = %s"


def hold(key: bytes) -> Tally:
    """The tally under `key`, kept from others until the transaction ends: tries at once come one by one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into sign_in_tally (key, failures) values (%s, 0) on conflict do nothing", [key]
        )
        cursor.execute(READ + " for update", [key])
        return Tally(*cursor.fetchone())


def keep(key: bytes, tally: Tally) -> None:
    """Write a held tally."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update sign_in_tally set failures = %s, last_failed_at = %s, locked_until = %s where key = %s",
            [tally.failures, tally.last_failed_at, tally.locked_until, key],
        )


def drop(key: bytes) -> None:
    """Forget the failures under `key`, and that it was locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with gone as (delete from lock_out where key = %s) delete from sign_in_tally where key = %s",
            [key, key],
        )


def wait_seconds(address: str, now: datetime) -> int:
    """How long a form from this address must have been out before it is read."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [entry.tally_key("address", locks.address_key(address))])
        row = cursor.fetchone()
    return locks.address_delay_seconds(Tally(*row), now) if row else 0


def count_at_address(address: str, now: datetime) -> None:
    """One failure more at this address. Last in its transaction, since a whole school shares the row."""
    key = entry.tally_key("address", locks.address_key(address))
    tally = locks.after_failure_at_address(hold(key), now)
    keep(key, tally)
    watching.after_failure(tally.failures)


def forget_old(now: datetime) -> int:
    """Remove tallies that count no more; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from sign_in_tally where (last_failed_at is null or last_failed_at < %s)"
            " and (locked_until is null or locked_until < %s)",
            [now - locks.FORGOTTEN, now],
        )
        return cursor.rowcount
