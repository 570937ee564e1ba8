"""The files' upkeep: scan what waits, sweep what nobody uses, check everything for the backup drill.

Each runs in a scope of the base over all its units (`whole_base`), as the worker's timetable (`schedule`) or the
command line sets it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

import procrastinate
from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.ground.files import actions, queries, scan, store
from jizuo.ground.files.sealed import Damaged

SCAN, SWEEP = "files.scan", "files.sweep"


@dataclass(frozen=True, slots=True)
class Swept:
    """parts: unfinished writes; unused: recorded contents without a use; orphans: contents without a row."""

    parts: int
    unused: int
    orphans: int


@dataclass(slots=True)
class Checked:
    """What a check of every content found. missing and damaged: addresses; bytes: of the whole ones."""

    count: int = 0
    bytes: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.missing and not self.damaged


def scan_waiting(*, most: int = 50) -> int:
    """Scan what waits, oldest first; returns how many got a verdict. What the scanner cannot judge now keeps
    waiting. Nothing is done when no scanner is set up."""
    scanner, held, judged = scan.configured(), store.current(), 0
    if scanner is None:
        return 0
    for sha256 in queries.contents_to_scan(most=most):
        verdict = scanner.scan(held.open(sha256))
        if verdict.state != "unknown":
            actions.note_scan_verdict(
                sha256=sha256, is_clean=verdict.state == "clean", finding=verdict.finding
            )
            judged += 1
    return judged


def sweep(*, grace: timedelta = actions.GRACE) -> Swept:
    """Remove unfinished writes, unused contents and contents without a row, all older than `grace`."""
    before = datetime.now(UTC) - grace
    held = store.current()
    parts = held.sweep_parts(before)
    unused, after = actions.drop_unused_contents(before=before)
    while after:
        removed, after = actions.drop_unused_contents(before=before, after=after)
        unused += removed
    orphans = 0
    old = (kept.sha256 for kept in held.iter_all() if kept.stored_at < before)
    while batch := list(islice(old, 500)):
        stray = sorted(set(batch) - queries.known_contents(addresses=batch))
        orphans += actions.drop_orphan_contents(addresses=stray) if stray else 0
    return Swept(parts, unused, orphans)


def verify_all(*, held: store.Store | None = None, tell: Callable[[Checked], None] | None = None) -> Checked:
    """Read every recorded content from the store and compare it with its address. held: a restored store, left out
    for this installation's; tell: called after each."""
    found, after = Checked(), ""
    held = held or store.current()
    while batch := queries.file_contents(after=after):
        for sha256, _size in batch:
            try:
                found.bytes += held.verify(sha256).size
            except store.Missing:
                found.missing.append(sha256)
            except Damaged:
                found.damaged.append(sha256)
            found.count += 1
            if tell:
                tell(found)
        after = batch[-1][0]
    return found


def whole_base() -> scopes.Scope:
    """The scope of the machine itself over every unit there is."""
    with connection.cursor() as cursor:
        cursor.execute("select unit_no from unit order by unit_no")
        return scopes.base_scope(tuple(unit_no for (unit_no,) in cursor.fetchall()))


def scan_now(timestamp: int) -> int:
    """The worker's scan: everything that waits, until nothing more gets a verdict; returns how many did."""
    judged = 0
    try:
        with scopes.use(whole_base()):
            while more := scan_waiting():
                judged += more
    finally:
        connection.close()
    return judged


def sweep_now(timestamp: int) -> None:
    """The worker's sweep, once a night."""
    try:
        with scopes.use(whole_base()):
            sweep()
    finally:
        connection.close()


def schedule(app: procrastinate.App) -> None:
    """Put both on the worker's timetable: a scan every minute, a sweep every night (its hours are UTC's)."""
    for name, cron, body in ((SCAN, "* * * * *", scan_now), (SWEEP, "29 19 * * *", sweep_now)):
        task = app.task(name=name, queue="bulk", queueing_lock=name, lock=name, pass_context=False)(body)
        app.periodic(cron=cron)(task)
