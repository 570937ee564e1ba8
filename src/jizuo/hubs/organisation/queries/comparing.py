"""Reads of comparisons with the registers: who is whom, the differences, both sides counted, two 学籍 at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import polars as pl
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.hubs.data import datasets
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.codes import name_of
from jizuo.hubs.organisation import class_names, comparing, masks
from jizuo.hubs.organisation.comparing import CLASS, NUMBER, PUPIL, ROLL
from jizuo.hubs.organisation.importers.known import Match, Matcher, Unit, numbers_of
from jizuo.hubs.organisation.importers.numbers import ROLL as ROLL_KIND

DISTRICT = frozenset({scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD, scopes.OPERATOR})
MOST_LINES = 100_000
#: A line's note on somebody whom only the register lists.
LEFT, ALIKE = "left", "alike"


class ComparisonView(msgspec.Struct, frozen=True):
    """One comparison. doubt: {} or code, count, of, shift; counts: see `Matched.counts`."""

    comparison_id: UUID
    unit_no: int
    unit_name: str
    kind: str
    register_batch: UUID
    title: str
    state: str
    is_anyway: bool
    doubt: dict[str, Any]
    counts: dict[str, Any]
    job_id: UUID | None
    asked_at: datetime
    done_at: datetime | None


class LineView(msgspec.Struct, frozen=True):
    """One difference as the acting role may see it. here, there: shown words, masked by grade; class_id: of the base,
    or of the export for who is only there."""

    kind: str
    act: str
    field: str
    field_title: str
    here: str
    there: str
    note: str
    name: str
    sex: str
    class_id: UUID | None
    class_name: str
    affiliation_id: UUID | None
    place: str
    ordinal: int


class DoubledView(msgspec.Struct, frozen=True):
    """A pupil with 学籍 at two units. by_register: the second one stands in a register's export only."""

    person_id: UUID
    name: str
    base_no: str
    unit_no: int
    unit_name: str
    other_no: int
    other_name: str
    by_register: bool


class ExportView(msgspec.Struct, frozen=True):
    """The newest landed register export of a unit, to be compared."""

    batch_id: UUID
    unit_no: int
    title: str
    kind: str
    state: str
    asked_at: datetime


BASE = """
select a.id::text, a.person_id::text, a.name, a.sex, a.class_id::text, a.is_registered, a.is_present,
       {person}, {facts}, o.entry_year as class_year
from affiliation a join person p on p.id = a.person_id left join {table} f on f.unit_no = a.unit_no and f.id = a.id
left join org o on o.unit_no = a.unit_no and o.id = a.class_id
where a.unit_no = %s and a.role = %s and a.end_on is null order by a.id
"""
COMPARISON = (
    "c.id, c.unit_no, u.short_name, c.kind, c.register_batch, coalesce(b.title, ''), c.state, c.is_anyway, c.doubt::text,"
    " c.counts::text, c.job_id, c.asked_at, c.done_at from comparison c join unit u on u.unit_no = c.unit_no"
    " left join batch b on b.unit_no = c.unit_no and b.id = c.register_batch"
)


@dataclass(slots=True)
class Matched:
    """An export laid over the base. rows, base: see `comparing.lines_of`; sealed: lines of numbers that differ;
    unsealed: how many people have a number there and none here."""

    kind: str
    rows: pl.DataFrame
    base: pl.DataFrame
    sealed: pl.DataFrame
    unsealed: dict[str, int]
    known: int
    held: int
    shifts: list[int]

    def lines(self) -> pl.DataFrame:
        """Every difference, values of grade 4 left out, in the order of kinds, classes and names."""
        fields = fields_of(self.kind)
        owners = {key: field.owner for key, field in fields.items()}
        found = pl.concat([comparing.lines_of(self.kind, self.rows, self.base, owners), self.sealed])
        hidden = [key for key, field in fields.items() if field.grade >= datasets.SENSITIVE]
        is_hidden = pl.col("field").is_in(hidden)
        found = found.with_columns(
            [
                pl.when(is_hidden & (pl.col(side).fill_null("") != "")).then(pl.lit(masks.MASK)).otherwise(pl.col(side))
                .alias(side) for side in ("here", "there")
            ]
        )  # fmt: skip
        return found.sort("kind", "class_id", "name", "field", nulls_last=True, maintain_order=True)

    def counts(self, lines: pl.DataFrame) -> dict[str, Any]:
        """total, sexes, classes: [register, base] by value; kinds, acts: lines by each; classes of the base that the
        export lacks altogether under ``missing``; fields of which only the export says something, by people, under
        ``empty``."""
        tally = {
            key: dict(zip(*(column.to_list() for column in counted), strict=True))
            for key in ("kind", "act")
            for counted in [lines.get_column(key).value_counts(sort=True).get_columns()]
        }
        classes = comparing.sides(self.rows, self.base, CLASS) if self.kind == PUPIL else {}
        return {
            "total": [self.rows.height, int(self.base["is_registered"].sum())],
            "sexes": comparing.sides(self.rows, self.base, "sex"),
            "classes": classes,
            "missing": [key for key, (there, here) in classes.items() if key and not there and here],
            "kinds": tally["kind"],
            "acts": tally["act"],
            "empty": comparing.empty_here(self.kind, self.rows, self.base) | self.unsealed,
        }


