"""One SELECT and nothing else: what a connector may send to another system's database. Pure.

The statement is parsed, looked through, and written anew from what was understood, so that what was checked is what is
sent: comments, among them the ones some databases run, do not travel.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # The parser takes many megabytes; a process that reads no database never loads it.
    from sqlglot import exp

#: Words of `connectors` kinds -> dialects of the parser.
DIALECTS = {"postgres": "postgres", "mysql": "mysql", "sqlserver": "tsql"}
LONGEST = 20_000

_WRITES = (
    "Insert", "Update", "Delete", "Merge", "Create", "Drop", "Alter", "AlterTable", "Command", "Into", "Lock", "Set",
    "Use", "Copy", "LoadData", "TruncateTable", "Transaction", "Commit", "Rollback", "Pragma", "Grant", "Kill",
    "Execute", "Declare", "Analyze", "Attach", "Detach", "Export", "Refresh", "Cache", "Uncache",
)  # fmt: skip
_FORBIDDEN = """
    pg_sleep pg_sleep_for pg_sleep_until pg_read_file pg_read_binary_file pg_ls_dir pg_ls_logdir pg_ls_waldir
    pg_stat_file pg_terminate_backend pg_cancel_backend pg_reload_conf pg_rotate_logfile pg_advisory_lock
    pg_advisory_xact_lock pg_try_advisory_lock lo_import lo_export lo_create lo_unlink lo_get lo_put lo_from_bytea dblink
    dblink_exec dblink_connect dblink_send_query set_config nextval setval query_to_xml database_to_xml
    cursor_to_xml table_to_xml schema_to_xml pg_notify pg_logical_emit_message
    load_file sleep benchmark get_lock release_lock master_pos_wait sys_exec sys_eval
    openrowset opendatasource openquery xp_cmdshell xp_dirtree sp_executesql
"""
FORBIDDEN = frozenset(_FORBIDDEN.split())


class BadSelect(ValueError):
    """A statement that is not sent; `reason` and `fix` are Chinese."""

    def __init__(self, reason: str, fix: str = "只写一条 SELECT；要算的先在来源库里建视图") -> None:
        super().__init__(reason)
        self.reason, self.fix = reason, fix


def checked(text: str, kind: str) -> str:
    """The one SELECT of `text` in the dialect of a connector's kind, without comments. Raises BadSelect."""
    return parsed(text, kind).sql(dialect=DIALECTS[kind], comments=False)


@cache
def writing() -> tuple[type[exp.Expression], ...]:
    """The parser's nodes that would change the source; those that this version of it knows."""
    from sqlglot import exp

    return tuple(found for name in _WRITES if (found := getattr(exp, name, None)) is not None)


def parsed(text: str, kind: str) -> exp.Query:
    """`checked` as a tree."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    if not text.strip():
        raise BadSelect("没有写查询语句", "请写一条 SELECT，例如 select xh, xm from xs")
    if len(text) > LONGEST:
        raise BadSelect(f"查询语句太长（最多 {LONGEST} 个字符）")
    try:
        found = [one for one in sqlglot.parse(text, dialect=DIALECTS[kind]) if one is not None]
    except (SqlglotError, RecursionError) as error:
        raise BadSelect("查询语句读不懂", f"请检查写法：{first_line(error)}") from None
    if len(found) != 1:
        raise BadSelect("一次只能有一条语句")
    (tree,) = found
    if not isinstance(tree, exp.Query):
        raise BadSelect("只能是 SELECT：连接器只读不写")
    for node in tree.walk():
        if isinstance(node, writing()):
            raise BadSelect("语句里有会改动来源的部分：连接器只读不写")
        if isinstance(node, exp.Func):
            name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).casefold()
            if name in FORBIDDEN or name.removeprefix("sys.") in FORBIDDEN:
                raise BadSelect(f"不能用函数 {name}")
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Anonymous):
            name = node.this.name.casefold()
            if name in FORBIDDEN:
                raise BadSelect(f"不能用函数 {name}")
        if isinstance(node, exp.Select) and (node.args.get("into") or node.args.get("locks")):
            raise BadSelect("不能带 INTO 或 FOR UPDATE：连接器只读不写")
    return tree


def first_line(error: Exception) -> str:
    """The beginning of a parser's complaint."""
    return str(error).splitlines()[0][:160] if str(error) else "语法错误"


def after(text: str, kind: str, column: str, *, has_mark: bool, place: str) -> str:
    """The SELECT of `text`, ordered by `column` and, with `has_mark`, from the value at the placeholder `place` on."""
    inner = checked(text, kind)
    name = quoted(column, kind)
    where = f" where q.{name} >= {place}" if has_mark else ""
    return f"select q.* from (\n{inner}\n) as q{where} order by q.{name}"


def first(text: str, kind: str, most: int) -> str:
    """The SELECT of `text` cut to its first `most` rows."""
    inner = checked(text, kind)
    if kind == "sqlserver":
        return f"select top ({int(most)}) q.* from (\n{inner}\n) as q"
    return f"select q.* from (\n{inner}\n) as q limit {int(most)}"


def quoted(name: str, kind: str) -> str:
    """An identifier in a dialect's quotes."""
    if kind == "mysql":
        return "`" + name.replace("`", "``") + "`"
    if kind == "sqlserver":
        return "[" + name.replace("]", "]]") + "]"
    return '"' + name.replace('"', '""') + '"'
