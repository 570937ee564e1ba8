"""The pages of people as ways of seeing a field: what each asks, told one by one. Every test here is the one its door
uses: `people.within`, `people.shown_fields`, `masks.shown_as`, `family.children`, `family.told_fields`."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import role_title
from jizuo.ground.errors import NotFound
from jizuo.ground.scope import Scope
from jizuo.hubs.data import datasets, explaining, masking
from jizuo.hubs.data.explaining import Found, Way
from jizuo.hubs.organisation import masks
from jizuo.hubs.organisation.queries import family, people

PERSON_DOOR, STAFF_DOOR, FAMILY_DOOR = (
    "organisation.person_view",
    "organisation.staff_list",
    "organisation.known_of",
)
OF_PEOPLE = ("person", "affiliation", "pupil", "staff")
#: Columns of the list of staff that carry a field as it is held, and the phone, which the duty opens.
LISTED = frozenset({"name", "sex", "base_no", "local_no", "is_registered", "is_present"})

LINKS = """
select a.id, a.person_id, a.role, a.unit_no, a.end_on is not null from affiliation a
where (a.id = %(id)s or a.person_id = %(id)s) and a.role in ('pupil', 'staff')
order by a.unit_no = any(%(units)s) desc, a.end_on is not null, a.begin_on desc
"""


def register() -> None:
    """Offer the ways to the data hub."""
    explaining.offer(Way(PERSON_DOOR, _is_staff, of_person_page))
    explaining.offer(Way(STAFF_DOOR, _is_staff, of_staff_list))
    explaining.find_people_by(find_people)
    explaining.offer(Way(FAMILY_DOOR, lambda reader: reader.role in scopes.FAMILY_ROLES, of_family_page))


FIND = """
select a.id, a.name, a.base_no, u.short_name, a.role from affiliation a join unit u using (unit_no)
where a.unit_no = any(%(units)s) and a.role in ('pupil', 'staff') and a.end_on is null
  and (strpos(a.name, %(text)s) > 0 or a.base_no = %(text)s or a.local_no = %(text)s)
order by a.sort_key collate "C", a.id limit 20
"""


def find_people(text: str) -> list[tuple[UUID, str]]:
    """Pupils and staff in reach by part of a name, or by base number or local number."""
    words = {"pupil": _("学生"), "staff": _("教职工")}
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"units": list(scopes.current().units), "text": text})
        return [
            (link, f"{name} {base_no} {unit} {words[role]}")
            for link, name, base_no, unit, role in cursor.fetchall()
        ]


def _is_staff(reader: Scope) -> bool:
    return reader.role in scopes.STAFF_ROLES


def link_of(record_id: UUID, reader: Scope) -> tuple[UUID, UUID, str, int, bool]:
    """(affiliation, person, role, unit, ended) that a record means for `reader`: the affiliation of this id, else the
    person's at the reader's units. Raises NotFound for a person whom the one who asks does not reach."""
    with connection.cursor() as cursor:
        cursor.execute(LINKS, {"id": record_id, "units": list(reader.units)})
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这条记录"), fix=_("可能不在您的范围内"))
    return row


def is_within(affiliation_id: UUID, reader: Scope, condition: str) -> bool:
    """Whether an affiliation lies in the units of `reader` and answers a door's own condition, asked as the reader."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select exists (select 1 from affiliation a where a.id = %(id)s and a.unit_no = any(%(units)s){condition})",
            {
                "id": affiliation_id, "units": list(reader.units), "orgs": list(reader.org_ids),
                "today": scopes.current().today,
            },
        )  # fmt: skip
        return cursor.fetchone()[0]


def of_person_page(reader: Scope, dataset: str, key: str, record_id: UUID | None) -> Found | None:
    """What a person's page shows `reader`."""
    if dataset not in OF_PEOPLE or (
        dataset in ("pupil", "staff") and record_id is None and not _has(dataset, dataset, key)
    ):
        return None
    found = Found()
    if record_id is not None:
        link_id, _person, kind, _unit, _ended = link_of(record_id, reader)
        if not _has(kind, dataset, key):
            return None
        if is_within(link_id, reader, ""):
            found.say("reach", True, _("这个人在它够得着的单位里"))
            if reader.role in scopes.CLASS_ROLES:
                is_own = is_within(link_id, reader, people.within(reader.role))
                words = _("是它所教班级的在校学生") if is_own else _("不是它所教班级的在校学生")
                found.say("class", is_own, words)
        else:
            found.say("reach", False, _("这个人不在它够得着的单位里"))
    elif not any(_has(kind, dataset, key) for kind in ("pupil", "staff")):
        return None
    say_mask(found, dataset, key, reader)
    found.how = masks.shown_as(datasets.get(dataset).fields[key], reader.role)
    return found


