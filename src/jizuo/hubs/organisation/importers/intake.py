"""录取名单: the list from admission, brought in as children who are awaited. Nobody becomes a pupil by it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import keys
from jizuo.hubs.data.importers import Checked, CheckInput, NewLabel, Plan, PlanInput, Step
from jizuo.hubs.organisation import intakes, matching, turns
from jizuo.hubs.organisation.importers import identity, values
from jizuo.hubs.organisation.importers.columns import Spec
from jizuo.hubs.organisation.importers.identity import Columns, Seen
from jizuo.hubs.organisation.importers.known import numbers_of
from jizuo.hubs.organisation.importers.pupils import PERSON_SPECS, PUPIL_SPECS, read_adults
from jizuo.hubs.organisation.importers.sheets import Part, Sheets
from jizuo.hubs.organisation.importers.surroundings import surroundings
from jizuo.hubs.organisation.importers.values import Trouble
from jizuo.hubs.organisation.rules import derived_id
from jizuo.plain import dividing, pinyin
from jizuo.plain.names import match_key
from jizuo.plain.text import clean
from jizuo.plain.workbook.cells import Cell

_PERSON = ("name", "sex", "birth_on", "id_kind", "number", "ethnic", "base_no")
_PLACES = ("household_place", "household_kind", "address")
INTAKE_SPECS: tuple[Spec, ...] = (
    Spec("admission_no", ("录取编号", "录取号", "报名号", "报名编号", "登记号", "准考证号", "通知书编号"), most=40,
         explanation="报名系统里的编号"),
    *(replace(spec, required=spec.key in ("name", "sex")) for spec in PERSON_SPECS if spec.key in _PERSON),
    *(spec for spec in PUPIL_SPECS if spec.key in _PLACES),
    Spec("from_school", ("毕业学校", "来自学校", "原就读学校", "毕业幼儿园", "原就读幼儿园", "毕业小学", "毕业初中"),
         most=120),
    Spec("siblings", ("多胞胎标记", "多胞胎", "双胞胎", "多胞胎编号", "双胞胎编号"), most=20,
         explanation="同一胎的孩子写同一个标记", example="甲"),
    Spec("wish", ("多胞胎分班意愿", "分班意愿", "同班意愿", "双胞胎意愿"), most=20, explanation="同班、不同班，或不填"),
    Spec("band", ("分数段", "成绩段"), most=8, is_asked=False),
    Spec("note", ("备注", "说明"), most=200),
)  # fmt: skip
#: Columns of the table that a list speaks for; an empty cell says nothing.
LISTED = (
    "admission_no", "name", "sex", "birth_on", "id_kind", "id_key", "id_blind", "id_sealed", "id_tail", "ethnic",
    "base_no", *_PLACES, "from_school", "siblings", "wish", "band", "note",
)  # fmt: skip
FACTS = ("admission_no", *_PLACES, "from_school", "siblings", "wish", "band", "note")
SCHEMA = identity.SCHEMA | {name: pl.String() for name in FACTS}
ADULT_SCHEMA = {name: pl.String() for name in ("place", "name", "relation", "phone", "order", "is_legal")}
ADULT_COLUMNS = ("id", "unit_no", "intake_id", "ordinal", "name", "relation", "phone", "is_legal")
NEW_COLUMNS = ("id", "unit_no", "school_year", "stage", "state", "code", "sort_key", *LISTED)
HELD_COLUMNS = ("id", "unit_no", "sort_key", *LISTED)
HELD = (
    f"select id::text, {', '.join(LISTED)} from intake where unit_no = %s and school_year = %s and stage = %s"
)


def wish(cell: Cell) -> values.Value:
    """同班 or 不同班 as together or apart."""
    text = clean(cell.text)
    if text in values.EMPTY_WORDS or text in ("随机", "均可", "都可以", "无意愿"):
        return None, None
    if text.startswith(("不", "分", "否", "异")):
        return dividing.APART, None
    if text.startswith(("同", "一起", "是", "在一")):
        return dividing.TOGETHER, None
    return None, Trouble(
        "wish", _("看不懂的意愿“%(text)s”") % {"text": text[:20]}, _("请填 同班 或 不同班，或清空"), "同班"
    )


class Intakes:
    """The importer of lists from admission. Options: ``school_year``, ``stage``; ``columns`` as everywhere."""

    name = "intake"
    title = gettext_lazy("录取名单")
    file_kind = "roster"
    specs = INTAKE_SPECS

    def check(self, given: CheckInput) -> Checked:
        """Read, map and convert; a column of scores is a fault where nobody may be divided by score."""
        around = surroundings(unit_no=given.unit_no, importer=self.name, today=given.today)
        sheets = Sheets(given, self.specs, around, has_adults=True)
        offered = intakes.stages_of(around.schemes)
        told = given.options.get("stage")
        stage = str(told) if told else offered[0] if len(offered) == 1 else ""
        if stage not in offered:
            part = sheets.parts[0]
            sheets.at(part, part.mapped.table.heading_row, "", "", "", Trouble(
                "no_stage", _("不知道这份名单是哪个学段的新生"), _("请从“新生”页导入，先选学段；学制在“学校信息”里填写"),
            ))  # fmt: skip
        parts: list[Columns] = []
        adults: list[dict[str, Any]] = []
        scored = [refuse_scores(sheets, part, stage) for part in sheets.parts]
        if sheets.check_columns(["name"]) and not any(scored):
            seen, done = Seen(), 0
            for part in sheets.parts:
                parts.append(self.read_part(sheets, part, seen, given))
                adults += read_adults(sheets, part, given)
                done += len(part.rows)
                sheets.tell(done)
        year = given.options.get("school_year") or turns.default_year(given.today).first
        return Checked(
            stage={
                "people": identity.joined(parts, SCHEMA),
                "adults": pl.DataFrame([{key: row[key] for key in ADULT_SCHEMA} for row in adults], schema=ADULT_SCHEMA),
                "of": pl.DataFrame({"school_year": [int(year)], "stage": [stage]}),
            },
            rows_read=sheets.total,
            faults=sheets.in_order(),
            notes=sheets.notes,
        )  # fmt: skip

    def read_part(self, sheets: Sheets, part: Part, seen: Seen, given: CheckInput) -> Columns:
        """One table's rows."""
        names = identity.read_names(sheets, part)
        part.labels = identity.labels(names, [""] * len(names))
        found = identity.read_people(sheets, part, seen, given.today, names)
        for key in FACTS:
            found[key] = sheets.column(part, key, wish if key == "wish" else None)
        for number, sex in enumerate(found["sex"]):
            if names[number] is not None and sex not in identity.SEX_WORDS:
                place, cell = sheets.cell(part, number, "sex")
                sheets.trouble(part, number, place, "sex", cell, Trouble(
                    "no_sex", _("没有性别，分班要按性别均衡"), _("请填 男 或 女，或填身份证号"),
                ))  # fmt: skip
        return found

    def plan(self, stage: Mapping[str, pl.DataFrame], given: PlanInput) -> Plan:
        """The puts of a checked list."""
        return Plan(steps=iter(steps(stage, given)))


