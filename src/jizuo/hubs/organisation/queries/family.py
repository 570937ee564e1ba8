"""What a pupil and a guardian see: the child, class and teachers, what the base holds, who looked.

A guardian sees only the children of the acting role, and only while the guardianship lets her: one who may not view,
or may have no contact, sees nothing whatever a grant says. What could tell separated parents of each other stays away:
no phone of another adult, and no address or phone of the child for one who does not live with the child.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.ground.packs.blocks import portal
from jizuo.ground.pages.parts import Tile, Todo
from jizuo.ground.queries import AuditView, who_looked
from jizuo.hubs.data import datasets, owners
from jizuo.hubs.data.codes import name_of, tables
from jizuo.hubs.organisation import class_names, todos

#: The children of the acting role; of a guardian those only whose tie lets her look now.
CHILDREN = """
select a.person_id, a.id, a.name, a.base_no, a.unit_no, u.name, a.class_id, a.seat_no, a.local_no,
       a.is_registered, a.is_present, coalesce(k.lives_with, true)
from affiliation a join unit u using (unit_no)
left join guardian_of k on k.child_id = a.person_id and k.guardian_id = %(guardian)s and k.may_view
  and not k.is_no_contact and (k.begin_on is null or k.begin_on <= %(today)s) and (k.end_on is null or k.end_on > %(today)s)
where a.person_id = any(%(children)s) and a.unit_no = %(unit)s and a.role = 'pupil' and a.end_on is null
  and (%(is_self)s or k.id is not null)
order by a.person_id
"""
TEACHERS = """
select t.name, e.role, e.subject_code, e.is_primary
from org o join enrolment e on e.unit_no = o.unit_no and e.org_id = o.id
join affiliation t on t.unit_no = e.unit_no and t.id = e.affiliation_id
where o.unit_no = %(unit)s and (o.id = %(class)s or o.parent_id = %(class)s)
  and e.role in ('teacher', 'homeroom_teacher') and (e.end_on is null or e.end_on > %(today)s) and t.end_on is null
order by e.role <> 'homeroom_teacher', e.subject_code, t.sort_key collate "C"
"""
ADULTS = """
select p.id, p.name, k.relation, k.is_legal, k.may_pick_up, k.is_entrusted, p.phone
from guardian_of k join person p on p.id = k.guardian_id
where k.child_id = %(child)s and not k.is_no_contact and (k.end_on is null or k.end_on > %(today)s)
order by k.emergency_order nulls last, p.id
"""
HELD = """
select to_jsonb(p.*)::text, to_jsonb(q.*)::text,
       to_jsonb(a.*)::text, (select coalesce(jsonb_agg(jsonb_build_array(i.kind, i.tail) order by i.kind), '[]')::text
                             from person_identifier i where i.person_id = p.id),
       (select coalesce(jsonb_agg(jsonb_build_array(c.dataset, c.source, c.fields, c.said_at)), '[]')::text from claim c
        where c.record_id in (p.id, a.id))
from affiliation a join person p on p.id = a.person_id
left join pupil q on q.unit_no = a.unit_no and q.id = a.id
where a.id = %(affiliation)s
"""
#: Fields that would tell one parent where the other lives or how to reach the other.
HOME_FIELDS = frozenset(
    {"phone", "email", "address", "household_place", "household_kind", "household_division", "postal_address", "postcode",
     "commute", "commute_km"}
)  # fmt: skip
#: Columns for the house's own work, no facts about a person.
HOUSE_FIELDS = frozenset(
    {"person_id", "sort_key", "source_id", "merged_into", "class_id", "posts", "role", "is_primary", "name_reading",
     "end_on", "end_reason"}
)  # fmt: skip
#: A field that stands in two datasets is told once.
TOLD_ONCE = frozenset({"name", "sex", "base_no"})


class Child(msgspec.Struct, frozen=True):
    """A child as the family sees her. lives_with: the looking guardian lives with the child (a pupil: true)."""

    person_id: UUID
    affiliation_id: UUID
    name: str
    base_no: str
    unit_no: int
    unit_name: str
    class_id: UUID | None
    seat_no: int | None
    local_no: str
    is_registered: bool
    is_present: bool
    class_name: str
    lives_with: bool = True


class Teacher(msgspec.Struct, frozen=True):
    """A teacher of the class: name and what she teaches, nothing to reach her by."""

    name: str
    is_homeroom: bool
    subjects: tuple[str, ...]


class Adult(msgspec.Struct, frozen=True):
    """An adult of the child. phone: masked, and only the looking guardian's own."""

    name: str
    relation: str
    is_legal: bool
    may_pick_up: bool
    is_entrusted: bool
    is_me: bool
    phone: str


