import pytest

from jizuo.hubs.data.connectors import postgres
from jizuo.hubs.data.connectors.feeds import Ask, SourceError
from tests.hubs.data.outside_given import PASSWORD, READER


@pytest.fixture(scope="module")
def table(sis_postgres):
    root = sis_postgres["root"]
    root.execute("create table kc (kch text primary key, kcmc text, xk text, gxsj timestamp)")
    root.execute(
        "insert into kc select 'K' || lpad(n::text, 5, '0'), '课程' || n, '语文', timestamp '2026-01-01' + n * interval '1 hour'"
        " from generate_series(1, 5000) n"
    )
    yield sis_postgres
    root.execute("drop table kc")


def ask(server, query="select kch, kcmc, xk, gxsj from kc", **more):
    settings = {
        "host": "127.0.0.1",
        "port": server["port"],
        "database": "sis",
        "user": READER,
        "query": query,
    }
    settings |= more.pop("settings", {})
    return Ask(settings, {"password": more.pop("password", PASSWORD)}, 1, **more)


def read(asked):
    with postgres.KIND.read(asked) as feed:
        parts = list(feed)
    return feed, parts


def test_rows_come_in_small_parts(table, open_hosts):
    open_hosts("127.0.0.1")
    feed, parts = read(ask(table))
    assert feed.columns == ["kch", "kcmc", "xk", "gxsj"]
    assert [len(part) for part in parts] == [1000] * 5
    assert not feed.is_ordered


def test_from_the_mark_on_in_order(table, open_hosts):
    from datetime import datetime

    open_hosts("127.0.0.1")
    feed, parts = read(ask(table, increment={"column": "gxsj"}, mark=datetime(2026, 7, 27)))
    rows = [row for part in parts for row in part]
    assert feed.is_ordered and rows[0][3] == datetime(2026, 7, 27)
    assert [row[3] for row in rows] == sorted(row[3] for row in rows)


def test_a_percent_sign_is_text(table, open_hosts):
    open_hosts("127.0.0.1")
    query = "select kch, gxsj from kc where kcmc like '课程49%'"
    assert sum(map(len, read(ask(table, query))[1])) == 111
    assert sum(map(len, read(ask(table, query, increment={"column": "kch"}, mark="K04990"))[1])) == 10


def test_the_first_rows_of_a_trial(table, open_hosts):
    open_hosts("127.0.0.1")
    assert sum(map(len, read(ask(table, most=7))[1])) == 7


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"password": "wrong"}, "login"),
        ({"settings": {"database": "nothing"}}, "database"),
        ({"settings": {"port": "1"}}, "unreachable"),
        ({"settings": {"host": "nowhere.invalid"}}, "unknown_host"),
        ({"settings": {"host": "/tmp"}}, "host"),
        ({"query": "select nothing from kc"}, "query"),
        ({"query": "select * from nothing"}, "query"),
        ({"query": "delete from kc"}, "select"),
        ({"query": "select kch, kch from kc"}, "twice"),
        ({"query": "select count(*) from kc a, kc b, kc c", "seconds": 1}, "slow"),
    ],
)
def test_what_is_wrong_is_said(table, open_hosts, more, code):
    open_hosts("127.0.0.1")
    with pytest.raises(SourceError) as caught:
        read(ask(table, **more))
    assert caught.value.code == code, caught.value.reason
    assert caught.value.reason and PASSWORD not in caught.value.reason


def test_even_a_function_that_writes_cannot(table, open_hosts):
    open_hosts("127.0.0.1")
    table["root"].execute(
        "create or replace function harm() returns int language sql as $$ delete from kc; select 1 $$"
    )
    with pytest.raises(SourceError) as caught:
        read(ask(table, "select harm()"))
    assert caught.value.code == "writes"
    assert table["root"].execute("select count(*) from kc").fetchone()[0] == 5000


def test_a_dropped_line_says_so(table, open_hosts):
    open_hosts("127.0.0.1")
    with pytest.raises(SourceError) as caught, postgres.KIND.read(ask(table)) as feed:
        for _part in feed:
            table["root"].execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'jizuo collect'"
            )
    assert caught.value.code == "dropped" and caught.value.is_passing
