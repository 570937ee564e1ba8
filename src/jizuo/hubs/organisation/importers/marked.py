"""A batch's own workbook back, with its bad cells marked; our templates; which column was taken for what."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import source
from jizuo.ground.errors import Conflict, NotFound
from jizuo.hubs.data import codes, importers, stages
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.importers import ERROR, CheckInput
from jizuo.hubs.data.jobs.walk import batch_row
from jizuo.hubs.data.queries import imports as queries
from jizuo.hubs.organisation.importers import columns, values
from jizuo.hubs.organisation.importers.columns import Spec
from jizuo.hubs.organisation.importers.sheets import open_book
from jizuo.hubs.organisation.importers.surroundings import surroundings
from jizuo.plain.workbook import mark, shape
from jizuo.plain.workbook.errors import WorkbookError
from jizuo.plain.workbook.mark import Mark
from jizuo.plain.workbook.write import TemplateField, write_template

MOST_MARKS = 5_000


class ColumnChoice(msgspec.Struct, frozen=True):
    """One column of a batch's file. field: what it was taken for, '' for nothing; is_adult: one of a guardian's
    columns, which are found by their headings; samples: a few values, numbers and phones never among them."""

    fingerprint: str
    sheet: str
    letter: str
    heading: str
    field: str
    title: str
    is_adult: bool
    doubt: str


@source(title="带标记的原表", roles=IMPORTING_ROLES)
def marked_copy(*, batch_id: UUID) -> bytes:
    """The raw file of a batch as xlsx, each bad cell red with its comment, and a last column 怎么改.

    Raises NotFound; Conflict when the file cannot be marked (a damaged or encrypted one).
    """
    batch = batch_row(batch_id=batch_id)
    problems = queries.problem_list(batch_id=batch_id, limit=MOST_MARKS).rows
    marks = [
        Mark(problem.sheet, problem.row_no, problem.column, words_of(problem))
        for problem in problems
        if problem.sheet and problem.row_no and problem.severity == ERROR
    ]
    name = batch["raw_file_name"]
    with stages.opened(batch["raw_file_sha256"], PurePath(name).suffix) as path:
        content = path.read_bytes()
    try:
        return mark.mark(content, name, marks)
    except WorkbookError as error:
        raise Conflict(error.message_zh, fix=error.fix_zh) from None


def words_of(problem: Any) -> str:
    """One fault as the comment of its cell."""
    said = f"{problem.reason}。{problem.fix}" if problem.fix else problem.reason
    if problem.suggestion:
        said += _("（建议：%(value)s）") % {"value": problem.suggestion}
    return said


@source(title="原表各列的对应", roles=IMPORTING_ROLES)
def column_choices(*, batch_id: UUID) -> list[ColumnChoice]:
    """Every column of a batch's tables with the field it feeds, for a person to confirm or change.

    An answer goes back as option ``columns`` of `walk.mend_batch`: fingerprint -> {letter: field}, and to
    `walk.remember` (kind ``columns``, key the fingerprint). Raises NotFound for an importer without columns.
    """
    batch = batch_row(batch_id=batch_id)
    specs: tuple[Spec, ...] | None = getattr(importers.get(batch["importer"]), "specs", None)
    if specs is None:
        raise NotFound(_("这种导入没有可以对应的列"))
    today = scopes.current().today
    around = surroundings(unit_no=batch["unit_no"], importer=batch["importer"], today=today)
    title_of = {spec.key: spec.title for spec in specs}
    wanted = [title for spec in specs for title in spec.titles]
    found = []
    with stages.opened(batch["raw_file_sha256"], PurePath(batch["raw_file_name"]).suffix) as path:
        book = open_book(
            CheckInput(
                path,
                batch["raw_file_name"],
                batch["unit_no"],
                batch["source"],
                {},
                {},
                today,
                lambda *_told: None,
            )
        )
    for sheet in book.visible:
        for table in shape.find_tables(sheet, wanted):
            mapped = columns.map_columns(
                specs,
                values.CHECKERS,
                table,
                around.columns,
                batch["options"].get("columns") or {},
                has_adults=True,
            )
            fed = {place: key for key, place in mapped.places.items()}
            adults = {place for group in mapped.adults for part, place in group.items() if part != "fixed"}
            doubts = dict(mapped.doubtful)
            found += [
                ColumnChoice(
                    mapped.fingerprint, sheet.name, column.letter, column.heading, fed.get(place, ""),
                    title_of.get(fed.get(place, ""), ""), place in adults, doubts.get(place, ""),
                )
                for place, column in enumerate(table.columns)
                if column.heading
            ]  # fmt: skip
    return found


@source(title="可以填的列", roles=IMPORTING_ROLES)
def field_choices(*, importer: str) -> list[tuple[str, str]]:
    """(field, title) of everything a column of this importer may feed."""
    return [(spec.key, spec.title) for spec in getattr(importers.get(importer), "specs", ())]


@source(title="导入模板", roles=IMPORTING_ROLES)
def template_file(*, importer: str) -> bytes:
    """Our own template of an importer as xlsx: text columns, drop-downs, explanations. Raises NotFound for an
    importer without one."""
    known = importers.all_importers().get(importer)
    asked = [spec for spec in getattr(known, "specs", ()) if spec.is_asked]
    if known is None or not asked:
        raise NotFound(_("这种导入没有模板"))
    fields = [
        TemplateField(
            spec.key,
            spec.title,
            spec.required,
            spec.code if spec.kind in (columns.CODE, columns.SOFT) else "",
            spec.explanation,
            spec.example,
        )
        for spec in asked
    ]
    if importer == "pupils":
        fields += [
            TemplateField(
                f"adult{no}{part}",
                f"监护人{word}{title}",
                code="family_relation" if part == "relation" else "",
            )
            for no, word in enumerate(("一", "二"), 1)
            for part, title in (("name", "姓名"), ("relation", "关系"), ("phone", "电话"))
        ]
    tables = codes.tables()
    wanted = {field.code for field in fields if field.code}
    titles = {code: [row.name for row in tables[code]] for code in wanted}
    example = {field.key: field.example for field in fields}
    return write_template(fields, titles, [example], title=str(known.title))