def refuse_scores(sheets: Sheets, part: Part, stage: str) -> bool:
    """True, with a fault for each, when a table has a column of scores that its stage forbids."""
    if stage not in intakes.SCORELESS:
        return False
    found = [column for column in part.mapped.table.columns if intakes.is_score(column.heading)]
    for column in found:
        sheets.at(part, part.mapped.table.heading_row, column.letter, "", column.heading, Trouble(
            "score_column", _("“%(heading)s”：义务教育阶段和学前的新生分班不得使用成绩") % {"heading": column.heading},
            _("请在文件里删掉这一列，再重新上传"),
        ))  # fmt: skip
    return bool(found)


def intake_code(unit_no: int, intake_id: str) -> str:
    """The code on a family's notice: eight letters and digits that nobody can work out from the child, the same whenever
    the list comes again."""
    blind = keys.ring().blind(f"{unit_no}/{intake_id}", kind="intake")
    return base64.b32encode(blind).decode()[:8]


def held_rows(given: PlanInput, year: int, stage: str) -> list[dict[str, Any]]:
    """Who of this year and stage is awaited already."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, [given.unit_no, year, stage])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def keys_of(row: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """What a child is known again by, the surest first."""
    found: list[tuple[Any, ...]] = []
    if row.get("id_blind"):
        found.append(("id", bytes(row["id_blind"])))
    if row.get("person_id"):
        found.append(("person", str(row["person_id"])))
    if row.get("base_no"):
        found.append(("base", row["base_no"]))
    if row.get("admission_no"):
        found.append(("no", row["admission_no"]))
    if row.get("birth_on"):
        found.append(("name", match_key(row["name"]), str(row["birth_on"])))
    return found


def merged_with(held: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of LISTED after a row of the file: an empty cell says nothing, and a number that is known keeps the
    bytes it was sealed as (sealing it twice gives other bytes, which would look like a change)."""
    merged = {key: row.get(key) or held[key] for key in LISTED}
    if row.get("id_blind") and held["id_blind"] and bytes(row["id_blind"]) == bytes(held["id_blind"]):
        merged["id_sealed"] = held["id_sealed"]
    return merged


