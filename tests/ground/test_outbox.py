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
