from datetime import datetime

import pytest

from jizuo.hubs.data.connectors import mysql
from jizuo.hubs.data.connectors.feeds import Ask, SourceError
from tests.hubs.data.outside_given import PASSWORD, READER


@pytest.fixture(scope="module")
def table(mariadb):
    with mariadb["root"].cursor() as cursor:
        cursor.execute(
            "create table kc (kch varchar(20) primary key, kcmc varchar(60), xk varchar(20), gxsj datetime)"
        )
        cursor.execute(
            "insert into kc select concat('K', lpad(seq, 5, '0')), concat('课程', seq), '语文',"
            " timestampadd(hour, seq, '2026-01-01') from seq_1_to_5000"
        )
    yield mariadb
    with mariadb["root"].cursor() as cursor:
        cursor.execute("drop table kc")


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
    with mysql.KIND.read(asked) as feed:
        parts = list(feed)
    return feed, parts


def test_rows_come_in_small_parts(table, open_hosts):
    open_hosts("127.0.0.1")
    feed, parts = read(ask(table))
    assert feed.columns == ["kch", "kcmc", "xk", "gxsj"]
    assert [len(part) for part in parts] == [1000] * 5


def test_from_the_mark_on_in_order(table, open_hosts):
    open_hosts("127.0.0.1")
    mark = datetime(2026, 7, 27)
    query = "select kch, gxsj from kc where kcmc like '课程%'"
    feed, parts = read(ask(table, query, increment={"column": "gxsj"}, mark=mark))
    rows = [row for part in parts for row in part]
    assert feed.is_ordered and rows[0][1] == mark
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)


def test_the_first_rows_of_a_trial(table, open_hosts):
    open_hosts("127.0.0.1")
    assert sum(map(len, read(ask(table, most=7))[1])) == 7


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"password": "wrong"}, "login"),
        ({"settings": {"database": "nothing"}}, "database"),
        ({"settings": {"port": "1"}}, "unreachable"),
        ({"settings": {"tls": "require"}}, "tls"),
        ({"query": "select nothing from kc"}, "query"),
        ({"query": "update kc set xk = ''"}, "select"),
        ({"query": "select kch, kch from kc"}, "twice"),
        ({"query": "select count(*) from kc a, kc b, kc c where a.kcmc <> b.kcmc", "seconds": 1}, "slow"),
    ],
)
def test_what_is_wrong_is_said(table, open_hosts, more, code):
    open_hosts("127.0.0.1")
    with pytest.raises(SourceError) as caught:
        read(ask(table, **more))
    assert caught.value.code == code, caught.value.reason
    assert PASSWORD not in caught.value.reason


def test_even_a_function_that_writes_cannot(table, open_hosts):
    open_hosts("127.0.0.1")
    with table["root"].cursor() as cursor:
        cursor.execute("create or replace function harm() returns int begin delete from kc; return 1; end")
    with pytest.raises(SourceError) as caught:
        read(ask(table, "select harm()"))
    assert caught.value.code == "writes"


def test_a_dropped_line_says_so(table, open_hosts):
    open_hosts("127.0.0.1")
    with table["root"].cursor() as cursor:
        cursor.execute("create table wide as select seq as n, repeat('x', 4000) as t from seq_1_to_20000")
    with pytest.raises(SourceError) as caught, mysql.KIND.read(ask(table, "select n, t from wide")) as feed:
        for _part in feed:
            with table["root"].cursor() as cursor:
                cursor.execute("select id from information_schema.processlist where user = %s", [READER])
                for (line,) in cursor.fetchall():
                    cursor.execute(f"kill {int(line)}")
    assert caught.value.code == "dropped" and caught.value.is_passing
