"""Reads of standards: the list, one with its versions, its faults, a trial, what a new version touches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import NotFound, Problem
from jizuo.ground.plans import change_problems, columns_of
from jizuo.hubs.data import codes, datasets
from jizuo.hubs.data.queries.codes import LOOKERS, STEWARDS, unit_tables
from jizuo.hubs.data.rules import standard_yaml
from jizuo.hubs.data.rules import standards as rules
from jizuo.hubs.data.rules import trial as trials
from jizuo.hubs.data.searching import answers
from jizuo.hubs.data.standards import Body, Reader, VersionView, print_of, readers_of
from jizuo.plain import typed
from jizuo.plain.workbook.words import normal

VERSION = """
select v.id, v.name, v.title, v.major, v.minor, v.state, v.body::text, v.effective_on, v.until_on, v.notes,
       coalesce(p.state, ''), coalesce(p.why, ''), v.drafted_at, v.published_at, v.drafted_by
from standard_version v left join schema_plan p on p.id = v.plan_id
"""


class StandardLine(msgspec.Struct, frozen=True):
    """One standard of the list. room: whose it is, `standards` for those that people make; state: published | draft
    | retired; draft: number of the draft beside a published version, '' without one."""

    name: str
    title: str
    english: str
    number: str
    room: str
    elements: int
    is_master: bool
    state: str
    draft: str = ""
    to_check: int = 0


class StandardView(msgspec.Struct, frozen=True):
    """One standard. body: of the version in force, else of the newest; versions: newest first, none of a shipped one;
    table: where its rows are, '' before the builder has made it."""

    body: Body
    number: str
    room: str
    versions: list[VersionView]
    table: str


class DraftView(msgspec.Struct, frozen=True):
    """A version with why it cannot be published."""

    version: VersionView
    faults: list[Problem]


class UnitRows(msgspec.Struct, frozen=True):
    """Rows of one unit that a version touches."""

    unit_no: int
    name: str
    rows: int


class ElementChange(msgspec.Struct, frozen=True):
    """One element that a version treats otherwise. what: new | gone | retired | changed; filled: rows with a value."""

    key: str
    title: str
    what: str
    words: str
    filled: int


class Impact(msgspec.Struct, frozen=True):
    """What publishing a draft touches. before: number of the version that it follows, '' for a first one; faults: why
    it cannot be published; needs_other: another person than the one who drafted it must publish."""

    version: VersionView
    before: str
    changes: list[ElementChange]
    rows: int
    units: list[UnitRows]
    readers: list[Reader]
    faults: list[Problem]
    needs_other: bool


class TrialFault(msgspec.Struct, frozen=True):
    """One fault of a sample row: row on the screen, column letter, element, what stood there, why, and the mend."""

    row_no: int
    column: str
    title: str
    value: str
    reason: str
    fix: str
    suggestion: str
    severity: str


class TrialView(msgspec.Struct, frozen=True):
    """What came of the unit's sample rows; rows 0 before any were laid."""

    rows: int
    good: int
    matched: dict[str, str]
    unknown: list[str]
    missing: list[str]
    faults: list[TrialFault]


def _version(row: Sequence[Any]) -> VersionView:
    body = typed.from_json(row[6], Body)
    account_id = scopes.current().account_id
    return VersionView(
        version_id=row[0], name=row[1], title=row[2], major=row[3], minor=row[4], state=row[5], body=body,
        seen=print_of(body), effective_on=row[7], until_on=row[8], notes=row[9], table_state=row[10], why=row[11],
        drafted_at=row[12], published_at=row[13], is_mine=account_id is not None and row[14] == account_id,
    )  # fmt: skip


def versions_of(name: str) -> list[VersionView]:
    """Every version of a standard that people make, newest first. Inside a door."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION + " where v.name = %s order by v.major desc, v.minor desc", [name])
        return [_version(row) for row in cursor.fetchall()]


def locked(version_id: UUID) -> VersionView:
    """One version, held until the transaction ends. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION + " where v.id = %s for update of v", [version_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个版本"), fix=_("可能已被放弃，请回到列表"))
    return _version(row)


def before(held: VersionView) -> VersionView | None:
    """The published version that `held` follows."""
    return next(
        (
            one
            for one in versions_of(held.name)
            if one.state != rules.DRAFT and (one.major, one.minor) < (held.major, held.minor)
        ),
        None,
    )


def readers(name: str) -> list[Reader]:
    """Who reads a dataset, as the rooms tell."""
    return readers_of(name)


def is_in_use(held: VersionView) -> bool:
    """True when a unit in reach has rows of a version, or somebody reads them."""
    table = table_of(held)
    if table:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("select exists (select 1 from {})").format(sql.Identifier(table)))
            if cursor.fetchone()[0]:
                return True
    return bool(readers_of(held.name))