def steps(stage: Mapping[str, pl.DataFrame], given: PlanInput) -> list[Step]:
    """Children awaited already, new ones with their codes, and the guardians of both."""
    (of,) = stage["of"].to_dicts()
    year, told_stage = of["school_year"], of["stage"]
    known: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in held_rows(given, year, told_stage):
        for key in keys_of(row):
            known.setdefault(key, row)
    standing, new, labels = [], [], []
    id_of: dict[str, str] = {}
    taken: set[str] = set()
    people = stage["people"].to_dicts()
    # Who was handed over stands on the list as a person, without the number that this file brings.
    holders = matching.holders(sorted({pair for row in people for pair in numbers_of(row)}))
    for row in people:
        row["person_id"] = next((holders[pair] for pair in numbers_of(row) if pair in holders), None)
        held = next(
            (known[key] for key in keys_of(row) if key in known and known[key]["id"] not in taken), None
        )
        if held is None:
            row.pop("person_id")
            surest = (keys_of(row) or [("row", row["place"], row["name"])])[0]
            own = "/".join(part.hex() if isinstance(part, bytes) else str(part) for part in surest)
            row_id = derived_id(given.unit_no, "intake", f"{year}/{told_stage}/{own}")
            if row_id in taken:
                row_id = derived_id(given.unit_no, "intake", f"{year}/{told_stage}/{own}/{row['place']}")
            new.append((
                row_id, given.unit_no, year, told_stage, intakes.ADMITTED, intake_code(given.unit_no, row_id),
                pinyin.sort_key(row["name"])[:160], *(row.get(key) for key in LISTED),
            ))  # fmt: skip
            labels.append(NewLabel(row["label"], row["place"]))
        else:
            row_id = held["id"]
            merged = merged_with(held, row)
            name = pinyin.sort_key(str(merged["name"]))[:160]
            standing.append((row_id, given.unit_no, name, *(merged[key] for key in LISTED)))
        taken.add(row_id)
        id_of[row["place"]] = row_id
    found = []
    if standing:
        found.append(Step("intake", HELD_COLUMNS, standing))
    if new:
        found.append(Step("intake", NEW_COLUMNS, new, new_labels=labels))
    adults = [
        (
            derived_id(given.unit_no, "intake_adult", f"{id_of[row['place']]}/{row['order']}"), given.unit_no,
            UUID(id_of[row["place"]]), int(row["order"]), row["name"], row["relation"], row["phone"],
            None if row["is_legal"] is None else row["is_legal"] == "true",
        )
        for row in stage["adults"].to_dicts()
        if row["place"] in id_of
    ]  # fmt: skip
    if adults:
        found.append(Step("intake_adult", ADULT_COLUMNS, adults, is_shown=False))
    return found
