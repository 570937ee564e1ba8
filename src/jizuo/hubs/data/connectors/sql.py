"""What the SQL sources share: their settings, the statement that is sent, rows in small parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from jizuo.hubs.data.connectors.feeds import AT_ONCE, Ask, Setting, SourceError
from jizuo.hubs.data.rules import selects
from jizuo.hubs.data.rules.selects import BadSelect


def settings(port: int) -> tuple[Setting, ...]:
    """The settings of a SQL source with its usual port."""
    return (
        Setting("host", _("主机"), hint=_("主机名或 IP，例如 10.1.2.3"), is_required=True),
        Setting("port", _("端口"), "whole", usual=str(port), is_required=True),
        Setting("database", _("数据库"), is_required=True),
        Setting("user", _("账号"), hint=_("请来源方开一个只读账号"), is_required=True),
        Setting("password", _("密码"), "secret"),
        Setting("tls", _("加密连接"), "choice", usual="prefer", options=(
            ("prefer", _("能加密就加密")), ("require", _("必须加密")), ("off", _("不加密")))),
        Setting("query", _("查询语句"), "long", hint=_("一条 SELECT；只读，改不了来源"), is_required=True, step="query"),
    )  # fmt: skip


def check_for(kind: str) -> Callable[[Mapping[str, Any]], None]:
    """Raises SourceError for settings whose query may not be sent."""

    def check(told: Mapping[str, Any]) -> None:
        query = told.get("query")
        if query:
            try:
                selects.checked(query, kind)
            except BadSelect as bad:
                raise SourceError("select", bad.reason, bad.fix) from None

    return check


def statement(ask: Ask, kind: str, place: str = "%s") -> tuple[str, list[Any]]:
    """The statement to send and its parameters. Raises SourceError."""
    query = str(ask.settings.get("query") or "")
    column = ask.increment.get("column")
    try:
        if ask.most:
            return selects.first(query, kind, ask.most), []
        if not column:
            return selects.checked(query, kind), []
        has_mark = ask.mark is not None
        text = selects.after(query, kind, column, has_mark=has_mark, place="\0")
    except BadSelect as bad:
        raise SourceError("select", bad.reason, bad.fix) from None
    # A driver that takes parameters reads every % as one.
    if has_mark:
        return text.replace("%", "%%").replace("\0", place), [ask.mark]
    return text, []


class Rows:
    """A cursor as a feed."""

    def __init__(
        self,
        columns: Sequence[str],
        fetch: Callable[[int], Sequence[Sequence[Any]]],
        fault: Callable[[Exception], SourceError],
        *,
        is_ordered: bool,
        first: Sequence[Sequence[Any]] = (),
    ) -> None:
        self.columns: list[str] | None = named(columns)
        self.notes: list[str] = []
        self.is_ordered = is_ordered
        self._fetch, self._fault, self._first = fetch, fault, list(first)

    def __iter__(self) -> Iterator[list[Any]]:
        if self._first:
            yield self._first
        while True:
            try:
                rows = list(self._fetch(AT_ONCE))
            except SourceError:
                raise
            except Exception as error:
                raise self._fault(error) from error
            if not rows:
                return
            yield rows


def named(columns: Sequence[str]) -> list[str]:
    """The names of the columns. Raises SourceError for two of one name: nobody could tell which is meant."""
    seen = [str(name) for name in columns]
    twice = sorted({name for name in seen if seen.count(name) > 1})
    if twice:
        raise SourceError("twice", f"查询结果里有重名的列：{'、'.join(twice)}", "请用 as 给它们起不同的名字")
    return seen


def unreachable(ask: Ask, detail: str) -> SourceError:
    """No connection came about."""
    where = f"{ask.settings.get('host')}:{ask.settings.get('port')}"
    return SourceError(
        "unreachable",
        f"连不上 {where}：{detail}",
        "请核对主机和端口，并请来源方放行本机的地址",
        is_passing=True,
    )


def port_of(ask: Ask, usual: int) -> int:
    """The port as a number."""
    told = str(ask.settings.get("port") or usual)
    return int(told) if told.isdecimal() and len(told) < 7 else 0
