"""Reads of comparisons with the registers: who is whom, the differences, both sides counted, two 学籍 at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import polars as pl
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.hubs.data import datasets
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.codes import name_of
from jizuo.hubs.organisation import class_names, comparing, masks, matching
from jizuo.hubs.organisation.comparing import CLASS, NUMBER, PUPIL, ROLL
from jizuo.hubs.organisation.importers.known import Match, Matcher, Unit, numbers_of
from jizuo.hubs.organisation.importers.numbers import ROLL as ROLL_KIND

DISTRICT = frozenset({scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD, scopes.OPERATOR})
MOST_LINES = 100_000
#: A line's note on somebody whom only the register lists.
LEFT, ALIKE = "left", "alike"
#: What of a row tells who it is, and names it in a line.
TELLING = (
    "name", "sex", "birth_on", "base_no", "local_no", CLASS, "id_key", "id_blind", "id_tail", "roll_blind", "roll_tail",
    "place",
)  # fmt: skip


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
select a.unit_no, a.id::text, a.person_id::text, a.name, a.sex, a.class_id::text, a.is_registered, a.is_present,
       {person}, {facts}, o.entry_year as class_year
from affiliation a join person p on p.id = a.person_id left join {table} f on f.unit_no = a.unit_no and f.id = a.id
left join org o on o.unit_no = a.unit_no and o.id = a.class_id
where a.unit_no = any(%s) and a.role = %s and a.end_on is null order by a.unit_no, a.id
"""
COMPARISON = (
    "c.id, c.unit_no, u.short_name, c.kind, c.register_batch, coalesce(b.title, ''), c.state, c.is_anyway, c.doubt::text,"
    " c.counts::text, c.job_id, c.asked_at, c.done_at from comparison c join unit u on u.unit_no = c.unit_no"
    " left join batch b on b.unit_no = c.unit_no and b.id = c.register_batch"
)


@dataclass(frozen=True, slots=True)
class Matched:
    """Exports laid over the base. rows, base: see `comparing.lines_of`; sealed: lines of numbers that differ; by unit,
    unsealed: how many people have a number there and none here; known, held, shifts: see `comparing.doubt`."""

    kind: str
    rows: pl.DataFrame
    base: pl.DataFrame
    sealed: pl.DataFrame
    unsealed: dict[int, dict[str, int]]
    known: dict[int, int]
    held: dict[int, int]
    shifts: dict[int, list[int]]

    def of(self, unit_nos: Collection[int]) -> Matched:
        """These units alone."""
        is_theirs = pl.col("unit_no").is_in(list(unit_nos))
        frames = {name: getattr(self, name).filter(is_theirs) for name in ("rows", "base", "sealed")}
        return replace(self, held={unit_no: self.held[unit_no] for unit_no in unit_nos}, **frames)

    def lines(self) -> pl.DataFrame:
        """Every difference, values of grade 4 left out, in the order of units, kinds, classes and names."""
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
        return found.sort(
            "unit_no", "kind", "class_id", "name", "field", nulls_last=True, maintain_order=True
        )

    def counts(self, lines: pl.DataFrame) -> dict[int, dict[str, Any]]:
        """unit -> total, sexes, classes: [register, base] by value; kinds, acts: lines by each; classes of the base that
        the export lacks altogether under ``missing``; fields of which only the export says something, by people, under
        ``empty``."""
        classes = comparing.sides(self.rows, self.base, CLASS) if self.kind == PUPIL else {}
        sexes = comparing.sides(self.rows, self.base, "sex")
        empty = comparing.empty_here(self.kind, self.rows, self.base)
        listed = dict(self.rows.group_by("unit_no").len().iter_rows())
        kinds, acts = tally(lines, "kind"), tally(lines, "act")
        return {
            unit_no: {
                "total": [listed.get(unit_no, 0), self.held[unit_no]],
                "sexes": sexes.get(unit_no, {}),
                "classes": classes.get(unit_no, {}),
                "missing": [
                    key for key, (there, here) in sorted(classes.get(unit_no, {}).items()) if key and not there and here
                ],
                "kinds": kinds.get(unit_no, {}),
                "acts": acts.get(unit_no, {}),
                "empty": empty.get(unit_no, {}) | self.unsealed[unit_no],
            }
            for unit_no in self.held
        }  # fmt: skip


