"""What was answered the last time: an earlier matter of the same form about the same subject, taken over with one press.

Never taken: whatever decides or signs, dates and periods, files, what the base says anyway, the subject itself, and fields that
the form asks for anew each time (``fresh``). A value that may no longer be chosen is left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection
from django.utils import timezone

from jizuo.engines.matter.forms import asked, standing
from jizuo.engines.matter.forms.asked import Asked
from jizuo.engines.matter.forms.checking import EMPTY, FormContext
from jizuo.engines.matter.forms.drawn import MANY, Column, asked_column, columns_of, plain_title
from jizuo.engines.matter.forms.kinds import KINDS, Wrong
from jizuo.engines.matter.forms.standing import Standing
from jizuo.ground import scope as scopes

#: Names of what was taken over that a form carries along.
MOST_TAKEN, LONGEST_NAME = 1_000, 120
#: How many earlier matters are looked through for the same subject, or for the same columns.
MOST = 12
NEVER = frozenset({"signature", "file", "photo", "date", "period", "moment", "columns", "note", "computed"})
#: In a form that is signed these say what the signature stands for.
DECIDING = frozenset({"choice", "choices", "yes_no"})
#: The word of a drawn column that is filled so without a press.
LAST = "last"
_CELL = re.compile(r"(?P<key>[a-z][a-z0-9_]*)\[(?P<row>\d{1,5})\]\.(?P<cell>[a-z][a-z0-9_]*)")
BEFORE = """
select (m.data -> 'form')::text, (m.data -> 'steps')::text, coalesce(m.ended_at, m.begun_at)
from matter m
where m.unit_no = %(unit)s and m.scene = %(scene)s and m.state in ('open', 'waiting', 'done')
  and m.id is distinct from %(matter)s and {whose}
order by m.id desc limit %(most)s
"""
OWN = "m.form = %(form)s and m.applicant_id = %(person)s"
OF_UNIT = "m.form = %(form)s and m.applicant_role = %(role)s"
AT_STEP = (
    "m.flow = (select n.flow from matter n where n.unit_no = %(unit)s and n.id = %(matter)s)"
    " and m.data -> 'steps' -> %(step)s is not null"
)
DONE_BY = (
    " and exists (select 1 from matter_task t where t.unit_no = m.unit_no and t.matter_id = m.id and t.step = %(step)s"
    " and t.person_id = %(person)s)"
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier answer. on: the day it was given; answers: as kept."""

    on: date
    answers: Mapping[str, Any]


