"""A statement that every call runs is read and planned once by its connection."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from psycopg.pq import TransactionStatus

HELD = "select count(*) from pg_prepared_statements where statement like '%count_of_twice%' and name like 'jizuo_%'"


def held():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(HELD)
        return cursor.fetchone()[0]


def test_a_connection_prepares_a_statement_once(base):
    from jizuo.ground import prepared

    before = held()
    for number in (1, 2, 3):
        assert prepared.rows("select %(n)s::int * 2 as count_of_twice", {"n": number}) == [(number * 2,)]
    assert held() == before + 1


def test_the_first_statement_of_a_request_is_prepared_too(base):
    from django.db import connection

    from jizuo.ground import prepared

    connection.close()
    assert prepared.rows("select %s::int * 3 as count_of_first", (5,)) == [(15,)]
    with connection.cursor() as cursor:
        cursor.execute(HELD.replace("twice", "first"))
        assert cursor.fetchone() == (1,)


def test_whoever_logs_statements_sees_them(base):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jizuo.ground import prepared

    with CaptureQueriesContext(connection) as seen:
        assert prepared.rows("select %s::text || '%%'", ("量",)) == [("量%",)]
    assert len(seen) == 1 and "||" in seen[0]["sql"]


def test_values_come_back_as_they_went(base):
    from jizuo.ground import prepared

    told = (UUID(int=7), date(2026, 9, 1), None, "“\\'%s", b"\x00\xff", ["a,b", '"'], prepared.array((1, 2)))
    asked = "select %s::uuid, %s::date, %s::int, %s::text, %s::bytea, %s::text[], %s::int[]"
    ((*rest, numbers),) = prepared.rows(asked, told)
    assert [bytes(one) if isinstance(one, memoryview) else one for one in rest] == list(told[:6])
    assert numbers == [1, 2]


def test_a_name_is_numbered_once():
    from jizuo.ground import prepared

    assert prepared.numbered("select %(a)s, %(b)s, %(a)s") == (b"select $1, $2, $1", ("a", "b"))
    assert prepared.numbered("select %s, '%%', %s") == (b"select $1, '%', $2", ())


def test_what_the_base_refuses_is_told_as_elsewhere(base):
    from django.db import DataError, transaction

    from jizuo.ground import prepared

    with pytest.raises(DataError), transaction.atomic():
        prepared.rows("select 1 / %s::int", (0,))
    with pytest.raises(DataError):
        prepared.rows("select %s::text", ("a\0b",))
    assert prepared.rows("select 2 / %s::int", (1,)) == [(2,)]


def test_it_opens_the_transaction_and_goes_with_it(base):
    from django.db import connection, transaction

    from jizuo.ground import prepared

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        prepared.rows("select set_config('app.door', %s, true)", ("here",))
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('app.door')")
            assert cursor.fetchone() == ("here",)
        raise ZeroDivisionError
    assert prepared.rows("select coalesce(current_setting('app.door', true), %s)", ("",)) == [("",)]


def test_statements_that_go_together_see_each_other(base):
    from django.db import connection, transaction

    from jizuo.ground import prepared

    with transaction.atomic():
        prepared.rows("select set_config('app.door', %s, true)", ("a",))
        before = in_flight(connection)
        told = prepared.several(
            (
                ("select set_config('app.door', %s, true)", ("b",)),
                ("select current_setting('app.door') || %s", ("!",)),
            )
        )
        assert told == [[("b",)], [("b!",)]] and in_flight(connection) == before
        connection.set_rollback(True)


def test_the_second_sees_what_the_lock_of_the_first_waited_for(base, server):
    """A statement of its own has a moment of its own: what whoever held the lock has written is read."""
    import threading

    import psycopg
    from django.db import connection, transaction

    from jizuo.ground import prepared

    with psycopg.connect(server.root(base.logins.database), autocommit=True) as root:
        root.execute("create table waited (id int primary key, word text)")
        root.execute("grant select, update on waited to public")
        root.execute("insert into waited values (1, 'before')")
    try:
        with psycopg.connect(server.root(base.logins.database)) as other:
            other.execute("update waited set word = 'after' where id = 1")
            timer = threading.Timer(0.1, other.commit)
            timer.start()
            with transaction.atomic():
                _locked, read = prepared.several(
                    (("select id from waited where id = %s::int for update", (1,)),
                     ("select word from waited where id = %s::int", (1,)))
                )  # fmt: skip
            timer.join()
        assert read == [("after",)]
    finally:
        connection.close()
        with psycopg.connect(server.root(base.logins.database), autocommit=True) as root:
            root.execute("drop table waited")


def test_the_last_may_end_its_transaction(base):
    from django.db import connection, transaction

    from jizuo.ground import prepared

    with transaction.atomic():
        prepared.rows("select %s::int as not_the_last", (1,))
        assert in_flight(connection) == "INTRANS"
        assert prepared.several((("select %s::int as the_last", (1,)),), is_last=True) == [[(1,)]]
        assert in_flight(connection) == "IDLE"
    with transaction.atomic():
        assert prepared.several((("select %s::int as the_only", (1,)),), is_last=True) == [[(1,)]]
        assert in_flight(connection) == "IDLE"


def test_a_savepoint_or_no_transaction_ends_nothing(base):
    from django.db import connection, transaction

    from jizuo.ground import prepared

    with transaction.atomic():
        with transaction.atomic():
            prepared.several((("select %s::int as within", (1,)),), is_last=True)
            assert in_flight(connection) == "INTRANS"
        assert in_flight(connection) == "INTRANS"
    assert prepared.several((("select %s::int as within", (2,)),), is_last=True) == [[(2,)]]


def test_what_the_last_is_refused_with_takes_the_transaction_back(base):
    from django.db import DataError, connection, transaction

    from jizuo.ground import prepared

    with pytest.raises(DataError), transaction.atomic():
        prepared.rows("select set_config('app.door', %s, false)", ("kept",))
        prepared.several((("select 1 / %s::int as the_last", (0,)),), is_last=True)
    assert in_flight(connection) == "IDLE"
    assert prepared.rows("select coalesce(current_setting('app.door', true), %s)", ("",)) == [("",)]


def test_a_commit_that_is_refused_is_told(base, server):
    """A key that is checked at the end is checked when the end travels with the last statement."""
    import psycopg
    from django.db import IntegrityError, connection, transaction

    from jizuo.ground import prepared

    with psycopg.connect(server.root(base.logins.database), autocommit=True) as root:
        root.execute("create table parent_once (id int primary key)")
        root.execute("create table child_once (id int references parent_once deferrable initially deferred)")
        root.execute("grant select, insert on parent_once, child_once to public")
    try:
        with pytest.raises(IntegrityError), transaction.atomic():
            prepared.several((("insert into child_once values (%s::int) returning id", (7,)),), is_last=True)
        assert in_flight(connection) == "IDLE"
        assert prepared.rows("select count(*) from child_once where id > %s::int", (0,)) == [(0,)]
    finally:
        connection.close()
        with psycopg.connect(server.root(base.logins.database), autocommit=True) as root:
            root.execute("drop table child_once, parent_once")


def in_flight(connection):
    return TransactionStatus(connection.connection.pgconn.transaction_status).name


def test_no_more_than_so_many_are_kept(base, monkeypatch):
    from django.db import connection

    from jizuo.ground import prepared

    monkeypatch.setattr(prepared, "MOST", 5)
    for number in range(12):
        prepared.rows(f"select {number} + %s::int", (1,))
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements where name like 'jizuo_%'")
        assert cursor.fetchone()[0] <= 5


def test_a_plan_that_is_gone_is_made_anew(base):
    from django.db import ProgrammingError, connection, transaction

    from jizuo.ground import prepared

    asked = "select %s::int + 40 as gone_once"
    assert prepared.rows(asked, (1,)) == [(41,)]
    with connection.cursor() as cursor:
        cursor.execute("deallocate all")
    with pytest.raises(ProgrammingError), transaction.atomic():
        prepared.rows(asked, (1,))
    assert prepared.rows(asked, (2,)) == [(42,)]


def test_a_lost_line_is_told_as_lost(base, server):
    """A job takes this for the database going away, and comes again."""
    import psycopg
    from django.db import OperationalError, connection, transaction

    from jizuo.ground import prepared
    from jizuo.ground.jobs import is_lost

    with pytest.raises(OperationalError) as caught, transaction.atomic():
        ((pid,),) = prepared.rows("select pg_backend_pid() as lost_once", ())
        with psycopg.connect(server.root(base.logins.database), autocommit=True) as root:
            root.execute("select pg_terminate_backend(%s, 5000)", [pid])
        prepared.rows("select %s::int as lost_once", (1,))
    assert is_lost(caught.value)
    connection.close()
    assert prepared.rows("select %s::int as lost_once", (1,)) == [(1,)]


def test_a_line_lost_between_two_transactions_is_told_as_lost(base, server):
    import psycopg
    from django.db import OperationalError, connection, transaction

    from jizuo.ground import prepared
    from jizuo.ground.jobs import is_lost

    with transaction.atomic():
        ((pid,),) = prepared.rows("select pg_backend_pid() as lost_between", ())
    with psycopg.connect(server.root(base.logins.database), autocommit=True) as root:
        root.execute("select pg_terminate_backend(%s, 5000)", [pid])
    with pytest.raises(OperationalError) as caught, transaction.atomic():
        prepared.rows("select pg_backend_pid() as lost_between", ())
    assert is_lost(caught.value)
    connection.close()
    with transaction.atomic():
        assert prepared.rows("select %s::int as lost_between", (1,)) == [(1,)]
