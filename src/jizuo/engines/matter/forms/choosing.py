"""The people, classes and units that a field offers: exactly those that checking accepts from the acting role."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from jizuo.engines.matter.forms.asked import Asked
from jizuo.engines.matter.forms.kinds import is_uuid
from jizuo.ground import scope as scopes
from jizuo.ground.packs import reach
from jizuo.hubs.organisation import class_names
from jizuo.hubs.organisation.queries.people import CLASS_WALL, OFFICE_ROLES, PUPIL_ROLES, TOP
from jizuo.plain.pinyin import query_key

PUPIL, STAFF, CHILD = "pupil", "staff", "child"
#: Words of `of` for a field of each kind.
PEOPLE_OF, ORGS_OF, UNITS_OF = (PUPIL, STAFF, CHILD), ("class", "own_class"), ("school",)
MOST = 60
MOST_NAMED = 500

PEOPLE = """
select a.person_id, a.name, a.class_id, a.local_no, a.unit_no, a.sort_key from affiliation a
where a.unit_no = any(%(units)s) and a.role = %(role)s and a.end_on is null {wall}
order by a.sort_key collate "C", a.person_id limit %(most)s
"""
UNITS = """
select unit_no, coalesce(nullif(short_name, ''), name), kind from unit
where unit_no = any(%s) and unit_no > 0 and (closed_on is null or closed_on > %s) order by sort_key, unit_no
"""


class Choice(msgspec.Struct, frozen=True):
    """Something to choose. value: what is handed in; detail: tells two of one name apart."""

    value: str
    word: str
    detail: str = ""


def people(
    of: str,
    *,
    ids: Collection[str] | None = None,
    named: Collection[str] | None = None,
    text: str = "",
    after: str = "",
    most: int = MOST,
) -> list[tuple[Choice, str]]:
    """(person, key to go on after) of those whom the acting role may name: of a family its own children, of a class role its
    own pupils, of an office everybody of the unit. ids: these only; named: those of exactly these names or numbers. Inside a
    door; one or two reads."""
    scope = scopes.current()
    given: dict[str, Any] = {
        "units": [scope.unit_no], "role": STAFF if of == STAFF else PUPIL, "most": most, "orgs": list(scope.org_ids),
        "today": scope.today,
    }  # fmt: skip
    wall = ""
    if of == STAFF:
        if scope.role in scopes.FAMILY_ROLES:
            return []
    elif scope.role in scopes.FAMILY_ROLES:
        own = [scope.person_id] if scope.role == scopes.PUPIL else list(reach.children())
        if not own or own == [None]:
            return []
        wall, given["own"] = " and a.person_id = any(%(own)s)", own
    elif scope.role in scopes.CLASS_ROLES:
        wall = f" and {CLASS_WALL}"
    elif scope.role not in PUPIL_ROLES:
        return []
    if ids is not None:
        wanted = [UUID(one) for one in ids if is_uuid(one)]
        if not wanted:
            return []
        wall += " and a.person_id = any(%(ids)s)"
        given |= {"ids": wanted, "most": len(wanted)}
    if named is not None:
        wall += " and (a.name = any(%(named)s) or a.local_no = any(%(named)s))"
        given |= {"named": list(named), "most": MOST_NAMED}
    key = query_key(text[:60]).lower() if text else ""
    if key:
        wall += (
            " and a.id in (select r.ref_id from search_key r where r.unit_no = any(%(units)s)"
            ' and r.key collate "C" >= %(key)s and r.key collate "C" < %(end)s)'
        )
        given |= {"key": key, "end": key + TOP}
    if after:
        sort_key, _dot, person_id = after.rpartition(".")
        if is_uuid(person_id):
            wall += ' and (a.sort_key collate "C", a.person_id) > (%(sort)s, %(last)s)'
            given |= {"sort": sort_key, "last": UUID(person_id)}
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE.format(wall=wall), given)
        rows = cursor.fetchall()
    classes = class_names.of_ids(row[2] for row in rows if row[2]) if ids is None else {}
    return [
        (
            Choice(str(row[0]), row[1], " ".join(filter(None, (classes[row[2]].name if row[2] in classes else "", row[3])))),
            f"{row[5]}.{row[0]}",
        )
        for row in rows
    ]  # fmt: skip


def orgs(of: str) -> list[Choice]:
    """The classes that the acting role may name: ``own_class`` its own, ``class`` all open ones of the unit, of a family
    those of its children. Inside a door; at most two reads."""
    scope = scopes.current()
    if scope.role in scopes.FAMILY_ROLES:
        own = [scope.person_id] if scope.role == scopes.PUPIL else list(reach.children())
        with connection.cursor() as cursor:
            cursor.execute(
                "select distinct class_id from affiliation where unit_no = %s and role = 'pupil' and end_on is null"
                " and class_id is not null and person_id = any(%s)",
                [scope.unit_no, [one for one in own if one]],
            )
            found = list(class_names.of_ids(row[0] for row in cursor.fetchall()).values())
    elif of == "own_class" and scope.role not in OFFICE_ROLES:
        found = list(class_names.of_ids(class_names.own_classes(scope.org_ids)).values())
    else:
        found = class_names.of_units([scope.unit_no])
    return [
        Choice(str(one.org_id), one.name) for one in sorted(found, key=lambda one: one.order) if one.is_open
    ]


def units(of: str = "school") -> list[Choice]:
    """The open units in reach: schools only, unless another word is given. Inside a door; one read."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(UNITS, [list(scope.units), scope.today])
        return [
            Choice(str(unit_no), name)
            for unit_no, name, kind in cursor.fetchall()
            if of != "school" or kind == "school"
        ]


def named_in(fields: Iterable[Asked], data: Mapping[str, Any]) -> dict[str, dict[str, set[str]]]:
    """kind group (people, orgs, units, files) -> `of` word -> what the answers name; tables looked into."""
    found: dict[str, dict[str, set[str]]] = {"people": {}, "orgs": {}, "units": {}, "files": {}}
    groups = {
        "person": ("people", PUPIL), "people": ("people", PUPIL), "org": ("orgs", "class"), "orgs": ("orgs", "class"),
        "unit": ("units", "school"), "units": ("units", "school"), "file": ("files", ""), "photo": ("files", ""),
        "signature": ("files", ""),
    }  # fmt: skip
    for one in fields:
        value = data.get(one.key) if isinstance(data, Mapping) else None
        if one.kind == "table" and isinstance(value, list):
            for row in value[:200]:
                if isinstance(row, Mapping):
                    for group, words in named_in(one.columns, row).items():
                        for word, ids in words.items():
                            found[group].setdefault(word, set()).update(ids)
        elif one.kind in groups:
            group, usual = groups[one.kind]
            word = one.field.of or usual if group != "files" else ""
            told = value if isinstance(value, list | tuple) else [value]
            ids = {str(each.get("id") if isinstance(each, Mapping) else each) for each in told[:500] if each}
            if ids:
                found[group].setdefault(word, set()).update(ids)
    return found
