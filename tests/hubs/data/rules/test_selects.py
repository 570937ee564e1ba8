import pytest

from jizuo.hubs.data.rules import selects
from jizuo.hubs.data.rules.selects import BadSelect


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("postgres", "select xh, xm from xs"),
        ("postgres", "with a as (select 1 as n) select n from a union all select 2"),
        ("mysql", "select `学号`, 姓名 from 学生 where 年级 = '三年级' limit 10"),
        ("sqlserver", "select top 5 [学号] from [dbo].[学生] order by [学号]"),
        ("postgres", "select * from xs where xm like '张%'"),
        ("postgres", "select count(*) over (partition by bj) from xs;"),
    ],
)
def test_one_select_is_sent_as_it_was_understood(kind, text):
    sent = selects.checked(text, kind)
    assert sent.lower().startswith(("select", "with"))
    assert selects.checked(sent, kind) == sent


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("postgres", ""),
        ("postgres", "select 1; select 2"),
        ("postgres", "select 1; drop table xs"),
        ("postgres", "update xs set xm = ''"),
        ("postgres", "delete from xs"),
        ("postgres", "insert into xs values (1)"),
        ("postgres", "with a as (delete from xs returning *) select * from a"),
        ("postgres", "with a as (update xs set n = 1 returning *) select * from a"),
        ("postgres", "select * into copy from xs"),
        ("postgres", "select * from xs for update"),
        ("postgres", "select pg_sleep(100)"),
        ("postgres", "select pg_read_file('/etc/passwd')"),
        ("postgres", "select * from pg_ls_dir('/')"),
        ("postgres", "select * from dblink('host=x', 'select 1') as t(n int)"),
        ("postgres", "select nextval('s')"),
        ("postgres", "select set_config('default_transaction_read_only', 'off', false)"),
        ("postgres", "copy xs to '/tmp/x'"),
        ("postgres", "set statement_timeout = 0"),
        ("postgres", "begin; select 1"),
        ("postgres", "explain analyze delete from xs"),
        ("mysql", "select load_file('/etc/passwd')"),
        ("mysql", "select * from xs into outfile '/tmp/x'"),
        ("mysql", "select sleep(10)"),
        ("mysql", "select benchmark(1000000000, md5('x'))"),
        ("mysql", "call p()"),
        ("sqlserver", "exec xp_cmdshell 'dir'"),
        ("sqlserver", "select * from openrowset('x', 'y', 'z')"),
        ("sqlserver", "select * into #t from xs"),
        ("postgres", "select ((("),
        ("postgres", "x" * 30_000),
    ],
)
def test_anything_else_is_refused(kind, text):
    with pytest.raises(BadSelect):
        selects.checked(text, kind)


def test_comments_that_a_database_would_run_do_not_travel():
    sent = selects.checked("select 1 /*! union select load_file('/etc/passwd') */ -- and more", "mysql")
    assert "load_file" not in sent.lower() and "--" not in sent


def test_reading_on_is_ordered_and_quoted():
    assert selects.after("select a, b from t", "postgres", 'b"x', has_mark=True, place="%s") == (
        'select q.* from (\nSELECT a, b FROM t\n) as q where q."b""x" >= %s order by q."b""x"'
    )
    assert "`b`" in selects.after("select a, b from t", "mysql", "b", has_mark=False, place="%s")
    assert selects.first("select a from t", "sqlserver", 5).startswith("select top (5)")
    assert selects.first("select a from t", "mysql", 5).endswith("limit 5")
