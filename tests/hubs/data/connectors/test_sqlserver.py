import pytest

from jizuo.hubs.data.connectors import sqlserver
from jizuo.hubs.data.connectors.feeds import Ask, SourceError


def ask(**settings):
    told = {
        "host": "127.0.0.1",
        "port": "1",
        "database": "x",
        "user": "y",
        "query": "select xh from xs",
    } | settings
    return Ask(told, {}, 1)


def test_without_a_server_it_says_that_none_answers(base, open_hosts):
    open_hosts("127.0.0.1")
    with pytest.raises(SourceError) as caught, sqlserver.KIND.read(ask()) as feed:
        list(feed)
    assert caught.value.code == "unreachable"


def test_its_page_says_that_it_is_untried():
    assert "SQL Server" in str(sqlserver.KIND.remark)


def test_only_a_select_is_sent(base):
    with pytest.raises(SourceError):
        sqlserver.KIND.check({"query": "exec xp_cmdshell 'dir'"})
    with pytest.raises(SourceError), sqlserver.KIND.read(ask(query="delete from xs")):
        pass
