"""PostgreSQL and what speaks like it, by psycopg: a read-only transaction, a server-side cursor, a statement timeout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.utils.translation import gettext_lazy as _

from jizuo.hubs.data.connectors import addresses, sql
from jizuo.hubs.data.connectors.feeds import AT_ONCE, Ask, Kind, SourceError

NAME, PORT = "postgres", 5432
CONNECT_SECONDS = 10


@contextmanager
def opened(ask: Ask) -> Iterator[sql.Rows]:
    """The rows of the query. Raises SourceError."""
    text, values = sql.statement(ask, NAME)
    try:
        with (
            connect(ask) as line,
            line.cursor(name="jizuo", scrollable=False) as cursor,
        ):
            cursor.itersize = AT_ONCE
            cursor.execute(text.encode(), values or None)
            columns = [column.name for column in cursor.description or ()]
            yield sql.Rows(
                columns,
                cursor.fetchmany,
                fault,
                is_ordered=bool(ask.increment.get("column")) and not ask.most,
            )
    except psycopg.Error as error:
        raise fault(error) from error


def connect(ask: Ask) -> psycopg.Connection:
    """A read-only connection. Raises SourceError."""
    told = ask.settings
    port = sql.port_of(ask, PORT)
    address = addresses.resolve(str(told.get("host", "")), port)
    try:
        line = psycopg.connect(
            host=str(told["host"]).strip("[]"), hostaddr=address, port=port, dbname=str(told.get("database", "")),
            user=str(told.get("user", "")), password=ask.secrets.get("password") or None,
            sslmode={"require": "require", "off": "disable"}.get(str(told.get("tls")), "prefer"),
            connect_timeout=CONNECT_SECONDS, application_name="jizuo collect", client_encoding="UTF8", passfile="",
            options=f"-c default_transaction_read_only=on -c statement_timeout={ask.seconds * 1000}"
            f" -c idle_in_transaction_session_timeout={ask.seconds * 1000}",
        )  # fmt: skip
    except psycopg.OperationalError as error:
        raise login_fault(ask, error) from error
    line.read_only = True
    return line


def login_fault(ask: Ask, error: psycopg.OperationalError) -> SourceError:
    """Why no connection came about."""
    words = str(error)
    if (
        error.sqlstate in ("28P01", "28000")
        or "authentication failed" in words
        or "no password supplied" in words
    ):
        return SourceError("login", "账号或密码不对，或来源不让这个账号从本机登录", "请核对账号和密码")
    if error.sqlstate == "3D000" or ("database" in words and "does not exist" in words):
        return SourceError("database", f"来源上没有数据库 {ask.settings.get('database')}", "请核对数据库名")
    if "SSL" in words:
        return SourceError("tls", "来源不支持加密连接", "请来源方打开加密，或把“加密连接”改为能加密就加密")
    return sql.unreachable(ask, "拒绝连接或超时")


def fault(error: Exception) -> SourceError:
    """What a failed statement or a lost line means."""
    state = getattr(error, "sqlstate", None) or ""
    message = getattr(getattr(error, "diag", None), "message_primary", None) or type(error).__name__
    if state == "57014":
        return SourceError("slow", "查询太慢，已停下", "请在来源上建索引，或缩小查询；也可以用增量列")
    if state == "25006":
        return SourceError("writes", "这条语句要改动来源，已拒绝", "连接器只读不写，请改成查询")
    if state == "42501":
        return SourceError("rights", f"账号没有读取的权限：{message}", "请来源方给这个账号读取的权限")
    if state.startswith(("42", "22")):
        return SourceError("query", f"查询有错：{message}", "请核对表名、列名和写法")
    if not state or state.startswith(("08", "57P", "53")):
        return SourceError("dropped", "读到一半连接断了，这次什么也没有留下", "会按计划再试", is_passing=True)
    return SourceError("query", f"来源不答应：{message}", "请把这句话告诉来源方")


KIND = Kind(
    NAME, "PostgreSQL", _("也适用于兼容 PostgreSQL 协议的国产数据库"), sql.settings(PORT), opened, sql.check_for(NAME),
    mark="PG",
)  # fmt: skip
