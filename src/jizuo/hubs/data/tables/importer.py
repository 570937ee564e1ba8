"""The importer ``table``: any workbook, CSV or pasted grid into a dataset that names its key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground.doors import source
from jizuo.ground.errors import BadInput, Problem
from jizuo.hubs.data import mends
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.importers import Checked, CheckInput, Located, Plan, PlanInput
from jizuo.hubs.data.mends import Columns, ColumnSeen, SheetSeen
from jizuo.hubs.data.queries import imports as queries
from jizuo.hubs.data.tables import planning, reading
from jizuo.hubs.data.tables.checking import ID, PLACE, ROWS, Check
from jizuo.hubs.data.tables.reading import Part
from jizuo.hubs.data.tables.wanted import Wanted, dataset_called, wanted_of
from jizuo.plain import idnumber
from jizuo.plain.workbook.mapping import SURE

NAME = "table"
SAMPLES = 3


class Table:
    """Options: ``dataset`` (name), ``columns`` (key of a sheet's shape -> {letter: field}), ``mapping`` (heading -> field),
    ``steps`` (field -> declared steps), ``constants`` (field -> value), ``is_plain`` (row 1 is the heading, as a machine
    writes it)."""

    name = NAME
    title = gettext_lazy("任意表格")
    file_kind = "roster"
    is_offered = False

    def check(self, given: CheckInput) -> Checked:
        """Read, map, clean and tell faults."""
        dataset, wanted, book, parts = opened(given)
        return Check(given, dataset, wanted, book, parts).run()

    def plan(self, stage: Mapping[str, pl.DataFrame], given: PlanInput) -> Plan:
        """The puts of a checked file."""
        return planning.plan(dataset_called(dataset_of(given.options)), stage, given)

    def locate(
        self, stage: Mapping[str, pl.DataFrame], dataset: str, record_id: UUID, unit_no: int
    ) -> Located | None:
        """Where a record stands, by the id it was given or by its key."""
        frame = stage[ROWS]
        known = planning.records_of(dataset_called(dataset), frame, unit_no)
        ids = [known.get(number) or row_id for number, row_id in enumerate(frame[ID])]
        if str(record_id) not in ids:
            return None
        sheet, _mark, row_no = frame[PLACE][ids.index(str(record_id))].rpartition("!")
        return Located("", sheet, int(row_no))


def dataset_of(options: Mapping[str, Any]) -> str:
    """The dataset that a batch is for. Raises BadInput when nobody said."""
    name = options.get("dataset")
    if not isinstance(name, str) or not name:
        raise BadInput(
            _("没有说明导入到哪个数据集"), problems=[Problem("dataset", "", _("请选择一个数据集"))]
        )
    return name


def opened(given: CheckInput) -> tuple[Dataset, list[Wanted], reading.Workbook, list[Part]]:
    """A file with its tables mapped, and the dataset it is for."""
    dataset = dataset_called(dataset_of(given.options))
    wanted = wanted_of(dataset, given.options.get("steps"), given.unit_no)
    book = reading.open_book(given)
    parts = reading.parts_of(
        book, dataset, wanted,
        chosen=given.options.get("columns") or {},
        remembered=remembered(unit_no=given.unit_no),
        by_heading=given.options.get("mapping"),
        is_plain=bool(given.options.get("is_plain")),
    )  # fmt: skip
    return dataset, wanted, book, parts


@source(title="这种表格记住的列", roles=IMPORTING_ROLES)
def remembered(*, unit_no: int) -> dict[str, Any]:
    """Key of a sheet's shape -> {letter: field}, as a person of this unit chose."""
    return queries.mappings(kind="columns", importer=NAME, unit_no=unit_no)


def fields_of(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(key, title) of the columns that a sheet may feed in the dataset of a batch."""
    return [(one.key, full_title(one)) for one in wanted_of(dataset_called(dataset_of(options)))]


def full_title(one: Wanted) -> str:
    """A column's title; a part of a reference with what it names."""
    return f"{one.field.title} · {one.title}" if one.part else one.title


def sheets_seen(given: CheckInput) -> list[SheetSeen]:
    """The headings of a file and what each feeds as things stand, with how sure that is."""
    _dataset, wanted, _book, parts = opened(given)
    known = {one.key: one for one in wanted}
    return [SheetSeen(part.table.sheet, part.key, tuple(columns_seen(part, known))) for part in parts]


def columns_seen(part: Part, known: Mapping[str, Wanted]) -> Iterable[ColumnSeen]:
    """The columns of one table, those without a heading and without a cell left out."""
    fed = {place: key for key, place in part.places.items()}
    for place, column in enumerate(part.table.columns):
        key = fed.get(place, "")
        samples = sample(part, place, known.get(key))
        if not column.heading and not samples:
            continue
        proposal = part.proposed.get(key)
        sure = (
            ""
            if proposal is None
            else "sure"
            if proposal.score >= SURE and not proposal.doubts
            else "doubtful"
        )
        yield ColumnSeen(
            column.letter, column.heading, key, samples,
            sure="told" if key and part.is_told else sure,
            why=(proposal.doubts or proposal.reason) if proposal else "",
        )  # fmt: skip


def sample(part: Part, place: int, one: Wanted | None) -> tuple[str, ...]:
    """The first few cells of a column; what looks like a number of a person is masked whatever the column is."""
    found: list[str] = []
    for row in part.table.rows[:50]:
        text = row.cells[place].text
        if not text or len(found) == SAMPLES:
            continue
        if (one is not None and one.is_secret) or (sum(char.isdigit() for char in text) >= 8 and one is None):
            text = idnumber.mask(idnumber.normalise(text))
        if text[:40] not in found:
            found.append(text[:40])
    return tuple(found)


def offer() -> None:
    """Let a person see and change which column is which."""
    mends.offer_columns(NAME, Columns(fields_of, sheets_seen))