def fields_of(kind: str) -> dict[str, datasets.Field]:
    """field -> its standard, of everything compared."""
    person, facts = datasets.get("person").fields, datasets.get(kind).fields
    link = datasets.get("affiliation").fields
    found = {key: person.get(key) or facts.get(key) or link[key] for key in comparing.fields_of(kind)}
    return found | {comparing.REGISTERED: link["is_registered"]}


def match(unit_no: int, kind: str, rows: pl.DataFrame) -> Matched:
    """Who of an export is whom, as an import would find it. Inside a door only."""
    facts = comparing.FACTS[kind]
    told = BASE.format(
        person=", ".join(f"p.{key}::text" for key in comparing.PERSON_FIELDS if key not in ("name", "sex")),
        facts=", ".join(f"{whole(key)}::text as {key}" for key in facts), table=kind,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(told, [unit_no, kind])
        names = [column.name for column in cursor.description]
        shapes = dict.fromkeys(names, pl.String()) | {
            "is_registered": pl.Boolean(), "is_present": pl.Boolean(), "class_year": pl.Int64()
        }  # fmt: skip
        base = pl.DataFrame(cursor.fetchall(), schema=shapes, orient="row")
    unit = Unit.read(unit_no)
    listed = rows.to_dicts()
    matches = Matcher(unit, kind, listed).run()
    rows = with_classes(unit_no, rows)
    laid = rows.with_columns(
        pl.Series("affiliation_id", [one.held and one.held.id for one in matches], pl.String()),
        pl.Series("known_id", [None if one.is_new else one.person_id for one in matches], pl.String()),
        pl.Series("note", [note_of(one, unit) for one in matches], pl.String()),
    )
    known = sum(one.held is not None for one in matches)
    held = int(base["is_registered"].sum())
    sealed, lacking = sealed_lines(kind, listed, matches, unit)
    return Matched(kind, laid, base, sealed, lacking, known, held, shifts_of(unit_no, laid, base))


def whole(key: str) -> str:
    """A column of facts without the zeros that a decimal type adds."""
    return f"trim_scale(f.{key})" if key == "weekly_lessons" else f"f.{key}"


def with_classes(unit_no: int, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `class_id` only where it is a class of the unit, and the class as written under ``class_name``."""
    if CLASS not in rows.columns:
        return rows.with_columns(pl.lit(None, pl.String()).alias(CLASS), pl.lit("").alias("class_name"))
    with connection.cursor() as cursor:
        cursor.execute("select id::text from org where unit_no = %s and kind = 'class'", [unit_no])
        there = [org_id for (org_id,) in cursor.fetchall()]
    return rows.with_columns(pl.when(pl.col(CLASS).is_in(there)).then(CLASS).alias(CLASS))


def note_of(one: Match, unit: Unit) -> str | None:
    """What is known of somebody without an open affiliation here."""
    if one.held is not None:
        return None
    if one.person_id in unit.by_person:
        return LEFT
    return ALIKE if one.candidates else None


def shifts_of(unit_no: int, rows: pl.DataFrame, base: pl.DataFrame) -> list[int]:
    """By how many entry years the class there is apart from the class here, person by person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id::text, entry_year from org where unit_no = %s and kind = 'class' and entry_year is not null",
            [unit_no],
        )
        year = dict(cursor.fetchall())
    both = rows.join(base.select("id", "class_year"), left_on="affiliation_id", right_on="id", how="inner")
    return [
        year[there] - here
        for there, here in both.select(CLASS, "class_year").iter_rows()
        if here is not None and there in year
    ]


def sealed_lines(
    kind: str, listed: Sequence[dict[str, Any]], matches: Sequence[Match], unit: Unit
) -> tuple[pl.DataFrame, dict[str, int]]:
    """(lines of 学籍号 and document numbers that the base holds otherwise, by their last four; field -> how many people
    have one there and none here)."""
    apart: list[tuple[dict[str, Any], str, Any, str]] = []
    lacking: dict[str, int] = {}
    for row, one in zip(listed, matches, strict=True):
        if one.held is None:
            continue
        known = unit.numbers.get(one.person_id, {})
        documents = {key: pair for key, pair in known.items() if key != ROLL_KIND}
        for number_kind, blind in numbers_of(row):
            is_roll = number_kind == ROLL_KIND
            here = (
                known.get(ROLL_KIND)
                if is_roll
                else documents.get(number_kind) or next(iter(documents.values()), None)
            )
            field = ROLL if is_roll else NUMBER
            if here is None:
                lacking[field] = lacking.get(field, 0) + 1
            elif here[1] != blind:
                apart.append((row, field, one.held, here[0]))
    with connection.cursor() as cursor:
        cursor.execute(
            "select id::text, tail from person_identifier where id = any(%s::uuid[])",
            [[row_id for *_rest, row_id in apart]],
        )
        tails = dict(cursor.fetchall())
    lines = [
        (
            comparing.DIFFERING, comparing.act_of(field, "register", kind), field, f"{masks.MASK}{tails.get(row_id, '')}",
            f"{masks.MASK}{row['roll_tail'] if field == ROLL else row['id_tail']}", None, row["name"], row["sex"],
            held.class_id, held.id, None, row["place"],
        )
        for row, field, held, row_id in apart
    ]  # fmt: skip
    return pl.DataFrame(lines, schema=comparing.LINES, orient="row"), lacking


@source(title="一次比对的底", roles=IMPORTING_ROLES)
def comparison_asked(*, comparison_id: UUID, is_locked: bool = False) -> dict[str, Any]:
    """id, unit_no, kind, register_batch, state, is_anyway of a comparison, locked when asked. Raises NotFound."""
    lock = " for update" if is_locked else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select id, unit_no, kind, register_batch, state, is_anyway from comparison where id = %s{lock}",
            [comparison_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这次比对"))
    return dict(zip(("id", "unit_no", "kind", "register_batch", "state", "is_anyway"), row, strict=True))


def _view(row: tuple) -> ComparisonView:
    told = [*row]
    told[8], told[9] = json.loads(told[8]), json.loads(told[9])
    return ComparisonView(*told)


@source(title="比对列表", roles=IMPORTING_ROLES, reach=API)
def comparisons(*, kind: str = "") -> list[ComparisonView]:
    """The newest comparison of each unit in reach and kind, by unit."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select distinct on (u.sort_key, c.unit_no, c.kind) {COMPARISON} where (%s = '' or c.kind = %s)"
            " order by u.sort_key, c.unit_no, c.kind, c.asked_at desc, c.id desc",
            [kind, kind],
        )
        return [_view(row) for row in cursor.fetchall()]


@source(title="一次比对", roles=IMPORTING_ROLES, reach=API)
def comparison(*, comparison_id: UUID) -> ComparisonView:
    """One comparison of a unit in reach. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {COMPARISON} where c.id = %s", [comparison_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这次比对"))
    return _view(row)


