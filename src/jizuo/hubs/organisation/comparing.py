"""What registers' exports and the base say of the same people, as frames: pure, nothing is read or written. A frame holds
the people of any number of units, apart by ``unit_no``; a row meets people of its own unit only.

A register's row names who is 在籍 (人事关系在) at a unit. A difference says who must act on it: the clerk brings in, ends
or mends here, the register's clerk corrects at the source, the homeroom teacher asks the family for the papers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext_lazy

PUPIL, STAFF = "pupil", "staff"
IMPORTERS = {"pupil_register": PUPIL, "staff_register": STAFF}

ONLY_REGISTER, ONLY_BASE, DIFFERING = "only_register", "only_base", "differing"
#: 空挂: registered here and not present. 在读无籍: present and not registered.
ABSENT, UNREGISTERED = "absent", "unregistered"
KINDS = {
    ONLY_REGISTER: gettext_lazy("只在登记系统"),
    ONLY_BASE: gettext_lazy("只在基座"),
    DIFFERING: gettext_lazy("内容不同"),
    ABSENT: gettext_lazy("空挂（有籍不在读）"),
    UNREGISTERED: gettext_lazy("在读无籍"),
}

BRING_IN, END, SOURCE, ASK, CHECK = "bring_in", "end", "source", "ask", "check"
#: Who must act, and what there is to do.
ACTS = {
    BRING_IN: (gettext_lazy("教务员"), gettext_lazy("导入这份导出")),
    END: (gettext_lazy("教务员"), gettext_lazy("已离校的办异动，没离校的补登记")),
    SOURCE: (gettext_lazy("登记系统管理员"), gettext_lazy("在登记系统里更正")),
    ASK: (gettext_lazy("班主任"), gettext_lazy("请家长拿证件核对")),
    CHECK: (gettext_lazy("教务员"), gettext_lazy("查实人在哪里读")),
}

#: Fields that the family's papers decide.
IDENTITY = frozenset(
    {"name", "former_name", "sex", "birth_on", "id_kind", "number", "ethnic", "nationality", "overseas",
     "household_place", "household_kind"}
)  # fmt: skip
PERSON_FIELDS = (
    "name",
    "former_name",
    "sex",
    "birth_on",
    "id_kind",
    "ethnic",
    "nationality",
    "overseas",
    "political",
)
PUPIL_FIELDS = (
    "status", "entry_year", "entered_on", "entry_way", "attendance", "household_place", "household_kind", "address",
)  # fmt: skip
STAFF_FIELDS = (
    "establishment", "post_kind", "post_grade", "title", "title_on", "certificate", "education", "degree", "work_since",
    "here_since", "is_full_time_teacher", "subject_code", "weekly_lessons",
)  # fmt: skip
FACTS = {PUPIL: PUPIL_FIELDS, STAFF: STAFF_FIELDS}
CLASS, ROLL, NUMBER, REGISTERED = "class_id", "roll_no", "number", "is_registered"

OTHER_SCHOOL, STRANGERS, OTHER_YEAR, HALF = "other_school", "strangers", "other_year", "half"
#: Below this many people on the base's side nothing is said of halves and strangers.
FEW = 10

LINES = {
    "unit_no": pl.Int64(), "kind": pl.String(), "act": pl.String(), "field": pl.String(), "here": pl.String(),
    "there": pl.String(), "note": pl.String(), "name": pl.String(), "sex": pl.String(), "class_id": pl.String(),
    "affiliation_id": pl.String(), "person_id": pl.String(), "place": pl.String(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an export is not what it should be. code: other_school (rows that carry another identifier), strangers (fewer
    than half of its people are known here), other_year (most classes differ by the same number of years, `shift`), half
    (fewer than half of the people registered here). count of `of` are concerned."""

    code: str
    count: int
    of: int
    shift: int = 0

    @property
    def is_final(self) -> bool:
        """True where nobody may go on: the file is another school's by its own word."""
        return self.code == OTHER_SCHOOL


def doubt(*, listed: int, known: int, held: int, foreign: int, shifts: Sequence[int]) -> Doubt | None:
    """What speaks against an export, the gravest first; None when nothing does.

    listed: its rows; known: of them people who stand in the base's list; held: people registered in the base; foreign:
    rows with another school's identifier; shifts: of people known on both sides with a numbered class, entry year there
    minus here.
    """
    if foreign and foreign * 2 >= listed:
        return Doubt(OTHER_SCHOOL, foreign, listed)
    if held < FEW:
        return None
    if known * 2 < listed:
        return Doubt(STRANGERS, listed - known, listed)
    moved = Counter(shift for shift in shifts if shift)
    if moved:
        shift, count = moved.most_common(1)[0]
        if count * 2 > len(shifts):
            return Doubt(OTHER_YEAR, count, len(shifts), shift)
    if listed * 2 < held:
        return Doubt(HALF, listed, held)
    return None


def act_of(field: str, owner: str, kind: str) -> str:
    """Who acts on a differing field. owner: its source of record by the standard ('' for none)."""
    if field in IDENTITY or owner == "family":
        return ASK if kind == PUPIL else SOURCE
    return BRING_IN if owner == "register" or field in (ROLL, REGISTERED) else SOURCE


