"""A statement that every call runs is read and planned once by its connection."""

from __future__ import annotations

HELD = "select count(*) from pg_prepared_statements where statement like '%%count_of_twice%%'"


def test_a_connection_prepares_a_statement_once(base):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jizuo.ground import prepared

    with CaptureQueriesContext(connection) as seen:
        for number in (1, 2, 3):
            with prepared.cursor() as cursor:
                cursor.execute("select %(n)s::int * 2 as count_of_twice", {"n": number})
                assert cursor.fetchone() == (number * 2,)
    assert ["count_of_twice" in one["sql"] for one in seen] == [True] * 3, "they are logged like any other"
    with connection.cursor() as cursor:
        cursor.execute("select 1 as count_of_twice")
        cursor.execute(HELD.replace("%%", "%"))
        assert cursor.fetchone() == (1,)


def test_what_the_base_refuses_is_told_as_elsewhere(base):
    import pytest
    from django.db import DataError

    from jizuo.ground import prepared

    with pytest.raises(DataError), prepared.cursor() as cursor:
        cursor.execute("select 1 / %s::int", [0])