class Family(msgspec.Struct, frozen=True):
    """The start of a family: the children of the acting role, one of them chosen with class, teachers and adults.

    looked: how often each role looked at the child's data in the last 7 days. told: what rooms above say waits; tiles:
    what scenes let the family begin.
    """

    children: list[Child]
    child: Child
    teachers: list[Teacher]
    adults: list[Adult]
    looked: dict[str, int]
    fields: int
    told: list[Todo]
    tiles: list[Tile]


class Known(msgspec.Struct, frozen=True):
    """One field that the base holds. value: in words, '' when not held; grade 1-5; owner: the source of record;
    sources: who said it; said_at: the last time anybody said it."""

    dataset: str
    key: str
    title: str
    value: str
    grade: int
    owner: str
    sources: tuple[str, ...]
    said_at: datetime | None


class Held(msgspec.Struct, frozen=True):
    """Everything the base holds of a child, by dataset. hidden: fields kept from this guardian for the other's sake."""

    child: Child
    known: list[Known]
    hidden: int


def children(reader: scopes.Scope | None = None) -> list[Child]:
    """The children that `reader` (by default the acting role) may see now, inside a door. Raises NotFound when there is
    none."""
    scope = reader or scopes.current()
    is_self = scope.role == scopes.PUPIL
    wanted = [scope.person_id] if is_self else list(scope.child_ids)
    given = {
        "guardian": None if is_self else scope.person_id, "children": wanted, "unit": scope.unit_no,
        "today": scope.today, "is_self": is_self,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CHILDREN, given)
        rows = cursor.fetchall()
    if not rows:
        raise NotFound(_("这个身份下现在没有孩子"), fix=_("孩子可能已经转学或毕业；如有疑问请联系班主任"))
    named = class_names.of_ids([row[6] for row in rows])
    told: list[list[Any]] = [
        [*row[:11], named[row[6]].name if row[6] in named else "", row[11]] for row in rows
    ]
    return [Child(*one) for one in told]


def chosen(found: list[Child], child_id: UUID | None) -> Child:
    """The child asked for, or the first. Raises NotFound for one who is not the family's."""
    if child_id is None:
        return found[0]
    for child in found:
        if child.person_id == child_id:
            return child
    raise NotFound(_("没有这个孩子"))


@source(title="我的孩子", roles=scopes.FAMILY_ROLES, reach=PAGE)
def family(*, child_id: UUID | None = None) -> Family:
    """The start of a pupil or guardian. Raises NotFound."""
    scope = scopes.current()
    found = children()
    child = chosen(found, child_id)
    with connection.cursor() as cursor:
        taught: dict[tuple[str, bool], list[str]] = {}
        if child.class_id:
            cursor.execute(TEACHERS, {"unit": scope.unit_no, "class": child.class_id, "today": scope.today})
            for name, role, subject, _primary in cursor.fetchall():
                subjects = taught.setdefault((name, role == "homeroom_teacher"), [])
                word = name_of("subject", subject)
                if word and word not in subjects:
                    subjects.append(word)
        cursor.execute(ADULTS, {"child": child.person_id, "today": scope.today})
        adults = [adult(row, scope.person_id) for row in cursor.fetchall()]
        cursor.execute(
            "select e.role, count(*) from audit_subject s join audit_entry e on e.id = s.entry_id and e.at = s.at"
            " where s.subject_id = %s and s.at > now() - interval '7 days' group by 1 order by 2 desc",
            [child.person_id],
        )
        looked = {role: count for role, count in cursor.fetchall() if role not in scopes.FAMILY_ROLES}
    teachers = [Teacher(name, is_homeroom, tuple(words)) for (name, is_homeroom), words in taught.items()]
    audit.counted(1)
    fields = len(told_fields(child))
    tiles = portal.tiles(portal.offers())
    return Family(found, child, teachers, adults, looked, fields, todos.gather(), tiles)