@source(title="比对出的差异", roles=IMPORTING_ROLES, reach=API)
def comparison_lines(
    *,
    comparison_id: UUID,
    kind: str = "",
    act: str = "",
    class_id: UUID | None = None,
    after: int = -1,
    limit: int = 100,
) -> list[LineView]:
    """Differences of a comparison from an ordinal on, masked for the acting role. kind, act: keys of
    `jizuo.hubs.organisation.comparing`. Raises NotFound, BadInput for a kind or act that is none."""
    wrong = [Problem(name, told) for name, told, known in
             (("kind", kind, comparing.KINDS), ("act", act, comparing.ACTS)) if told and told not in known]  # fmt: skip
    if wrong:
        raise BadInput(_("没有这种差异"), problems=wrong)
    found = comparison_asked(comparison_id=comparison_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, act, field, here, there, note, name, sex, class_id, affiliation_id, place, ordinal, person_id"
            " from comparison_line where unit_no = %s and comparison_id = %s and (%s = '' or kind = %s)"
            " and (%s = '' or act = %s) and (%s::uuid is null or class_id = %s::uuid) and ordinal > %s"
            " order by ordinal limit %s",
            [found["unit_no"], comparison_id, kind, kind, act, act, class_id, class_id, after,
             min(max(limit, 1), MOST_LINES)],
        )  # fmt: skip
        rows = cursor.fetchall()
    fields, role = fields_of(found["kind"]), scopes.current().role
    wanted = {row[8] for row in rows if row[8]}
    wanted |= {UUID(told) for row in rows if row[2] == CLASS for told in (row[3], row[4]) if told}
    classes = {key: view.name for key, view in class_names.of_ids(wanted).items()}
    audit.counted(len(rows))
    lines = []
    for row in rows:
        told_kind, told_act, field, here, there, *rest = row[:-1]
        shown, told = (shown_value(fields, field, text, role, classes) for text in (here, there))
        note, name, sex, of_class, link, place, ordinal = rest
        lines.append(
            LineView(
                told_kind, told_act, field, field_title(fields, field), shown, told, note, name, name_of("sex", sex),
                of_class, classes.get(of_class, ""), link, place, ordinal,
            )
        )  # fmt: skip
    return lines


