"""Finding a person, a class or a school within reach by what people type."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action, source
from jizuo.ground.errors import BadInput, Problem
from jizuo.hubs.data.codes import short_name_of, tables
from jizuo.hubs.organisation import class_names, matching
from jizuo.hubs.organisation.actions.people import check_hour
from jizuo.hubs.organisation.class_names import ClassView
from jizuo.hubs.organisation.importers import numbers
from jizuo.hubs.organisation.queries.people import CLASS_WALL, PUPIL_ROLES, TOP
from jizuo.plain import class_name, idnumber, pinyin
from jizuo.plain.class_name import ClassKey
from jizuo.plain.school_year import SCHEMES

MOST_PEOPLE = 30
#: Keys looked at for a role of many units: a single letter means thousands of people there.
MOST_KEYS = 300
MOST_ORGS = 12
_NUMBER = re.compile(r"[GJL]?\d{15}(\d{2}[\dX])?")
_LIKE_NUMBER = re.compile(r"(?=(?:.*\d){6})[A-Z0-9]{7,20}")


class PersonHit(msgspec.Struct, frozen=True):
    """A person found. is_exact: a key equals what was typed, not only begins with it."""

    affiliation_id: UUID
    name: str
    role: str
    sex: str
    base_no: str
    local_no: str
    class_name: str
    unit_name: str
    is_exact: bool


class OrgHit(msgspec.Struct, frozen=True):
    """A class or school found."""

    kind: str
    org_id: UUID | None
    unit_no: int
    name: str
    unit_name: str


class Found(msgspec.Struct, frozen=True):
    """What a search gives. is_more: more people than shown; may_be_number: it looks like a document number."""

    people: list[PersonHit]
    orgs: list[OrgHit]
    is_more: bool
    may_be_number: bool


KEYS = (
    "select k.kind, k.unit_no, k.ref_id, bool_or(k.key = %(key)s) as is_exact, min(k.key) as key from search_key k"
    ' where k.unit_no = any(%(units)s) and k.key collate "C" >= %(key)s and k.key collate "C" < %(end)s group by 1, 2, 3'
)
HITS = (
    "select k.kind, k.ref_id, k.unit_no, k.is_exact, u.short_name, a.name, a.role, a.sex, a.base_no, a.local_no,"
    " a.class_id from ({keys}) k join unit u on u.unit_no = k.unit_no"
    " left join affiliation a on k.kind = 'person' and a.unit_no = k.unit_no and a.id = k.ref_id"
    " where (k.kind = 'org' and {orgs}) or (a.end_on is null and a.id is not null{wall})"
    ' order by k.kind, k.is_exact desc, a.sort_key collate "C", k.key collate "C" limit %(most)s'
)


def is_number(text: str) -> bool:
    """True for what can only be a document number or 学籍号."""
    return _NUMBER.fullmatch(idnumber.normalise(text)) is not None


@source(title="检索", roles=PUPIL_ROLES, reach=PAGE)
def find(*, text: str) -> Found:
    """People by name, pinyin, initials, 基座号 or the beginning of the school's own number; classes and schools by
    name. At most 30 people and 12 others; those equal to `text` first. A full document number finds nothing here:
    `find_by_number` is the door for it. Empty for an empty text."""
    scope = scopes.current()
    key = pinyin.query_key(text[:60]).lower()
    if not key or is_number(text):
        return Found([], [], False, bool(key))
    is_class_role = scope.role in scopes.CLASS_ROLES
    keys = KEYS if is_class_role or len(scope.units) == 1 else f"{KEYS} order by 4 desc, 5 limit {MOST_KEYS}"
    own = "k.ref_id = any(%(orgs)s)" if is_class_role else "true"
    wall = f" and a.role = 'pupil' and {CLASS_WALL}" if is_class_role else ""
    given: dict[str, Any] = {
        "units": list(scope.units), "key": key, "end": key + TOP, "orgs": list(scope.org_ids), "today": scope.today,
        "most": MOST_PEOPLE + MOST_ORGS + 1,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(HITS.format(keys=keys, wall=wall, orgs=own), given)
        rows = cursor.fetchall()
    people = [row for row in rows if row[0] == "person"]
    org_ids = [row[1] for row in rows if row[0] == "org"]
    if len(scope.units) == 1 and not is_class_role:
        named = {one.org_id: one for one in class_names.of_units(scope.units)}
        orgs = [
            OrgHit("class", one.org_id, one.unit_no, one.name, "")
            for one in meant(text, list(named.values()))
        ]
    else:
        named = class_names.of_ids([*org_ids, *(row[10] for row in people if row[10])])
        orgs = schools(key) if not is_class_role else []
    known = {hit.org_id for hit in orgs}
    unit_of = {row[1]: row[4] for row in rows if row[0] == "org"}
    orgs += [
        OrgHit("class", one, named[one].unit_no, named[one].name, unit_of[one])
        for one in org_ids
        if one in named and one not in known and named[one].is_open
    ]
    hits = [_person(row, named) for row in people[:MOST_PEOPLE]]
    audit.counted(len(hits))
    may_be = _LIKE_NUMBER.fullmatch(idnumber.normalise(text)) is not None
    return Found(hits, orgs[:MOST_ORGS], len(people) > MOST_PEOPLE, may_be)


def _person(row: tuple, named: dict[UUID, ClassView]) -> PersonHit:
    _kind, ref_id, _unit, is_exact, unit_name, name, role, sex, base_no, local_no, class_id = row
    klass = named.get(class_id)
    return PersonHit(
        ref_id,
        name,
        role,
        short_name_of("sex", sex),
        base_no,
        local_no,
        klass.name if klass else "",
        unit_name,
        is_exact,
    )


def meant(text: str, classes: list[ClassView]) -> list[ClassView]:
    """The classes of one school that `text` means (三2, 3.2, 2024级2班) or whose shown name begins with it."""
    day = scopes.current().today
    of_key = {
        ClassKey(one.scheme, one.entry_year, one.class_no): one
        for one in classes
        if one.scheme in SCHEMES and one.entry_year and one.class_no
    }
    schemes = dict.fromkeys(key.scheme for key in of_key)
    keys = class_name.resolve(text, schemes, class_names.this_year(day), of_key.keys()) if of_key else []
    found = [of_key[key] for key in keys]
    begun = [
        one for one in classes if one.name.startswith(text) or (one.grade and one.grade.startswith(text))
    ]
    return list({one.org_id: one for one in [*found, *begun]}.values())


def schools(key: str) -> list[OrgHit]:
    """Schools in reach whose name, pinyin or initials begin with, or whose name holds, the key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no, name, short_name from unit where unit_no = any(%s) and unit_no > 0 and closed_on is null"
            ' order by sort_key collate "C"',
            [list(scopes.current().units)],
        )
        rows = cursor.fetchall()
    return [
        OrgHit("unit", None, unit_no, name, short)
        for unit_no, name, short in rows
        if key in name
        or any(one.startswith(key) for label in (name, short) for one in pinyin.search_keys(label))
    ][:MOST_ORGS]


