"""Reads of code tables: the list, one with its editions and the unit's own codes, what an edition changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import NotFound, Problem
from jizuo.hubs.data import codes, datasets
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.rules import code_tables as rules
from jizuo.hubs.data.rules.code_tables import CodeChange, Local
from jizuo.hubs.data.searching import answers
from jizuo.plain import typed
from jizuo.plain.codes import Code, CodeTable

STEWARDS = frozenset({scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD})
#: Who looks codes up, and who keeps a unit's own.
LOOKERS = STEWARDS | scopes.SCHOOL_ROLES | {scopes.DISTRICT_LEADER}
KEEPERS = STEWARDS | scopes.SCHOOL_ROLES
MOST_SHOWN = 500


class TableLine(msgspec.Struct, frozen=True):
    """One code table of the list. next_on: from when a staged edition counts; local: codes of the own unit."""

    table: str
    title: str
    standard: str
    edition: str
    rows: int
    to_check: str
    next_on: date | None = None
    local: int = 0


class CodeLine(msgspec.Struct, frozen=True):
    """One code as a page shows it."""

    code: str
    name: str
    parent: str
    aliases: list[str]
    since: date | None
    until: date | None
    notes: str


class LocalLine(msgspec.Struct, frozen=True):
    """One local code of a unit. national: the code that it stands for in the end, '' where there is none; national_name:
    its name."""

    code: str
    name: str
    maps_to: str
    national: str
    national_name: str
    aliases: list[str]
    notes: str
    until_on: date | None


class EditionLine(msgspec.Struct, frozen=True):
    """One edition of a table. state: draft | published; is_in_force: today's."""

    edition_id: UUID
    edition: str
    state: str
    effective_on: date
    until_on: date | None
    rows: int
    is_in_force: bool


class TableView(msgspec.Struct, frozen=True):
    """One code table as of a day. rows: at most 500, those that answer to the text; count: all of them; fields: which
    elements of which datasets use it."""

    table: str
    title: str
    standard: str
    edition: str
    source: str
    to_check: str
    rows: list[CodeLine]
    count: int
    local: list[LocalLine]
    editions: list[EditionLine]
    fields: list[str]


class Use(msgspec.Struct, frozen=True):
    """Rows in reach that hold a code: dataset and field by title."""

    code: str
    dataset: str
    field: str
    rows: int


class EditionView(msgspec.Struct, frozen=True):
    """A staged edition beside the one it follows. vanished: uses of codes that it no longer has; faults: why it cannot be
    published."""

    edition_id: UUID
    table: str
    title: str
    edition: str
    state: str
    effective_on: date
    changes: list[CodeChange]
    same: int
    vanished: list[Use]
    ended: list[Use]
    faults: list[Problem]


def local_of(unit_no: int | None = None) -> dict[str, dict[str, Local]]:
    """Local codes of a unit in reach (default: the own), by table and code. Inside a door."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select code_table, code, name, maps_to, aliases::text, until_on from local_code where unit_no = %s"
            " order by code",
            [scopes.current().unit_no if unit_no is None else unit_no],
        )
        found: dict[str, dict[str, Local]] = {}
        for table, code, name, maps_to, aliases, until in cursor.fetchall():
            words = tuple(typed.from_json(aliases, list[str]))
            found.setdefault(table, {})[code] = Local(code, name, maps_to, words, until)
    return found


def unit_tables(on: date | None = None, unit_no: int | None = None) -> dict[str, CodeTable]:
    """Every code table as a unit in reach uses it: with its local codes where it has some. Inside a door."""
    with codes.using(local_of(unit_no)):
        return codes.tables(on)


@source(title="单位的本地代码", roles=LOOKERS | IMPORTING_ROLES)
def local_codes(*, unit_no: int) -> dict[str, dict[str, Local]]:
    """The local codes of a unit in reach, by table and code."""
    return local_of(unit_no)


@source(title="代码表", roles=LOOKERS, reach=API)
def code_table_list(*, text: str = "") -> list[TableLine]:
    """Every code table in force today, by title. text: Chinese, pinyin or initials of the table or of one of its codes."""
    local = local_of()
    with connection.cursor() as cursor:
        cursor.execute(
            "select code_table, min(effective_on) from code_edition where state = 'published' and effective_on > %s"
            " group by 1",
            [scopes.current().today],
        )
        coming = dict(cursor.fetchall())
    tables = codes.tables()
    lines = [
        TableLine(
            one.id, one.name, one.standard, one.edition, len(one), one.to_check, coming.get(one.id),
            len(local.get(one.id, ())),
        )
        for one in tables.values()
        if answers((one.name, one.id, one.standard), text) or (len(text.strip()) > 1 and _has(one, text))
    ]  # fmt: skip
    if answers(("",), text):
        lines += [
            TableLine(table, table, "", "", 0, "", day)
            for table, day in coming.items()
            if table not in tables
        ]
    return sorted(lines, key=lambda line: line.table)


def _has(table: CodeTable, text: str) -> bool:
    return bool(table.search(text, 1))


@source(title="一张代码表", roles=LOOKERS, reach=API)
def code_table(*, table: str, text: str = "", on: date | None = None) -> TableView:
    """One code table with its editions and the own unit's codes, as of a day (default: today). Raises NotFound."""
    today = scopes.current().today
    known = codes.tables(on).get(table)
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, edition, state, effective_on, until_on, jsonb_array_length(rows), title from code_edition"
            " where code_table = %s order by effective_on desc",
            [table],
        )
        rows = cursor.fetchall()
    if scopes.current().role not in STEWARDS:
        rows = [row for row in rows if row[2] == rules.PUBLISHED]
    if known is None and not rows:
        raise NotFound(_("没有这张代码表"), fix=_("请从列表里选"))
    current = next(
        (
            row[0]
            for row in rows
            if row[2] == rules.PUBLISHED and row[3] <= (on or today) and not (row[4] and row[4] <= today)
        ),
        None,
    )
    found = (known.search(text, MOST_SHOWN) if text else list(known.rows[:MOST_SHOWN])) if known else []
    return TableView(
        table=table,
        title=known.name if known else rows[0][6],
        standard=known.standard if known else "",
        edition=known.edition if known else "",
        source=known.source if known else "",
        to_check=known.to_check if known else "",
        rows=[
            CodeLine(row.code, row.name, row.parent, list(row.aliases), row.since, row.until, row.notes)
            for row in found
        ],
        count=len(known) if known else 0,
        local=local_lines(known, table) if known else [],
        editions=[
            EditionLine(edition_id, edition, state, begin, until, count, edition_id == current)
            for edition_id, edition, state, begin, until, count, _title in rows
        ],
        fields=[f"{dataset.title}：{field.word}" for dataset, field in fields_of(table)],
    )


