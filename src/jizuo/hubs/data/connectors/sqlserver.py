"""SQL Server by python-tds. Not yet tried against a real server, and its page says so.

SQL Server knows no read-only transaction: the one parsed SELECT, an account that may only read and the roll-back at the
end keep it from writing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.utils.translation import gettext_lazy as _

from jizuo.hubs.data.connectors import addresses, sql
from jizuo.hubs.data.connectors.feeds import Ask, Kind, SourceError

#: The driver is loaded where a line is opened: a process that opens none stays small.
NAME, PORT = "sqlserver", 1433
CONNECT_SECONDS = 10


@contextmanager
def opened(ask: Ask) -> Iterator[sql.Rows]:
    """The rows of the query. Raises SourceError."""
    import pytds

    text, values = sql.statement(ask, NAME)
    line = connect(ask)
    try:
        cursor = line.cursor()
        cursor.execute(text, tuple(values))
        columns = [column[0] for column in cursor.description or ()]
        yield sql.Rows(
            columns, cursor.fetchmany, fault, is_ordered=bool(ask.increment.get("column")) and not ask.most
        )
    except (pytds.Error, OSError) as error:
        raise fault(error) from error
    finally:
        with suppress(Exception):
            line.rollback()
        with suppress(Exception):
            line.close()


def connect(ask: Ask) -> Any:
    """A connection that says it only reads. Raises SourceError."""
    import pytds

    told = ask.settings
    port = sql.port_of(ask, PORT)
    address = addresses.resolve(str(told.get("host", "")), port)
    try:
        return pytds.connect(
            dsn=address, port=port, database=str(told.get("database", "")), user=str(told.get("user", "")),
            password=ask.secrets.get("password", ""), timeout=ask.seconds, login_timeout=CONNECT_SECONDS,
            appname="jizuo collect", readonly=True, autocommit=False, validate_host=False,
        )  # fmt: skip
    except pytds.LoginError as error:
        raise SourceError(
            "login", "账号或密码不对，或来源不让这个账号登录", "请核对账号、密码和数据库名"
        ) from error
    except (pytds.Error, OSError) as error:
        raise sql.unreachable(ask, "拒绝连接或超时") from error


def fault(error: Exception) -> SourceError:
    """What a failed statement or a lost line means."""
    import pytds

    if isinstance(error, pytds.TimeoutError | TimeoutError):
        return SourceError("slow", "查询太慢，已停下", "请在来源上建索引，或缩小查询；也可以用增量列")
    if isinstance(error, pytds.ProgrammingError):
        return SourceError("query", f"查询有错：{str(error)[:200]}", "请核对表名、列名和写法")
    if isinstance(error, pytds.InterfaceError | OSError):
        return SourceError("dropped", "读到一半连接断了，这次什么也没有留下", "会按计划再试", is_passing=True)
    return SourceError("query", f"来源不答应：{str(error)[:200]}", "请把这句话告诉来源方")


KIND = Kind(
    NAME, "SQL Server", _("SQL Server 2012 以上"), sql.settings(PORT), opened, sql.check_for(NAME),
    remark=_("这种连接还没有在真的 SQL Server 上试过；用之前请先试跑，并请来源方给只能读的账号。"), mark="MS",
)  # fmt: skip
