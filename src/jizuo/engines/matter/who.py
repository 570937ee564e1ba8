"""Who is asked at a step. A holder is one text that names a post rather than a person: ``head@12``,
``homeroom_teacher@12/<class>``, ``guardian@12/<child>``, ``post.leave.gatekeeper@12``; and ``person@<id>`` where it is one.
So a signer who left is no trouble: who holds the post now sees what waits for it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import catalogue_state, prepared
from jizuo.ground import scope as scopes
from jizuo.ground.doors import role_title
from jizuo.ground.packs import reach, versions
from jizuo.ground.packs.parts import Pack
from jizuo.hubs.data import naming
from jizuo.hubs.organisation.queries import contacts

DISTRICT = ("district_steward", "district_leader", "district_admin")
WORDS = (
    "applicant", "subject", "guardians_of_subject", "homeroom_teacher_of_subject", "teachers_of_subject", "head", "clerk",
    *DISTRICT,
)  # fmt: skip
#: Of a field of the form that began it, or of the form filled at a step: ``person:steps.propose.handler_id``.
_PERSON = re.compile(r"^(teacher|person):(form|steps\.[a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)$")
_CLASS = re.compile(r"^homeroom_teacher:form\.([a-z][a-z0-9_]*)$")
_UNIT = re.compile(r"^head_of:form\.([a-z][a-z0-9_]*)$")
_POST = re.compile(r"^(district_)?post\.([a-z][a-z0-9_]*)$")
NOBODY = "-"
_kept: tuple[str, dict[int, tuple[int | None, str]]] = ("", {})
CLASS_POSTS = (scopes.HOMEROOM_TEACHER, scopes.TEACHER)

LENT = """
select 'person@' || d.person_id, d.scene from matter_delegation d where {lent}
union all
select 'post.' || p.scene || '.' || p.post || '@' || p.unit_no, d.scene
from matter_delegation d join scene_post p on p.unit_no = d.unit_no and p.person_id = d.person_id where {lent}
union all
select g.role || '@' || g.unit_no || coalesce('/' || o.id, ''), d.scene
from matter_delegation d join acting_grant g on g.unit_no = d.unit_no and g.person_id = d.person_id
  and g.begin_on <= %(today)s and (g.end_on is null or g.end_on > %(today)s) and g.role <> all(%(family)s::text[])
  left join lateral unnest(g.org_ids) as o(id) on true where {lent}
""".format(
    lent="d.unit_no = %(unit)s::int and d.to_person_id = %(me)s::uuid and d.begin_on <= %(today)s::date"
    " and d.end_on > %(today)s::date"
)
#: With what people call the asker: whoever answers many tasks at once is named by the same read.
LENT_AND_NAME = "select {name}, null, null union all select null, lent.* from (" + LENT + ") lent"
GRANTS = """
select g.role, g.unit_no, g.person_id, g.org_ids from acting_grant g
where g.unit_no = any(%(units)s) and g.role = any(%(roles)s) and g.person_id is not null
  and g.begin_on <= %(today)s and (g.end_on is null or g.end_on > %(today)s) order by g.no
"""
POSTS = """
select 'post.' || scene || '.' || post || '@' || unit_no, person_id from scene_post
where unit_no = any(%s) and 'post.' || scene || '.' || post || '@' || unit_no = any(%s) order by id
"""


@dataclass(frozen=True, slots=True)
class About:
    """What who-words are measured by: a matter's own."""

    unit_no: int
    scene: str
    form: Mapping[str, Any]
    subject_id: UUID | None = None
    org_id: UUID | None = None
    applicant_id: UUID | None = None
    applicant_role: str = ""
    steps: Mapping[str, Any] = field(default_factory=dict)

    def answers(self, place: str) -> Mapping[str, Any]:
        """The answers of the form, or of a step (``steps.propose``)."""
        found = self.form if place == "form" else self.steps.get(place.removeprefix("steps."))
        return found if isinstance(found, Mapping) else {}


@dataclass(slots=True)
class Keys:
    """Holders that the acting role stands for. read: asks the base, once and only when it matters, what others put in
    one's hands for a time and what people call who acts; None where nothing can be lent. name: None where it was not
    read."""

    own: frozenset[str]
    name: str | None = None
    read: Callable[[], tuple[Mapping[str, frozenset[str]], str]] | None = None
    _lent: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def lent(self) -> Mapping[str, frozenset[str]]:
        """holder -> scenes ('' for every one) of those who put it in one's hands. Inside a door."""
        self.know()
        return self._lent

    def know(self) -> None:
        """Read now what would else be read when it is asked for."""
        if self.read is not None:
            self._lent, self.name = self.read()
            self.read = None

    def holds(self, holder: str, scene: str) -> bool:
        """Whether a task of this scene waits for the acting role."""
        return holder in self.own or bool(self.lent.get(holder, frozenset()) & {"", scene})

    def pairs(self) -> tuple[list[str], list[str]]:
        """Holders and scenes ('' for every one), side by side: what a query takes."""
        told = [(holder, "") for holder in sorted(self.own)]
        told += [(holder, scene) for holder, some in sorted(self.lent.items()) for scene in sorted(some)
                 if holder not in self.own]  # fmt: skip
        return [holder for holder, _scene in told], [scene for _holder, scene in told]