@dataclass(slots=True)
class Again:
    """Earlier answers of a form as it stands, read when they are first asked for. Inside a door; one read."""

    stand: Standing
    _found: list[Earlier] | None = field(default=None)

    def before(self, values: Mapping[str, Any]) -> Earlier | None:
        """The earlier answer that fits these values: the newest about the same subject, of a sheet the one with the most of
        its columns; while no subject is chosen, the newest of all."""
        found = self._all()
        subject = self._subject_field()
        about = str(values.get(subject) or self.stand.subject_id or "") if subject else ""
        if about:
            found = [one for one in found if str(one.answers.get(subject)) == about]
        sheet = next((one for one in asked.fields_of(self.stand.pages) if one.kind == "sheet"), None)
        if sheet is None:
            return found[0] if found else None
        now = self._columns(sheet)
        counted = [(len(same_columns(now, drawn_of(sheet, one.answers))), one) for one in found]
        best = max((count for count, _one in counted), default=0)
        return next((one for count, one in counted if count == best), None) if best else None

    def taken(
        self, values: Mapping[str, Any], ctx: FormContext, *, only_last: bool = False
    ) -> tuple[dict[str, Any], list[str]]:
        """(values with what an earlier answer knows of those that are empty or as they are usual, names of what was taken:
        ``key``, ``sheet[0].c1`` for a cell). only_last: just the columns that are drawn to be filled so."""
        told = dict(values)
        earlier = self.before(values)
        subject = self._subject_field()
        if earlier is None or (
            subject and str(earlier.answers.get(subject)) != str(values.get(subject) or self.stand.subject_id)
        ):
            return told, []
        names: list[str] = []
        is_signed = any(one.kind == "signature" for one in asked.fields_of(self.stand.pages))
        for one in asked.fields_of(self.stand.pages):
            held = earlier.answers.get(one.key)
            if held in EMPTY:
                continue
            if one.kind == "sheet":
                told[one.key], cells = self._sheet(one, told.get(one.key), earlier, ctx, only_last)
                names += cells
            elif (
                not only_last
                and one.key != subject
                and may_take(one, is_signed=is_signed)
                and is_untouched(one, told.get(one.key))
            ):
                value = still_right(one, held, ctx)
                if value not in EMPTY:
                    told[one.key] = value
                    names.append(one.key)
        return told, names

    def _all(self) -> list[Earlier]:
        if self._found is None:
            self._found = read(self.stand)
        return self._found

    def _subject_field(self) -> str:
        flow = standing.flow_of(self.stand.pack, self.stand.name)
        return flow.subject if flow is not None and not self.stand.step else ""

    def _columns(self, sheet: Asked) -> list[Column]:
        return drawn_of(sheet, {**self.stand.values, **self.stand.given})

    def _sheet(
        self, sheet: Asked, told: Any, earlier: Earlier, ctx: FormContext, only_last: bool
    ) -> tuple[list[Any], list[str]]:
        """(rows with the empty cells filled, their names)."""
        now = self._columns(sheet)
        pairs = same_columns(now, drawn_of(sheet, earlier.answers))
        rows = (
            [dict(row) if isinstance(row, Mapping) else {} for row in told] if isinstance(told, list) else []
        )
        held = [row for row in earlier.answers.get(sheet.key) or () if isinstance(row, Mapping)]
        if len(rows) > 1 and not is_untouched(sheet, rows):
            return rows, []
        rows += [{} for _row in range((len(held) if self._is_many() else 1) - len(rows))]
        names = []
        for place, (row, was) in enumerate(zip(rows, held, strict=False)):
            for column, key in pairs:
                if column.known != LAST if only_last else column.known not in ("", LAST):
                    continue
                one = asked_column(column)
                if one.kind in NEVER or row.get(column.key) not in EMPTY:
                    continue
                value = still_right(one, was.get(key), ctx)
                if value not in EMPTY:
                    row[column.key] = value
                    names.append(f"{sheet.key}[{place}].{column.key}")
        return rows, names

    def _is_many(self) -> bool:
        return {**self.stand.values, **self.stand.given}.get("rows") == MANY


def is_offered(stand: Standing) -> bool:
    """Whether a form as it stands takes earlier answers at all: never one that decides, nor one that is being mended."""
    if stand.form.again == "never":
        return False
    return stand.matter_id is None or any(
        step.key == stand.step and step.form == stand.name and step.do == "fill"
        for flow in stand.pack.part("flows").values()
        for step in flow.steps
    )