@action(title="按证件号查找", roles=PUPIL_ROLES - {scopes.TEACHER}, reach=PAGE)
def find_by_number(*, number: str) -> UUID | None:
    """The affiliation in reach of the one who holds a full document number or 学籍号; None when nobody in reach
    does, whoever else may. Written down each time, at most 20 an hour. Raises BadInput for what is no number."""
    text = idnumber.normalise(number)
    if not (is_number(number) or _LIKE_NUMBER.fullmatch(text)):
        raise BadInput(
            _("这不是完整的证件号"),
            problems=[Problem(_("证件号"), _("要输入完整的号码"), _("不能只输一部分"))],
        )
    check_hour("organisation.find_by_number")
    if text[0] in "GJL" and is_number(number):
        kinds = [numbers.ROLL]
    else:
        kinds = [f"id:{code.code}" for code in tables()["id_document_type"]] + [numbers.ROLL]
    people = list(matching.holders([(kind, numbers.blind(kind, text)) for kind in kinds]).values())
    scope = scopes.current()
    wall = f" and a.role = 'pupil' and {CLASS_WALL}" if scope.role in scopes.CLASS_ROLES else ""
    given: dict[str, Any] = {"people": people, "orgs": list(scope.org_ids), "today": scope.today}
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.id, a.person_id from affiliation a where a.person_id = any(%(people)s)"
            f" and a.role in ('pupil', 'staff'){wall} order by a.end_on is not null, a.begin_on desc limit 1",
            given,
        )
        row = cursor.fetchone()
    if row is None:
        return None
    audit.disclose(["person_identifier.match"], [row[1]], 1)
    return row[0]