def person(person_id: UUID | str) -> str:
    """The holder that is one person."""
    return f"person@{person_id}"


def applicant(about: About) -> str:
    """The holder for whom what is returned waits: the family of a child, or the person who asked."""
    if about.applicant_role == scopes.GUARDIAN and about.subject_id:
        return f"guardian@{about.unit_no}/{about.subject_id}"
    if about.applicant_id:
        return person(about.applicant_id)
    return f"{about.applicant_role or scopes.CLERK}@{about.unit_no}"


def bureau_above(unit_no: int) -> int | None:
    """The nearest bureau above a unit; the unit itself when it is one. Inside a door; one read, or none while the process
    knows the tree."""
    told = _units(unit_no)
    seen: set[int] = set()
    at: int | None = unit_no
    while at is not None and at in told and at not in seen:
        parent, kind = told[at]
        if kind == "bureau":
            return at
        seen.add(at)
        at = parent
    return None


def _units(known: int) -> dict[int, tuple[int | None, str]]:
    """unit -> (unit above, kind), kept until the tree changes; read again where it lacks a known one."""
    global _kept
    state = catalogue_state.seen()
    if not state or state != _kept[0] or known not in _kept[1]:
        with connection.cursor() as cursor:
            cursor.execute("select unit_no, parent_no, kind from unit")
            _kept = (state, {unit: (parent, kind) for unit, parent, kind in cursor.fetchall()})
    return _kept[1]


def holders(words: Sequence[str], about: About) -> list[str]:
    """The holders that these words mean for a matter, each once, in order. A word that finds nobody gives a holder that
    nobody is. Inside a door; one read when a word names the district."""
    return list(dict.fromkeys(one for word in words for one in _holders(word, about)))


def _holders(word: str, about: About) -> list[str]:
    unit, klass = about.unit_no, about.org_id or NOBODY
    if word == "applicant":
        return [applicant(about)]
    if word == "subject":
        return [person(about.subject_id or about.applicant_id or NOBODY)]
    if word == "guardians_of_subject":
        return [f"guardian@{unit}/{about.subject_id or NOBODY}"]
    if word == "homeroom_teacher_of_subject":
        return [f"homeroom_teacher@{unit}/{klass}"]
    if word == "teachers_of_subject":
        return [f"teacher@{unit}/{klass}"]
    if word in DISTRICT:
        return [f"{word}@{bureau_above(unit) or NOBODY}"]
    if found := _PERSON.match(word):
        return [person(one) for one in _listed(about.answers(found[2]).get(found[3]))]
    if found := _CLASS.match(word):
        return [f"homeroom_teacher@{unit}/{one}" for one in _listed(about.form.get(found[1]))]
    if found := _UNIT.match(word):
        return [f"head@{one}" for one in _listed(about.form.get(found[1]))]
    if found := _POST.match(word):
        at = bureau_above(unit) or NOBODY if found[1] else unit
        return [f"post.{about.scene}.{found[2]}@{at}"]
    return [f"{word}@{unit}"]


def _listed(value: Any) -> list[str]:
    """The ids of a field with one or several of them; a nobody where it is empty."""
    some = value if isinstance(value, list | tuple) else [value]
    return [str(one) for one in some if one] or [NOBODY]


def fault_of(word: str, pack: Pack, fields: Iterable[str]) -> str:
    """What is wrong with a who-word of a pack, '' when nothing is. fields: keys of the flow's form."""
    known = set(fields)
    if (found := _PERSON.match(word)) and found[2] != "form":
        step = found[2].removeprefix("steps.")
        forms = {one.form for flow in pack.part("flows").values() for one in flow.steps if one.key == step}
        keys = {one.key for name in forms if name in pack.part("forms") for page in pack.part("forms")[name].pages
                for one in page.fields}  # fmt: skip
        return "" if found[3] in keys else _("这一步的表单里没有这个字段：%(key)s") % {"key": word[:60]}
    for pattern, place in ((_PERSON, 3), (_CLASS, 1), (_UNIT, 1)):
        if found := pattern.match(word):
            return "" if found[place] in known else _("表单里没有这个字段：%(key)s") % {"key": found[place]}
    if found := _POST.match(word):
        return (
            ""
            if found[2] in pack.roles.posts
            else _("roles.yaml 里没有这个岗位：%(key)s") % {"key": found[2]}
        )
    return "" if word in WORDS else _("不认识这个人：%(word)s") % {"word": word[:40]}