def read(stand: Standing) -> list[Earlier]:
    """Earlier answers of a form, the newest first. Inside a door; one read."""
    scope = scopes.current()
    is_own = stand.form.again == "own"
    if not is_offered(stand) or (is_own and scope.person_id is None):
        return []
    whose = (AT_STEP + (DONE_BY if is_own else "")) if stand.step else OWN if is_own else OF_UNIT
    values: dict[str, Any] = {
        "unit": stand.unit_no, "scene": stand.scene, "matter": stand.matter_id, "person": scope.person_id, "role": scope.role,
        "form": stand.name, "step": stand.step, "most": MOST,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(BEFORE.format(whose=whose), values)
        return [_earlier(stand, *row) for row in cursor.fetchall()]


def _earlier(stand: Standing, form: str | None, steps: str | None, at: datetime) -> Earlier:
    told: dict[str, Any] = msgspec.json.decode(form) if form else {}
    done: dict[str, Any] = msgspec.json.decode(steps) if steps else {}
    keys = {one.key for one in asked.fields_of(stand.pages)}
    for answers in done.values():
        if isinstance(answers, Mapping):
            told |= {key: value for key, value in answers.items() if key in keys}
    return Earlier(timezone.localtime(at).date(), told)


def drawn_of(sheet: Asked, answers: Mapping[str, Any]) -> list[Column]:
    """The columns that some answers drew for a sheet."""
    return columns_of(answers.get(sheet.field.of or "columns"))


def same_columns(now: Iterable[Column], before: Iterable[Column]) -> list[tuple[Column, str]]:
    """(column, key of the earlier one that asked the same): of one title and kind."""
    known = {(plain_title(one.title), one.kind): one.key for one in before}
    return [(one, known[told]) for one in now if (told := (plain_title(one.title), one.kind)) in known]


def may_take(one: Asked, *, is_signed: bool) -> bool:
    """Whether a field may have the answer of another time. is_signed: the form is signed by who fills it."""
    return (
        one.is_typed
        and one.kind not in NEVER
        and not (one.field.locked or one.field.fresh)
        and not (is_signed and one.kind in DECIDING)
    )


def is_untouched(one: Asked, told: Any) -> bool:
    """Whether nobody has answered a field yet: it is empty, or as it is usual."""
    if isinstance(told, list):
        return all(
            not row or (isinstance(row, Mapping) and all(cell in EMPTY for cell in row.values()))
            for row in told
        )
    return told in EMPTY or _plain(told) == _plain(one.field.default)


def still_right(one: Asked, held: Any, ctx: FormContext) -> Any:
    """An earlier answer as far as it may still be given, None for none of it; of a table each cell by itself."""
    if one.kind == "table":
        columns = [each for each in one.columns if may_take(each, is_signed=False)]
        rows = [
            {
                each.key: value
                for each in columns
                if (value := still_right(each, row.get(each.key), ctx)) not in EMPTY
            }
            for row in held
            if isinstance(row, Mapping)
        ]
        return [row for row in rows if row][: one.most] or None
    try:
        return KINDS[one.kind].check(one, held, ctx) if held not in EMPTY else None
    except Wrong:
        return None


def mark_of(name: str, told: Any) -> str:
    """What a browser carries along of a value that was taken over, so that the mark goes when the value changes."""
    return f"{name}~{hashlib.sha256(_plain(told).encode()).hexdigest()[:12]}"


def _plain(told: Any) -> str:
    if isinstance(told, Mapping):
        return "&".join(f"{key}={_plain(value)}" for key, value in sorted(told.items()) if value not in EMPTY)
    if isinstance(told, list | tuple):
        return "|".join(_plain(one) for one in told)
    if told is None or isinstance(told, bool):
        return {True: "yes", False: "no", None: ""}[told]
    return str(told)


def still_marked(marks: Iterable[str], data: Mapping[str, Any]) -> list[str]:
    """The names among marks whose values in these answers are still those that were taken over."""
    return [
        name
        for mark in marks
        if (name := mark.partition("~")[0]) and mark == mark_of(name, value_at(data, name))
    ]


def known_of(names: Iterable[str], keys: Collection[str]) -> list[str]:
    """Those of the names that are of these fields or of cells in them, each once, at most `MOST_TAKEN`."""
    found = [
        name
        for name in dict.fromkeys(names)
        if name in keys
        or ((cell := _CELL.fullmatch(name)) and cell["key"] in keys and len(name) <= LONGEST_NAME)
    ]
    return found[:MOST_TAKEN]


def value_at(data: Mapping[str, Any], name: str) -> Any:
    """The answer under a name, `sheet[0].c1` for a cell; None where there is none."""
    found = _CELL.fullmatch(name)
    if found is None:
        return data.get(name)
    rows, place = data.get(found["key"]), int(found["row"])
    row = rows[place] if isinstance(rows, list) and place < len(rows) else None
    return row.get(found["cell"]) if isinstance(row, Mapping) else None
