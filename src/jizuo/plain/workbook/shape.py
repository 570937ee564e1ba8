"""Finding the tables inside a sheet as people lay them out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from jizuo.plain.workbook import words
from jizuo.plain.workbook.cells import EMPTY, Cell, column_letter
from jizuo.plain.workbook.cross import CrossCell, find_cross_table
from jizuo.plain.workbook.read import Sheet

__all__ = ["Column", "CrossCell", "Table", "TableRow", "find_cross_table", "find_tables"]

_SEARCH_ROWS = 40


@dataclasses.dataclass(frozen=True)
class Column:
    """`index` counts from 0 in the sheet. `heading` joins a two-row heading by "/" (监护人一/姓名); "" when
    the column holds values under no heading."""

    index: int
    letter: str
    heading: str


@dataclasses.dataclass(frozen=True)
class TableRow:
    """`number` is the row on the screen, from 1. `cells` stand in the order of the table's columns.

    `filled` are the places in `cells` whose value was taken from above (同上, or a merged cell).
    """

    number: int
    cells: list[Cell]
    filled: frozenset[int] = frozenset()

    @property
    def texts(self) -> list[str]:
        return [cell.text for cell in self.cells]


@dataclasses.dataclass
class Table:
    """`heading_row` is the last row of the heading, from 1. `class_hint` is the class that the title over the
    table or the sheet's name tells, as written there; None when neither does.

    `notes` and `totals` are (row number, text) of what was set aside.
    """

    sheet: str
    heading_row: int
    columns: list[Column]
    rows: list[TableRow] = dataclasses.field(default_factory=list)
    notes: list[tuple[int, str]] = dataclasses.field(default_factory=list)
    totals: list[tuple[int, str]] = dataclasses.field(default_factory=list)
    title: str = ""
    class_hint: str | None = None

    def column(self, heading: str) -> int | None:
        """The place in `columns` (and in each row's `cells`) of the first column so headed."""
        wanted = words.normal(heading)
        for place, column in enumerate(self.columns):
            if words.normal(column.heading) == wanted:
                return place
        return None


def find_tables(sheet: Sheet, wanted_headings: Iterable[str] | None = None) -> list[Table]:
    """The tables of a sheet, top to bottom, left to right.

    Title rows are skipped, two-row headings joined, repeats of the heading, totals and notes set aside, 同上
    and merged values filled in and flagged. One title per class between the rows starts a new table; two
    lists printed side by side under the same headings become two tables. `wanted_headings` are further words
    by which a heading row may be known. No heading found: [].
    """
    return _Finder(sheet, wanted_headings or ()).tables()


class _Finder:
    def __init__(self, sheet: Sheet, wanted: Iterable[str]) -> None:
        self.sheet = sheet
        self.wanted = frozenset(words.normal(word) for word in wanted)
        self.over: dict[tuple[int, int], tuple[int, int]] = {}
        self.region: dict[tuple[int, int], tuple[int, int, int, int]] = {}
        height = len(sheet.rows)
        for top, left, bottom, right in sheet.merges:
            self.region[top, left] = (top, left, bottom, right)
            for row in range(top, min(bottom, height - 1) + 1):
                for column in range(left, min(right, left + 300) + 1):
                    if (row, column) != (top, left):
                        self.over[row, column] = (top, left)

    def tables(self) -> list[Table]:
        found: list[Table] = []
        start = 0
        while True:
            heading = self._heading(start)
            if heading is None:
                break
            top, bottom = heading
            title = self._title(start, top)
            tables, start = self._body(top, bottom, title)
            found += tables
        return found

    def _known(self, text: str) -> bool:
        return bool(text) and (words.is_heading_word(text) or words.normal(text) in self.wanted)

    def _hits(self, row: list[Cell]) -> int:
        return sum(cell.kind == "text" and self._known(cell.text) for cell in row)

    def _heading(self, start: int) -> tuple[int, int] | None:
        rows = self.sheet.rows
        best, most = None, 0
        for at in range(start, min(len(rows), start + _SEARCH_ROWS)):
            filled = [cell for cell in rows[at] if cell is not EMPTY]
            hits = self._hits(filled)
            enough = hits >= 2 or (hits == 1 and (len(filled) == 1 or start == 0))
            if enough and hits * 2 >= len(filled) and hits > most:
                best, most = at, hits
            elif best is not None and (at - best > 3 or (hits == 0 and len(filled) > 1)):
                break
        if best is None and start == 0:
            best = self._plain_heading()
        if best is None:
            return None
        return self._block(best, start)

    def _plain_heading(self) -> int | None:
        """No known word at all: the first row of short, different texts that is about as wide as the rows."""
        rows = self.sheet.rows[:_SEARCH_ROWS]
        width = max((sum(cell is not EMPTY for cell in row) for row in rows), default=0)
        for at, row in enumerate(rows):
            filled = [cell for cell in row if cell is not EMPTY]
            if (
                len(filled) >= 2
                and len(filled) * 2 >= width
                and all(cell.kind == "text" and len(cell.text) <= 30 for cell in filled)
                and len({cell.text for cell in filled}) == len(filled)
            ):
                return at
        return None

    def _block(self, at: int, start: int) -> tuple[int, int]:
        """First and last row of the heading that `at` belongs to."""
        top = bottom = at
        for row, column in [(at, column) for column in range(len(self.sheet.rows[at]) + 1)]:
            head = self.over.get((row, column), (row, column))
            region = self.region.get(head)
            if region and region[2] > region[0] and region[2] - region[0] <= 2 and region[0] >= start:
                top, bottom = min(top, region[0]), max(bottom, region[2])
        if bottom == top:
            if self._is_lower(at, at + 1):
                bottom = at + 1
            elif at > start and self._is_lower(at - 1, at):
                top = at - 1
        return top, min(bottom, len(self.sheet.rows) - 1)

    def _is_lower(self, upper: int, lower: int) -> bool:
        """Whether `lower` is the second row of a heading whose groups stand in `upper`."""
        if lower >= len(self.sheet.rows):
            return False
        below = [column for column, cell in enumerate(self.sheet.rows[lower]) if cell is not EMPTY]
        above = [column for column, cell in enumerate(self.sheet.rows[upper]) if cell is not EMPTY]
        if not below or len(above) < 2:
            return False
        groups = [self.sheet.rows[upper][column].text for column in above]
        if words.is_note(groups[0]) or not any(self._known(text) for text in groups):
            return False
        texts = [self.sheet.rows[lower][column] for column in below]
        if not all(cell.kind == "text" and self._known(cell.text) for cell in texts):
            return False
        # A repeat of the heading stands under full cells; a second row also stands under empty ones.
        return any(column not in above for column in below)

    def _title(self, start: int, top: int) -> str:
        said = [
            words.clean(cell.text)
            for row in self.sheet.rows[max(start, top - 6) : top]
            for cell in row
            if cell.kind == "text" and not words.is_note(cell.text)
        ]
        return " ".join(said)[:200]

    def _columns(self, top: int, bottom: int) -> list[Column]:
        width = max(len(row) for row in self.sheet.rows[top : bottom + 1])
        right = max(
            (region[3] + 1 for region in self.region.values() if region[0] in (top, bottom)), default=0
        )
        columns = []
        group = ""
        for index in range(max(width, min(right, 300))):
            parts: list[str] = []
            for row in range(top, bottom + 1):
                head_row, head_column = self.over.get((row, index), (row, index))
                text = words.clean(self.sheet.cell(head_row, head_column).text) if head_row >= top else ""
                if row < bottom:
                    # Without merged regions (csv, pasted text) a group reaches over the empty cells after it.
                    if text:
                        group = text
                    elif self.sheet.cell(bottom, index) is not EMPTY:
                        text = group
                if text and text not in parts:
                    parts.append(text)
            columns.append(Column(index, column_letter(index), "/".join(parts)))
        return columns

    def _body(self, top: int, bottom: int, title: str) -> tuple[list[Table], int]:
        """The tables under one heading and the row where the search goes on."""
        rows = self.sheet.rows
        columns = self._columns(top, bottom)
        heading = [words.normal(column.heading) for column in columns]
        last_line = [words.normal(cell.text) for cell in rows[bottom]]
        first_line = [words.normal(cell.text) for cell in rows[top]]
        starts = {next(filter(None, line_words), "") for line_words in (last_line, first_line, heading)}
        numbering = {place for place, word in enumerate(heading) if word in ("序号", "编号", "no", "")}
        single = sum(bool(word) for word in heading) == 1
        current = self._new(bottom, columns, title)
        tables = [current]
        above: dict[int, Cell] = {}
        pending: tuple[int, str] | None = None
        at = bottom + 1
        while at < len(rows):
            row = rows[at]
            filled = [place for place, cell in enumerate(row) if cell is not EMPTY]
            if not filled:
                at += 1
                continue
            first = row[filled[0]].text
            line: list[str] = []
            if row[filled[0]].kind == "text" and (words.normal(first) in starts or self._known(first)):
                line = [words.normal(cell.text) for cell in row]
            if line and line in (last_line, first_line, heading):
                if pending:
                    current = self._new(at, columns, pending[1])
                    tables.append(current)
                    above, pending = {}, None
            elif len(filled) == 1 and not single and row[filled[0]].kind == "text" and words.class_in(first):
                pending = (at, words.clean(first))
                if not self._heading_follows(at, (last_line, first_line)):
                    current = self._new(bottom, columns, pending[1])
                    tables.append(current)
                    above, pending = {}, None
            elif words.is_total(first) or (len(filled) > 1 and words.is_total(row[filled[1]].text)):
                current.totals.append((at + 1, " ".join(row[place].text for place in filled)))
            elif self._is_note(row, filled, at, single):
                current.notes.append((at + 1, " ".join(row[place].text for place in filled)))
            elif self._other_heading(row, filled, line):
                break
            elif not (set(filled) <= numbering and all(row[place].kind == "number" for place in filled)):
                current.rows.append(self._row(at, row, len(columns), above))
            at += 1
        kept = [table for table in tables if table.rows or len(tables) == 1]
        return [part for table in kept for part in self._trimmed(table)], at

    def _new(self, bottom: int, columns: list[Column], title: str) -> Table:
        hint = words.class_in(title) or words.class_in(self.sheet.name, whole=True)
        return Table(self.sheet.name, bottom + 1, columns, title=title, class_hint=hint)

    def _heading_follows(self, at: int, lines: tuple[list[str], ...]) -> bool:
        for row in self.sheet.rows[at + 1 : at + 4]:
            if any(cell is not EMPTY for cell in row):
                return [words.normal(cell.text) for cell in row] in lines
        return False

    def _is_note(self, row: list[Cell], filled: list[int], at: int, single: bool) -> bool:
        first = row[filled[0]]
        if first.kind != "text":
            return False
        if len(filled) == 1 and not single:
            region = self.region.get((at, filled[0]))
            wide = region is not None and region[3] - region[1] >= 2
            return wide or words.is_note(first.text) or len(first.text) > 20
        # 制表人：张三  审核：李四
        return words.is_note(first.text) and (
            single or first.text.rstrip().endswith((":", "：")) or "：" in first.text or ":" in first.text
        )

    def _other_heading(self, row: list[Cell], filled: list[int], line: list[str]) -> bool:
        if not line or len(filled) < 3:
            return False
        known = sum(word in words.HEADING_WORDS or word in self.wanted for word in line if word)
        return known >= 3 and known * 2 > len(filled)

    def _row(self, at: int, row: list[Cell], width: int, above: dict[int, Cell]) -> TableRow:
        cells = row[:width]
        cells += [EMPTY] * (width - len(cells))
        filled: list[int] = []
        for place, cell in enumerate(cells):
            if cell is EMPTY:
                if self.over and (at, place) in self.over:
                    head = self.over[at, place]
                    if head[1] == place:
                        value = self.sheet.cell(*head)
                        if value is not EMPTY:
                            cells[place] = above[place] = value
                            filled.append(place)
                continue
            if cell.kind == "text" and cell.text in words.DITTO:
                if place in above:
                    cells[place] = above[place]
                    filled.append(place)
            else:
                above[place] = cell
        return TableRow(at + 1, cells, frozenset(filled))

    def _trimmed(self, table: Table) -> list[Table]:
        """Without columns that have neither heading nor values; side-by-side lists parted."""
        used = {
            place
            for place, column in enumerate(table.columns)
            if column.heading or any(row.cells[place] is not EMPTY for row in table.rows)
        }
        order = sorted(used)
        names = [words.normal(table.columns[place].heading) for place in order]
        for times in (2, 3, 4):
            width = len(names) // times
            if width >= 2 and names == names[:width] * times and len(set(names[:width])) == width:
                return [
                    self._only(table, order[part * width : part * width + width], drop_empty=True)
                    for part in range(times)
                ]
        return [self._only(table, order, drop_empty=False)]

    def _only(self, table: Table, places: list[int], drop_empty: bool) -> Table:
        columns = [table.columns[place] for place in places]
        if not drop_empty and places == list(range(len(table.columns))):
            return table
        renumbered = {place: new for new, place in enumerate(places)}
        numbering = [
            new for new, column in enumerate(columns) if words.normal(column.heading) in ("序号", "编号")
        ]
        rows = []
        for row in table.rows:
            cells = [row.cells[place] for place in places]
            if drop_empty and all(cell is EMPTY or new in numbering for new, cell in enumerate(cells)):
                continue
            filled = frozenset(renumbered[place] for place in row.filled if place in renumbered)
            rows.append(TableRow(row.number, cells, filled))
        return dataclasses.replace(table, columns=columns, rows=rows)