def tally(lines: pl.DataFrame, key: str) -> dict[int, dict[str, int]]:
    """unit -> value -> how many lines."""
    found: dict[int, dict[str, int]] = {}
    for unit_no, told, count in lines.group_by("unit_no", key).len().iter_rows():
        found.setdefault(unit_no, {})[told] = count
    return found


def fields_of(kind: str) -> dict[str, datasets.Field]:
    """field -> its standard, of everything compared."""
    person, facts = datasets.get("person").fields, datasets.get(kind).fields
    link = datasets.get("affiliation").fields
    found = {key: person.get(key) or facts.get(key) or link[key] for key in comparing.fields_of(kind)}
    return found | {comparing.REGISTERED: link["is_registered"]}


def match(kind: str, exports: Mapping[int, pl.DataFrame]) -> Matched:
    """Who of each unit's export is whom, as an import would find it. exports: unit -> the ``people`` of its export. Inside
    a door only."""
    unit_nos = sorted(exports)
    base = base_of(kind, unit_nos)
    units = Unit.read_all(unit_nos, kind)
    listed = {
        unit_no: rows.select(key for key in TELLING if key in rows.columns).to_dicts()
        for unit_no, rows in exports.items()
    }
    holders = matching.holders(
        sorted({pair for rows in listed.values() for row in rows for pair in numbers_of(row)})
    )
    matches = {unit_no: Matcher(units[unit_no], kind, listed[unit_no], holders).run() for unit_no in unit_nos}
    found = [
        (one.held and one.held.id, None if one.is_new else one.person_id, note_of(one, units[unit_no]))
        for unit_no in unit_nos
        for one in matches[unit_no]
    ]
    rows = pl.concat(
        [exports[unit_no].with_columns(pl.lit(unit_no, pl.Int64()).alias("unit_no")) for unit_no in unit_nos],
        how="diagonal_relaxed",
    ).hstack(
        pl.DataFrame(
            found, schema=dict.fromkeys(("affiliation_id", "known_id", "note"), pl.String()), orient="row"
        )
    )
    years = years_of(unit_nos)
    sealed, lacking = sealed_lines(kind, listed, matches, units)
    held = dict(base.filter("is_registered").group_by("unit_no").len().iter_rows())
    return Matched(
        kind, with_classes(rows, years), base, sealed, lacking,
        {unit_no: sum(one.held is not None for one in matches[unit_no]) for unit_no in unit_nos},
        {unit_no: held.get(unit_no, 0) for unit_no in unit_nos}, shifts_of(unit_nos, rows, base, years),
    )  # fmt: skip


def base_of(kind: str, unit_nos: list[int]) -> pl.DataFrame:
    """The open affiliations of these units with everything compared."""
    facts = comparing.FACTS[kind]
    told = BASE.format(
        person=", ".join(f"p.{key}::text" for key in comparing.PERSON_FIELDS if key not in ("name", "sex")),
        facts=", ".join(f"{whole(key)}::text as {key}" for key in facts), table=kind,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(told, [unit_nos, kind])
        names = [column.name for column in cursor.description]
        shapes = dict.fromkeys(names, pl.String()) | {
            "unit_no": pl.Int64(), "is_registered": pl.Boolean(), "is_present": pl.Boolean(), "class_year": pl.Int64()
        }  # fmt: skip
        return pl.DataFrame(cursor.fetchall(), schema=shapes, orient="row")


def whole(key: str) -> str:
    """A column of facts without the zeros that a decimal type adds."""
    return f"trim_scale(f.{key})" if key == "weekly_lessons" else f"f.{key}"


def years_of(unit_nos: list[int]) -> dict[int, dict[str, int | None]]:
    """unit -> class -> its entry year."""
    found: dict[int, dict[str, int | None]] = {unit_no: {} for unit_no in unit_nos}
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no, id::text, entry_year from org where unit_no = any(%s) and kind = 'class'",
            [unit_nos],
        )
        for unit_no, class_id, year in cursor.fetchall():
            found[unit_no][class_id] = year
    return found


