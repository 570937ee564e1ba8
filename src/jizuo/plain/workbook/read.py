"""Reading a workbook of any kind into one shape."""

from __future__ import annotations

import dataclasses
import io
import os
import posixpath
from pathlib import Path

import python_calamine

from jizuo.plain.workbook import compound, lines, package
from jizuo.plain.workbook import limits as bounds
from jizuo.plain.workbook.cells import EMPTY, MISSING_RESULT, Cell, column_letter, error_cell, make_cell
from jizuo.plain.workbook.errors import WorkbookError
from jizuo.plain.workbook.limits import DEFAULT, Limits
from jizuo.plain.workbook.package import SheetScan

Merge = tuple[int, int, int, int]

EXPLANATION = "填写说明"
_EXPLAINING = (EXPLANATION, "填表说明", "说明", "填报说明", "模板说明")


@dataclasses.dataclass(frozen=True)
class SheetProblem:
    """A cell that cannot be used as it is. `row` counts from 1 as on the screen; `letter` as in "AB"."""

    sheet: str
    row: int
    letter: str
    message: str
    fix: str


@dataclasses.dataclass
class Sheet:
    """One sheet. `rows[r][c]` counts from 0 at cell A1; rows are cut after their last filled cell and may be
    empty; the sheet ends with its last filled row.

    `merges` are (top, left, bottom, right), 0-based and inclusive; only the top left cell holds the value.
    Hidden rows and columns (0-based) are read all the same: it is for the caller to report them.
    """

    name: str
    hidden: bool = False
    rows: list[list[Cell]] = dataclasses.field(default_factory=list)
    merges: list[Merge] = dataclasses.field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    problems: list[SheetProblem] = dataclasses.field(default_factory=list)

    def cell(self, row: int, column: int) -> Cell:
        """The cell at 0-based places; EMPTY outside the filled part."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return EMPTY


@dataclasses.dataclass
class Workbook:
    """`kind` is what the bytes were: xlsx, xls, ods or csv; `encoding` is set for csv and pasted text."""

    filename: str
    kind: str
    sheets: list[Sheet]
    encoding: str | None = None

    @property
    def visible(self) -> list[Sheet]:
        """The sheets to take in: those a person sees, without the explanations that templates carry."""
        shown = [sheet for sheet in self.sheets if not sheet.hidden]
        others = [sheet for sheet in shown if sheet.name.strip() not in _EXPLAINING]
        return others if any(sheet.rows for sheet in others) else shown

    @property
    def hidden(self) -> list[Sheet]:
        """Sheets that are ignored and must be reported as ignored."""
        return [sheet for sheet in self.sheets if sheet.hidden]


def read(source: bytes | str | os.PathLike[str], filename: str = "", limits: Limits = DEFAULT) -> Workbook:
    """Read xlsx, xlsm, xls, ods, et (when it is an xls inside), csv or tsv.

    The format is decided by the bytes; `filename` (a path's own name when empty) names the sheet of a csv and
    tells tsv. Raises WorkbookError for anything that cannot be taken, and nothing else; an unreadable path
    raises OSError.
    """
    if isinstance(source, bytes):
        data = source
    else:
        path = Path(source)
        filename = filename or path.name
        bounds.refuse_large(path.stat().st_size, limits)
        data = path.read_bytes()
    kind = bounds.sniff(data, limits)
    if kind == "text":
        text, encoding = lines.decode(data)
        mark = "\t" if filename.lower().endswith((".tsv", ".tab")) else None
        sheet = Sheet(name=_stem(filename), rows=lines.parse(text, limits, mark))
        return _with_content(Workbook(filename, "csv", [sheet], encoding))
    if kind == "ole":
        in_order = compound.scan(data, limits)
        return _with_content(Workbook(filename, "xls", _sheets(data, filename, in_order, None)))
    if kind == "ods":
        return _with_content(
            Workbook(filename, "ods", _sheets(package.lean_ods(data, limits), filename, [], None))
        )
    lean, scans = package.lean_xlsx(data, limits)
    return _with_content(Workbook(filename, "xlsx", _sheets(lean, filename, [], scans)))


def read_pasted(text: str, name: str = "粘贴的内容", limits: Limits = DEFAULT) -> Workbook:
    """Text copied from WPS or Excel and pasted: tabs between cells, quotes around cells with line breaks."""
    if len(text) > limits.file_bytes // 4:
        raise WorkbookError("too_big", "粘贴的内容太多。", "请改为上传文件。")
    rows = lines.parse(text, limits, "\t" if "\t" in text else None)
    return _with_content(Workbook(name, "csv", [Sheet(name=name, rows=rows)], "utf-8"))


def _stem(filename: str) -> str:
    return posixpath.splitext(posixpath.basename(filename.replace("\\", "/")))[0] or "表格"


def _with_content(book: Workbook) -> Workbook:
    if any(sheet.rows for sheet in book.visible):
        return book
    if any(sheet.rows for sheet in book.hidden):
        names = "、".join(sheet.name for sheet in book.hidden)
        raise WorkbookError(
            "only_hidden",
            f"有内容的工作表都被隐藏了（{names}）。",
            "请右键工作表标签“取消隐藏”，保存后再上传。",
        )
    raise WorkbookError("no_content", "表格里没有内容。", "请确认选对了文件，填好后保存再上传。")


def _sheets(
    data: bytes, filename: str, in_order: list[SheetScan], by_name: dict[str, SheetScan] | None
) -> list[Sheet]:
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        metadata = book.sheets_metadata
        found: list[Sheet] = []
        for number, about in enumerate(metadata):
            if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            if by_name is not None:
                scan = by_name.get(about.name, SheetScan())
            else:
                scan = in_order[number] if number < len(in_order) else SheetScan()
            sheet = book.get_sheet_by_index(number)
            found.append(
                _sheet(sheet, about.name, about.visible != python_calamine.SheetVisibleEnum.Visible, scan)
            )
        return found
    except python_calamine.PasswordError as error:
        raise bounds.encrypted() from error
    except python_calamine.CalamineError as error:
        raise _unreadable(filename) from error
    except WorkbookError:
        raise
    except (ValueError, OverflowError, OSError, UnicodeError) as error:
        raise _unreadable(filename) from error
    except BaseException as error:
        # A panic inside the parser arrives as a BaseException of this name.
        if type(error).__name__ != "PanicException":
            raise
        raise _unreadable(filename) from None


def _unreadable(filename: str) -> WorkbookError:
    if filename.lower().endswith(".et"):
        return WorkbookError("et_unreadable", "这个 WPS 表格（.et）读不了。", bounds.SAVE_AS_XLSX)
    return bounds.damaged()


def _sheet(source: python_calamine.CalamineSheet, name: str, is_hidden: bool, scan: SheetScan) -> Sheet:
    known: dict[tuple[type, object], Cell] = {}
    rows: list[list[Cell]] = []
    for values in source.to_python(skip_empty_area=False):
        last = len(values)
        while last and values[last - 1] == "":
            last -= 1
        row: list[Cell] = []
        for value in values[:last]:
            if value == "":
                row.append(EMPTY)
                continue
            key = (type(value), value)
            cell = known.get(key)
            if cell is None:
                cell = known[key] = make_cell(value)
            row.append(cell)
        while row and row[-1] is EMPTY:
            row.pop()
        rows.append(row)
    problems: list[SheetProblem] = []
    for (at_row, at_column), word in sorted(scan.errors.items()):
        while len(rows) <= at_row:
            rows.append([])
        row = rows[at_row]
        row.extend([EMPTY] * (at_column + 1 - len(row)))
        row[at_column] = error_cell(word)
        problems.append(_formula_problem(name, at_row, at_column, word))
    while rows and not rows[-1]:
        rows.pop()
    merges = [(top, left, bottom, right) for (top, left), (bottom, right) in source.merged_cell_ranges or []]
    return Sheet(name, is_hidden, rows, merges, scan.hidden_rows, scan.hidden_columns, problems)


def _formula_problem(sheet: str, row: int, column: int, word: str) -> SheetProblem:
    if word == MISSING_RESULT:
        message = "这一格是公式，但文件里没有保存它的结果"
        fix = "用 Excel 或 WPS 打开并保存一次，或把公式粘贴为数值后再上传。"
    else:
        message = f"这一格的公式出错（{word}）"
        fix = "请改正公式，或直接填写正确的内容。"
    return SheetProblem(sheet, row + 1, column_letter(column), message, fix)
