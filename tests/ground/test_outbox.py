"""Facts wait for the end of their transaction, and go with what was taken back."""

from __future__ import annotations

import pytest


@pytest.fixture
def names(base):
    """The names of the facts in the outbox, in order; it begins empty."""
    with base.owner() as owner:
        owner.execute("delete from fact; delete from fact_done")

    def read():
        with base.owner() as owner:
            return [name for (name,) in owner.execute("select name from fact order by id").fetchall()]

    yield read
    with base.owner() as owner:
        owner.execute("delete from fact")


def test_facts_are_written_together_in_their_order(base, names):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jizuo.ground import facts
    from jizuo.ground import scope as scopes

    with (
        scopes.use(base.scope(1)),
        CaptureQueriesContext(connection) as seen,
        scopes.open_transaction("test"),
    ):
        for name in ("B", "A", "C"):
            facts.tell(name, word="“请假”")
        assert names() == []
    assert names() == ["B", "A", "C"]
    assert sum("insert into fact" in one["sql"] for one in seen) == 1


def test_a_savepoint_takes_its_facts_back(base, names):
    from django.db import transaction

    from jizuo.ground import facts
    from jizuo.ground import scope as scopes

    with scopes.use(base.scope(1)), scopes.open_transaction("test"):
        facts.tell("Before")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            facts.tell("Within")
            raise ZeroDivisionError
        with transaction.atomic():
            facts.tell("Kept")
    assert sorted(names()) == ["Before", "Kept"]


def test_a_door_writes_them_with_its_audit_entry(base, names):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jizuo.ground import doors, facts
    from jizuo.ground import scope as scopes

    @doors.action(title="说一句", roles=["clerk"])
    def say_it() -> None:
        """Tell two facts."""
        facts.tell("One")
        facts.tell("Two")

    try:
        with (
            scopes.use(base.scope(base.unit(), "clerk")),
            CaptureQueriesContext(connection) as seen,
        ):
            say_it()
    finally:
        del doors.all_doors()["tests.say_it"]
    assert names() == ["One", "Two"]
    assert sum("insert into" in one["sql"] for one in seen) == 1


def test_a_process_wakes_the_loop_no_oftener_than_it_looks(monkeypatch):
    from jizuo.ground import outbox

    now = iter((100.0, 100.05, 100.2, 100.4))
    monkeypatch.setattr(outbox, "_woke_at", -1.0)
    monkeypatch.setattr(outbox.time, "monotonic", lambda: next(now))
    told = [outbox.statement() for _one in range(4)]
    assert told == [outbox.WAKING, outbox.QUIET, outbox.WAKING, outbox.WAKING]


def test_what_was_told_without_waking_is_delivered_as_soon(base, names, monkeypatch):
    """The loop looks again behind what it delivered; it does not wait for its next round."""
    import threading
    import time

    from jizuo.ground import facts, jobs
    from jizuo.ground import scope as scopes

    seen = []
    monkeypatch.setattr(
        facts, "_handlers", {"Seen": {"test.seen": lambda fact: seen.append(time.monotonic())}}
    )
    ended = threading.Event()
    loop = threading.Thread(
        target=jobs.deliver_facts, args=(ended.is_set,), kwargs={"pause": 5.0}, daemon=True
    )
    loop.start()
    time.sleep(0.5)
    begun = time.monotonic()
    for _one in range(2):
        with scopes.use(base.scope(1)), scopes.open_transaction("test"):
            facts.tell("Seen")
    while len(seen) < 2 and time.monotonic() < begun + 4:
        time.sleep(0.02)
    ended.set()
    loop.join(6)
    assert len(seen) == 2 and seen[-1] - begun < 3
