"""A mapped file to clean rows: every value through its steps, every change with its original, every fault with its
place. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.data import references
from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.importers import ERROR, WARNING, Checked, CheckInput, Fault
from jizuo.hubs.data.tables.reading import Part
from jizuo.hubs.data.tables.wanted import Wanted, refers_of, tables
from jizuo.plain import cleaning, idnumber
from jizuo.plain.cleaning import BadStep, Cleaned, Step, Unclean
from jizuo.plain.workbook.cells import Cell, broken_column, column_index
from jizuo.plain.workbook.mapping import SURE
from jizuo.plain.workbook.read import Workbook

ROWS, ORIGINALS = "rows", "originals"
ORIGINAL_SCHEMA = {"sheet": pl.String, "row_no": pl.Int64, "column": pl.String, "field": pl.String,
                   "original": pl.String, "value": pl.String, "steps": pl.String}  # fmt: skip
#: Columns of the stage beside the dataset's own fields.
ID, PLACE, LABEL = "_id", "_place", "_label"


class Check:
    """One check of a file for one dataset. constants: field -> the same value for every row that has none."""

    def __init__(
        self, given: CheckInput, dataset: Dataset, wanted: Sequence[Wanted], book: Workbook, parts: Sequence[Part]
    ) -> None:  # fmt: skip
        self.given, self.dataset, self.book, self.parts = given, dataset, book, parts
        self.wanted = {one.key: one for one in wanted}
        self.constants: Mapping[str, str] = given.options.get("constants") or {}
        self.faults: list[Fault] = []
        self.originals: list[tuple[Any, ...]] = []
        self.rows: list[dict[str, str | None]] = []
        self.places: list[tuple[Part, int]] = []
        self.bad: set[int] = set()
        self.total = sum(len(part.table.rows) for part in parts)

    def run(self) -> Checked:
        """The checked file. Raises BadInput where it holds no list at all."""
        if not self.total:
            raise BadInput(
                _("这个文件里没有找到表格"),
                fix=_("请确认选对了文件；第一行应是列名"),
                problems=[Problem(self.given.name, _("没有找到表头和数据行"))],
            )
        done = 0
        for part in self.parts:
            self.columns(part)
            self.read(part)
            done += len(part.table.rows)
            self.given.tell(done, self.total, _("行"))
        self.refer()
        self.required()
        self.twice()
        notes = (
            [_("清洗改写了 %(n)s 处，原值都留着") % {"n": f"{len(self.originals):,}"}]
            if self.originals
            else []
        )
        notes += self.hidden()
        kept = [row for number, row in enumerate(self.rows) if row]
        fields = [name for name in self.dataset.fields if any(name in row for row in kept)]
        schema = dict.fromkeys((ID, PLACE, LABEL, *fields), pl.String)
        stage = {
            ROWS: pl.DataFrame([{name: row.get(name) for name in schema} for row in kept], schema=schema),
            ORIGINALS: pl.DataFrame(self.originals, schema=ORIGINAL_SCHEMA, orient="row"),
        }
        return Checked(
            stage=stage,
            rows_read=self.total,
            faults=self.in_order(),
            notes=notes,
            cleaned=len(self.originals),
        )

    def hidden(self) -> list[str]:
        """Words on sheets that were not read."""
        names = [sheet.name for sheet in self.book.hidden if sheet.rows]
        return [_("跳过了隐藏的工作表：%(names)s") % {"names": "、".join(names)}] if names else []

    def columns(self, part: Part) -> None:
        """Faults of the mapping: a required column that nothing feeds, doubtful and unused ones."""
        table = part.table
        fed = {place: key for key, place in part.places.items()}
        for group in self.needs():
            if any(one.key in part.places or one.field.key in self.constants for one in group):
                continue
            one = group[0]
            words = "”或“".join(item.title for item in group)
            self.at(part, table.heading_row, "", one, "", Unclean(
                "no_column", _("没有找到“%(title)s”这一列") % {"title": words},
                _("请在“列对应”里指出哪一列是它，或给它一个固定值"),
            ))  # fmt: skip
        for key, proposal in part.proposed.items():
            if proposal.doubts or proposal.score < SURE:
                column = table.columns[proposal.place]
                self.at(part, table.heading_row, column.letter, self.wanted[key], column.heading, Unclean(
                    "doubtful_column", _("“%(heading)s”当作“%(title)s”：%(why)s") % {
                        "heading": column.heading, "title": self.wanted[key].title,
                        "why": proposal.doubts or proposal.reason},
                    _("请确认这一列；不对就另选"),
                ), severity=WARNING)  # fmt: skip
        for place in part.unused:
            if place not in fed:
                column = table.columns[place]
                self.at(part, table.heading_row, column.letter, None, column.heading, Unclean(
                    "unused_column", _("“%(heading)s”这一列没有用到") % {"heading": column.heading},
                    _("需要的话请指出它是什么"),
                ), severity=WARNING)  # fmt: skip

    def needs(self) -> list[list[Wanted]]:
        """What a sheet must have: for each required field the columns of which one is enough."""
        groups: dict[str, list[Wanted]] = defaultdict(list)
        for one in self.wanted.values():
            if one.is_required or (one.part and (one.is_key or one.field.is_required)):
                groups[one.field.key].append(one)
        return list(groups.values())

    def read(self, part: Part) -> None:
        """Clean every mapped column of a part into rows."""
        first, rows = len(self.rows), part.table.rows
        self.rows += [{} for _row in rows]
        self.places += [(part, number) for number in range(len(rows))]
        heads = {column.heading: place for place, column in enumerate(part.table.columns) if column.heading}
        for key, place in part.places.items():
            one = self.wanted[key]
            cells = [row.cells[place] for row in rows]
            ruined = broken_column(cells) if any(step.kind == "id_number" for step in one.steps) else ()
            filled = [place in row.filled for row in rows]
            others = {name: [row.cells[at].text for row in rows] for name, at in heads.items()} if any(
                step.kind == "join" for step in one.steps) else None  # fmt: skip
            try:
                found = cleaning.run(one.steps, [value_of(cell) for cell in cells], tables, others)
            except BadStep as error:
                raise BadInput(
                    _("“%(title)s”的清洗步骤有误") % {"title": one.title},
                    problems=[Problem(key, error.reason)],
                ) from None
            for number, cleaned in enumerate(found):
                cell = cells[number]
                if cell.kind == "error":
                    cleaned = Cleaned(None, cell.text, (), self.formula(part, number, place))
                elif ruined and ruined[number]:
                    cleaned = Cleaned(None, cell.text, (), cleaning.BROKEN)
                self.take(part, first + number, number, place, one, cleaned, filled[number])
        self.constant(part, first)

    def take(
        self, part: Part, at: int, number: int, place: int, one: Wanted, cleaned: Cleaned, is_filled: bool
    ) -> None:
        """One cleaned value into its row: a fault, or the value and what it was."""
        column = part.table.columns[place]
        row = part.table.rows[number]
        if cleaned.fault:
            self.bad.add(at)
            self.at(part, row.number, column.letter, one, cleaned.was, cleaned.fault)
            return
        self.rows[at][one.key] = cleaned.value
        steps = (*(("fill_down",) if is_filled else ()), *cleaned.steps)
        if steps:
            original = "同上" if is_filled else cleaned.was
            self.originals.append(
                (
                    part.table.sheet,
                    row.number,
                    column.letter,
                    one.key,
                    original,
                    cleaned.value,
                    " ".join(steps),
                )
            )

    def constant(self, part: Part, first: int) -> None:
        """The constant values a person declared, where the file says nothing."""
        for key, text in self.constants.items():
            one = self.wanted.get(key)
            if one is None or not text:
                continue
            cleaned = cleaning.clean(one.steps, text, tables)
            if cleaned.fault:
                self.at(part, part.table.heading_row, "", one, text, cleaned.fault)
                continue
            for number, row in enumerate(part.table.rows):
                if self.rows[first + number].get(key) is None:
                    self.rows[first + number][key] = cleaned.value
                    self.originals.append(
                        (part.table.sheet, row.number, "", key, "", cleaned.value, "constant")
                    )

    def formula(self, part: Part, number: int, place: int) -> Unclean:
        """The fault of a formula without a usable result."""
        row_no, letter = part.table.rows[number].number, part.table.columns[place].letter
        for sheet in self.book.visible:
            for problem in sheet.problems:
                if (problem.sheet, problem.row, problem.letter) == (part.table.sheet, row_no, letter):
                    return Unclean("formula", problem.message, problem.fix)
        return Unclean("formula", _("这一格的公式出错"), _("请改正公式，或直接填写正确的内容。"))

    def refer(self) -> None:
        """What rows name in other rooms, to ids."""
        for field in self.dataset.fields.values():
            resolver = references.resolver_of(refers_of(field)) if refers_of(field) else None
            if resolver is None:
                continue
            keys = {part.key: f"{field.key}.{part.key}" for part in resolver.parts}
            asked = [
                {name: row.pop(key, None) for name, key in keys.items()} if row else {} for row in self.rows
            ]
            told = [number for number, parts in enumerate(asked) if any(parts.values())]
            answers = resolver.resolve(
                self.given.unit_no, self.given.today, [asked[number] for number in told]
            ) if told else ()  # fmt: skip
            for number, answer in zip(told, answers, strict=True):
                if answer.fault is None:
                    self.rows[number][field.key] = answer.id
                    if answer.label:
                        self.rows[number].setdefault(LABEL, answer.label)
                    continue
                self.bad.add(number)
                part, row = self.places[number]
                one = self.wanted[keys[answer.part or resolver.parts[0].key]]
                said = asked[number].get(answer.part) or "、".join(filter(None, asked[number].values()))
                self.at(
                    part,
                    part.table.rows[row].number,
                    self.letter(part, one.key),
                    one,
                    said or "",
                    answer.fault,
                )

    def letter(self, part: Part, key: str) -> str:
        """The column that feeds a key, '' for none."""
        place = part.places.get(key)
        return "" if place is None else part.table.columns[place].letter

    def required(self) -> None:
        """Faults of rows that lack what no record can be without; rows without anything are left out."""
        must = [
            field.key for field in self.dataset.fields.values()
            if field.is_required or field.key in self.dataset.key
        ]  # fmt: skip
        shown = {one.field.key: one for one in reversed(self.wanted.values())}
        for number, row in enumerate(self.rows):
            if (
                not any(value is not None for key, value in row.items() if key != LABEL)
                and number not in self.bad
            ):
                self.rows[number] = {}
                continue
            if number in self.bad:
                continue
            part, at = self.places[number]
            for key in must:
                if row.get(key) is None and key in shown and self.is_fed(part, key):
                    self.bad.add(number)
                    one = shown[key]
                    self.at(part, part.table.rows[at].number, self.letter(part, one.key), one, "", Unclean(
                        "empty", _("没有填“%(title)s”") % {"title": self.dataset.fields[key].title},
                        _("请补上，或不要这一行"),
                    ))  # fmt: skip

    def is_fed(self, part: Part, key: str) -> bool:
        """Whether any column of a part, or a constant, feeds a field."""
        return key in self.constants or any(self.wanted[name].field.key == key for name in part.places)

    def twice(self) -> None:
        """Rows of one key: the same once more is left out with a remark, another value is an error at both."""
        seen: dict[tuple[str | None, ...], int] = {}
        for number, row in enumerate(self.rows):
            if not row or number in self.bad:
                continue
            row[ID] = str(new_id())
            part, at = self.places[number]
            row[PLACE] = f"{part.table.sheet}!{part.table.rows[at].number}"
            key = tuple(row.get(name) for name in self.dataset.key)
            if None in key:
                continue
            first = seen.setdefault(key, number)
            if first == number:
                continue
            if same(self.rows[first], row):
                self.rows[number] = {}
                self.doubled(number, first, Unclean(
                    "repeated", _("与第 %(row)s 行完全相同，只取一次") % {"row": self.row_no(first)}), WARNING)  # fmt: skip
                continue
            for one, other in ((number, first), (first, number)):
                if one == first and one in self.bad:
                    continue
                self.doubled(one, other, Unclean(
                    "double", _("与第 %(row)s 行是同一条（%(key)s）") % {
                        "row": self.row_no(other), "key": self.key_words(key)},
                    _("只留一行；两行都对时请核对用来认人认物的列"),
                ), ERROR)  # fmt: skip
            self.bad |= {number, first}

    def row_no(self, number: int) -> int:
        """The row on the screen."""
        part, at = self.places[number]
        return part.table.rows[at].number

    def key_words(self, key: Sequence[str | None]) -> str:
        """The key as people read it; ids of other rooms are not shown."""
        said = [
            value for name, value in zip(self.dataset.key, key, strict=True)
            if value and not refers_of(self.dataset.fields[name])
        ]  # fmt: skip
        return "、".join(said) or _("同一个人或班级")

    def doubled(self, number: int, _other: int, fault: Unclean, severity: str) -> None:
        """A fault at the first column of a row's file that helps to name its record."""
        part, at = self.places[number]
        keys = [one for name in self.dataset.key for one in self.wanted.values() if one.field.key == name]
        one = next((one for one in keys if one.key in part.places), keys[0])
        place = part.places.get(one.key)
        cell = part.table.rows[at].cells[place].text if place is not None else ""
        self.at(part, part.table.rows[at].number, self.letter(part, one.key), one, cell, fault, severity)

    def at(
        self, part: Part, row_no: int, letter: str, one: Wanted | None, was: str, fault: Unclean, severity: str = ERROR
    ) -> None:  # fmt: skip
        """Note a fault at a place of the file."""
        value = was
        if one is not None and one.is_secret:
            value = idnumber.mask(idnumber.normalise(was)) if was else ""
        self.faults.append(
            Fault(
                severity=severity, code=fault.code, reason=fault.reason, fix=fault.fix, file=self.given.name,
                sheet=part.table.sheet, row_no=row_no, column=letter, field=one.title if one else "",
                value=value[:200], suggestion=fault.suggestion,
            )
        )  # fmt: skip

    def in_order(self) -> list[Fault]:
        """The faults in the order of the file."""
        order = {sheet.name: place for place, sheet in enumerate(self.book.sheets)}
        return sorted(
            self.faults,
            key=lambda one: (
                order.get(one.sheet, 0), one.row_no or 0, column_index(one.column) if one.column.isalpha() else -1
            ),
        )  # fmt: skip


def value_of(cell: Cell) -> object:
    """What a cell holds for cleaning: text as it came, numbers and days as they are."""
    return cell.value if cell.kind in ("number", "date", "bool", "text") else None


def same(left: Mapping[str, str | None], right: Mapping[str, str | None]) -> bool:
    """Whether two rows say the same of every field."""
    return {k: v for k, v in left.items() if not k.startswith("_")} == {
        k: v for k, v in right.items() if not k.startswith("_")
    }


def steps_told(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Steps as they are declared, for a page."""
    return [step.told() for step in steps]
