"""A file as tables with their columns named: what a person chose, what was remembered, what is proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jizuo.ground.errors import BadInput, Problem
from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.importers import CheckInput
from jizuo.hubs.data.tables.wanted import Wanted, mapping_fields
from jizuo.plain.workbook import mapping, read, shape, words
from jizuo.plain.workbook.cells import EMPTY, Cell, column_index, column_letter, make_cell
from jizuo.plain.workbook.errors import WorkbookError
from jizuo.plain.workbook.mapping import Proposal
from jizuo.plain.workbook.read import Sheet, Workbook
from jizuo.plain.workbook.shape import Column, Table, TableRow

#: A patch of this column leaves the whole row out.
WHOLE_ROW = "*"
#: Headings that carry nothing; nobody needs to hear that they were left out.
IDLE = frozenset(map(words.normal, ("序号", "编号", "行号", "no", "照片", "签名")))


@dataclass(slots=True)
class Part:
    """One table of a file. key: under which its mapping is remembered; places: wanted key -> place in the table's
    columns; proposed: what was proposed for a key, when nobody had chosen; is_told: a person chose."""

    table: Table
    key: str
    places: dict[str, int]
    proposed: dict[str, Proposal] = field(default_factory=dict)
    is_told: bool = False

    @property
    def unused(self) -> list[int]:
        """Places with a heading that feed nothing."""
        used = set(self.places.values())
        return [
            place
            for place, column in enumerate(self.table.columns)
            if place not in used and column.heading and words.normal(column.heading) not in IDLE
        ]


def open_book(given: CheckInput) -> Workbook:
    """The file with the patches laid over its cells. Raises BadInput with the clerk's words."""
    try:
        book = read.read(given.path, given.name)
    except WorkbookError as error:
        raise BadInput(
            error.message_zh, fix=error.fix_zh, problems=[Problem(given.name, error.message_zh, error.fix_zh)]
        ) from None
    sheets = {sheet.name: sheet for sheet in book.sheets}
    for (name, row_no, letter), value in given.patches.items():
        sheet = sheets.get(name)
        if sheet is None or not 1 <= row_no <= len(sheet.rows):
            continue
        row = sheet.rows[row_no - 1]
        if letter == WHOLE_ROW:
            row.clear()
            continue
        at = column_index(letter)
        row.extend([EMPTY] * (at + 1 - len(row)))
        row[at] = make_cell(value)
    return book


def parts_of(
    book: Workbook,
    dataset: Dataset,
    wanted: Sequence[Wanted],
    *,
    chosen: Mapping[str, Mapping[str, str]],
    remembered: Mapping[str, Mapping[str, str]],
    by_heading: Mapping[str, str] | None = None,
    is_plain: bool = False,
) -> list[Part]:
    """The tables of a file that have rows, mapped. by_heading: heading -> wanted key, of a source whose columns were
    named once for all; is_plain: row 1 is the heading and all others are rows, as a machine writes them; otherwise the
    file is read as people lay it out."""
    titles = [title for one in wanted for title in (*one.titles, one.initials) if title]
    titles += by_heading or ()
    known: dict[str, Part] = {}
    parts = []
    for sheet in book.visible:
        for table in [plain_table(sheet)] if is_plain else shape.find_tables(sheet, titles):
            if not table.rows:
                continue
            key = f"{dataset.name}|{mapping.fingerprint(table)}"
            like = known.get(key)
            if like is None:
                told = chosen.get(key) or named(table, by_heading or {}) or remembered.get(key)
                like = known[key] = mapped(table, key, wanted, told)
            parts.append(Part(table, key, like.places, like.proposed, like.is_told))
    return parts


def named(table: Table, by_heading: Mapping[str, str]) -> dict[str, str]:
    """Column letter -> wanted key, for the columns whose headings a source's mapping names."""
    return {
        column.letter: by_heading[column.heading] for column in table.columns if column.heading in by_heading
    }


def plain_table(sheet: Sheet) -> Table:
    """A sheet whose first row is the heading and where nothing is a title, a note or a total."""
    head = sheet.rows[0] if sheet.rows else []
    columns = [Column(at, column_letter(at), cell.text) for at, cell in enumerate(head)]
    width = len(columns)
    rows = [
        TableRow(number, [*row[:width], *([EMPTY] * (width - len(row)))])
        for number, row in enumerate(sheet.rows[1:], 2)
        if any(cell is not EMPTY for cell in row)
    ]
    return Table(sheet.name, 1, columns, rows)


def mapped(table: Table, key: str, wanted: Sequence[Wanted], told: Mapping[str, str] | None) -> Part:
    """The columns of one table. told: column letter -> wanted key, '' for none."""
    if told is not None:
        place_of = {column.letter: place for place, column in enumerate(table.columns)}
        known = {one.key for one in wanted}
        places = {
            name: place_of[letter] for letter, name in told.items() if name in known and letter in place_of
        }
        return Part(table, key, places, {}, True)
    proposals = {one.key: one for one in mapping.propose(mapping_fields(wanted), table)}
    return Part(table, key, {name: one.place for name, one in proposals.items()}, proposals)


def cell_of(part: Part, row: TableRow, key: str) -> Cell:
    """The cell that feeds a wanted column in one row; EMPTY where nothing does."""
    place = part.places.get(key)
    return EMPTY if place is None else row.cells[place]