def field_title(fields: dict[str, datasets.Field], field: str) -> str:
    """The field in words."""
    special = {CLASS: _("班级"), ROLL: _("学籍号"), NUMBER: _("证件号"), "": ""}
    return special[field] if field in special else fields[field].word


def shown_value(
    fields: dict[str, datasets.Field], field: str, text: str, role: str, classes: dict[UUID, str]
) -> str:
    """A kept value as the role may see it, in words."""
    if not text or field in (ROLL, NUMBER):
        return text
    if field == CLASS:
        return classes.get(UUID(text), "")
    if text in ("true", "false"):
        return _("是") if text == "true" else _("否")
    if field not in fields:
        return text
    standard = fields[field]
    if not masks.is_open(standard, role):
        return masks.masked(standard, text)
    return name_of(standard.code_table, text) or text if standard.code_table else text


@source(title="各单位最新的登记系统导出", roles=DISTRICT)
def newest_exports(*, kind: str) -> list[UUID]:
    """The newest register export of every unit in reach that can be compared, unit by unit."""
    return [one.batch_id for one in exports(kind)]


@source(title="可以比对的导出", roles=IMPORTING_ROLES, reach=API)
def register_exports() -> list[ExportView]:
    """The newest register exports of the units in reach, one a unit and kind, that can be compared or are being checked."""
    return exports("")


def exports(kind: str) -> list[ExportView]:
    """The same inside a door."""
    names = [name for name, told in comparing.IMPORTERS.items() if not kind or told == kind]
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct on (unit_no, importer) id, unit_no, title, importer, state, asked_at from batch"
            " where importer = any(%s) and state <> 'failed' order by unit_no, importer, id desc",
            [names],
        )
        return [
            ExportView(batch_id, unit_no, title, comparing.IMPORTERS[importer], state, at)
            for batch_id, unit_no, title, importer, state, at in cursor.fetchall()
        ]


DOUBLED = """
select a.person_id, a.name, a.base_no, a.unit_no, u.short_name, b.unit_no, v.short_name, false
from affiliation a join affiliation b on b.person_id = a.person_id and b.unit_no > a.unit_no and b.role = 'pupil'
     and b.end_on is null and b.is_registered
join unit u on u.unit_no = a.unit_no join unit v on v.unit_no = b.unit_no
where a.role = 'pupil' and a.end_on is null and a.is_registered
union all
select a.person_id, a.name, a.base_no, a.unit_no, u.short_name, l.unit_no, v.short_name, true
from comparison_line l join affiliation a on a.person_id = l.person_id and a.unit_no <> l.unit_no and a.role = 'pupil'
     and a.end_on is null and a.is_registered
join unit u on u.unit_no = a.unit_no join unit v on v.unit_no = l.unit_no
where l.kind = 'only_register' order by 2, 1 limit 500
"""


@source(title="两处学籍", roles=DISTRICT, reach=API)
def doubled_registrations() -> list[DoubledView]:
    """Pupils with 学籍 at two units in reach, by the base or by the exports compared last; at most 500. For the district
    alone: a school learns nothing of another."""
    with connection.cursor() as cursor:
        cursor.execute(DOUBLED)
        found = [DoubledView(*row) for row in cursor.fetchall()]
    audit.disclose(["name"], list({one.person_id for one in found}))
    return found


@source(title="导出比对差异", roles=IMPORTING_ROLES, reach=API)
def export_lines(*, comparison_id: UUID) -> list[LineView]:
    """Every difference for a workbook; whose names were taken is written down. Raises NotFound."""
    lines = comparison_lines(comparison_id=comparison_id, limit=MOST_LINES)
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct a.person_id from comparison_line l join affiliation a on a.unit_no = l.unit_no"
            " and a.id = l.affiliation_id where l.comparison_id = %s",
            [comparison_id],
        )
        audit.disclose(["name", "sex"], [person for (person,) in cursor.fetchall()])
    return lines