def local_lines(known: CodeTable, table: str) -> list[LocalLine]:
    """The own unit's codes beside a table, with what they stand for."""
    local = local_of().get(table, {})
    lines = []
    for one in local.values():
        try:
            national = rules.national(known, local, one.code)
        except ValueError:
            national = ""
        row = known.get(national) if national else None
        lines.append(
            LocalLine(
                one.code,
                one.name,
                one.maps_to,
                national,
                row.name if row else "",
                list(one.aliases),
                "",
                one.until,
            )
        )
    return lines


def fields_of(table: str) -> list[tuple[Any, datasets.Field]]:
    """Every (dataset, field) whose codes are of a table."""
    return [
        (dataset, field)
        for dataset in datasets.all_datasets().values()
        for field in dataset.fields.values()
        if field.code_table == table
    ]


def uses_of(table: str, wanted: Sequence[str]) -> list[Use]:
    """Rows in reach that hold one of these codes, by dataset and field. Inside a door."""
    found: list[Use] = []
    if not wanted:
        return found
    with connection.cursor() as cursor:
        for dataset, field in fields_of(table):
            column = sql.Identifier(field.key)
            text = (
                "select c, count(*) from {}, unnest({}) c where c = any(%s) group by 1 order by 1"
                if field.db_type.endswith("[]")
                else "select {1}, count(*) from {0} where {1} = any(%s) group by 1 order by 1"
            )
            cursor.execute(sql.SQL(text).format(sql.Identifier(dataset.table), column), [list(wanted)])
            found += [Use(code, dataset.title, field.word, rows) for code, rows in cursor.fetchall()]
    return found


@source(title="代码表新版本", roles=STEWARDS, reach=API)
def code_edition(*, edition_id: UUID) -> EditionView:
    """A staged edition: what it changes of the one before, which rows use codes that it no longer has, and why it
    cannot be published. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, code_table, title, edition, state, effective_on, rows::text from code_edition where id = %s",
            [edition_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个版本"), fix=_("可能已被放弃，请回到列表"))
    return view_of(*row)


def view_of(
    edition_id: UUID, table: str, title: str, edition: str, state: str, effective_on: date, text: str
) -> EditionView:
    """The view of an edition from its columns."""
    new = codes.rows_of(text)
    old = base_of(table, edition_id, effective_on)
    changes = rules.changes(old, new)
    vanished = uses_of(table, [one.code for one in changes if one.what == "gone"])
    ended = uses_of(table, [one.code for one in changes if one.what == "ended"])
    faults = rules.table_problems(table, title, new)
    if effective_on < scopes.current().today and state == rules.DRAFT:
        faults.append(Problem("effective_on", _("生效日期已经过去"), _("改为今天或以后的日期")))
    for use in vanished:
        faults.append(
            Problem(
                use.code,
                _("代码 %(code)s 不见了，但“%(dataset)s”的“%(field)s”有 %(rows)s 行在用")
                % {"code": use.code, "dataset": use.dataset, "field": use.field, "rows": use.rows},
                _("保留这一行，填上停用日期；已有的数据不变，新数据不能再选"),
            )
        )
    return EditionView(
        edition_id=edition_id,
        table=table,
        title=title,
        edition=edition,
        state=state,
        effective_on=effective_on,
        changes=changes,
        same=len(new) - sum(one.what != "gone" for one in changes),
        vanished=vanished,
        ended=ended,
        faults=faults,
    )


def base_of(table: str, edition_id: UUID, effective_on: date) -> Sequence[Code]:
    """The rows that an edition follows: of the edition in force the day before it begins, else as the table ships."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select rows::text from code_edition where code_table = %s and state = 'published' and id <> %s"
            " and effective_on <= %s order by effective_on desc limit 1",
            [table, edition_id, effective_on],
        )
        row = cursor.fetchone()
    if row is not None:
        return codes.rows_of(row[0])
    known: Mapping[str, CodeTable] = codes.shipped()
    return known[table].rows if table in known else ()
