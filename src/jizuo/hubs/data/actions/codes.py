"""Editions of code tables staged and published, and the codes that a unit keeps beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit, catalogue_state, plans
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.data import codes
from jizuo.hubs.data.queries import codes as queries
from jizuo.hubs.data.queries.codes import KEEPERS, STEWARDS
from jizuo.hubs.data.rules import code_tables as rules
from jizuo.hubs.data.rules.code_tables import Local
from jizuo.plain.codes import CodeTable

MOST_LOCAL = 500


@action(title="准备代码表新版本", roles=STEWARDS, reach=API)
def stage_edition(
    *,
    table: str,
    edition: str,
    effective_on: date,
    rows: list[list[str]],
    title: str = "",
    standard: str = "",
    source: str = "",
    to_check: str = "",
) -> UUID:
    """Keep an edition of a code table as a draft, in the place of a draft of its name; returns its id. rows: headings
    first (代码, 名称; 上级, 别名, 启用日期, 停用日期, 备注, 来源). What it changes and whom it touches is told by
    `data.code_edition`. Names of the edition before are accepted as aliases. Raises BadInput with every hole."""
    scope = scopes.current()
    old = codes.tables(effective_on).get(table)
    problems = []
    if not plans.NAME.fullmatch(table) or len(table) > 40:
        problems.append(
            Problem(
                "table",
                _("代码表的名字不合规：%(name)s") % {"name": table[:60]},
                _("小写英文字母开头，如 visit_kind"),
            )
        )
    if not edition.strip() or len(edition) > 80:
        problems.append(Problem("edition", _("要写版本，如 2027"), _("最长 80 个字")))
    name = title.strip() or (old.name if old else "")
    if not name or len(name) > 80:
        problems.append(Problem("title", _("要有中文名，最长 80 个字")))
    found, faults = rules.read_rows(rows)
    if not faults and not found:
        faults.append(Problem("rows", _("没有一行代码"), _("第一行写表头，下面每行一个代码")))
    problems += faults
    if not problems:
        found = rules.with_old_names(old or (), found)
        problems += rules.table_problems(table, name, found)
    if problems:
        raise BadInput(_("代码表有 %(count)s 处要改") % {"count": len(problems)}, problems=problems)
    edition_id = new_id()
    values: list[Any] = [
        edition_id, table, name, edition.strip(), Jsonb(msgspec.to_builtins(found)),
        standard or (old.standard if old else ""), source or (old.source if old else ""),
        to_check or (old.to_check if old else ""), effective_on, scope.account_id,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from code_edition where code_table = %s and state = 'draft' and (edition = %s or effective_on = %s)",
            [table, edition.strip(), effective_on],
        )
        cursor.execute(
            "select edition, effective_on from code_edition where code_table = %s and (edition = %s or effective_on = %s)",
            [table, edition.strip(), effective_on],
        )
        if cursor.fetchone() is not None:
            raise Conflict(
                _("这张代码表已有同名或同日生效的版本"), fix=_("换一个版本名和生效日期；已发布的版本不能改")
            )
        cursor.execute(
            "insert into code_edition (id, code_table, title, edition, state, rows, standard, source, to_check,"
            " effective_on, drafted_by) values (%s, %s, %s, %s, 'draft', %s, %s, %s, %s, %s, %s)",
            values,
        )
    return edition_id


@action(title="发布代码表新版本", roles=STEWARDS, reach=API)
def publish_edition(*, edition_id: UUID) -> None:
    """Publish a staged edition; it counts from its day on, and today's stays until then. Raises BadInput when rows in reach
    use a code that it no longer has, or its day has passed; Conflict when it is published already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, code_table, title, edition, state, effective_on, rows::text from code_edition where id = %s"
            " for update",
            [edition_id],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这个版本"), fix=_("可能已被放弃，请回到列表"))
        view = queries.view_of(*row)
        if view.state != rules.DRAFT:
            raise Conflict(_("这个版本已经发布"), fix=_("要改动，请准备下一个版本"))
        if view.faults:
            raise BadInput(_("这个版本还不能发布"), problems=view.faults)
        cursor.execute(
            "update code_edition set state = 'published', published_by = %s, published_at = now() where id = %s",
            [scopes.current().account_id, edition_id],
        )
    catalogue_state.raise_version()
    audit.note(f"{view.table} {view.edition} {view.effective_on}")


