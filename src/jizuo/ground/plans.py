"""Wishes for made tables: typed data that the web writes and only the builder acts on.

A plan names a standard, its major version and its columns from a closed list of types. Changes of a table that
exists are additive: new optional columns, longer texts, wider numbers, new indexes. What cannot be done is
refused with what to do instead.
"""

from __future__ import annotations

import re
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.ids import new_id
from jizuo.plain import typed

Type = Literal[
    "text", "integer", "decimal", "boolean", "date", "timestamptz", "code", "person", "org", "file"
]
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
MOST_COLUMNS = 200
MOST_INDEXES = 8
LONGEST_STANDARD, LONGEST_KEY, LONGEST_TEXT, MOST_DIGITS = 30, 40, 4000, 30
#: Columns every made table has, and names that PostgreSQL keeps for itself.
HOUSE_COLUMNS = ("id", "unit_no", "batch_id", "changed_at", "extras", "held_by")
RESERVED = frozenset({*HOUSE_COLUMNS, "oid", "tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"})


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One column. length: of a text, in characters; precision, scale: digits in all and after the point, of a
    decimal; code_table: of a code; grade: 1-5 (how harmful); is_required: never empty."""

    key: str
    type: Type
    title: str
    grade: int
    is_required: bool = False
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    code_table: str = ""

    @property
    def db_type(self) -> str:
        """The type as PostgreSQL writes it; made of checked numbers and fixed words only."""
        if self.type == "text":
            return f"varchar({int(self.length or 0)})"
        if self.type == "decimal":
            return f"numeric({int(self.precision or 0)}, {int(self.scale or 0)})"
        return _DB_TYPES[self.type]


_DB_TYPES = {
    "integer": "bigint",
    "boolean": "boolean",
    "date": "date",
    "timestamptz": "timestamptz",
    "code": "varchar(20)",
    "person": "uuid",
    "org": "uuid",
    "file": "uuid",
}


class SchemaPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table as it should be. indexes: column keys of each; `unit_no` always leads and is not named."""

    standard: str
    major: int
    columns: tuple[Column, ...]
    indexes: tuple[tuple[str, ...], ...] = ()

    @property
    def table(self) -> str:
        """The table's name: one per standard and major version, shared by all units."""
        return f"made_{self.standard}_v{self.major}"


def problems_of(plan: SchemaPlan) -> list[Problem]:
    """What is wrong with a plan by itself; empty when it could be built on an empty base."""
    found = []
    if not NAME.fullmatch(plan.standard) or len(plan.standard) > LONGEST_STANDARD:
        found.append(
            Problem("standard", _("标准名不合规：%(name)s") % {"name": plan.standard[:60]}, _name_rule(30))
        )
    if not 1 <= plan.major <= 99:
        found.append(Problem("major", _("主版本号应在 1 到 99 之间")))
    if not 1 <= len(plan.columns) <= MOST_COLUMNS:
        found.append(Problem("columns", _("应有 1 到 %(most)s 列") % {"most": MOST_COLUMNS}))
    keys: set[str] = set()
    for place, column in enumerate(plan.columns):
        where = f"columns[{place}]"
        if column.key in keys:
            found.append(Problem(where, _("列名重复：%(key)s") % {"key": column.key}, _("改名或去掉一列")))
        keys.add(column.key)
        found += _column_problems(column, where)
    if len(plan.indexes) > MOST_INDEXES:
        found.append(Problem("indexes", _("最多 %(most)s 个索引") % {"most": MOST_INDEXES}))
    for place, index in enumerate(plan.indexes):
        unknown = [key for key in index if key not in keys]
        if unknown or not 1 <= len(index) <= 4 or len(set(index)) != len(index):
            found.append(
                Problem(
                    f"indexes[{place}]", _("索引应由 1 到 4 个本表的列组成"), _("不要写 unit_no，它总在最前")
                )
            )
    return found


