"""Who a row is: name, document number, 学籍号, birth and sex, read together because they check each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from jizuo.ground import keys
from jizuo.ground.keys import KeyRing
from jizuo.hubs.data import codes
from jizuo.hubs.data.importers import WARNING
from jizuo.hubs.organisation.importers import numbers, values
from jizuo.hubs.organisation.importers.sheets import Part, Sheets
from jizuo.hubs.organisation.importers.values import Trouble
from jizuo.hubs.organisation.rules import is_base_no
from jizuo.plain.codes import UnknownCode
from jizuo.plain.idnumber import Document, DocumentKind, RollNumber
from jizuo.plain.text import clean
from jizuo.plain.workbook.cells import EMPTY, Cell, broken_column

#: Columns of a person in every stage, before those of the kind of roster.
PERSON = (
    "name", "former_name", "latin_name", "sex", "birth_on", "id_kind", "ethnic", "nationality", "overseas", "political",
    "phone", "email", "native_place", "birth_place", "health", "id_valid_until",
)  # fmt: skip
TEXTS = ["place", "label", *PERSON, "base_no", "local_no", "id_key", "id_tail", "roll_tail"]
BYTES = ["id_blind", "id_sealed", "roll_blind", "roll_sealed"]
SCHEMA: dict[str, pl.DataType] = {name: pl.String() for name in TEXTS} | {name: pl.Binary() for name in BYTES}
SEX_WORDS = {"1": "男", "2": "女"}

Columns = dict[str, list]


@dataclass(slots=True)
class Seen:
    """Where each number and local number of the file stood first: key -> (sheet, row, name, class text)."""

    numbers: dict[tuple[str, bytes], tuple[str, int, str, str]] = field(default_factory=dict)
    local: dict[str, tuple[str, int, str]] = field(default_factory=dict)


def read_names(sheets: Sheets, part: Part) -> list[str | None]:
    """The name of each row; a row without one is a fault."""
    names = sheets.column(part, "name")
    for number, name in enumerate(names):
        place, cell = sheets.cell(part, number, "name")
        if name is None and cell is EMPTY:
            sheets.trouble(
                part, number, place, "name", cell,
                Trouble("no_name", _("没有写姓名"), _("请填写姓名，或删掉这一行")),
            )  # fmt: skip
    return names


def read_people(
    sheets: Sheets,
    part: Part,
    seen: Seen,
    today: date,
    names: list[str | None],
    classes: list[str] | None = None,
) -> Columns:
    """The columns of PERSON and the sealed numbers, row by row. part.labels are set before; classes: the class
    of each row, for telling a doubled row from a doubled number."""
    count = len(part.rows)
    found: Columns = {name: sheets.column(part, name) for name in PERSON if name not in ("id_kind", "name")}
    found["name"] = names
    found["place"] = [f"{part.sheet}!{row.number}" for row in part.rows]
    found["label"] = part.labels
    home_regions(sheets, part, found)
    base_numbers(sheets, part, found)
    local_numbers(sheets, part, seen, found)
    documents = read_documents(sheets, part, today)
    rolls = read_rolls(sheets, part, today)
    for name in ("id_kind", "id_key", "id_tail", "roll_tail", *BYTES):
        found[name] = [None] * count
    ring = keys.ring()
    place_names = classes or [""] * count
    for number in range(count):
        document, roll = documents[number], rolls[number]
        is_doubled = False
        if document is not None:
            code = numbers.kind_code(document.kind, document.text)
            sealed = numbers.seal(f"id:{code}", document.text, ring)
            found["id_kind"][number], found["id_key"][number] = code, sealed.kind
            found["id_blind"][number], found["id_sealed"][number] = sealed.blind, sealed.sealed
            found["id_tail"][number] = sealed.tail
            is_doubled = doubled(
                sheets, part, number, "number", sealed, seen, found["name"][number], place_names[number]
            )
        if roll is not None:
            sealed = numbers.seal(numbers.ROLL, roll.text, ring)
            found["roll_blind"][number], found["roll_sealed"][number] = sealed.blind, sealed.sealed
            found["roll_tail"][number] = sealed.tail
            if not is_doubled:
                is_doubled = doubled(
                    sheets, part, number, "roll_no", sealed, seen, found["name"][number], place_names[number]
                )
        if not is_doubled:
            cross_check(sheets, part, number, found, document, roll)
    return found


def cross_check(
    sheets: Sheets,
    part: Part,
    number: int,
    found: Columns,
    document: Document | None,
    roll: RollNumber | None,
) -> None:
    """Birth, sex and 学籍号 against the document number, which also fills what is missing."""
    born = document.birth_on if document and document.birth_on else roll.birth_on if roll else None
    sex = document.sex if document and document.sex else roll.sex if roll else None
    if born is not None:
        told = found["birth_on"][number]
        if told is None:
            found["birth_on"][number] = born.isoformat()
        elif told != born.isoformat():
            place, cell = sheets.cell(part, number, "birth_on")
            sheets.trouble(part, number, place, "birth_on", cell, Trouble(
                "birth_mismatch", _("出生日期与证件号里的不一致"),
                _("证件号里是 %(day)s；请核对哪个对") % {"day": born.isoformat()}, born.isoformat(),
            ))  # fmt: skip
    if sex is not None:
        told = found["sex"][number]
        if told is None:
            found["sex"][number] = sex
        elif told in SEX_WORDS and told != sex:
            place, cell = sheets.cell(part, number, "sex")
            sheets.trouble(part, number, place, "sex", cell, Trouble(
                "sex_mismatch", _("性别与证件号里的不一致"),
                _("证件号里是 %(sex)s；请核对哪个对") % {"sex": SEX_WORDS[sex]}, SEX_WORDS[sex],
            ))  # fmt: skip
    is_resident = document is not None and document.kind is DocumentKind.RESIDENT
    if (
        roll is not None
        and document is not None
        and is_resident
        and roll.id_text not in (None, document.text)
    ):
        place, cell = sheets.cell(part, number, "roll_no")
        sheets.trouble(part, number, place, "roll_no", cell, Trouble(
            "roll_mismatch", _("学籍号里的身份证号与证件号不同"), _("换过证件号的学生会这样；否则请核对"), severity=WARNING,
        ))  # fmt: skip


def doubled(
    sheets: Sheets,
    part: Part,
    number: int,
    key: str,
    sealed: numbers.Sealed,
    seen: Seen,
    name: str | None,
    klass: str,
) -> bool:
    """Note a number; True, with a fault naming the first place, when the file has it already."""
    row_no = part.rows[number].number
    first = seen.numbers.setdefault((sealed.kind, sealed.blind), (part.sheet, row_no, name or "", klass))
    if first[:2] == (part.sheet, row_no):
        return False
    place, cell = sheets.cell(part, number, key)
    where = _("工作表“%(sheet)s”第 %(row)d 行") % {"sheet": first[0], "row": first[1]}
    if first[2] == (name or "") and first[3] == klass:
        trouble = Trouble(
            "doubled_row", _("与%(where)s是同一个人，写了两遍") % {"where": where}, _("请删掉其中一行")
        )
    else:
        trouble = Trouble(
            "doubled_number",
            _("与%(where)s（%(name)s）的号码相同") % {"where": where, "name": first[2]},
            _("两个人不会有同一个号码，请对照证件核对"),
        )
    sheets.trouble(part, number, place, key, cell, trouble)
    return True


def read_documents(sheets: Sheets, part: Part, today: date) -> list[Document | None]:
    """The document number of each row, held to its kind."""
    place = part.mapped.places.get("number")
    count = len(part.rows)
    if place is None:
        return [None] * count
    cells = [row.cells[place] for row in part.rows]
    kinds = document_kinds(sheets, part)
    found: list[Document | None] = []
    for number, (cell, broken) in enumerate(zip(cells, broken_column(cells), strict=True)):
        found.append(None)
        if cell is EMPTY or cell.text in values.EMPTY_WORDS:
            continue
        if cell.kind == "error":
            sheets.formula(part, number, place, "number", cell)
            continue
        if values.is_broken(cell, broken):
            sheets.trouble(part, number, place, "number", cell, values.BROKEN)
            continue
        read = values.document(cell, kinds[number], today=today, fictional=sheets.around.is_demo)
        if isinstance(read, Trouble):
            sheets.trouble(part, number, place, "number", cell, read)
        else:
            found[number] = read
    return found


def document_kinds(sheets: Sheets, part: Part) -> list[DocumentKind | None]:
    """The kind of document each row names; None where it names none."""
    told = sheets.column(part, "id_kind", document_kind)
    return [DocumentKind(kind) if kind else None for kind in told]


def document_kind(cell: Cell) -> values.Value:
    """A kind of document as the word of `DocumentKind`."""
    try:
        return codes.tables()["document_kind"].find(cell.text).code, None
    except UnknownCode as error:
        near = error.nearest[0].name if error.nearest else ""
        return None, Trouble("unknown_code", error.reason, _("请改成：居民身份证、护照、通行证等"), near)


def read_rolls(sheets: Sheets, part: Part, today: date) -> list[RollNumber | None]:
    """The 学籍号 of each row; a 学籍辅号 stands in where it has none."""
    found: list[RollNumber | None] = [None] * len(part.rows)
    for key in ("roll_no", "roll_aux"):
        place = part.mapped.places.get(key)
        if place is None:
            continue
        cells = [row.cells[place] for row in part.rows]
        for number, (cell, broken) in enumerate(zip(cells, broken_column(cells), strict=True)):
            if cell is EMPTY or found[number] is not None or cell.text in values.EMPTY_WORDS:
                continue
            if values.is_broken(cell, broken):
                sheets.trouble(part, number, place, key, cell, values.BROKEN)
                continue
            read = values.roll(cell, today=today, fictional=sheets.around.is_demo)
            if isinstance(read, Trouble):
                sheets.trouble(part, number, place, key, cell, read)
            else:
                found[number] = read
    return found


def home_regions(sheets: Sheets, part: Part, found: Columns) -> None:
    """香港, 澳门 or 台湾 in the column 国籍/地区 tells 港澳台侨外."""
    place = part.mapped.places.get("nationality")
    if place is None:
        return
    for number, row in enumerate(part.rows):
        region = values.HOME_REGIONS.get(row.cells[place].text)
        if region and found["overseas"][number] is None:
            found["overseas"][number] = region


def base_numbers(sheets: Sheets, part: Part, found: Columns) -> None:
    """基座号 of our own template, held to their check digit."""

    def convert(cell: Cell) -> values.Value:
        text = clean(cell.text)
        if is_base_no(text):
            return text, None
        return None, Trouble("base_no", _("基座号不对"), _("请从基座导出的名单里照抄，或清空这一格"))

    found["base_no"] = sheets.column(part, "base_no", convert)


def local_numbers(sheets: Sheets, part: Part, seen: Seen, found: Columns) -> None:
    """学号 or 工号; one number on two rows is a fault."""
    found["local_no"] = sheets.column(part, "local_no")
    place = part.mapped.places.get("local_no")
    for number, local_no in enumerate(found["local_no"]):
        if local_no is None or place is None:
            continue
        row = part.rows[number]
        first = seen.local.setdefault(local_no, (part.sheet, row.number, found["name"][number] or ""))
        if first[:2] != (part.sheet, row.number):
            sheets.trouble(part, number, place, "local_no", row.cells[place], Trouble(
                "doubled_local_no",
                _("与工作表“%(sheet)s”第 %(row)d 行（%(name)s）的编号相同")
                % {"sheet": first[0], "row": first[1], "name": first[2]},
                _("学号（工号）在校内不应重复，请核对"), severity=WARNING,
            ))  # fmt: skip


def seal_adult(
    sheets: Sheets,
    part: Part,
    number: int,
    adult: Mapping[str, Any],
    row: dict[str, Any],
    ring: KeyRing,
    today: date,
) -> None:
    """Put a guardian's number into the row, sealed. A wrong one is left out with a warning, for the guardian
    matters more than the number."""
    place = adult["places"].get("number")
    cell = EMPTY if place is None else part.rows[number].cells[place]
    if place is None or cell is EMPTY or cell.text in values.EMPTY_WORDS:
        return
    kind = DocumentKind(adult["id_kind"]) if adult.get("id_kind") else None
    read = values.document(cell, kind, today=today, fictional=sheets.around.is_demo)
    if isinstance(read, Trouble):
        sheets.trouble(part, number, place, "adult_number", cell, read._replace(severity=WARNING))
        return
    sealed = numbers.seal(f"id:{numbers.kind_code(read.kind, read.text)}", read.text, ring)
    row["id_key"], row["id_blind"], row["id_sealed"], row["id_tail"] = sealed


def labels(name: list[str | None], place: list[str]) -> list[str]:
    """Who each row is about, for faults and previews: name and class."""
    return [f"{who or '?'} {where}".strip() for who, where in zip(name, place, strict=True)]


def joined(parts: list[Columns], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The columns of all parts as one frame of `schema`; a column nobody gave is empty."""
    together: dict[str, list] = {}
    for name in schema:
        together[name] = [value for part in parts for value in part.get(name) or [None] * len(part["place"])]
    return pl.DataFrame(together, schema=dict(schema))