@action(title="放弃代码表新版本", roles=STEWARDS, reach=API)
def discard_edition(*, edition_id: UUID) -> None:
    """Give up an edition that is not in force yet. Raises Conflict for one that has begun, NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("select state, effective_on from code_edition where id = %s for update", [edition_id])
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这个版本"), fix=_("可能已被放弃，请回到列表"))
        if row[0] == rules.PUBLISHED and row[1] <= scopes.current().today:
            raise Conflict(_("这个版本已经生效"), fix=_("要改动，请准备下一个版本"))
        cursor.execute("delete from code_edition where id = %s", [edition_id])
    catalogue_state.raise_version()


@action(title="保存本地代码", roles=KEEPERS, reach=API)
def save_local_code(
    *,
    table: str,
    code: str,
    name: str,
    maps_to: str = "",
    aliases: list[str] = [],  # noqa: B006
    notes: str = "",
    until_on: date | None = None,
) -> None:
    """Keep a code of the own unit beside a table, or change it. maps_to: the national code, another local code on the way to
    it, or '' where none answers. Raises BadInput for clashes and mappings in a circle, NotFound."""
    known = _table(table)
    held = queries.local_of().get(table, {})
    one = Local(
        code.strip(), name.strip(), maps_to.strip(), tuple(filter(None, map(str.strip, aliases))), until_on
    )
    wanted: Sequence[Local] = [*(other for other in held.values() if other.code != one.code), one]
    problems = rules.local_problems(known, wanted)
    if len(wanted) > MOST_LOCAL:
        problems.append(Problem("code", _("本地代码太多"), _("最多 %(most)s 个") % {"most": MOST_LOCAL}))
    if len(one.name) > 80 or len(one.aliases) > 20 or len(notes) > 1000:
        problems.append(Problem("name", _("名称、别名或备注太长")))
    if problems:
        raise BadInput(_("本地代码有误"), problems=problems)
    values: list[Any] = [
        new_id(), scopes.current().unit_no, table, one.code, one.name, one.maps_to, Jsonb(list(one.aliases)), notes, until_on,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into local_code as l (id, unit_no, code_table, code, name, maps_to, aliases, notes, until_on)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (unit_no, code_table, code) do update"
            " set name = excluded.name, maps_to = excluded.maps_to, aliases = excluded.aliases, notes = excluded.notes,"
            " until_on = excluded.until_on, changed_at = now()",
            values,
        )


@action(title="去掉本地代码", roles=KEEPERS, reach=API)
def drop_local_code(*, table: str, code: str) -> None:
    """Take a local code of the own unit away. Raises Conflict while another stands for it or a row holds it, NotFound."""
    held = queries.local_of().get(table, {})
    if code not in held:
        raise NotFound(_("没有这个本地代码"))
    if any(one.maps_to == code for one in held.values()):
        raise Conflict(_("还有别的本地代码对应到它"), fix=_("先改那些代码的对应关系"))
    uses = [] if rules.national(_table(table), held, code) else queries.uses_of(table, [code])
    if uses:
        raise Conflict(
            _("还有 %(rows)s 行在用") % {"rows": sum(use.rows for use in uses)},
            fix=_("填上停用日期即可，已有的数据不变"),
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from local_code where unit_no = %s and code_table = %s and code = %s",
            [scopes.current().unit_no, table, code],
        )


def _table(table: str) -> CodeTable:
    known = codes.tables().get(table)
    if known is None:
        raise NotFound(_("没有这张代码表"), fix=_("请从列表里选"))
    return known
