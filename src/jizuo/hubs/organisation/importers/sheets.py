"""A school's workbook as mapped tables, with a person's patches laid over the cells and every fault collected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from jizuo.ground.errors import BadInput, Problem
from jizuo.hubs.data.importers import ERROR, WARNING, CheckInput, Fault
from jizuo.hubs.organisation.importers import columns, values
from jizuo.hubs.organisation.importers.columns import Mapped, Spec
from jizuo.hubs.organisation.importers.surroundings import Surroundings
from jizuo.hubs.organisation.importers.values import Trouble
from jizuo.plain import idnumber, phones
from jizuo.plain.workbook import mapping, read, shape
from jizuo.plain.workbook.cells import EMPTY, Cell, column_index, make_cell
from jizuo.plain.workbook.errors import WorkbookError
from jizuo.plain.workbook.read import Workbook
from jizuo.plain.workbook.shape import TableRow

#: A patch of this column empties the whole row: 不要这一行.
WHOLE_ROW = "*"
_FIXED = {0: "51", 1: "52"}
_SECRET = frozenset((columns.DOCUMENT, columns.ROLL, "adult_number"))
_PHONES = frozenset((columns.PHONE, "adult_phone"))
_ADULT_TITLES = {
    "adult_name": "监护人姓名", "adult_relation": "监护人关系", "adult_phone": "监护人电话", "adult_number": "监护人证件号",
    "adult_id_kind": "监护人证件类型", "adult_is_legal": "是否监护人", "adult_ethnic": "监护人民族",
}  # fmt: skip


@dataclass(slots=True)
class Part:
    """One mapped table while its columns are converted. labels: who each row is about, for faults."""

    mapped: Mapped
    rows: Sequence[TableRow]
    labels: list[str] = field(default_factory=list)

    @property
    def sheet(self) -> str:
        return self.mapped.table.sheet


class Sheets:
    """The tables of a workbook for one importer. Raises BadInput where the file itself cannot be taken."""

    def __init__(
        self,
        given: CheckInput,
        specs: Sequence[Spec],
        around: Surroundings,
        *,
        has_adults: bool = False,
    ) -> None:
        self.given, self.around = given, around
        self.specs = {spec.key: spec for spec in specs}
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self.seen: dict[str, dict[int, values.Value]] = {}
        self.book = open_book(given)
        self.note_hidden()
        self.parts: list[Part] = []
        chosen: Mapping[str, Mapping[str, str]] = given.options.get("columns") or {}
        wanted = [title for spec in specs for title in spec.titles]
        known: dict[str, Mapped] = {}
        for sheet in self.book.visible:
            for table in shape.find_tables(sheet, wanted):
                if not table.rows:
                    continue
                # One sheet a class or grade under one heading: mapped once, told once.
                key = mapping.fingerprint(table)
                if key in known:
                    mapped = replace(known[key], table=table, doubtful=[], unused=[])
                else:
                    mapped = known[key] = columns.map_columns(
                        specs, values.CHECKERS, table, around.columns, chosen, has_adults=has_adults
                    )
                self.parts.append(Part(mapped, table.rows))
        self.formula_errors = {
            (problem.sheet, problem.row, problem.letter): problem
            for sheet in self.book.visible
            for problem in sheet.problems
        }
        self.total = sum(len(part.rows) for part in self.parts)
        if not self.total:
            raise BadInput(
                _("这个文件里没有找到名单"),
                fix=_("请确认选对了文件；第一行应是列名，例如 姓名、班级、证件号"),
                problems=[Problem(given.name, _("没有找到表头和数据行"))],
            )

    def note_hidden(self) -> None:
        """Say which sheets were not read."""
        names = [sheet.name for sheet in self.book.hidden if sheet.rows and sheet.name != "代码"]
        if names:
            self.notes.append(_("跳过了隐藏的工作表：%(names)s") % {"names": "、".join(names)})

    def check_columns(self, required: Sequence[str]) -> bool:
        """Faults of the mapping: missing required columns (errors), doubtful and unused ones (warnings). False
        when a required column is missing anywhere."""
        is_complete = True
        for part in self.parts:
            mapped, table = part.mapped, part.mapped.table
            for key in required:
                if key not in mapped.places:
                    is_complete = False
                    self.at(part, table.heading_row, "", key, "", Trouble(
                        "no_column", _("没有找到“%(title)s”这一列") % {"title": self.specs[key].title},
                        _("请在表头写上“%(title)s”，或在预览里指出哪一列是它") % {"title": self.specs[key].title},
                    ))  # fmt: skip
            fed = {place: key for key, place in mapped.places.items()}
            for place, words in mapped.doubtful:
                column = table.columns[place]
                self.at(part, table.heading_row, column.letter, fed[place], column.heading, Trouble(
                    "doubtful_column",
                    _("“%(heading)s”当作“%(title)s”：%(why)s")
                    % {"heading": column.heading, "title": self.specs[fed[place]].title, "why": words},
                    _("请确认这一列；不对就另选"), severity=WARNING,
                ))  # fmt: skip
            for place in mapped.unused:
                column = table.columns[place]
                is_forbidden = columns.is_forbidden(column.heading)
                self.at(part, table.heading_row, column.letter, "", column.heading, Trouble(
                    "forbidden_column" if is_forbidden else "unused_column",
                    _("“%(heading)s”不在收集范围内，没有读取") % {"heading": column.heading}
                    if is_forbidden
                    else _("“%(heading)s”这一列没有用到") % {"heading": column.heading},
                    "" if is_forbidden else _("需要的话请指出它是什么"), severity=WARNING,
                ))  # fmt: skip
        return is_complete

    def column(
        self, part: Part, key: str, convert: Callable[[Cell], values.Value] | None = None
    ) -> list[str | None]:
        """The values of a field row by row; None where the column or the value is missing."""
        place = part.mapped.places.get(key) if key in self.specs else None
        if place is None:
            return [None] * len(part.rows)
        if convert is None:
            convert = values.converter(self.specs[key], self.around.values)
        return self.cells(part, place, key, convert)

    def cells(
        self, part: Part, place: int, key: str, convert: Callable[[Cell], values.Value]
    ) -> list[str | None]:
        """The cells at `place` converted, equal cells once."""
        # The reader gives equal cells as one object, and the workbook keeps every one of them alive.
        seen = self.seen.setdefault(key, {})
        found: list[str | None] = []
        for number, row in enumerate(part.rows):
            cell = row.cells[place]
            if cell is EMPTY:
                found.append(None)
                continue
            known = seen.get(id(cell))
            if known is None:
                known = seen[id(cell)] = (None, None) if cell.kind == "error" else convert(cell)
            value, trouble = known
            if trouble is not None:
                self.trouble(part, number, place, key, cell, trouble)
            elif cell.kind == "error":
                self.formula(part, number, place, key, cell)
            found.append(value)
        return found

    def formula(self, part: Part, number: int, place: int, key: str, cell: Cell) -> None:
        """The fault of a formula without a usable result."""
        row_no, letter = part.rows[number].number, part.mapped.table.columns[place].letter
        problem = self.formula_errors.get((part.sheet, row_no, letter))
        reason = problem.message if problem else _("这一格的公式出错（%(word)s）") % {"word": cell.text}
        fix = problem.fix if problem else _("请改正公式，或直接填写正确的内容。")
        self.trouble(part, number, place, key, cell, Trouble("formula", reason, fix))

    def trouble(
        self, part: Part, number: int, place: int | None, key: str, cell: Cell, trouble: Trouble
    ) -> None:
        """A fault at one cell of a data row; place None: the row as a whole."""
        letter = part.mapped.table.columns[place].letter if place is not None else ""
        label = part.labels[number] if number < len(part.labels) else ""
        self.at(part, part.rows[number].number, letter, key, cell, trouble, label)

    def at(
        self,
        part: Part,
        row_no: int,
        letter: str,
        key: str,
        cell: Cell | str,
        trouble: Trouble,
        label: str = "",
    ) -> None:
        """A fault at a place of the sheet."""
        spec = self.specs.get(key)
        shown = cell if isinstance(cell, str) else shown_value(cell, spec.kind if spec else key)
        self.faults.append(
            Fault(
                severity=trouble.severity, code=trouble.code, reason=trouble.reason, fix=trouble.fix,
                file=self.given.name, sheet=part.sheet, row_no=row_no, column=letter,
                field=spec.title if spec else _ADULT_TITLES.get(key, ""), value=shown, suggestion=trouble.suggestion, label=label,
            )
        )  # fmt: skip

    def cell(self, part: Part, number: int, key: str) -> tuple[int | None, Cell]:
        """(place, cell) of a field in one row; (None, EMPTY) without the column."""
        place = part.mapped.places.get(key)
        return (None, EMPTY) if place is None else (place, part.rows[number].cells[place])

    def tell(self, done: int) -> None:
        """Say how far the check is."""
        self.given.tell(done, self.total, _("行"))

    def in_order(self) -> list[Fault]:
        """The faults in the order of the workbook."""
        order = {sheet.name: place for place, sheet in enumerate(self.book.sheets)}
        return sorted(
            self.faults,
            key=lambda fault: (
                order.get(fault.sheet, 0),
                fault.row_no or 0,
                column_index(fault.column) if fault.column.isalpha() else -1,
            ),
        )


def shown_value(cell: Cell, kind: str) -> str:
    """What stood in a cell, for the list of faults: numbers of documents and phones masked."""
    if kind in _SECRET:
        return idnumber.mask(idnumber.normalise(cell.text))
    if kind in _PHONES:
        return phones.mask(cell.text)
    return cell.text[:200]


def open_book(given: CheckInput) -> Workbook:
    """The workbook with the patches laid over its cells. Raises BadInput with the clerk's words."""
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