def _column_problems(column: Column, where: str) -> list[Problem]:
    found = []
    if not NAME.fullmatch(column.key) or len(column.key) > LONGEST_KEY:
        found.append(Problem(where, _("列名不合规：%(key)s") % {"key": column.key[:60]}, _name_rule(40)))
    elif column.key in RESERVED:
        found.append(Problem(where, _("列名被保留：%(key)s") % {"key": column.key}, _("请换一个列名")))
    if not column.title.strip() or len(column.title) > 80:
        found.append(Problem(where, _("要有中文名，最长 80 个字")))
    if not 1 <= column.grade <= 5:
        found.append(Problem(where, _("数据分级应在 1 到 5 之间")))
    if column.type == "text":
        if not 1 <= (column.length or 0) <= LONGEST_TEXT:
            found.append(Problem(where, _("文本长度应在 1 到 %(most)s 之间") % {"most": LONGEST_TEXT}))
    elif column.length is not None:
        found.append(Problem(where, _("只有文本列才有长度")))
    if column.type == "decimal":
        digits, scale = column.precision or 0, column.scale if column.scale is not None else -1
        if not (1 <= digits <= MOST_DIGITS and 0 <= scale <= digits):
            found.append(Problem(where, _("小数要写总位数（1 到 30）和小数位数（不多于总位数）")))
    elif column.precision is not None or column.scale is not None:
        found.append(Problem(where, _("只有小数列才有位数")))
    if column.type == "code":
        if not NAME.fullmatch(column.code_table):
            found.append(Problem(where, _("代码列要写代码表的名字")))
    elif column.code_table:
        found.append(Problem(where, _("只有代码列才有代码表")))
    return found


def _name_rule(most: int) -> str:
    return _("小写英文字母开头，可含数字和下划线，最长 %(most)s 个字符，如 visit_record") % {"most": most}


def change_problems(plan: SchemaPlan, held: dict[str, Column]) -> list[Problem]:
    """Why a table with the columns `held` cannot become `plan`; empty when the change is additive."""
    found = []
    wanted = {column.key: column for column in plan.columns}
    anew = _("保留这一列，或用新的主版本号另建一张表，再把数据导入新表")
    for key, old in held.items():
        new = wanted.get(key)
        if new is None:
            found.append(Problem(key, _("不能删除已有的列：%(key)s") % {"key": key}, anew))
        elif new.type != old.type or new.code_table != old.code_table:
            found.append(Problem(key, _("不能改变已有列的类型：%(key)s") % {"key": key}, anew))
        elif (new.length or 0) < (old.length or 0) or not _is_wider(new, old):
            found.append(Problem(key, _("不能缩短已有的列：%(key)s") % {"key": key}, anew))
        elif new.is_required and not old.is_required:
            found.append(
                Problem(
                    key, _("已有的列不能改为必填：%(key)s") % {"key": key}, _("先补齐数据，再用新的主版本号")
                )
            )
    for key in wanted.keys() - held.keys():
        if wanted[key].is_required:
            found.append(
                Problem(
                    key, _("新加的列不能是必填：%(key)s") % {"key": key}, _("改为选填，已有的行没有这个值")
                )
            )
    return found


def _is_wider(new: Column, old: Column) -> bool:
    return new.scale == old.scale and (new.precision or 0) >= (old.precision or 0)


PLANNERS = (scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD)


@action(title="申请建表", roles=PLANNERS)
def ask_table(*, plan: SchemaPlan) -> UUID:
    """Write a wish for a table or for its additive change; returns the plan's id. The builder acts on it within
    seconds. Raises BadInput naming every fault that is plain already now."""
    found = problems_of(plan)
    with connection.cursor() as cursor:
        cursor.execute('select columns::text from made_table where "table" = %s', [plan.table])
        row = cursor.fetchone()
        if row is not None:
            found += change_problems(plan, columns_of(row[0]))
        if found:
            raise BadInput(_("建表方案有误"), problems=found)
        plan_id = new_id()
        grant_no = scopes.current().grant_no
        asked: list[Any] = [plan_id, plan.table, Jsonb(msgspec.to_builtins(plan)), "waiting", "", grant_no]
        cursor.execute(
            'insert into schema_plan (id, "table", plan, state, why, asked_by) values (%s, %s, %s, %s, %s, %s)',
            asked,
        )
        cursor.execute("select pg_notify('jizuo_plan', '')")
    return plan_id


def columns_of(text: str) -> dict[str, Column]:
    """The catalogue's columns by key, in the table's order."""
    return {column.key: column for column in typed.from_json(text, tuple[Column, ...])}
