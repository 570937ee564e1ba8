"""What the base holds already and a form need not ask: the words of `prefill`, each with who says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext_lazy as _

from jizuo.engines.matter.forms import choosing
from jizuo.ground import scope as scopes
from jizuo.ground.packs import reach
from jizuo.hubs.data.queries.scene_rows import term_begin, term_end
from jizuo.hubs.organisation import class_names
from jizuo.plain.school_year import Calendar

#: Columns of the unit's counted numbers that a form may be filled with, as they are called.
NUMBERS: Mapping[str, Any] = {
    "registered": _("在籍学生数"), "present": _("在校学生数"), "lent_in": _("借入学生数"), "lent_out": _("借出学生数"),
    "classes": _("班级数"), "staff": _("教职工数"), "established": _("在编教职工数"), "full_time": _("专任教师数"),
}  # fmt: skip
SUBJECT = ("subject.name", "subject.class_id", "subject.class", "subject.local_no", "subject.sex")
#: word -> what it gives.
WORDS: Mapping[str, Any] = {
    "child": _("孩子"), "me": _("本人"), "me.name": _("本人姓名"), "me.phone": _("本人电话"),
    "subject.name": _("姓名"), "subject.class_id": _("班级"), "subject.class": _("班级名"), "subject.local_no": _("学号"),
    "subject.sex": _("性别"), "school.name": _("学校名称"), "school.identifier": _("学校标识码"), "today": _("今天"),
    "term": _("学期"), "term_end": _("学期最后一天"), "school_year": _("学年"), "last": _("上一次填的"),
    **{f"number:{key}": word for key, word in NUMBERS.items()},
}  # fmt: skip
#: Words whose value is the same for everybody of a unit; the others are somebody's own.
OF_UNIT = frozenset({"school.name", "school.identifier", "today", "term", "term_end", "school_year"})
HOUSE, LAST, CLOCK = _("学校已有"), _("上次填的"), ""

LAST_SQL = """
select data -> 'form' from matter where unit_no = %s and scene = %s and form = %s and applicant_id = %s
order by id desc limit 1
"""
SUBJECT_SQL = """
select name, class_id, local_no, sex from affiliation
where unit_no = %s and person_id = %s and end_on is null order by role = 'pupil' desc limit 1
"""
SCHOOL_SQL = """
select u.name, s.identifier from unit u left join school s on s.unit_no = u.unit_no where u.unit_no = %s limit 1
"""


@dataclass(slots=True)
class Knowing:
    """What is known for one form, each group of words read once and only when asked for. Inside a door. subject_id has been
    found within reach by the caller."""

    scene: str
    form: str
    subject_id: UUID | None = None
    unit_no: int | None = None
    _kept: dict[str, Any] | None = None

    def value(self, word: str, key: str = "") -> Any:
        """The value of a word for the field `key`; None for what the base does not hold."""
        head = word.partition(":")[0].partition(".")[0]
        if word not in WORDS:
            return None
        found = self._group(head)
        return found.get(key) if head == "last" else found.get(word)

    def values(self, words: Iterable[str]) -> dict[str, Any]:
        """Several words at once."""
        return {word: self.value(word) for word in words}

    def owner(self, word: str) -> str:
        """Who says so, as the tag beside the value; '' for a mere date."""
        return str(LAST if word == "last" else CLOCK if word == "today" else HOUSE)

    def _group(self, head: str) -> Mapping[str, Any]:
        kept = self._kept = self._kept if self._kept is not None else {}
        if head not in kept:
            kept[head] = READERS[head](self)
        return kept[head]

    @property
    def unit(self) -> int:
        """The unit whose numbers and names are meant."""
        return self.unit_no if self.unit_no is not None else scopes.current().unit_no


def _one(statement: str, values: list[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def _me(_knowing: Knowing) -> Mapping[str, Any]:
    person_id = scopes.current().person_id
    row = _one("select name, phone from person where id = %s", [person_id]) if person_id else None
    return {"me": str(person_id), "me.name": row[0], "me.phone": row[1] or None} if row else {}


def _child(knowing: Knowing) -> Mapping[str, Any]:
    if knowing.subject_id:
        return {"child": str(knowing.subject_id)}
    scope = scopes.current()
    own = [scope.person_id] if scope.role == scopes.PUPIL else list(reach.children())
    return {"child": str(own[0])} if len(own) == 1 and own[0] else {}


def _subject(knowing: Knowing) -> Mapping[str, Any]:
    return subject_of(knowing.unit, knowing.subject_id)


def subject_of(unit_no: int, person_id: UUID | None) -> Mapping[str, Any]:
    """``subject.<word>`` of a person at a unit, with ``subject.class``; {} for nobody. Inside a door; two reads."""
    row = _one(SUBJECT_SQL, [unit_no, person_id]) if person_id else None
    if row is None:
        return {}
    classes = class_names.of_ids([row[1]]) if row[1] else {}
    return {
        "subject.name": row[0], "subject.class_id": str(row[1]) if row[1] else None, "subject.local_no": row[2] or None,
        "subject.sex": row[3] or None, "subject.class": classes[row[1]].name if row[1] in classes else None,
    }  # fmt: skip


def _school(knowing: Knowing) -> Mapping[str, Any]:
    row = _one(SCHOOL_SQL, [knowing.unit])
    return {"school.name": row[0], "school.identifier": row[1] or None} if row else {}


def _number(knowing: Knowing) -> Mapping[str, Any]:
    columns = ", ".join(NUMBERS)
    row = _one(f"select {columns} from unit_summary where unit_no = %s", [knowing.unit])
    return {f"number:{key}": value for key, value in zip(NUMBERS, row, strict=True)} if row else {}


def _today(_knowing: Knowing) -> Mapping[str, Any]:
    return {"today": scopes.current().today.isoformat()}


def _term(_knowing: Knowing) -> Mapping[str, Any]:
    return {"term": term_word(scopes.current().today)}


def term_word(day: date) -> str:
    """The term of a day: ``2026-2027 学年第一学期``."""
    year = Calendar().year_of(day)
    half = "一" if term_begin(day) == Calendar().begin_on(year) else "二"
    return f"{year.first}-{year.first + 1} 学年第{half}学期"


def _term_end(_knowing: Knowing) -> Mapping[str, Any]:
    return {"term_end": term_end(scopes.current().today).isoformat()}


def _school_year(_knowing: Knowing) -> Mapping[str, Any]:
    first = Calendar().year_of(scopes.current().today).first
    return {"school_year": f"{first}-{first + 1}"}


def _last(knowing: Knowing) -> Mapping[str, Any]:
    scope = scopes.current()
    if scope.person_id is None:
        return {}
    row = _one(LAST_SQL, [knowing.unit, knowing.scene, knowing.form, scope.person_id])
    told = msgspec.json.decode(row[0]) if row and isinstance(row[0], str) else row[0] if row else None
    return told if isinstance(told, dict) else {}


READERS: Mapping[str, Callable[[Knowing], Mapping[str, Any]]] = {
    "me": _me, "child": _child, "subject": _subject, "school": _school, "number": _number, "today": _today, "term": _term,
    "term_end": _term_end, "school_year": _school_year, "last": _last,
}  # fmt: skip


def may_name(person_id: UUID) -> bool:
    """Whether the acting role may begin something about a person: a pupil within reach, a colleague, or oneself."""
    scope = scopes.current()
    if person_id == scope.person_id:
        return True
    wanted = [str(person_id)]
    return bool(choosing.people(choosing.PUPIL, ids=wanted) or choosing.people(choosing.STAFF, ids=wanted))