def table_of(held: VersionView) -> str:
    """The table of a version's major number, '' when the builder has not made it."""
    with connection.cursor() as cursor:
        cursor.execute(
            'select "table" from made_table where standard = %s and major = %s', [held.name, held.major]
        )
        row = cursor.fetchone()
    return row[0] if row else ""


@source(title="标准版本", roles=LOOKERS, reach=API)
def standard_version(*, version_id: UUID) -> VersionView:
    """One version of a standard that people make. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION + " where v.id = %s", [version_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个版本"), fix=_("可能已被放弃，请回到列表"))
    return _version(row)


@source(title="数据标准", roles=LOOKERS, reach=API)
def standard_list(*, text: str = "") -> list[StandardLine]:
    """Standards that ship and standards that people make, by name. text: Chinese, pinyin or initials of the title or of
    an element, a pinyin-initial name (XBM), or an English name."""
    lines: list[StandardLine] = []
    for one in sorted(datasets.shipped().values(), key=lambda one: one.name):
        words = [one.title, one.name, *(w for f in one.fields.values() for w in (f.title, f.initials, f.key))]
        if answers(words, text):
            lines.append(
                StandardLine(
                    one.name,
                    one.title,
                    one.english,
                    one.version,
                    one.room,
                    len(one.fields),
                    one.is_master,
                    "published",
                )
            )
    with connection.cursor() as cursor:
        cursor.execute(VERSION + " order by v.name, v.major desc, v.minor desc")
        versions = [_version(row) for row in cursor.fetchall()]
    made: dict[str, list[VersionView]] = {}
    for version in versions:
        made.setdefault(version.name, []).append(version)
    may_draft = scopes.current().role in STEWARDS
    for name, every in made.items():
        found = [one for one in every if may_draft or one.state != rules.DRAFT]
        if not found:
            continue
        shown = _in_force(found)
        body = shown.body
        words = [
            body.title,
            name,
            *(w for one in body.elements for w in (one.title, one.initials, one.key, *one.aliases)),
        ]
        if answers(words, text):
            draft = next((one.number for one in found if one.state == rules.DRAFT and one is not shown), "")
            lines.append(
                StandardLine(
                    name, body.title, body.english, shown.number, "standards", len(body.elements), body.is_master,
                    shown.state, draft, sum(bool(one.to_check) for one in body.elements) + bool(body.to_check),
                )
            )  # fmt: skip
    return lines


def _in_force(versions: Sequence[VersionView]) -> VersionView:
    today = scopes.current().today
    in_force = [
        one for one in versions
        if one.state == rules.PUBLISHED and (one.effective_on or today) <= today
        and (one.until_on is None or one.until_on > today)
    ]  # fmt: skip
    return next(iter(in_force), versions[0])


@source(title="一个标准", roles=LOOKERS, reach=API)
def standard_view(*, name: str) -> StandardView:
    """One standard with its versions. Raises NotFound."""
    known = datasets.shipped().get(name)
    if known is not None:
        return StandardView(standard_yaml.of_dataset(known), known.version, known.room, [], known.table)
    may_draft = scopes.current().role in STEWARDS
    versions = [one for one in versions_of(name) if may_draft or one.state != rules.DRAFT]
    if not versions:
        raise NotFound(_("没有这个标准"), fix=_("请从列表里选"))
    shown = _in_force(versions)
    return StandardView(shown.body, shown.number, "standards", versions, table_of(shown))


@source(title="下载标准", roles=LOOKERS, reach=API)
def standard_yaml_text(*, name: str = "", version_id: UUID | None = None) -> str:
    """A standard as YAML that `data.bring_standard` takes back: the one in force, or a version. Raises NotFound."""
    if version_id is not None:
        one = standard_version(version_id=version_id)
        return standard_yaml.write(
            one.body, one.number, effective_on=one.effective_on, until_on=one.until_on, notes=one.notes
        )
    view = standard_view(name=name)
    return standard_yaml.write(view.body, view.number)


@source(title="标准草稿", roles=STEWARDS, reach=API)
def standard_draft(*, version_id: UUID) -> DraftView:
    """A draft and why it cannot be published, changes that would drop data among it; no faults when it can."""
    held = standard_version(version_id=version_id)
    return DraftView(held, _faults(held))


def _faults(held: VersionView) -> list[Problem]:
    found = rules.problems_of(held.body, codes.tables(), datasets.shipped())
    with connection.cursor() as cursor:
        cursor.execute(
            "select columns::text from made_table where standard = %s and major = %s", [held.name, held.major]
        )
        row = cursor.fetchone()
    if row is not None:
        found += change_problems(held.body.plan(held.major), columns_of(row[0]))
    return found


def known_names() -> dict[str, tuple[str, str]]:
    """Normal title -> (key, English name) of every element of every standard, from which names are proposed."""
    found: dict[str, tuple[str, str]] = {}
    for dataset in datasets.all_datasets().values():
        for one in dataset.fields.values():
            for word in (one.title, *one.aliases):
                found.setdefault(normal(word), (one.key, one.english))
    return found


@source(title="标准的影响", roles=STEWARDS, reach=API)
def standard_impact(*, version_id: UUID) -> Impact:
    """What publishing a draft touches: elements, rows by unit in reach, readers; and why it cannot be. Raises NotFound."""
    held = standard_version(version_id=version_id)
    earlier = before(held)
    table = table_of(earlier) if earlier else ""
    differing = rules.differences(earlier.body if earlier else None, held.body)
    counted = [one.key for one in differing if one.what != "new"]
    rows, units, filled = _count(table, counted) if table else (0, [], {})
    changes = [
        ElementChange(one.key, one.title, one.what, one.words, filled.get(one.key, 0)) for one in differing
    ]
    found = readers_of(held.name)
    return Impact(
        version=held,
        before=earlier.number if earlier else "",
        changes=changes,
        rows=rows,
        units=units,
        readers=found,
        faults=_faults(held),
        needs_other=held.is_mine and earlier is not None and bool(rows or found),
    )


def _count(table: str, keys: Sequence[str]) -> tuple[int, list[UnitRows], dict[str, int]]:
    """Rows of a made table in reach: all, by unit, and filled ones of each of these columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("select t.unit_no, u.name, t.n{} from (select unit_no, count(*) as n{} from {} group by 1) t"
                    " join unit u using (unit_no) order by t.n desc, t.unit_no").format(
                sql.SQL("").join(sql.SQL(", t.c{}").format(sql.SQL(str(n))) for n in range(len(keys))),
                sql.SQL("").join(
                    sql.SQL(", count({}) as c{}").format(sql.Identifier(key), sql.SQL(str(n)))
                    for n, key in enumerate(keys)
                ),
                sql.Identifier(table),
            )
        )  # fmt: skip
        found = cursor.fetchall()
    filled = {key: sum(row[3 + n] for row in found) for n, key in enumerate(keys)}
    return sum(row[2] for row in found), [UnitRows(*row[:3]) for row in found], filled


@source(title="试用结果", roles=STEWARDS, reach=API)
def standard_trial(*, version_id: UUID) -> TrialView:
    """The own unit's sample rows laid against a version: every fault with row, column, reason and mend."""
    held = standard_version(version_id=version_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "select row_no, cells::text from trial_row where version_id = %s and unit_no = %s order by row_no",
            [version_id, scopes.current().unit_no],
        )
        rows = [(number, typed.from_json(cells, list[str])) for number, cells in cursor.fetchall()]
    if not rows:
        return TrialView(0, 0, {}, [], [], [])
    day = held.effective_on or scopes.current().today
    done = trials.check_rows(held.body, rows[0][1], rows[1:], unit_tables(day), day)
    titles = {one.key: one.title for one in held.body.elements}
    return TrialView(
        rows=done.rows,
        good=done.good,
        matched={rows[0][1][place]: titles[key] for place, key in done.columns.items()},
        unknown=list(done.unknown),
        missing=list(done.missing),
        faults=[
            TrialFault(
                one.row_no or 0,
                one.column,
                titles.get(one.field, one.field),
                one.value,
                one.reason,
                one.fix,
                one.suggestion,
                one.severity,
            )
            for one in done.faults
        ],
    )