def keys() -> Keys:
    """Holders that the acting role stands for. Inside a door; at most one read, when `Keys.lent` is asked for."""
    scope = scopes.current()
    own = {f"{scope.role}@{scope.unit_no}"}
    own |= {f"{scope.role}@{scope.unit_no}/{org}" for org in scope.org_ids}
    if scope.role == scopes.GUARDIAN:
        told = {f"guardian@{scope.unit_no}/{child}" for child in reach.children()}
        return Keys(frozenset(told | ({person(scope.person_id)} if scope.person_id else set())))
    if scope.person_id is None:
        return Keys(frozenset(own), name="")
    own.add(person(scope.person_id))
    if scope.role in scopes.FAMILY_ROLES:
        return Keys(frozenset(own))
    own |= {f"post.{scene}.{post}@{scope.unit_no}" for scene, post in reach.posts_held()}
    return Keys(frozenset(own), read=_lent_and_name)


def _lent_and_name() -> tuple[Mapping[str, frozenset[str]], str]:
    scope = scopes.current()
    lent: dict[str, set[str]] = defaultdict(set)
    called = ""
    for name, holder, scene in prepared.rows(
        LENT_AND_NAME.format(name=naming.name_in_sql("person", "%(me)s::uuid")),
        {
            "unit": scope.unit_no, "me": scope.person_id, "today": scope.today,
            "family": prepared.array(scopes.FAMILY_ROLES),
        },
    ):  # fmt: skip
        if holder is None:
            called = name or ""
        else:
            lent[holder].add(scene)
    return {holder: frozenset(some) for holder, some in lent.items()}, called


def parts_of(holder: str) -> tuple[str, int | None, str]:
    """(post or ``person``, unit number, id behind the stroke or of the person)."""
    post, _at, rest = holder.partition("@")
    if post == "person":
        return post, None, rest
    unit, _stroke, ident = rest.partition("/")
    return post, int(unit) if unit.isdigit() else None, ident


def people_of(wanted: Iterable[str], today: date | None = None) -> dict[str, list[tuple[UUID, UUID | None]]]:
    """holder -> (person, child it is about) of those who hold it now. Inside a door; at most three reads."""
    day = today or scopes.current().today
    told = {holder: parts_of(holder) for holder in wanted}
    found: dict[str, list[tuple[UUID, UUID | None]]] = {holder: [] for holder in told}
    children = {}
    roles: set[str] = set()
    units: set[int] = set()
    for holder, (post, unit, ident) in told.items():
        if post == "person" and ident != NOBODY:
            found[holder] = [(UUID(ident), None)]
        elif post == scopes.GUARDIAN and ident != NOBODY:
            children[holder] = UUID(ident)
        elif unit is not None:
            units.add(unit)
            roles.add(post)
    if children:
        adults = contacts.told_of(child_ids=sorted(set(children.values())))
        for holder, child in children.items():
            found[holder] = [(adult, child) for adult in adults.get(child, ())]
    posts = [holder for holder in told if holder.startswith("post.")]
    roles = {role for role in roles if not role.startswith("post.")}
    with connection.cursor() as cursor:
        if posts:
            cursor.execute(POSTS, [sorted(units), posts])
            for holder, person_id in cursor.fetchall():
                found[holder].append((person_id, None))
        if roles:
            cursor.execute(GRANTS, {"units": sorted(units), "roles": sorted(roles), "today": day})
            for role, unit_no, person_id, org_ids in cursor.fetchall():
                places = [f"{role}@{unit_no}"]
                if role in CLASS_POSTS:
                    places = [f"{role}@{unit_no}/{org}" for org in org_ids]
                for holder in places:
                    if holder in found and (person_id, None) not in found[holder]:
                        found[holder].append((person_id, None))
    return found


def titles_of(wanted: Iterable[str]) -> dict[str, str]:
    """holder -> what people call it: 校长, 三（1）班班主任, 门卫, or a person's name. Inside a door; at most two reads."""
    told = {holder: parts_of(holder) for holder in wanted}
    people = naming.names_of(
        "person", _ids(ident for post, _unit, ident in told.values() if post == "person")
    )
    orgs = naming.names_of("org", _ids(ident for post, _unit, ident in told.values() if post in CLASS_POSTS))
    found = {}
    for holder, (post, unit, ident) in told.items():
        if post == "person":
            found[holder] = (
                people.get(UUID(ident), _("已不在本单位的人")) if ident != NOBODY else _("没有选人")
            )
        elif post.startswith("post."):
            found[holder] = post_title(post, unit)
        elif post in CLASS_POSTS:
            place = orgs.get(UUID(ident), "") if ident not in ("", NOBODY) else ""
            found[holder] = f"{place}{role_title(post)}"
        else:
            found[holder] = role_title(post)
    return found


def _ids(told: Iterable[str]) -> list[UUID]:
    return [UUID(one) for one in told if one and one != NOBODY]


def post_title(post: str, unit_no: int | None) -> str:
    """What a post of a scene is called: ``post.leave.gatekeeper`` -> 门卫."""
    _word, scene, key = post.split(".", 2)
    installed = versions.all_in_use(unit_no).get(scene) if unit_no is not None else None
    known = installed.pack.roles.posts.get(key) if installed else None
    return known.title if known else key
