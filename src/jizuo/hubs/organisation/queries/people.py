"""Lists of pupils and staff, and everything held of one person, as far as the acting role may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.pages.asks import Ask
from jizuo.ground.queries import AuditView, who_looked
from jizuo.hubs.data import datasets, owners
from jizuo.hubs.data.codes import name_of, short_name_of
from jizuo.hubs.data.queries.corrections import Ticket, corrections_of
from jizuo.hubs.organisation import class_names, masks
from jizuo.hubs.organisation.class_names import ClassView
from jizuo.hubs.organisation.queries import person_row
from jizuo.hubs.organisation.queries.family import in_words, number_title
from jizuo.plain.pinyin import query_key

OFFICE_ROLES = frozenset({scopes.CLERK, scopes.HEAD, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD})
PUPIL_ROLES = OFFICE_ROLES | scopes.CLASS_ROLES
MOST_EXPORTED = 6_000
TOP = "\U0010ffff"

#: A class role sees the pupils of its classes, and those who attend one of its sections.
CLASS_WALL = (
    "(a.class_id = any(array(select case when o.kind = 'section' and o.parent_id is not null then o.parent_id else o.id"
    " end from org o where o.id = any(%(orgs)s))) or exists (select 1 from enrolment e where e.unit_no = a.unit_no"
    " and e.affiliation_id = a.id and e.role = 'pupil' and e.org_id = any(%(orgs)s)"
    " and (e.end_on is null or e.end_on > %(today)s)))"
)
#: The guardians that count today: none with a court's word against contact, none whose right has ended.
GUARDIANS = (
    "guardian_of k join person g on g.id = k.guardian_id where k.child_id = a.person_id and not k.is_no_contact"
    " and (k.end_on is null or k.end_on > %(today)s)"
)
PHONE = (
    " left join lateral (select g.id as guardian_id, g.name as guardian, k.relation, {phone} as phone from "
    + GUARDIANS
    + " order by k.emergency_order nulls last, k.is_legal desc, g.id limit 1) f on true"
)
#: The mask of a phone is part of the SELECT: what is not open never leaves the database.
MASKED_PHONE = "case when g.phone = '' then '' else left(g.phone, 3) || '****' || right(g.phone, 4) end"
MASKED_OWN = MASKED_PHONE.replace("g.phone", "p.phone")


class PupilLine(msgspec.Struct, frozen=True):
    """A pupil in a list. phone: of the first guardian, masked unless the role's duty opens it, '' when the column
    was not asked for."""

    id: UUID
    person_id: UUID
    unit_no: int
    name: str
    sort_key: str
    sex: str
    base_no: str
    local_no: str
    seat_no: int | None
    class_id: UUID | None
    is_registered: bool
    is_present: bool
    status: str
    attendance: str
    entry_year: int | None
    guardian_id: UUID | None
    guardian: str
    relation: str
    phone: str
    total: int
    class_name: str = ""
    grade: str = ""
    unit_name: str = ""


class StaffLine(msgspec.Struct, frozen=True):
    """A staff member in a list. phone: own, masked unless open."""

    id: UUID
    person_id: UUID
    unit_no: int
    name: str
    sort_key: str
    sex: str
    base_no: str
    local_no: str
    is_registered: bool
    is_present: bool
    establishment: str
    post_kind: str
    title: str
    duty: str
    subject: str
    is_full_time: bool
    weekly_lessons: float | None
    phone: str
    total: int
    unit_name: str = ""


class Listed(msgspec.Struct, frozen=True):
    """A page of a list. rows: `ask.size` + 1 at most, in reading direction; classes: what a filter offers."""

    rows: list[Any]
    total: int
    classes: list[ClassView]
    units: list[tuple[int, str]]


def wall(role: str, reader: scopes.Scope | None = None) -> str:
    """The Python wall of `reader` (by default the acting role) over ``affiliation a`` of a list."""
    scope = reader or scopes.current()
    if scope.role in scopes.CLASS_ROLES:
        return f" and {CLASS_WALL}" if role == "pupil" else " and false"
    return ""


def within(role: str) -> str:
    """The Python wall of an acting role over ``affiliation a`` of one person: a class role meets its own pupils."""
    if role in scopes.CLASS_ROLES:
        return f" and a.role = 'pupil' and a.end_on is null and {CLASS_WALL}"
    return ""


def shown_fields(kind: str) -> list[tuple[str, datasets.Field]]:
    """(dataset, field) of everything that the page of a pupil or staff member shows, open or masked."""
    return [
        (name, field)
        for name in ("person", "affiliation", kind)
        for key, field in datasets.get(name).fields.items()
        if key not in UNTOLD and not (name == "affiliation" and key in TOLD_ONCE)
    ]


def _order(ask: Ask, columns: Mapping[str, str]) -> tuple[str, str, dict[str, Any]]:
    """(condition, order, values) of the cursor in `ask`: sort value, then id, byte by byte."""
    column = columns[ask.sort]
    cursor = ask.before or ask.after
    is_falling = ask.is_descending != (ask.before is not None)
    way = "desc" if is_falling else "asc"
    order = f" order by {column} {way}, a.id {way}"
    if cursor is None:
        return "", order, {}
    try:
        edge = UUID(cursor[1])
    except ValueError:
        raise BadInput(
            _("表格的地址有误"), problems=[Problem("after", _("翻页的位置读不出来"), _("请回到第一页再翻"))]
        ) from None
    step = "<" if is_falling else ">"
    return (
        f" and ({column}, a.id) {step} (%(edge)s, %(edge_id)s)",
        order,
        {
            "edge": str(cursor[0]),
            "edge_id": edge,
        },
    )


def _found_by(text: str) -> tuple[str, dict[str, Any]]:
    if not text:
        return "", {}
    key = query_key(text).lower()
    return (
        " and a.id in (select r.ref_id from search_key r where r.unit_no = any(%(units)s)"
        ' and r.key collate "C" >= %(key)s and r.key collate "C" < %(key_end)s)',
        {"key": key, "key_end": key + TOP},
    )


def _units(ask: Ask) -> list[int]:
    scope = scopes.current()
    wanted = ask.filters.get("unit", "")
    return [int(wanted)] if wanted.isdecimal() and int(wanted) in scope.units else list(scope.units)


YES_NO = {"yes": True, "no": False}
SORTS = {"name": 'a.sort_key collate "C"', "local_no": 'a.local_no collate "C"'}


def _pupil_filter(ask: Ask, classes: list[ClassView]) -> tuple[str, dict[str, Any]]:
    told, text = ask.filters, ""
    given: dict[str, Any] = {}
    if "class" in told:
        text += " and a.class_id = %(class)s"
        given["class"] = UUID(told["class"])
    if "grade" in told:
        text += " and a.class_id = any(%(grade)s)"
        given["grade"] = [one.org_id for one in classes if one.grade_key == told["grade"]]
    for key, column in (("registered", "is_registered"), ("present", "is_present")):
        if key in told:
            text += f" and a.{column} = %({key})s"
            given[key] = YES_NO[told[key]]
    if "sex" in told:
        text += " and a.sex = %(sex)s"
        given["sex"] = told["sex"]
    for key in ("status", "attendance"):
        if key in told:
            text += f" and q.{key} = %({key})s"
            given[key] = told[key]
    if "missing" in told:
        has_phone = " and g.phone <> ''" if told["missing"] == "phone" else ""
        text += f" and not exists (select 1 from {GUARDIANS}{has_phone})"
    return text, given


@source(title="学生名单", roles=PUPIL_ROLES, reach=PAGE)
def pupil_list(*, ask: Ask, classes: list[ClassView], with_phone: bool = False) -> list[PupilLine]:
    """Pupils who are at the units in reach now, at most `ask.size` + 1 from the cursor of `ask` on; each row
    carries the total. with_phone: the first guardian too, in clear where the role's duty opens it; that is
    written down as a disclosure. classes: those whose names are to be shown."""
    scope = scopes.current()
    is_open = masks.opens_phones(scope.role)
    text, given = _pupil_filter(ask, classes)
    found, keys = _found_by(ask.text)
    cursor_text, order, edge = _order(ask, SORTS)
    given |= keys | edge
    given |= {"units": _units(ask), "orgs": list(scope.org_ids), "today": scope.today, "most": ask.size + 1}
    tables = " from affiliation a left join pupil q on q.unit_no = a.unit_no and q.id = a.id"
    counted = tables if " q." in text else " from affiliation a"
    where = f" where a.role = 'pupil' and a.end_on is null and a.unit_no = any(%(units)s){wall('pupil')}{text}{found}"
    phone = PHONE.format(phone="g.phone" if is_open else MASKED_PHONE) if with_phone else ""
    extra = "f.guardian_id, f.guardian, f.relation, f.phone" if with_phone else "null::uuid, '', '', ''"
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.id, a.person_id, a.unit_no, a.name, a.sort_key, a.sex, a.base_no, a.local_no, a.seat_no,"
            " a.class_id, a.is_registered, a.is_present, coalesce(q.status, ''), coalesce(q.attendance, ''),"
            f" q.entry_year, {extra}, (select count(*){counted}{where}){tables}{phone}{where}{cursor_text}{order}"
            " limit %(most)s",
            given,
        )
        rows = cursor.fetchall()
    named = {one.org_id: one for one in classes}
    lines = [_pupil(row, named) for row in rows]
    told = lines[: ask.size]
    if with_phone and is_open and any(line.phone for line in told):
        audit.disclose(
            ["name", "phone"],
            [one for line in told for one in (line.person_id, line.guardian_id) if one],
            len(told),
        )
    else:
        audit.counted(len(told))
    return lines


def _pupil(row: tuple[Any, ...], named: Mapping[UUID, ClassView]) -> PupilLine:
    klass = named.get(row[9]) if row[9] else None
    words = [name_of("student_status", row[12]), name_of("attendance", row[13])]
    family = [row[15], row[16] or "", name_of("family_relation", row[17] or ""), row[18] or ""]
    told = [
        *row[:5], short_name_of("sex", row[5]), *row[6:12], *words, row[14], *family, row[19],
        klass.name if klass else "", klass.grade if klass else "",
    ]  # fmt: skip
    return PupilLine(*told)


def _staff(row: tuple[Any, ...]) -> StaffLine:
    told = [
        *row[:5], short_name_of("sex", row[5]), *row[6:10], name_of("staffing", row[10]), name_of("post", row[11]),
        name_of("title", row[12]), row[13], name_of("subject", row[14]), *row[15:],
    ]  # fmt: skip
    return StaffLine(*told)


@source(title="名单里的班级", roles=PUPIL_ROLES, reach=PAGE)
def classes_in_reach(*, unit_no: int | None = None) -> list[ClassView]:
    """The open classes that a list may be narrowed to: of the acting unit (or `unit_no` in reach), or the classes of
    a class role. Empty for many units at once."""
    scope = scopes.current()
    if scope.role in scopes.CLASS_ROLES:
        found = class_names.of_ids(class_names.own_classes(scope.org_ids)).values()
        return sorted((one for one in found if one.is_open), key=lambda one: one.order)
    wanted = unit_no if unit_no in scope.units else scope.unit_no
    return class_names.of_units([wanted]) if len(scope.units) == 1 or unit_no else []


@source(title="教职工名单", roles=OFFICE_ROLES, reach=PAGE)
def staff_list(*, ask: Ask, with_phone: bool = False) -> list[StaffLine]:
    """Staff who are at the units in reach now, as `pupil_list`."""
    scope = scopes.current()
    is_open = masks.opens_phones(scope.role)
    told, text = ask.filters, ""
    given: dict[str, Any] = {"units": _units(ask), "most": ask.size + 1}
    columns = {
        "registered": "a.is_registered",
        "present": "a.is_present",
        "full_time": "s.is_full_time_teacher",
    }
    for key, column in columns.items():
        if key in told:
            text += f" and coalesce({column}, false) = %({key})s"
            given[key] = YES_NO[told[key]]
    for key, column in {
        "sex": "a.sex", "establishment": "s.establishment", "post": "s.post_kind", "title": "s.title",
        "subject": "s.subject_code",
    }.items():  # fmt: skip
        if key in told:
            text += f" and {column} = %({key})s"
            given[key] = told[key]
    found, keys = _found_by(ask.text)
    cursor_text, order, edge = _order(ask, SORTS)
    given |= keys | edge
    tables = " from affiliation a left join staff s on s.unit_no = a.unit_no and s.id = a.id"
    counted = tables if "s." in text else " from affiliation a"
    person = " join person p on p.id = a.person_id" if with_phone else ""
    phone = ("p.phone" if is_open else MASKED_OWN) if with_phone else "''"
    where = f" where a.role = 'staff' and a.end_on is null and a.unit_no = any(%(units)s){wall('staff')}{text}{found}"
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.id, a.person_id, a.unit_no, a.name, a.sort_key, a.sex, a.base_no, a.local_no, a.is_registered,"
            " a.is_present, coalesce(s.establishment, ''), coalesce(s.post_kind, ''), coalesce(s.title, ''),"
            " coalesce(s.duty, ''), coalesce(s.subject_code, ''), coalesce(s.is_full_time_teacher, false),"
            f" s.weekly_lessons::float, {phone}, (select count(*){counted}{where}){tables}{person}{where}"
            f"{cursor_text}{order} limit %(most)s",
            given,
        )
        rows = cursor.fetchall()
    lines = [_staff(row) for row in rows]
    shown = lines[: ask.size]
    if with_phone and is_open and any(line.phone for line in shown):
        audit.disclose(["name", "phone"], [line.person_id for line in shown], len(shown))
    else:
        audit.counted(len(shown))
    return lines


class Value(msgspec.Struct, frozen=True):
    """One field held of a person. value: in words, masked unless open; others: what other sources say."""

    dataset: str
    key: str
    title: str
    value: str
    owner: str
    grade: int
    since: datetime | None
    sources: list[str]
    others: list[tuple[str, str]]


class Number(msgspec.Struct, frozen=True):
    """A document number by its last four."""

    identifier_id: UUID
    title: str
    tail: str

    @property
    def key(self) -> str:
        return str(self.identifier_id)


class Adult(msgspec.Struct, frozen=True):
    """A guardian with the rights the school and the family agreed. words: the rights that hold; phone masked
    unless open."""

    person_id: UUID
    name: str
    relation: str
    phone: str
    words: list[str]
    is_no_contact: bool


class Place(msgspec.Struct, frozen=True):
    """One affiliation of the person in reach."""

    affiliation_id: UUID
    unit_name: str
    role: str
    begin_on: date
    end_on: date | None
    is_registered: bool
    is_present: bool
    posts: list[str]


class Lesson(msgspec.Struct, frozen=True):
    """What a staff member teaches: class, subject, or the homeroom."""

    org_id: UUID
    name: str
    subject: str
    is_homeroom: bool


class PersonView(msgspec.Struct, frozen=True):
    """Everything held of a person at one unit, as far as the role sees it."""

    affiliation_id: UUID
    person_id: UUID
    unit_no: int
    unit_name: str
    role: str
    name: str
    base_no: str
    class_id: UUID | None
    class_name: str
    values: list[Value]
    numbers: list[Number]
    adults: list[Adult]
    places: list[Place]
    lessons: list[Lesson]
    asked: list[Ticket]
    is_ended: bool


#: Columns for the house's own work, and what the head of the page says already.
UNTOLD = frozenset(
    {"person_id", "sort_key", "source_id", "merged_into", "class_id", "posts", "role", "is_primary", "end_on",
     "end_reason", "home_unit_no", "begin_on"}
)  # fmt: skip
TOLD_ONCE = frozenset({"name", "sex", "base_no"})
RIGHTS = (
    ("is_legal", gettext_lazy("法定监护")), ("lives_with", gettext_lazy("共同生活")),
    ("may_pick_up", gettext_lazy("可接送")), ("may_view", gettext_lazy("可查看")), ("may_sign", gettext_lazy("可代签")),
    ("gets_notice", gettext_lazy("接收通知")), ("is_entrusted", gettext_lazy("委托照护")),
)  # fmt: skip


@source(title="一个人的资料", roles=PUPIL_ROLES, reach=PAGE)
def person_view(*, affiliation_id: UUID) -> PersonView:
    """A pupil or staff member of a unit in reach. What the role's duty does not open is masked; what it opens at
    grade 3 and up is written down as given away. Raises NotFound for who is out of reach."""
    scope = scopes.current()
    text = person_row.statement(scope.role) + within(scope.role)
    given: dict[str, Any] = {
        "id": affiliation_id, "today": scope.today, "orgs": list(scope.org_ids), "told": person_row.told(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有找到这个人"), fix=_("可能已经离开，或不在您的范围内"))
    read = [msgspec.json.decode(one) if isinstance(one, str) else one for one in (row[0], *row[2:10])]
    affiliation, person, pupil, staff, numbers, adults, claims, places, lessons = read
    rows = {"person": person, "affiliation": affiliation, "pupil": pupil or {}, "staff": staff or {}}
    said = _said(claims)
    ownerships = {name: owners.of(name) for name in rows if datasets.get(name).is_master}
    values, opened = [], set()
    for name, field in shown_fields(affiliation["role"]):
        title = field.word_of(affiliation["role"])
        owner = (
            ownerships[name].owner(field.key, affiliation["unit_no"]) if name in ownerships else field.owner
        )
        value = _value(name, field, title, owner, rows[name], said.get((name, field.key), []), scope.role)
        values.append(value)
        if field.grade >= datasets.PERSONAL and value.value and masks.is_open(field, scope.role):
            opened.add(field.key)
    orgs = [UUID(one[0]) for one in lessons] + (
        [UUID(affiliation["class_id"])] if affiliation["class_id"] else []
    )
    named = class_names.of_ids(orgs)
    shown_adults = [_adult(one) for one in adults] if affiliation["role"] == "pupil" else []
    subjects = [UUID(affiliation["person_id"])]
    if masks.opens_phones(scope.role):
        opened.update({"guardian.phone"} if any(one.phone for one in shown_adults) else ())
        subjects += [one.person_id for one in shown_adults if one.phone]
    audit.disclose(opened, subjects, 1)
    klass = named.get(UUID(affiliation["class_id"])) if affiliation["class_id"] else None
    return PersonView(
        affiliation_id=affiliation_id,
        person_id=subjects[0],
        unit_no=affiliation["unit_no"],
        unit_name=row[1],
        role=affiliation["role"],
        name=affiliation["name"],
        base_no=affiliation["base_no"],
        class_id=UUID(affiliation["class_id"]) if affiliation["class_id"] else None,
        class_name=klass.name if klass else "",
        values=values,
        numbers=[Number(UUID(one), number_title(kind), tail) for one, kind, tail in numbers],
        adults=shown_adults,
        places=[
            Place(UUID(one[0]), one[1], one[2], _day(one[3]), _day(one[4]) if one[4] else None, *one[5:])
            for one in places
        ],
        lessons=[
            Lesson(
                UUID(org), named[UUID(org)].name if UUID(org) in named else "", name_of("subject", code),
                role == "homeroom_teacher",
            )
            for org, code, role in lessons
        ],
        asked=corrections_of(subject_id=subjects[0]),
        is_ended=row[10],
    )  # fmt: skip


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _said(claims: list[Any]) -> dict[tuple[str, str], list[tuple[str, Any, str]]]:
    """(dataset, field) -> [(source, value, when)], oldest first."""
    found: dict[tuple[str, str], list[tuple[str, Any, str]]] = {}
    for dataset, source_, fields, at in claims:
        for key, value in fields.items():
            found.setdefault((dataset, key), []).append((source_, value, at))
    return found


def _value(
    name: str,
    field: datasets.Field,
    title: str,
    owner: str,
    row: Mapping[str, Any],
    said: list[tuple[str, Any, str]],
    role: str,
) -> Value:
    raw = row.get(field.key)
    if masks.is_open(field, role):
        told = [(one, in_words(field, value), at, not _differs(value, raw)) for one, value, at in said]
        held = in_words(field, raw)
    else:
        told = [(one, value["shown"] or "", at, value["same"]) for one, value, at in said]
        held = raw or ""
    others = [(one, shown) for one, shown, _at, is_same in told if shown and not is_same]
    agreeing = [at for _one, _shown, at, is_same in told if is_same]
    since = datetime.fromisoformat(agreeing[0]) if agreeing else None
    # Whose word it is stands in the row, also where the claim itself is another unit's.
    holder = (row.get("held_by") or {}).get(field.key)
    agree = sorted({one for one, _shown, _at, is_same in told if is_same} - {holder})
    sources = [holder, *agree] if holder else agree
    return Value(name, field.key, title, held, owner, field.grade, since, sources, others)


def _differs(said: Any, held: Any) -> bool:
    """True when a claim is not the held value; booleans and numbers come back from claims as text."""
    plain = {"t": "true", "f": "false"}
    left, right = ("" if one is None else str(one).lower() for one in (said, held))
    return plain.get(left, left) != plain.get(right, right)


def _adult(told: Mapping[str, Any]) -> Adult:
    words = [str(word) for key, word in RIGHTS if told[key]]
    return Adult(
        UUID(told["guardian_id"]), told["name"], name_of("family_relation", told["relation"]),
        told["phone"], words, told["is_no_contact"],
    )  # fmt: skip


class Past(msgspec.Struct, frozen=True):
    """One field that changed: old to new, when, by which door and whom ('' for an import or the base)."""

    at: datetime
    title: str
    old: str
    new: str
    door: str
    batch_id: UUID | None
    who: str


HISTORY = " union all ".join(
    f"select '{name}', h.row_id, h.old::text, h.valid_to, h.door, h.batch_id, coalesce(c.display_name, ''),"
    f" (select to_jsonb(t.*)::text from {name} t where t.id = h.row_id)"
    f" from {name}_history h left join acting_grant g on g.no = h.grant_no left join account c on c.id = g.account_id"
    f" where h.row_id = %({key})s and h.op = 'U'"
    for name, key in (("affiliation", "id"), ("person", "person"), ("pupil", "id"), ("staff", "id"))
)


@source(title="一个人的变更", roles=PUPIL_ROLES, reach=PAGE)
def person_history(*, affiliation_id: UUID) -> list[Past]:
    """Fields that changed, newest first, at most 200; what is not open to the role is masked. Raises NotFound."""
    person_id = reachable(affiliation_id)
    role = scopes.current().role
    with connection.cursor() as cursor:
        cursor.execute("select role from affiliation where id = %s", [affiliation_id])
        (kind,) = cursor.fetchone()
        cursor.execute(f"{HISTORY} order by 4 desc limit 200", {"id": affiliation_id, "person": person_id})
        rows = cursor.fetchall()
    newer: dict[str, dict[str, Any]] = {}
    found = []
    for name, _row, old, at, door, batch_id, who, now in rows:
        was = msgspec.json.decode(old)
        after = newer.get(name) or (msgspec.json.decode(now) if now else {})
        newer[name] = was
        for key, field in datasets.get(name).fields.items():
            if key in UNTOLD - {"class_id", "end_on"} or was.get(key) == after.get(key) or field.kind == "id":
                continue
            before, then = in_words(field, was.get(key)), in_words(field, after.get(key))
            if not masks.is_open(field, role):
                before, then = masks.masked(field, before), masks.masked(field, then)
            found.append(Past(at, field.word_of(str(kind)), before, then, door or "", batch_id, who))
    audit.disclose({"history"} if found else (), [person_id], 1)
    return found


@source(title="谁看过这个人", roles=OFFICE_ROLES | {scopes.HOMEROOM_TEACHER}, reach=PAGE)
def person_looks(*, affiliation_id: UUID) -> list[AuditView]:
    """Who was given this person's data, newest first, at most 50. Raises NotFound."""
    return who_looked(person_id=reachable(affiliation_id), limit=50)


def reachable(affiliation_id: UUID) -> UUID:
    """The person behind an affiliation the acting role reaches. Inside a door only. Raises NotFound."""
    scope = scopes.current()
    text = "select a.person_id from affiliation a where a.id = %(id)s and a.role in ('pupil', 'staff')"
    text += within(scope.role)
    with connection.cursor() as cursor:
        cursor.execute(text, {"id": affiliation_id, "today": scope.today, "orgs": list(scope.org_ids)})
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有找到这个人"), fix=_("可能已经离开，或不在您的范围内"))
    return row[0]