def adults_of(
    sheets: Sheets, part: Part, converts: Mapping[str, Callable[[Cell], values.Value]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """(row, guardian) for every guardian that a row names, in the order of the sheet. converts: part -> converter.
    A phone without a name is a fault; a name without anything else is a guardian."""
    for order, group in enumerate(part.mapped.adults, 1):
        found = {
            key: sheets.cells(
                part, place, f"adult_{key}" if key != "number" else "adult_number", converts[key]
            )
            for key, place in group.items()
            if key in converts
        }
        fixed = _FIXED.get(group["fixed"]) if "fixed" in group else None
        for number in range(len(part.rows)):
            who = found["name"][number] if "name" in found else None
            if who is None:
                place = group.get("phone")
                if place is not None and found["phone"][number] is not None:
                    cell = part.rows[number].cells[place]
                    sheets.trouble(part, number, place, "adult_phone", cell, Trouble(
                        "adult_nameless", _("有监护人电话，没有姓名"), _("请补上姓名，或清空电话"), severity=ERROR
                        if "name" in group else WARNING,
                    ))  # fmt: skip
                continue
            adult: dict[str, Any] = {key: column[number] for key, column in found.items()}
            adult |= {"order": order, "places": group}
            if fixed and not adult.get("relation"):
                adult["relation"] = fixed
            yield number, adult
