"""MariaDB and MySQL by PyMySQL: a read-only transaction, rows streamed by the server, a statement timeout."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.utils.translation import gettext_lazy as _

from jizuo.hubs.data.connectors import addresses, sql
from jizuo.hubs.data.connectors.feeds import Ask, Kind, SourceError

NAME, PORT = "mysql", 3306
CONNECT_SECONDS = 10
#: Codes of the protocol. The driver is loaded where a line is opened: a process that opens none stays small.
SERVER_GONE, SERVER_LOST, NO_LINE, NO_HOST = 2006, 2013, 2002, 2003
NO_TABLE_RIGHT, NO_COLUMN_RIGHT, NO_DATABASE_RIGHT, NOT_LET_IN, NO_DATABASE = 1142, 1143, 1044, 1045, 1049
_LOST = frozenset({SERVER_GONE, SERVER_LOST, NO_LINE, NO_HOST})
_SLOW = frozenset({1969, 3024, 1317})
_RIGHTS = frozenset({NO_TABLE_RIGHT, NO_COLUMN_RIGHT, NO_DATABASE_RIGHT})


@contextmanager
def opened(ask: Ask) -> Iterator[sql.Rows]:
    """The rows of the query. Raises SourceError."""
    import pymysql
    from pymysql.cursors import SSCursor

    text, values = sql.statement(ask, NAME)
    line = connect(ask)
    try:
        with line.cursor() as setter:
            limit(setter, ask.seconds)
            setter.execute("start transaction read only")
        cursor = line.cursor(SSCursor)
        cursor.execute(text, values or None)
        columns = [column[0] for column in cursor.description or ()]
        yield sql.Rows(
            columns, cursor.fetchmany, fault, is_ordered=bool(ask.increment.get("column")) and not ask.most
        )
    except pymysql.MySQLError as error:
        raise fault(error) from error
    finally:
        # An ordinary close would read the rest of the rows first.
        with suppress(Exception):
            line._force_close()
        line._result = None


def connect(ask: Ask) -> Any:
    """A connection. Raises SourceError."""
    import pymysql

    told = ask.settings
    port = sql.port_of(ask, PORT)
    address = addresses.resolve(str(told.get("host", "")), port)
    try:
        return pymysql.connect(
            host=address, port=port, database=str(told.get("database", "")), user=str(told.get("user", "")),
            password=ask.secrets.get("password", ""), charset="utf8mb4", connect_timeout=CONNECT_SECONDS,
            read_timeout=ask.seconds + 10, write_timeout=CONNECT_SECONDS, local_infile=False, autocommit=True,
            ssl=encrypted() if told.get("tls") == "require" else None,
            ssl_disabled=told.get("tls") == "off",
        )  # fmt: skip
    except pymysql.MySQLError as error:
        code = error.args[0] if error.args else 0
        if code in (NOT_LET_IN, 1698, 1251):
            raise SourceError(
                "login", "账号或密码不对，或来源不让这个账号从本机登录", "请核对账号和密码"
            ) from error
        if code in (NO_DATABASE, NO_DATABASE_RIGHT):
            raise SourceError(
                "database", f"来源上没有数据库 {told.get('database')}，或账号看不到它", "请核对数据库名和权限"
            ) from error
        if "SSL" in str(error):
            raise SourceError(
                "tls", "来源不支持加密连接", "请来源方打开加密，或把“加密连接”改为能加密就加密"
            ) from error
        raise sql.unreachable(ask, "拒绝连接或超时") from error


def encrypted() -> ssl.SSLContext:
    """Encrypted without a known authority: servers in schools sign their own certificates."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def limit(cursor: Any, seconds: int) -> None:
    """The longest a statement may take: MariaDB counts seconds, MySQL milliseconds, both their own way."""
    import pymysql

    for text in (
        f"set session max_statement_time={int(seconds)}",
        f"set session max_execution_time={int(seconds) * 1000}",
    ):
        with suppress(pymysql.MySQLError):
            cursor.execute(text)
            return


def fault(error: Exception) -> SourceError:
    """What a failed statement or a lost line means."""
    import pymysql

    code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    message = str(error.args[1]) if len(error.args) > 1 else type(error).__name__
    if code in _SLOW:
        return SourceError("slow", "查询太慢，已停下", "请在来源上建索引，或缩小查询；也可以用增量列")
    if code == 1792:
        return SourceError("writes", "这条语句要改动来源，已拒绝", "连接器只读不写，请改成查询")
    if code in _RIGHTS:
        return SourceError("rights", f"账号没有读取的权限：{message}", "请来源方给这个账号读取的权限")
    if code in _LOST or isinstance(error, pymysql.InterfaceError | OSError):
        return SourceError("dropped", "读到一半连接断了，这次什么也没有留下", "会按计划再试", is_passing=True)
    if isinstance(error, pymysql.ProgrammingError | pymysql.OperationalError):
        return SourceError("query", f"查询有错：{message}", "请核对表名、列名和写法")
    return SourceError("query", f"来源不答应：{message}", "请把这句话告诉来源方")


KIND = Kind(
    NAME, "MariaDB / MySQL", _("MariaDB 10 以上、MySQL 5.7 以上"), sql.settings(PORT), opened, sql.check_for(NAME), mark="My"
)  # fmt: skip