def _has(kind: str, dataset: str, key: str) -> bool:
    return any(name == dataset and one.key == key for name, one in people.shown_fields(kind))


def say_mask(found: Found, dataset: str, key: str, reader: Scope) -> None:
    """The reasons of grade and purpose for a role."""
    explaining.say_mask(
        found, datasets.get(dataset).fields[key], masking.lens_of(reader.role), explaining.duty_words(reader)
    )


def of_staff_list(reader: Scope, dataset: str, key: str, record_id: UUID | None) -> Found | None:
    """What the list of staff shows `reader`: some fields as they are held, the phone masked unless the duty opens it."""
    is_phone = (dataset, key) == ("person", "phone")
    if not is_phone and (dataset != "affiliation" or key not in LISTED):
        return None
    found = Found()
    if record_id is not None:
        link_id, _person, kind, _unit, is_ended = link_of(record_id, reader)
        if kind != "staff":
            return None
        is_inside = is_within(link_id, reader, people.wall("staff", reader)) and not is_ended
        words = _("在它够得着的单位里任职") if is_inside else _("不在它够得着的名单里")
        found.say("reach", is_inside, words)
    say_mask(found, dataset, key, reader)
    found.how = masking.CLEAR if not is_phone or masks.opens_phones(reader.role) else masking.PHONE
    return found


TIES = """
select k.may_view, k.is_no_contact, k.lives_with,
       (k.begin_on is null or k.begin_on <= %(today)s) and (k.end_on is null or k.end_on > %(today)s)
from guardian_of k where k.child_id = %(child)s and k.guardian_id = %(guardian)s
order by k.is_no_contact desc limit 1
"""


def of_family_page(reader: Scope, dataset: str, key: str, record_id: UUID | None) -> Found | None:
    """What the page "what the base knows" shows a pupil or a guardian."""
    if dataset not in ("person", "affiliation", "pupil"):
        return None
    element = datasets.get(dataset).fields[key]
    if key in family.HOUSE_FIELDS or (dataset == "affiliation" and key in family.TOLD_ONCE):
        return None
    found = Found(how=masking.CLEAR)
    if record_id is None:
        found.say("family", True, _("家庭只看自己的孩子；登记的内容都给看"))
        return found
    _link, person_id, kind, _unit, _ended = link_of(record_id, reader)
    if kind != "pupil":
        return None
    try:
        seen = {child.person_id: child for child in family.children(reader)}
    except NotFound:
        seen = {}
    child = seen.get(person_id)
    if reader.role == scopes.PUPIL:
        words = _("是本人") if child else _("不是本人，或不在本校就读")
        found.say("family", child is not None, words)
    else:
        say_tie(found, reader, person_id, is_seen=child is not None)
    if child is not None and (dataset, element) not in family.told_fields(child):
        found.say("family", False, _("不与孩子共同生活，看不到住址和联系方式"))
    found.say("grade", True, _("登记给家庭看的不按分级遮盖：“%(name)s”") % {"name": element.word})
    return found


def say_tie(found: Found, reader: Scope, child_id: UUID, *, is_seen: bool) -> None:
    """What of the guardianship lets her look, or does not."""
    if child_id not in reader.child_ids:
        found.say("family", False, _("不是这个身份下的孩子"))
        return
    with connection.cursor() as cursor:
        cursor.execute(
            TIES, {"child": child_id, "guardian": reader.person_id, "today": scopes.current().today}
        )
        row = cursor.fetchone()
    if row is None:
        found.say("family", False, _("没有登记监护关系"))
    elif row[1]:
        found.say("family", False, _("有禁止接触的法院文书：什么也看不到"))
    elif not row[0]:
        found.say("family", False, _("监护关系没有“可查看”"))
    elif not row[3]:
        found.say("family", False, _("监护关系不在期限内"))
    elif is_seen:
        found.say("family", True, _("%(role)s：监护关系可查看") % {"role": role_title(reader.role)})
    else:
        found.say("family", False, _("孩子不在这所学校就读了"))