def with_classes(rows: pl.DataFrame, years: Mapping[int, Mapping[str, int | None]]) -> pl.DataFrame:
    """The rows with `class_id` only where it is a class of the row's unit, and the class as written under
    ``class_name``."""
    if CLASS not in rows.columns:
        return rows.with_columns(pl.lit(None, pl.String()).alias(CLASS), pl.lit("").alias("class_name"))
    known = pl.DataFrame(
        [(unit_no, class_id, class_id) for unit_no, classes in years.items() for class_id in classes],
        schema={"unit_no": pl.Int64(), CLASS: pl.String(), "known_class": pl.String()}, orient="row",
    )  # fmt: skip
    laid = rows.join(known, on=["unit_no", CLASS], how="left", maintain_order="left")
    return laid.with_columns(pl.col("known_class").alias(CLASS)).drop("known_class")


def note_of(one: Match, unit: Unit) -> str | None:
    """What is known of somebody without an open affiliation of this role here."""
    if one.held is not None:
        return None
    if one.person_id in unit.by_person:
        return LEFT
    return ALIKE if one.candidates else None


def shifts_of(
    unit_nos: Sequence[int],
    rows: pl.DataFrame,
    base: pl.DataFrame,
    years: Mapping[int, Mapping[str, int | None]],
) -> dict[int, list[int]]:
    """unit -> by how many entry years the class there is apart from the class here, person by person."""
    found: dict[int, list[int]] = {unit_no: [] for unit_no in unit_nos}
    if CLASS not in rows.columns:
        return found
    both = rows.join(base.select("id", "class_year"), left_on="affiliation_id", right_on="id", how="inner")
    for unit_no, there, here in both.select("unit_no", CLASS, "class_year").iter_rows():
        year = years[unit_no].get(there)
        if year is not None and here is not None:
            found[unit_no].append(year - here)
    return found


def sealed_lines(
    kind: str,
    listed: Mapping[int, Sequence[dict[str, Any]]],
    matches: Mapping[int, Sequence[Match]],
    units: Mapping[int, Unit],
) -> tuple[pl.DataFrame, dict[int, dict[str, int]]]:
    """(lines of 学籍号 and document numbers that the base holds otherwise, by their last four; unit -> field -> how many
    people have one there and none here)."""
    apart: list[tuple[int, dict[str, Any], str, Any, str]] = []
    lacking: dict[int, dict[str, int]] = {unit_no: {} for unit_no in listed}
    both = [
        (unit, row, one)
        for unit, rows in listed.items()
        for row, one in zip(rows, matches[unit], strict=True)
        if one.held is not None
    ]
    for unit_no, row, one in both:
        known = units[unit_no].numbers.get(one.person_id, {})
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
                lacking[unit_no][field] = lacking[unit_no].get(field, 0) + 1
            elif here[1] != blind:
                apart.append((unit_no, row, field, one.held, here[0]))
    with connection.cursor() as cursor:
        cursor.execute(
            "select id::text, tail from person_identifier where id = any(%s::uuid[])",
            [[row_id for *_rest, row_id in apart]],
        )
        tails = dict(cursor.fetchall())
    lines = [
        (
            unit_no, comparing.DIFFERING, comparing.act_of(field, "register", kind), field,
            f"{masks.MASK}{tails.get(row_id, '')}",
            f"{masks.MASK}{row['roll_tail'] if field == ROLL else row['id_tail']}", None, row["name"], row["sex"],
            held.class_id, held.id, None, row["place"],
        )
        for unit_no, row, field, held, row_id in apart
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


@source(title="比对的班级", roles=IMPORTING_ROLES, reach=PAGE)
def comparison_classes(*, comparison_id: UUID) -> list[class_names.ClassView]:
    """The classes that a comparison counts, and those of which the export lists nobody, in the order of a school. Raises
    NotFound."""
    counts = comparison(comparison_id=comparison_id).counts
    told = [*counts.get("classes", {}), *counts.get("missing", [])]
    views = class_names.of_ids(UUID(key) for key in told if key)
    return sorted(views.values(), key=lambda one: one.order)


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
def newest_exports(*, kind: str) -> list[ExportView]:
    """The newest register export of every unit in reach that can be compared, by the unit's number."""
    return exports(kind)


@source(title="各导出的比对状态", roles=DISTRICT)
def states_of_exports(*, batch_ids: Sequence[UUID]) -> dict[str, int]:
    """state -> of how many of these exports the newest comparison stands so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select state, count(*) from (select distinct on (unit_no, register_batch) state from comparison"
            " where register_batch = any(%s) order by unit_no, register_batch, asked_at desc, id desc) x group by 1",
            [list(batch_ids)],
        )
        return dict(cursor.fetchall())


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