def lines_of(kind: str, rows: pl.DataFrame, base: pl.DataFrame, owners: Mapping[str, str]) -> pl.DataFrame:
    """Every difference but those of sealed numbers, in the columns of `LINES`.

    rows: the exports with ``unit_no``, ``affiliation_id`` (null: nobody here), ``known_id`` (a person of the base, or
    null) and ``note``; base: open affiliations with ``unit_no``, ``id``, the compared fields as text, ``is_registered``
    and ``is_present``.
    owners: field -> source of record.
    """
    found = [
        tell(rows.filter(pl.col("affiliation_id").is_null()), ONLY_REGISTER, BRING_IN,
             person_id="known_id", place="place", note="note", there="class_name"),
    ]  # fmt: skip
    matched = laid(rows, base)
    alone = base.join(matched.select("affiliation_id"), left_on="id", right_on="affiliation_id", how="anti")
    found.append(tell(alone.filter("is_registered"), ONLY_BASE, END, affiliation_id="id"))
    lent = alone.filter(~pl.col("is_registered") & pl.col("is_present"))
    found.append(tell(lent, UNREGISTERED, SOURCE, affiliation_id="id"))
    for field in fields_of(kind):
        there, here = value(field), value(f"{field}_here")
        # What the register leaves empty it does not say; what the base leaves empty is counted, not listed.
        differ = matched.filter((there != "") & (here != "") & (there != here)).with_columns(
            there=there, here=here
        )
        found.append(
            tell(differ, DIFFERING, act_of(field, owners.get(field, ""), kind), field=pl.lit(field),
                 here="here", there="there", affiliation_id="affiliation_id", place="place", class_id="class_id_here")
        )  # fmt: skip
    unsaid = matched.filter(~pl.col("is_registered_here"))
    found.append(
        tell(unsaid, DIFFERING, BRING_IN, field=pl.lit(REGISTERED), here=pl.lit("false"), there=pl.lit("true"),
             affiliation_id="affiliation_id", place="place", class_id="class_id_here")
    )  # fmt: skip
    away = (value("is_present") == "false") | ~pl.col("is_present_here")
    found.append(
        tell(matched.filter(away), ABSENT, CHECK, affiliation_id="affiliation_id", place="place",
             here=value("is_present_here"), there=value("is_present"), class_id="class_id_here")
    )  # fmt: skip
    return pl.concat(found)


def laid(rows: pl.DataFrame, base: pl.DataFrame) -> pl.DataFrame:
    """The people of both sides, the base's columns ending in ``_here``."""
    return rows.filter(pl.col("affiliation_id").is_not_null()).join(
        base, left_on="affiliation_id", right_on="id", how="inner", suffix="_here"
    )


def empty_here(kind: str, rows: pl.DataFrame, base: pl.DataFrame) -> dict[int, dict[str, int]]:
    """unit -> field -> of how many people the register says it and the base has nothing yet; an import fills it."""
    counted = laid(rows, base).group_by("unit_no").agg(
        ((value(field) != "") & (value(f"{field}_here") == "")).sum().alias(field)
        for field in fields_of(kind)
    )  # fmt: skip
    found = {}
    for told in counted.iter_rows(named=True):
        unit_no = told.pop("unit_no")
        found[unit_no] = {field: count for field, count in told.items() if count}
    return found


def fields_of(kind: str) -> tuple[str, ...]:
    """The fields compared by their text."""
    return (*PERSON_FIELDS, *FACTS[kind], *((CLASS,) if kind == PUPIL else ()))


def value(column: str) -> pl.Expr:
    """A column as comparable text: no blanks, '' for nothing."""
    return pl.col(column).cast(pl.String).fill_null("").str.replace_all(r"\s+", "")


def tell(frame: pl.DataFrame, kind: str, act: str, **given: Any) -> pl.DataFrame:
    """Lines of one kind out of a frame. given: column of `LINES` -> expression or column name of the frame."""
    columns = {"unit_no": "unit_no", "name": "name", "sex": "sex", "class_id": "class_id"} | given
    columns |= {"kind": pl.lit(kind), "act": pl.lit(act)}
    return frame.select(
        **{
            key: (pl.lit(None) if key not in columns else _column(columns[key])).cast(shape)
            for key, shape in LINES.items()
        }
    )


def _column(given: Any) -> pl.Expr:
    return pl.col(given) if isinstance(given, str) else given


def sides(rows: pl.DataFrame, base: pl.DataFrame, key: str) -> dict[int, dict[str, list[int]]]:
    """How many people each side has by a column: unit -> value -> [register, base]; '' for who has none. The base's side
    counts who is registered there."""
    found: dict[int, dict[str, list[int]]] = {}
    for side, frame in enumerate((rows, base.filter("is_registered"))):
        for unit_no, told, count in frame.group_by("unit_no", pl.col(key).fill_null("")).len().iter_rows():
            found.setdefault(unit_no, {}).setdefault(told, [0, 0])[side] = count
    return found