@source(title="这个孩子的待办数", roles=[scopes.GUARDIAN], reach=PAGE)
def child_waits() -> int:
    """How many things wait for the child of the acting role. Raises NotFound when the tie does not let her look now."""
    children()
    return sum(todo.count for todo in todos.gather())


def adult(row: tuple[Any, ...], me: UUID | None) -> Adult:
    """A guardian's row; only one's own phone, and only its end."""
    person_id, name, relation, is_legal, may_pick_up, is_entrusted, phone = row
    is_me = person_id == me
    shown = f"＊＊＊{phone[-4:]}" if is_me and phone else ""
    return Adult(
        name, name_of("family_relation", relation), is_legal, may_pick_up, is_entrusted, is_me, shown
    )


def told_fields(child: Child) -> list[tuple[str, datasets.Field]]:
    """(dataset, field) of everything that is told to a family about this child."""
    found = []
    for name in ("person", "affiliation", "pupil"):
        for key, field in datasets.get(name).fields.items():
            if key in HOUSE_FIELDS or (name == "affiliation" and key in TOLD_ONCE):
                continue
            if key in HOME_FIELDS and not child.lives_with:
                continue
            found.append((name, field))
    return found


@source(title="基座知道的", roles=scopes.FAMILY_ROLES, reach=PAGE)
def known_of(*, child_id: UUID | None = None) -> Held:
    """Every field the base holds of the child with grade, owner and who said it. Document numbers show their end
    only. Raises NotFound."""
    child = chosen(children(), child_id)
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"affiliation": child.affiliation_id})
        person, pupil, affiliation, numbers, claims = cursor.fetchone()
    rows = {
        "person": msgspec.json.decode(person),
        "pupil": msgspec.json.decode(pupil) if pupil else {},
        "affiliation": msgspec.json.decode(affiliation),
    }
    said: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for dataset, source_, fields, said_at in msgspec.json.decode(claims):
        for key in fields:
            said.setdefault((dataset, key), []).append((source_, said_at))
    known = []
    for dataset, field in told_fields(child):
        sources = said.get((dataset, field.key), [])
        last = max((at for _source, at in sources), default=None)
        known.append(
            Known(
                dataset,
                field.key,
                field.word_of("pupil"),
                in_words(field, rows[dataset].get(field.key)),
                field.grade,
                owners.owner_of(dataset, field.key) if datasets.get(dataset).is_master else field.owner,
                tuple(sorted({source_ for source_, _at in sources})),
                datetime.fromisoformat(last) if last else None,
            )
        )
    for kind, tail in msgspec.json.decode(numbers):
        known.append(
            Known("person_identifier", kind, number_title(kind), f"＊＊＊{tail}", 4, "register", (), None)
        )
    audit.disclose({item.key for item in known if item.value and item.grade >= 3}, [child.person_id], 1)
    everything = len(told_fields(msgspec.structs.replace(child, lives_with=True)))
    return Held(child, known, everything - len(told_fields(child)))


def number_title(kind: str) -> str:
    """What a document number is: 学籍号, or the name of the document."""
    if kind == "roll":
        return _("学籍号")
    found = tables()["id_document_type"].get(kind.removeprefix("id:"))
    return _("%(kind)s号码") % {"kind": found.name} if found else _("证件号码")


def in_words(field: datasets.Field, value: Any) -> str:
    """A stored value as a family reads it: names for codes, 是 and 否, days."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if field.code_table:
        return name_of(field.code_table, str(value))
    if field.kind == "date":
        return date.fromisoformat(str(value)[:10]).isoformat()
    return str(value)


@source(title="谁看过孩子的数据", roles=scopes.FAMILY_ROLES, reach=PAGE)
def looks(*, child_id: UUID | None = None) -> tuple[Child, list[AuditView]]:
    """Who was given data of the child, newest first, at most 100; the family's own looks are left out. Raises
    NotFound."""
    child = chosen(children(), child_id)
    found = who_looked(person_id=child.person_id, limit=100)
    return child, [one for one in found if one.role not in scopes.FAMILY_ROLES]
